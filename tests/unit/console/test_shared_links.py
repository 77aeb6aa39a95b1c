"""The link that went where several read: it speaks for nobody before they say who they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from services.console.pages.catalogues import catalogue
from services.domain.people import Channel, ChannelKind, Contact, Language
from services.escalation.links import link_of
from tests.unit.console.answering import alert_of, notices_to, tap
from tests.unit.console.cast import PASSWORD, Cast, press

GROUP = Channel(ChannelKind.WECOM_BOT, "a1b2c3d4-e5f6-7890-abcd-ef1234567890")
MINE = Channel(ChannelKind.SMS_GATEWAY, "13800000001")


def reached_over(house: Cast, **channels: tuple[Channel, ...]) -> None:
    with house.store.writing() as uow:
        for name, ways in channels.items():
            worker = uow.workers.get(name)
            assert worker is not None
            uow.workers.save(replace(worker, channels=ways))


def link_over(house: Cast, who: str, over: Channel) -> str:
    """The path of the newest link that went to somebody over a channel."""
    return link_of(notices_to(house, who)[-1], house.parts.house, over).removeprefix("http://console.test")


def names_on(page: str) -> dict[str, str]:
    """The names that can be tapped, and where each leads."""
    found = re.findall(r'<a class="act second" href="(/a/[^"]+)"[^>]*><span>([^<]+)', page)
    return {name: address for address, name in found}


def in_the_audit(house: Cast, action: str) -> list[tuple[str, str]]:
    with house.store.reading() as uow:
        return [(each.actor, each.detail) for each in uow.audit.page({"action": action}, 0, 100).items]


def a_group(house: Cast) -> TestClient:
    """Basang and Cering read the same group, and Basang was called there."""
    reached_over(house, basang=(GROUP, MINE), cering=(GROUP,))
    press(house)
    return house.client()


def test_a_link_of_a_group_asks_who_it_is_and_offers_nothing_before(house: Cast) -> None:
    page = a_group(house).get(link_over(house, "basang", GROUP)).text
    assert list(names_on(page)) == ["Basang", "Cering"]
    assert catalogue(Language.ZH_CN)["Who are you?"] in page
    assert "Yangzom" in page
    assert '<button name="action"' not in page
    assert 'name="action" value="accept"' not in page


def test_one_tap_more_answers_as_whoever_was_chosen_and_the_audit_says_how(house: Cast) -> None:
    client = a_group(house)
    names = names_on(client.get(link_over(house, "basang", GROUP)).text)
    answer = tap(client, names["Cering"], "accept")
    assert answer.status_code == 200
    assert alert_of(house).accepted_by == "cering"
    assert in_the_audit(house, "alert.accept") == [("link:cering", "over the shared link")]
    [(_, unfolded)] = in_the_audit(house, "alert.unfolded")
    assert unfolded.endswith("over the shared link")


def test_who_chose_a_wrong_name_can_choose_again(house: Cast) -> None:
    client = a_group(house)
    link = link_over(house, "basang", GROUP)
    assert f'href="{link}"' in client.get(names_on(client.get(link).text)["Basang"]).text


def test_an_answer_without_a_name_does_nothing_and_says_so(house: Cast) -> None:
    link, client = link_over_of_a_group(house)
    answer = client.post(link, data={"action": "accept", "alert": "alert-1"})
    assert answer.status_code == 409
    assert catalogue(Language.ZH_CN)["Not done yet: first say who you are."] in answer.text
    assert list(names_on(answer.text)) == ["Basang", "Cering"]
    assert alert_of(house).accepted_by is None


def link_over_of_a_group(house: Cast) -> tuple[str, TestClient]:
    client = a_group(house)
    return link_over(house, "basang", GROUP), client


def test_the_same_message_over_a_channel_of_ones_own_is_one_tap(house: Cast) -> None:
    client = a_group(house)
    assert tap(client, link_over(house, "basang", MINE), "accept").status_code == 200
    assert in_the_audit(house, "alert.accept") == [("link:basang", "")]


def test_a_bot_that_reaches_one_person_alone_is_one_tap(house: Cast) -> None:
    reached_over(house, basang=(GROUP,), cering=(MINE,))
    press(house)
    assert tap(house.client(), link_over(house, "basang", GROUP), "accept").status_code == 200
    assert in_the_audit(house, "alert.accept") == [("link:basang", "")]


def test_one_number_written_in_two_ways_is_one_address(house: Cast) -> None:
    theirs = replace(MINE, address="+86 138 0000 0001")
    reached_over(house, basang=(MINE,), cering=(theirs,))
    press(house)
    assert list(names_on(house.client().get(link_over(house, "basang", MINE)).text)) == ["Basang", "Cering"]


def test_whoever_is_signed_in_answers_as_themselves(house: Cast) -> None:
    link, client = link_over_of_a_group(house)
    said = {"username": "grid", "password": PASSWORD}
    assert client.post("/api/v1/session", json=said).status_code == 201
    assert tap(client, link, "accept").status_code == 200
    assert in_the_audit(house, "alert.accept") == [("user:grid", "over the shared link")]


def test_whoever_is_signed_in_and_not_reached_there_is_asked_like_anybody(house: Cast) -> None:
    link, client = link_over_of_a_group(house)
    said = {"username": "desk", "password": PASSWORD}
    assert client.post("/api/v1/session", json=said).status_code == 201
    assert list(names_on(client.get(link).text)) == ["Basang", "Cering"]


def test_a_program_that_is_told_whom_a_message_is_for_has_the_link_of_that_person(house: Cast) -> None:
    sink = Channel(ChannelKind.WEBHOOK, "http://127.0.0.1:9/notices")
    reached_over(house, basang=(sink,), cering=(sink,))
    press(house)
    assert tap(house.client(), link_over(house, "basang", sink), "accept").status_code == 200


def _gone(house: Cast, name: str) -> None:
    with house.store.writing() as uow:
        worker = uow.workers.get(name)
        assert worker is not None
        uow.workers.save(replace(worker, active=False))


def _elsewhere(house: Cast, name: str) -> None:
    reached_over(house, **{name: (MINE,)})


@pytest.mark.parametrize("leaves", [_gone, _elsewhere])
def test_a_name_that_was_chosen_ends_with_its_person(
    house: Cast, leaves: Callable[[Cast, str], None]
) -> None:
    link, client = link_over_of_a_group(house)
    chosen = names_on(client.get(link).text)["Cering"]
    leaves(house, "cering")
    assert client.get(chosen).status_code == 410
    assert client.post(chosen, data={"action": "accept", "alert": "alert-1"}).status_code == 410
    assert alert_of(house).accepted_by is None


def test_the_others_of_a_group_answer_when_whoever_was_called_there_has_left(house: Cast) -> None:
    link, client = link_over_of_a_group(house)
    _gone(house, "basang")
    names = names_on(client.get(link).text)
    assert list(names) == ["Cering"]
    tap(client, names["Cering"], "accept")
    assert alert_of(house).accepted_by == "cering"


def test_a_name_cannot_be_written_into_a_link(house: Cast) -> None:
    link, client = link_over_of_a_group(house)
    ours = names_on(client.get(link).text)
    seal = ours["Cering"][-16:]
    forged = link[:-16] + ("A" if seal[0] != "A" else "B") + seal[1:]
    assert client.get(forged).status_code == 404
    assert client.post(forged, data={"action": "accept", "alert": "alert-1"}).status_code == 404


def test_a_neighbour_who_is_a_contact_as_well_is_not_asked_which_of_both(house: Cast) -> None:
    with house.store.writing() as uow:
        yangzom = uow.residents.get("yangzom")
        assert yangzom is not None
        uow.residents.save(replace(yangzom, contacts=(Contact("Basang", "neighbour", (MINE,)),)))
    reached_over(house, basang=(MINE,))
    press(house)
    assert tap(house.client(), link_over(house, "basang", MINE), "accept").status_code == 200


def test_of_what_is_over_nobody_is_asked_who_they_are(house: Cast) -> None:
    link, client = link_over_of_a_group(house)
    house.worker("pema").post("/api/v1/alerts/alert-1/close", json={"outcome": "false_alarm"})
    page = client.get(link).text
    assert names_on(page) == {}
    assert "误报" in page
