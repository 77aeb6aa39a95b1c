"""The test window of a device: who may open it, whom it may name, for how long; and what people answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.console.testing import how_tested
from services.domain.alerts import AlertFact, RunningTest
from services.domain.findings import FindingState, Severity
from services.domain.people import Channel, ChannelKind, Role, Worker
from tests.unit.console.cast import Cast, press
from tests.unit.console.test_device_pages import PAGE, send

WINDOW = "/api/v1/devices/button-1/test-window"
TEK = Worker(
    "tek", "Tek", Role.TECHNICIAN, channels=(Channel(ChannelKind.WEBHOOK, "http://127.0.0.1:9/tek"),)
)


@pytest.fixture
def technician(house: Cast) -> TestClient:
    return house.worker("tashi")


def opened(client: TestClient, **said: Any) -> dict[str, Any]:
    answer = client.post(WINDOW, json=said)
    assert answer.status_code == 201, answer.text
    window: dict[str, Any] = answer.json()["test_window"]
    return window


def test_a_window_names_a_worker_and_ends_by_itself(house: Cast, technician: TestClient) -> None:
    window = opened(technician, worker_id="basang")
    assert window == {
        "worker_id": "basang",
        "opened_at": "2025-07-22T18:13:00Z",
        "until": "2025-07-22T18:18:00Z",
    }
    house.clock.move(timedelta(minutes=5, microseconds=-1))
    assert technician.get("/api/v1/devices/button-1").json()["test_window"] == window
    assert technician.get("/api/v1/devices").json()["items"][0]["test_window"] == window
    house.clock.move(timedelta(microseconds=1))
    assert technician.get("/api/v1/devices/button-1").json()["test_window"] is None
    assert technician.get("/api/v1/devices").json()["items"][0]["test_window"] is None


def test_without_a_name_it_is_the_callers_own_worker_who_must_be_reachable(house: Cast) -> None:
    answer = house.worker("tashi").post(WINDOW)
    assert answer.status_code == 422, "Tashi has no channel"
    assert answer.json()["errors"][0]["field"] == "worker_id"
    assert house.of(Role.TECHNICIAN).post(WINDOW).status_code == 422, "a role is nobody who can be told"
    with house.store.writing() as uow:
        uow.workers.save(Worker("tashi", "Tashi", Role.TECHNICIAN, channels=TEK.channels))
    assert opened(house.worker("tashi"))["worker_id"] == "tashi"


@pytest.mark.parametrize("minutes", [0, 11, -1, 2.5, "5", True])
def test_a_window_is_a_minute_to_ten_minutes_long(technician: TestClient, minutes: object) -> None:
    answer = technician.post(WINDOW, json={"worker_id": "basang", "minutes": minutes})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "minutes")


def test_a_window_of_ten_minutes_is_the_longest(technician: TestClient) -> None:
    assert opened(technician, worker_id="basang", minutes=10)["until"] == "2025-07-22T18:23:00Z"


def test_who_is_unknown_or_switched_off_cannot_be_named(house: Cast, technician: TestClient) -> None:
    with house.store.writing() as uow:
        uow.workers.add(Worker("gone", "Gone", Role.GRID_WORKER, channels=TEK.channels, active=False))
    for named in ("nobody", "gone"):
        assert technician.post(WINDOW, json={"worker_id": named}).status_code == 422


def test_opening_again_replaces_the_window(house: Cast, technician: TestClient) -> None:
    opened(technician, worker_id="basang", minutes=10)
    house.clock.move(timedelta(minutes=1))
    window = opened(technician, worker_id="cering", minutes=2)
    assert (window["worker_id"], window["until"]) == ("cering", "2025-07-22T18:16:00Z")


def test_a_worker_vouches_for_one_device_at_a_time(house: Cast, technician: TestClient) -> None:
    opened(technician, worker_id="basang")
    made = technician.post(
        "/api/v1/devices", json={"external_id": "second", "type": "call_button", "home_id": "home-2"}
    ).json()
    other = f"/api/v1/devices/{made['id']}"
    assert technician.post(f"{other}/test-window", json={"worker_id": "basang"}).status_code == 201
    assert technician.get("/api/v1/devices/button-1").json()["test_window"] is None
    assert technician.get(other).json()["test_window"]["worker_id"] == "basang"


def test_a_window_can_be_ended_and_ending_none_is_no_error(technician: TestClient) -> None:
    opened(technician, worker_id="basang")
    assert technician.delete(WINDOW).status_code == 204
    assert technician.get("/api/v1/devices/button-1").json()["test_window"] is None
    assert technician.delete(WINDOW).status_code == 204


def test_the_audit_knows_who_opened_it_for_whom_and_who_ended_it(house: Cast, technician: TestClient) -> None:
    opened(technician, worker_id="basang", minutes=3)
    technician.delete(WINDOW)
    technician.delete(WINDOW)
    entries = house.of(Role.ADMIN).get("/api/v1/audit").json()["items"]
    assert [(entry["action"], entry["object_id"], entry["detail"]) for entry in entries] == [
        ("device.test_window_opened", "button-1", "basang, 3 min"),
        ("device.test_window_ended", "button-1", ""),
    ]


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.NEIGHBOUR, Role.CAREGIVER, Role.DUTY_DESK])
def test_who_does_not_fit_devices_opens_no_window(house: Cast, role: Role) -> None:
    assert house.of(role).post(WINDOW, json={"worker_id": "basang"}).status_code == 403
    assert house.of(role).delete(WINDOW).status_code == 403


def test_an_unknown_device_has_no_window(technician: TestClient) -> None:
    where = WINDOW.replace("button-1", "nothing")
    assert technician.post(where, json={"worker_id": "basang"}).status_code == 404
    assert technician.delete(where).status_code == 404


def test_a_retired_device_gets_no_window_and_loses_the_one_it_has(technician: TestClient) -> None:
    opened(technician, worker_id="basang")
    retired = technician.patch("/api/v1/devices/button-1", json={"state": "retired"})
    assert retired.json()["test_window"] is None
    assert technician.post(WINDOW, json={"worker_id": "basang"}).json()["code"] == "retired"


@pytest.mark.parametrize("elsewhere", [{"resident_id": "dawa"}, {"resident_id": None}])
def test_a_device_that_becomes_somebody_elses_loses_its_window(
    technician: TestClient, elsewhere: dict[str, Any]
) -> None:
    opened(technician, worker_id="basang")
    assert technician.patch("/api/v1/devices/button-1", json=elsewhere).json()["test_window"] is None


def test_a_device_that_stays_in_its_home_keeps_its_window(technician: TestClient) -> None:
    window = opened(technician, worker_id="basang")
    for same in ({"place": "kitchen"}, {"resident_id": "yangzom"}, {"home_id": "home-1"}):
        changed = technician.patch("/api/v1/devices/button-1", json=same)
        assert changed.json()["test_window"] == window


def test_while_something_urgent_runs_no_window_opens(house: Cast, technician: TestClient) -> None:
    alert = press(house, kind="fall")
    refused = technician.post(WINDOW, json={"worker_id": "basang"})
    assert (refused.status_code, refused.json()["code"]) == (409, "alert_runs")
    assert technician.get("/api/v1/devices/button-1").json()["test_window"] is None
    house.worker("basang").post(f"/api/v1/alerts/{alert.id}/accept")
    assert technician.post(WINDOW, json={"worker_id": "basang"}).status_code == 409, (
        "it runs until it is closed"
    )
    house.worker("basang").post(f"/api/v1/alerts/{alert.id}/close", json={"outcome": "false_alarm"})
    opened(technician, worker_id="basang")


def test_while_a_test_waits_for_its_answer_no_window_opens(house: Cast, technician: TestClient) -> None:
    running_test(house)
    assert technician.post(WINDOW, json={"worker_id": "basang"}).json()["code"] == "alert_runs"


def test_what_is_not_urgent_or_anothers_keeps_nobody_from_testing(
    house: Cast, technician: TestClient
) -> None:
    quiet = (AlertFact("finding-quiet", house.clock.now(), house.clock.now(), FindingState.HOLDS),)
    press(house, kind="device-silent", severity=Severity.LOW, facts=quiet)
    press(house, alert_id="alert-2", resident_id="dawa", device_id=None)
    opened(technician, worker_id="basang")


def test_the_page_of_a_device_says_in_red_that_a_press_joins_what_runs(
    house: Cast, technician: TestClient
) -> None:
    opened(technician, worker_id="basang")
    press(house, kind="fall")
    page = technician.get("/devices/button-1", headers=PAGE).text
    assert "a press is no test, it joins that alert" in page
    assert "The next press is a test" not in page, "one of the two is untrue"
    assert 'action="/devices/button-1/test/end"' in page


def test_a_form_that_would_open_a_window_then_leads_to_what_the_page_says(
    house: Cast, technician: TestClient
) -> None:
    press(house, kind="fall")
    technician.headers.update(PAGE)
    answer = send(technician, "/devices/button-1/test", worker="basang", minutes="5")
    assert (answer.status_code, answer.headers["location"]) == (303, "/devices/button-1")
    page = technician.get("/devices/button-1").text
    assert "a press is no test" in page
    assert "Open a test" not in page


def running_test(house: Cast) -> str:
    """A test that Basang was told of."""
    test = RunningTest("basang", "emergency", {"zh-CN": "呼叫器求助"})
    alert = press(house, policy="test", titles={"zh-CN": "测试：呼叫器求助"}, test=test)
    with house.store.writing() as uow:
        alert = uow.alerts.save(replace(alert, owner_ids=("basang",)), [])
        uow.devices.tested("button-1", alert.id)
    return alert.id


def test_the_alert_says_that_it_is_a_test_and_who_was_told(house: Cast) -> None:
    alert_id = running_test(house)
    alert = house.worker("basang").get(f"/api/v1/alerts/{alert_id}").json()
    assert alert["test"] == {"worker_id": "basang", "policy": "emergency"}
    assert alert["policy"] == "test"


@pytest.mark.parametrize("action", ["accept", "arrive"])
def test_an_answer_closes_the_test(house: Cast, action: str) -> None:
    alert_id = running_test(house)
    answer = house.worker("basang").post(f"/api/v1/alerts/{alert_id}/{action}").json()
    assert (answer["state"], answer["outcome"], answer["accepted_by"], answer["closed_by"]) == (
        "closed", "test", "basang", "basang",
    )  # fmt: skip
    again = house.worker("basang").post(f"/api/v1/alerts/{alert_id}/{action}")
    assert (again.status_code, again.json()["code"]) == (409, "already_closed")


def test_the_named_worker_may_close_it_as_a_test_and_as_nothing_else(house: Cast) -> None:
    alert_id = running_test(house)
    where = f"/api/v1/alerts/{alert_id}/close"
    assert house.worker("basang").post(where, json={"outcome": "false_alarm"}).status_code == 403
    assert house.worker("cering").post(where, json={"outcome": "test"}).status_code == 403
    assert house.worker("basang").post(where, json={"outcome": "test"}).json()["outcome"] == "test"


@pytest.mark.parametrize("who", ["basang", "pema", "cering"])
def test_whoever_sees_a_test_may_say_that_it_is_real(house: Cast, who: str) -> None:
    alert_id = running_test(house)
    where = f"/api/v1/alerts/{alert_id}/real"
    alert = house.worker(who).post(where).json()
    assert (alert["test"], alert["policy"], alert["state"]) == (None, "emergency", "open")
    assert alert["changes"][-2]["reason"] == "said_to_be_real"
    assert alert["changes"][-2]["by"] == who
    assert house.worker(who).post(where).json()["changes"] == alert["changes"], "a repeat changes nothing"


def test_for_whom_there_is_no_test_it_cannot_be_said_to_be_real(house: Cast) -> None:
    alert_id = running_test(house)
    assert house.worker("norbu").post(f"/api/v1/alerts/{alert_id}/real").status_code == 404


def test_a_page_learns_how_it_stands_with_the_how_tested_a_device(
    house: Cast, technician: TestClient
) -> None:
    def stands() -> tuple[bool, str | None, str | None]:
        with house.store.reading() as uow:
            device = uow.devices.get("button-1")
            assert device is not None
            how = how_tested(uow, house.parts, device)
        tester = how.tester.id if how.tester else None
        return how.window is not None, tester, how.newest.state.value if how.newest else None

    assert stands() == (False, None, None)
    opened(technician, worker_id="basang")
    assert stands() == (True, "basang", None)
    alert_id = running_test(house)
    assert stands() == (False, "basang", "open")
    house.worker("basang").post(f"/api/v1/alerts/{alert_id}/accept")
    assert stands() == (False, "basang", "closed")
