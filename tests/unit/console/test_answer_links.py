"""The one-tap link: it answers for one person and one alert, and nothing else opens by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from services.console.pages.catalogues import catalogue
from services.domain.alerts import AlertState, Outcome
from services.domain.people import Channel, ChannelKind, Contact, Language
from services.escalation.links import link_key, token_of
from services.escalation.telling import parameters
from tests.unit.console.answering import alert_of, audited, link_to, notices_to, tap
from tests.unit.console.cast import Cast, press

PAGE = {"Accept": "text/html"}


def test_one_tap_accepts_in_the_name_of_whoever_was_told(house: Cast) -> None:
    press(house)
    answer = tap(house.client(), link_to(house, "basang"), "accept")
    assert answer.status_code == 200
    assert catalogue(Language.ZH_CN)["You have it"] in answer.text
    assert alert_of(house).accepted_by == "basang"
    assert audited(house, "alert.accept") == [("link:basang", "alert-1")]


def test_the_whole_way_goes_by_the_link_alone(house: Cast) -> None:
    press(house)
    client, link = house.client(), link_to(house, "basang")
    tap(client, link, "accept")
    tap(client, link, "arrive")
    assert alert_of(house).state is AlertState.ARRIVED
    tap(client, link, "close", outcome="helped", note="fell out of bed")
    closed = alert_of(house)
    assert (closed.state, closed.outcome, closed.note) == (
        AlertState.CLOSED,
        Outcome.HELPED,
        "fell out of bed",
    )


def test_not_i_hands_it_on_at_once(house: Cast) -> None:
    press(house)
    tap(house.client(), link_to(house, "basang"), "decline")
    assert alert_of(house).owner_ids != ("basang",)


def test_looking_changes_nothing_however_often_and_by_whatever_program(house: Cast) -> None:
    press(house)
    link = link_to(house, "basang")
    before = alert_of(house)
    for agent in ("facebookexternalhit/1.1", "WeChat", "Slackbot-LinkExpanding 1.0", "Outlook-SafeLinks"):
        for method in ("GET", "HEAD", "OPTIONS"):
            house.client().request(method, link, headers={"User-Agent": agent})
        house.client().get(link, params={"action": "accept"})
    assert alert_of(house) == before
    assert audited(house, "alert.accept") == []


def test_the_page_is_kept_by_nobody_and_found_by_nobody(house: Cast) -> None:
    press(house)
    link = link_to(house, "basang")
    for answer in (house.client().get(link), tap(house.client(), link, "accept"), house.client().get("/a/x")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "anxin_session" not in answer.headers.get("Set-Cookie", "")


def test_nothing_of_it_leads_to_another_site(house: Cast) -> None:
    press(house)
    page = house.client().get(link_to(house, "basang")).text
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page


def test_the_title_of_the_page_names_nobody(house: Cast) -> None:
    press(house)
    page = house.client().get(link_to(house, "basang")).text
    assert "Yangzom" not in page.partition("<body")[0]


@pytest.mark.parametrize("place", [0, 5, 15, 16, 20, 31])
def test_a_token_that_was_tampered_with_opens_nothing(house: Cast, place: int) -> None:
    press(house)
    link = link_to(house, "basang")
    path, token = link[:3], link[3:]
    other = "A" if token[place] != "A" else "B"
    forged = f"{path}{token[:place]}{other}{token[place + 1 :]}"
    assert house.client().get(forged).status_code == 404
    assert house.client().post(forged, data={"action": "accept", "alert": "alert-1"}).status_code == 404
    assert alert_of(house).accepted_by is None


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 32, "A" * 31 + "=", "%00" * 5, "..%2Falerts%2Falert-1", "ā" * 32]
)
def test_what_is_no_token_opens_nothing(house: Cast, token: str) -> None:
    press(house)
    assert house.client().get(f"/a/{token}").status_code in {404, 422}


def test_a_token_of_another_installation_opens_nothing(house: Cast) -> None:
    press(house)
    theirs = token_of(notices_to(house, "basang")[0].id, link_key("another house"))
    assert house.client().get(f"/a/{theirs}").status_code == 404


def test_the_link_of_one_alert_answers_no_other(house: Cast) -> None:
    press(house)
    link = link_to(house, "basang")
    press(house, "alert-2", "dawa", device_id=None)
    said = {"action": "accept", "alert": "alert-2"}
    assert house.client().post(link, data=said).status_code == 404
    assert alert_of(house, "alert-2").accepted_by is None


def test_what_one_was_told_opens_nothing_else(house: Cast) -> None:
    press(house)
    client = house.client()
    client.get(link_to(house, "basang"))
    assert client.get("/api/v1/alerts/alert-1").status_code == 401
    assert client.get("/alerts/alert-1", headers=PAGE, follow_redirects=False).status_code == 303


def test_a_link_speaks_for_nobody_else(house: Cast) -> None:
    press(house)
    said = {"action": "accept", "alert": "alert-1", "on_behalf_of": "cering"}
    assert house.client().post(link_to(house, "basang"), data=said).status_code == 422
    assert alert_of(house).accepted_by is None


def test_a_form_of_another_site_is_refused(house: Cast) -> None:
    press(house)
    link, said = link_to(house, "basang"), {"action": "accept", "alert": "alert-1"}
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert house.client().post(link, data=said, headers=header).status_code == 403
    assert alert_of(house).accepted_by is None


def test_a_link_ends_with_its_time_to_the_second(house: Cast) -> None:
    press(house)
    link, lasts = link_to(house, "basang"), house.parts.house.link_for
    house.clock.move(lasts - timedelta(seconds=1))
    assert house.client().get(link).status_code == 200
    house.clock.move(timedelta(seconds=1))
    ended = house.client().get(link)
    assert ended.status_code == 410
    assert "值班台" in ended.text
    assert house.client().post(link, data={"action": "accept", "alert": "alert-1"}).status_code == 410
    assert alert_of(house).accepted_by is None


def test_somebody_who_was_deactivated_answers_nothing_any_more(house: Cast) -> None:
    press(house)
    link = link_to(house, "basang")
    with house.store.writing() as uow:
        basang = uow.workers.get("basang")
        assert basang is not None
        uow.workers.save(replace(basang, active=False))
    assert house.client().get(link).status_code == 410
    assert house.client().post(link, data={"action": "accept", "alert": "alert-1"}).status_code == 410
    assert alert_of(house).accepted_by is None


def test_the_link_of_an_older_run_holds_while_the_alert_runs(house: Cast) -> None:
    press(house)
    link = link_to(house, "basang")
    tap(house.client(), link, "accept")
    tap(house.client(), link, "decline")
    assert alert_of(house).run == 2
    tap(house.client(), link, "accept")
    assert alert_of(house).accepted_by == "basang"


def test_who_comes_second_is_told_who_has_it(house: Cast) -> None:
    press(house)
    link = link_to(house, "basang")
    page = house.client().get(link).text
    house.worker("cering").post("/api/v1/alerts/alert-1/accept", json={})
    hidden = {"alert": "alert-1", "state": page.partition('name="state" value="')[2].partition('"')[0]}
    late = house.client().post(link, data={**hidden, "action": "accept"})
    assert late.status_code == 409
    assert "Cering" in late.text
    assert alert_of(house).accepted_by == "cering"
    assert 'value="accept"' not in house.client().get(link).text


def test_a_form_that_is_sent_again_does_nothing_again(house: Cast) -> None:
    press(house)
    client, link = house.client(), link_to(house, "basang")
    tap(client, link, "accept")
    version = alert_of(house).version
    sent = {"alert": "alert-1", "action": "extend", "minutes": "10", "state": str(version)}
    first, again = client.post(link, data=sent), client.post(link, data=sent)
    assert (first.status_code, again.status_code) == (200, 200)
    assert len(audited(house, "alert.extend")) == 1
    over = {"alert": "alert-1", "action": "close", "outcome": "helped", "state": "x"}
    assert [client.post(link, data=over).status_code for _ in range(2)] == [200, 200]
    assert len(audited(house, "alert.close")) == 1


def test_closing_needs_an_outcome(house: Cast) -> None:
    press(house)
    link = link_to(house, "basang")
    tap(house.client(), link, "accept")
    assert house.client().post(link, data={"alert": "alert-1", "action": "close"}).status_code == 422
    assert alert_of(house).is_running


def test_the_page_of_what_is_over_says_how_it_ended_and_offers_nothing(house: Cast) -> None:
    press(house)
    link = link_to(house, "basang")
    house.worker("pema").post("/api/v1/alerts/alert-1/close", json={"outcome": "false_alarm"})
    page = house.client().get(link).text
    assert "误报" in page
    assert '<button name="action"' not in page
    assert "3 River Lane" not in page


@pytest.mark.parametrize(
    ("language", "word"),
    [(Language.ZH_CN, "我来处理"), (Language.BO, "ངས་བླངས་པ་ཡིན།"), (Language.EN, "I have it")],
)
def test_the_page_speaks_the_language_of_whoever_was_told(house: Cast, language: Language, word: str) -> None:
    with house.store.writing() as uow:
        basang = uow.workers.get("basang")
        assert basang is not None
        uow.workers.save(replace(basang, language=language))
    press(house)
    assert word in house.client().get(link_to(house, "basang"), headers={"Accept-Language": "zh"}).text


def with_a_daughter(house: Cast, *names: str, at: str = "daughter@example.org") -> None:
    with house.store.writing() as uow:
        yangzom = uow.residents.get("yangzom")
        assert yangzom is not None
        way = (Channel(ChannelKind.EMAIL, at),)
        contacts = tuple(Contact(name, "女儿", way) for name in names)
        uow.residents.save(replace(yangzom, contacts=contacts))


def tell_the_daughter(house: Cast) -> str:
    """A step of a policy of her own told her; her link."""
    alert = press(house)
    with house.store.writing() as uow:
        told = uow.notices.of_alert(alert.id)[0]
        scene = house.parts.gathering.around_alert(uow, alert, house.clock.now())
        hers = replace(
            told,
            id=f"ntc_{'0a' * 12}",
            worker_id=None,
            contact="Choden",
            channels=(Channel(ChannelKind.EMAIL, "daughter@example.org"),),
            text=parameters(alert, scene) | {"because": "step"},
        )
        uow.notices.add([hers])
    return link_to(house, "contact:Choden")


def test_an_emergency_contact_has_it_by_a_tap_as_anybody(house: Cast) -> None:
    with_a_daughter(house, "Choden")
    link = tell_the_daughter(house)
    client = house.client()
    tap(client, link, "accept")
    assert alert_of(house).accepted_by == "contact:Choden"
    assert "Choden" in house.client().get(link_to(house, "basang")).text
    reminder_at = min(each.due_at for each in alert_of(house).deadlines)
    assert reminder_at > house.clock.now()
    tap(client, link, "arrive")
    tap(client, link, "close", outcome="helped")
    assert alert_of(house).closed_by == "contact:Choden"


def test_a_contact_whom_nobody_lists_any_more_answers_nothing(house: Cast) -> None:
    with_a_daughter(house, "Choden")
    link = tell_the_daughter(house)
    with_a_daughter(house)
    assert house.client().get(link).status_code == 410


def test_a_link_that_went_to_a_mistyped_address_ends_with_the_address(house: Cast) -> None:
    with_a_daughter(house, "Choden")
    link = tell_the_daughter(house)
    with_a_daughter(house, "Choden", at="choden@example.org")
    assert house.client().get(link).status_code == 410
    form = {"action": "accept", "alert": "alert-1"}
    assert house.client().post(link, data=form).status_code == 410
    assert alert_of(house).accepted_by is None


def test_a_page_without_a_session_sends_nobody_to_sign_in_first(house: Cast) -> None:
    press(house)
    client = TestClient(house.app, base_url="http://console.test", follow_redirects=False)
    assert client.get(link_to(house, "basang"), headers=PAGE).status_code == 200
