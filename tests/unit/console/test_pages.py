"""The live page: what stands on it, for whom, in which language; and that it works by forms alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.console.pages.files import EDITION, address_of
from services.console.parts import ConsoleSettings
from services.domain.alerts import Deadline, DeadlineKind
from services.domain.people import Role
from tests.unit.console.cast import PASSWORD, Cast, cast, press

PAGE = {"Accept": "text/html"}


def signed_in(house: Cast, username: str = "desk") -> TestClient:
    client = house.client()
    client.headers.update(PAGE)
    answer = client.post(
        "/sign-in", data={"username": username, "password": PASSWORD}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return client


class Words(HTMLParser):
    """The text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())


def words(page: str) -> list[str]:
    return Words(page).words


def test_who_is_not_known_is_asked_to_sign_in(house: Cast) -> None:
    answer = house.client().get("/", headers=PAGE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    page = house.client().get("/sign-in", headers=PAGE).text
    assert 'name="password"' in page
    assert "登录" in words(page)


def test_a_wrong_password_is_said_on_the_page(house: Cast) -> None:
    answer = house.client().post("/sign-in", data={"username": "desk", "password": "wrong"}, headers=PAGE)
    assert answer.status_code == 401
    assert "用户名或密码不正确。" in words(answer.text)
    assert 'value="desk"' in answer.text
    assert "wrong" not in words(answer.text)


def test_running_alerts_stand_first_with_who_what_and_who_has_it(house: Cast) -> None:
    press(house)
    page = words(signed_in(house).get("/").text)
    assert page.index("呼叫器求助") < page.index("全部老人")
    card = page[page.index("正在处理的警报") : page.index("全部老人")]
    assert {"Yangzom", "紧急", "还没有人接", "Basang", "02:13", "02:15"} <= set(card)
    tiles = page[page.index("全部老人") :]
    assert {"First grid", "Yangzom", "正在报警", "Second grid", "Dawa", "没有呼叫器"} <= set(tiles)


def test_a_quiet_night_says_so(house: Cast) -> None:
    assert "一切平安。" in words(signed_in(house).get("/").text)


def test_who_has_nobody_in_their_care_is_not_told_that_all_is_quiet(house: Cast) -> None:
    press(house)
    page = words(house.worker("tashi").get("/", headers=PAGE).text)
    assert "这里没有由您负责的老人。" in page
    assert "一切平安。" not in page


def test_accepting_arriving_and_closing_are_forms(house: Cast) -> None:
    press(house)
    client = signed_in(house, "grid")
    for action, form in (("accept", {}), ("arrive", {}), ("close", {"outcome": "helped"})):
        answer = client.post(f"/alerts/alert-1/{action}", data=form, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), action
    alert = house.of(Role.ADMIN).get("/api/v1/alerts/alert-1").json()
    assert (alert["state"], alert["outcome"]) == ("closed", "helped")
    assert {change["by"] for change in alert["changes"]} == {"house", "basang"}


def test_the_desk_accepts_for_who_telephoned(house: Cast) -> None:
    press(house)
    client = signed_in(house)
    assert '<option value="cering">' in client.get("/alerts/alert-1").text
    client.post("/alerts/alert-1/accept", data={"worker": "cering"})
    alert = house.of(Role.ADMIN).get("/api/v1/alerts/alert-1").json()
    assert (alert["accepted_by"], alert["changes"][-1]["on_behalf_of"]) == ("cering", "cering")


def test_whoever_was_told_can_say_not_i(house: Cast) -> None:
    press(house)
    client = signed_in(house, "grid")
    assert "我去不了" in words(client.get("/alerts/alert-1").text)
    assert client.post("/alerts/alert-1/decline", data={}, follow_redirects=False).status_code == 303
    assert "我去不了" not in words(client.get("/alerts/alert-1").text)


def test_a_further_press_that_waits_for_an_answer_can_be_answered(house: Cast) -> None:
    press(house)
    client = signed_in(house, "grid")
    client.post("/alerts/alert-1/arrive", data={})
    assert not {"又按了一次，还没有人回应", "我已到"} & set(words(client.get("/alerts/alert-1").text))
    with house.store.writing() as uow:
        alert = uow.alerts.get("alert-1")
        assert alert is not None
        owed = Deadline(DeadlineKind.ANSWER_AGAIN, house.clock.now() + timedelta(minutes=2))
        uow.alerts.save(replace(alert, deadlines=(*alert.deadlines, owed)), [])
    assert {"又按了一次，还没有人回应", "我已到"} <= set(words(client.get("/alerts/alert-1").text))
    client.post("/alerts/alert-1/arrive", data={})
    assert "又按了一次，还没有人回应" not in words(client.get("/alerts/alert-1").text)


def test_the_title_counts_whom_nobody_has(house: Cast) -> None:
    press(house)
    client = signed_in(house)
    assert "<title>(1) 安心</title>" in client.get("/").text
    client.post("/alerts/alert-1/accept", data={})
    assert "<title>安心</title>" in client.get("/").text


def test_where_is_the_room_as_well(house: Cast) -> None:
    house.of(Role.ADMIN).patch("/api/v1/devices/button-1", json={"place": "bedroom"})
    press(house)
    assert "3 River Lane bedroom" in signed_in(house).get("/").text


def test_signing_in_keeps_the_alert_that_a_link_leads_to(house: Cast) -> None:
    page = house.client().get("/sign-in", headers=PAGE).text
    assert '<form method="post" class="alone">' in page  # an action would drop what stands behind the #


def test_what_another_has_is_said_in_words(house: Cast) -> None:
    press(house)
    house.worker("cering").post("/api/v1/alerts/alert-1/accept")
    answer = signed_in(house, "grid").post("/alerts/alert-1/accept", data={})
    assert answer.status_code == 409
    assert "没有成功：已有其他人接下。" in words(answer.text)


def test_a_form_of_another_site_does_nothing(house: Cast) -> None:
    press(house)
    client = signed_in(house, "grid")
    answer = client.post("/alerts/alert-1/accept", data={}, headers={"Origin": "http://elsewhere.test"})
    assert answer.status_code == 403
    assert house.of(Role.ADMIN).get("/api/v1/alerts/alert-1").json()["state"] == "open"


def test_a_grid_worker_sees_their_own_people_alone(house: Cast) -> None:
    press(house)
    press(house, "alert-2", "dawa")
    page = words(signed_in(house, "grid").get("/").text)
    assert "Yangzom" in page
    assert "Dawa" not in page


def test_the_page_goes_on_from_the_moment_it_shows(house: Cast) -> None:
    press(house)
    page = signed_in(house).get("/").text
    with house.store.reading() as uow:
        assert f'data-after="{uow.alerts.last_change()}"' in page


def test_without_scripts_the_page_reloads_by_itself(house: Cast) -> None:
    page = signed_in(house).get("/").text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|\bstyle=", page)


def test_names_are_shown_as_text_whatever_they_hold(house: Cast) -> None:
    house.of(Role.ADMIN).post("/api/v1/residents", json={"name": "<script>alert(1)</script>"})
    page = signed_in(house).get("/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_signing_out_ends_it(house: Cast) -> None:
    client = signed_in(house)
    client.post("/sign-out")
    assert client.get("/", follow_redirects=False).headers["location"] == "/sign-in"


def test_every_page_of_a_demonstration_says_so(tmp_path: Path) -> None:
    with cast(tmp_path, settings=ConsoleSettings(demo=True)) as house:
        strangers, desks = house.client(), signed_in(house)
        strangers.headers.update(PAGE)
        for page in (strangers.get("/sign-in"), desks.get("/"), strangers.get("/nothing")):
            assert 'class="demo"' in page.text


def test_where_a_demonstration_runs_the_names_of_its_logins_stand_at_the_door(tmp_path: Path) -> None:
    settings = ConsoleSettings(demo=True, demo_logins={"desk": Role.DUTY_DESK})
    with cast(tmp_path, settings=settings) as house:
        page = house.client().get("/sign-in", headers=PAGE).text
        assert {"desk", "值班台"} <= set(words(page))
        assert PASSWORD not in page


def test_no_demonstration_says_nothing_of_the_kind(house: Cast) -> None:
    page = house.client().get("/sign-in", headers=PAGE).text
    assert 'class="demo"' not in page
    assert "desk" not in page


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Running alerts"), ("bo", "ད་ལྟའི་ཉེན་བརྡ།"), ("zh-CN", "正在处理的警报")]
)
def test_the_page_speaks_the_language_that_was_chosen(house: Cast, language: str, word: str) -> None:
    client = signed_in(house)
    answer = client.post("/language", data={"language": language, "back": "/"}, follow_redirects=False)
    assert answer.headers["location"] == "/"
    page = client.get("/").text
    assert word in words(page)
    assert f'<html lang="{language}">' in page


def test_a_page_speaks_the_worker_s_language_where_none_was_chosen(house: Cast) -> None:
    house.of(Role.ADMIN).patch("/api/v1/workers/pema", json={"language": "en"})
    assert "Running alerts" in words(signed_in(house).get("/").text)


@pytest.mark.parametrize(
    "back", ["https://elsewhere.test/", "//elsewhere.test/", "/\\elsewhere.test", "javascript:x"]
)
def test_the_choice_of_a_language_leads_nowhere_else(house: Cast, back: str) -> None:
    answer = house.client().post("/language", data={"language": "en", "back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_only_the_files_of_the_pages_are_served(house: Cast) -> None:
    client = house.client()
    assert client.get(address_of("live.js")).headers["content-type"].startswith("text/javascript")
    assert client.get(address_of("console.css")).status_code == 200
    for name in ("..%2Fboard.py", "board.py", "%2e%2e"):
        assert client.get(f"/static/{EDITION}/{name}").status_code == 404


def test_a_file_is_kept_for_good_under_its_edition_alone(house: Cast) -> None:
    client = house.client()
    assert "immutable" in client.get(address_of("console.css")).headers["cache-control"]
    assert client.get("/static/older/console.css").headers["cache-control"] == "no-cache"
