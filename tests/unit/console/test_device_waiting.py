"""The page of a device that is waited for: what it says while nothing comes, which clues it offers, and that
a press is never taken for a test that is none.
"""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from services.console.parts import TurnedAway
from services.domain.people import Role
from services.domain.records import Quarantined, QuarantineReason
from tests.unit.console.cast import Cast
from tests.unit.console.test_device_pages import PAGE, devices, send


@pytest.fixture
def technician(house: Cast) -> TestClient:
    client = house.worker("tashi")
    client.headers.update(PAGE)
    return client


# ---------------------------------------------------------------------- clues


def unknown(house: Cast, name: str, ago: timedelta) -> None:
    at = house.clock.now() - ago
    entry = Quarantined(
        f"qua-{name}",
        f"anxin/v1/{name}/event",
        b"{}",
        QuarantineReason.UNKNOWN_DEVICE,
        "",
        at,
        at,
        external_id=name,
    )
    with house.store.writing() as uow:
        uow.quarantine.add([entry])


def test_a_device_that_calls_itself_alike_is_offered(house: Cast, technician: TestClient) -> None:
    send(technician)
    house.clock.move(timedelta(seconds=25))
    unknown(house, "B-02", timedelta(seconds=20))
    house.broker.refused.append(TurnedAway("b_2", house.clock.now() - timedelta(seconds=5)))
    page = html.unescape(technician.get(f"/devices/{devices(house)['b-2'].id}").text)
    assert "calls itself B-02 was heard just now and is not registered." in page
    assert "calls itself b_2 knocked just now" in page
    assert "/devices/new?label=B-02&type=call_button&resident=dawa&home=home-2" in page
    assert "B-02" in technician.get("/devices").text


def test_what_was_heard_long_ago_or_is_registered_is_no_clue(house: Cast, technician: TestClient) -> None:
    unknown(house, "B-02", timedelta(minutes=11))
    unknown(house, "button-1", timedelta(seconds=1))
    send(technician)
    assert "Is it this one?" not in technician.get(f"/devices/{devices(house)['b-2'].id}").text


def test_what_another_device_did_before_this_one_was_registered_is_no_clue(
    house: Cast, technician: TestClient
) -> None:
    unknown(house, "B-02", timedelta(minutes=3))
    house.broker.refused.append(TurnedAway("b_2", house.clock.now() - timedelta(minutes=2)))
    send(technician)
    assert "Is it this one?" not in technician.get(f"/devices/{devices(house)['b-2'].id}").text


def test_a_clue_stands_above_advice_and_new_credentials_are_one_tap_away(
    house: Cast, technician: TestClient
) -> None:
    send(technician)
    house.clock.move(timedelta(minutes=3))
    house.broker.refused.append(TurnedAway("b-2", house.clock.now()))
    device = devices(house)["b-2"]
    page = technician.get(f"/devices/{device.id}").text
    assert page.index("its password is wrong") < page.index("battery full")
    due = page[page.index('data-part="due"') :]
    assert f'href="/devices/{device.id}/credentials"' in due[: due.index("</section>")]


def test_a_wrong_password_is_said_to_who_waits(house: Cast, technician: TestClient) -> None:
    send(technician)
    house.broker.refused.append(TurnedAway("b-2", house.clock.now()))
    page = technician.get(f"/devices/{devices(house)['b-2'].id}").text
    assert "its password is wrong" in page


def test_who_may_not_fit_sees_no_clues(house: Cast, technician: TestClient) -> None:
    send(technician)
    unknown(house, "B-02", timedelta(seconds=20))
    desk = house.of(Role.DUTY_DESK)
    desk.headers.update(PAGE)
    assert "B-02" not in desk.get(f"/devices/{devices(house)['b-2'].id}").text
    assert "B-02" not in desk.get("/devices").text


# ---------------------------------------------------------------------- waiting


def test_advice_comes_after_half_a_minute_and_more_after_two(house: Cast, technician: TestClient) -> None:
    send(technician)
    address = f"/devices/{devices(house)['b-2'].id}"
    seen = []
    for wait in (29, 1, 89, 1):
        house.clock.move(timedelta(seconds=wait))
        page = technician.get(address).text
        seen.append(("battery full" in page, "entered to the letter" in page))
    assert seen == [(False, False), (True, False), (True, False), (True, True)]


def test_a_page_that_waits_asks_each_second_and_one_left_open_less_often(
    house: Cast, technician: TestClient
) -> None:
    send(technician)
    address = f"/devices/{devices(house)['b-2'].id}"
    assert 'data-every="1000"' in technician.get(address).text
    assert '<noscript><meta http-equiv="refresh"' in technician.get(address).text
    house.clock.move(timedelta(minutes=15))
    assert 'data-every="10000"' in technician.get(address).text


def test_a_press_without_a_test_window_is_said_to_be_real(house: Cast, technician: TestClient) -> None:
    send(technician)
    page = technician.get(f"/devices/{devices(house)['b-2'].id}").text
    assert "A press now is a real call." in page
    assert "It calls Norbu first" in page


# ---------------------------------------------------------------------- testing


def test_a_test_is_opened_for_one_worker_and_ended(house: Cast, technician: TestClient) -> None:
    asked = technician.get("/devices/button-1/test").text
    assert asked.index("Basang") < asked.index("Cering") < asked.index("Dolma")
    assert "Tashi" not in re.findall(r"<option[^>]*>([^<]+)", asked), "nobody can tell Tashi"
    answer = send(technician, "/devices/button-1/test", worker="basang", minutes="10")
    assert answer.headers["location"] == "/devices/button-1"
    page = technician.get("/devices/button-1").text
    assert "it goes to Basang alone" in page
    assert "A press now is a real call." not in page
    send(technician, "/devices/button-1/test/end")
    assert devices(house)["button-1"].test_window is None


def test_an_open_window_that_is_over_calls_for_real_again(house: Cast, technician: TestClient) -> None:
    send(technician, "/devices/button-1/test", worker="basang", minutes="2")
    house.clock.move(timedelta(minutes=2))
    page = technician.get("/devices/button-1").text
    assert "it goes to Basang alone" not in page
    assert "A press now is a real call." in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"worker": "tashi", "minutes": "5"}, "Choose somebody who works here"),
        ({"worker": "nobody", "minutes": "5"}, "Choose somebody who works here"),
        ({"worker": "cering", "minutes": "11"}, "Choose one of these."),
        ({"worker": "cering", "minutes": "x"}, "Choose one of these."),
    ],
)
def test_a_test_that_cannot_be_says_why_and_opens_nothing(
    house: Cast, technician: TestClient, fields: dict[str, str], said: str
) -> None:
    answer = send(technician, "/devices/button-1/test", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert devices(house)["button-1"].test_window is None
