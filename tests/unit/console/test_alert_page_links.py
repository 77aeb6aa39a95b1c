"""The way to the page of an alert: a link leads there through the sign-in, and never to another site."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from services.console.pages.addresses import LONGEST, inside
from tests.unit.console.cast import PASSWORD, Cast, press
from tests.unit.console.test_pages import PAGE, signed_in, words

LOGIN = {"username": "grid", "password": PASSWORD}
ALERT = "/alerts/alert-1"

FOREIGN = [
    "https://elsewhere.test/",
    "//elsewhere.test/",
    "///elsewhere.test/",
    "/\\elsewhere.test",
    "\\\\elsewhere.test",
    "/\t/elsewhere.test",
    "/\n/elsewhere.test",
    " /",
    "javascript:alert(1)",
    "data:text/html,x",
    "elsewhere.test",
    "",
    "/" + "x" * LONGEST,
]


def test_the_link_of_a_notice_leads_to_the_page_of_its_alert(house: Cast) -> None:
    press(house)
    with house.store.reading() as uow:
        [notice, *_] = uow.notices.of_alert("alert-1")
    assert notice.text["link"] == f"http://console.test{ALERT}"
    assert signed_in(house, "grid").get(notice.text["link"]).status_code == 200


def test_signing_in_comes_back_to_the_page_that_was_wanted(house: Cast) -> None:
    press(house)
    client = house.client()
    client.headers.update(PAGE)
    asked = client.get(ALERT, follow_redirects=False)
    assert asked.status_code == 303
    door = asked.headers["location"]
    assert (urlsplit(door).path, parse_qs(urlsplit(door).query)) == ("/sign-in", {"next": [ALERT]})
    assert client.get(door).status_code == 200
    assert client.post(door, data={**LOGIN, "password": "wrong"}).status_code == 401
    entered = client.post(door, data=LOGIN, follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, ALERT)
    assert client.get(door, follow_redirects=False).headers["location"] == ALERT


def test_a_form_whose_session_is_over_comes_back_to_its_page(house: Cast) -> None:
    press(house)
    client = house.client()
    headers = PAGE | {"Referer": f"http://console.test{ALERT}?story=all"}
    answer = client.post(f"{ALERT}/accept", data={}, headers=headers, follow_redirects=False)
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"next": [f"{ALERT}?story=all"]}
    answer = client.post(f"{ALERT}/accept", data={}, headers=PAGE, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in"


def test_the_choice_of_the_language_at_the_door_keeps_what_was_wanted(house: Cast) -> None:
    page = house.client().get(f"/sign-in?next={ALERT}", headers=PAGE).text
    assert 'name="back" value="/sign-in?next=/alerts/alert-1"' in page


@pytest.mark.parametrize("address", FOREIGN)
def test_no_address_of_another_site_is_led_to(house: Cast, address: str) -> None:
    assert inside(address) == "/"
    answer = house.client().post(
        "/sign-in", params={"next": address}, data=LOGIN, headers=PAGE, follow_redirects=False
    )
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("address", ["/", ALERT, f"{ALERT}?story=all#story", "/visits?month=2025-07"])
def test_a_page_of_the_console_is_led_to(address: str) -> None:
    assert inside(address) == address


def test_an_alert_that_one_may_not_see_is_not_there(house: Cast) -> None:
    press(house, "alert-2", "dawa", device_id=None)
    client = signed_in(house, "grid")
    for path in ("/alerts/alert-2", "/alerts/none"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "这条警报不在您负责的家庭，或者不存在。请问值班台。" in words(answer.text)
        assert "Dawa" not in answer.text
    assert client.post("/alerts/alert-2/accept", data={}).status_code == 404


def test_where_the_key_of_a_foreign_home_lies_is_told_while_it_runs_and_not_afterwards(
    house: Cast,
) -> None:
    press(house)
    with house.store.writing() as uow:
        home = uow.homes.get("home-1")
        assert home is not None
        uow.homes.save(replace(home, key_place="under the pot"))
        alert = uow.alerts.get("alert-1")
        assert alert is not None
        uow.alerts.save(replace(alert, accepted_by="norbu", owner_ids=("norbu",)), [])
    assert "under the pot" in house.worker("norbu").get(ALERT, headers=PAGE).text
    house.worker("norbu").post("/api/v1/alerts/alert-1/close", json={"outcome": "helped"})
    page = house.worker("norbu").get(ALERT, headers=PAGE)
    assert page.status_code == 200
    assert "under the pot" not in page.text
    assert "under the pot" not in house.worker("basang").get(ALERT, headers=PAGE).text
    assert "under the pot" in house.worker("pema").get(ALERT, headers=PAGE).text


def test_the_address_of_a_form_that_was_refused_leads_to_the_page(house: Cast) -> None:
    press(house)
    answer = signed_in(house, "grid").get(f"{ALERT}/accept", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, ALERT)
