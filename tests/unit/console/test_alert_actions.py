"""What people do about alerts: accept, arrive, close and the rest, in whose name, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.domain.alerts import AlertState
from services.domain.findings import Severity
from services.domain.people import Role
from services.domain.ports import Topic
from tests.unit.console.cast import Cast, press


@pytest.fixture
def pressed(house: Cast) -> Cast:
    press(house)
    return house


def do(client: TestClient, action: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    if body is None:
        return client.post(f"/api/v1/alerts/alert-1/{action}", headers=headers)
    return client.post(f"/api/v1/alerts/alert-1/{action}", json=body, headers=headers)


def test_the_way_of_an_alert_is_written_move_by_move(pressed: Cast) -> None:
    basang = pressed.worker("basang")
    assert do(basang, "accept").status_code == 200
    assert do(basang, "arrive").status_code == 200
    closed = do(basang, "close", {"outcome": "helped", "note": "a fall, no harm"})
    assert closed.status_code == 200
    alert = closed.json()
    moves = [(each["from"], each["to"], each["by"], each["reason"]) for each in alert["changes"]]
    assert moves == [
        (None, "open", "house", "opened"),
        ("open", "open", "house", "step_due"),
        ("open", "accepted", "basang", "accepted"),
        ("accepted", "arrived", "basang", "arrived"),
        ("arrived", "closed", "basang", "closed"),
    ]
    numbers = [each["number"] for each in alert["changes"]]
    assert numbers == sorted(set(numbers))
    assert (alert["outcome"], alert["note"], alert["owner_ids"]) == ("helped", "a fall, no harm", [])
    assert basang.get("/api/v1/alerts/alert-1").json() == alert


def test_an_action_wakes_those_who_tell_people_and_screens(pressed: Cast) -> None:
    do(pressed.worker("basang"), "accept")
    assert {Topic.ALERTS, Topic.NOTICES} <= set(pressed.signals.woken)


def test_accepting_tells_the_device_that_somebody_is_coming(pressed: Cast) -> None:
    do(pressed.worker("basang"), "accept")
    with pressed.store.reading() as uow:
        assert [command.state for command in uow.notices.commands_due(10)] == ["coming"]


def test_repeating_one_s_own_changes_nothing(pressed: Cast) -> None:
    basang = pressed.worker("basang")
    first = do(basang, "accept").json()
    again = do(basang, "accept")
    assert (again.status_code, again.json()) == (200, first)
    audit = pressed.of(Role.ADMIN).get("/api/v1/audit?action=alert.accept").json()["items"]
    assert len(audit) == 1


def test_what_another_has_cannot_be_accepted(pressed: Cast) -> None:
    do(pressed.worker("basang"), "accept")
    answer = do(pressed.worker("cering"), "accept")
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["accepted_by"]) == ("already_accepted", "basang")


def test_arriving_at_an_open_one_accepts_it_as_well(pressed: Cast) -> None:
    alert = do(pressed.worker("basang"), "arrive").json()
    assert (alert["state"], alert["accepted_by"]) == ("arrived", "basang")


@pytest.mark.parametrize("action", ["accept", "arrive", "decline", "note", "handover", "extend", "close"])
def test_nothing_can_be_done_about_a_closed_one(pressed: Cast, action: str) -> None:
    desk = pressed.worker("pema")
    do(desk, "close", {"outcome": "test"})
    body: dict[str, dict[str, Any]] = {
        "note": {"note": "x"},
        "handover": {"to_worker_id": "cering"},
        "extend": {"minutes": 5},
        "close": {"outcome": "test"},
    }
    answer = do(desk, action, body.get(action, {}))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_closed")


def test_only_the_holder_the_desk_or_a_manager_closes_a_high_one(pressed: Cast) -> None:
    do(pressed.worker("basang"), "accept")
    assert do(pressed.worker("cering"), "close", {"outcome": "helped"}).status_code == 403
    assert do(pressed.worker("pema"), "close", {"outcome": "helped"}).status_code == 200


@pytest.mark.parametrize("body", [{}, {"outcome": "gone"}, {"outcome": None}])
def test_closing_needs_an_outcome(pressed: Cast, body: dict[str, Any]) -> None:
    answer = do(pressed.worker("pema"), "close", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "outcome")


def test_the_desk_acts_for_one_who_telephoned(pressed: Cast) -> None:
    alert = do(pressed.worker("pema"), "accept", {"on_behalf_of": "cering"}).json()
    assert alert["accepted_by"] == "cering"
    change = alert["changes"][-1]
    assert (change["by"], change["on_behalf_of"]) == ("pema", "cering")


@pytest.mark.parametrize("field", ["on_behalf_of", "worker_id"])
def test_others_act_for_nobody_but_themselves(pressed: Cast, field: str) -> None:
    answer = do(pressed.worker("basang"), "accept", {field: "cering"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_for_others")
    assert do(pressed.worker("basang"), "accept", {"worker_id": "basang"}).status_code == 200


def test_a_token_without_a_worker_says_who_acts(pressed: Cast) -> None:
    admin = pressed.of(Role.ADMIN)
    assert do(admin, "accept").json()["errors"][0]["field"] == "worker_id"
    alert = do(admin, "accept", {"worker_id": "cering"}).json()
    assert (alert["accepted_by"], alert["changes"][-1]["by"]) == ("cering", "cering")
    [entry] = admin.get("/api/v1/audit?action=alert.accept").json()["items"]
    assert entry["actor"] == "token:tok-admin"


def test_the_token_of_a_role_acts_for_those_of_the_role_alone(pressed: Cast) -> None:
    grid_workers = pressed.of(Role.GRID_WORKER)
    assert do(grid_workers, "accept", {"worker_id": "dolma"}).status_code == 403
    assert do(grid_workers, "accept", {"worker_id": "cering"}).status_code == 200


@pytest.mark.parametrize("field", ["worker_id", "on_behalf_of"])
def test_who_is_named_must_be_there(pressed: Cast, field: str) -> None:
    answer = do(pressed.of(Role.ADMIN), "accept", {field: "none"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_until_the_other_accepts_a_handover_the_holder_stays(pressed: Cast) -> None:
    basang, cering = pressed.worker("basang"), pressed.worker("cering")
    assert do(basang, "handover", {"to_worker_id": "cering"}).status_code == 409
    do(basang, "accept")
    asked = do(basang, "handover", {"to_worker_id": "cering"}).json()
    assert (asked["accepted_by"], asked["handover_to"]) == ("basang", "cering")
    assert do(cering, "accept").json()["accepted_by"] == "cering"
    answer = do(cering, "handover", {"to_worker_id": "none"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "to_worker_id")


def test_declining_hands_it_to_the_next_at_once(pressed: Cast) -> None:
    alert = do(pressed.worker("basang"), "decline", {"note": "at the hospital"}).json()
    assert (alert["state"], alert["changes"][2]["reason"]) == ("open", "declined")
    told = pressed.of(Role.ADMIN).get("/api/v1/notices?alert_id=alert-1").json()["items"]
    assert {"cering", "dolma"} <= {notice["worker_id"] for notice in told}


def test_more_time_is_given_up_to_what_the_policy_allows(pressed: Cast) -> None:
    basang = pressed.worker("basang")
    before = do(basang, "accept").json()["next_due_at"]
    after = do(basang, "extend", {"minutes": 10}).json()["next_due_at"]
    assert (before, after) == ("2025-07-22T18:23:00Z", "2025-07-22T18:33:00Z")
    answer = do(basang, "extend", {"minutes": 1000})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "minutes")
    assert do(basang, "extend", {"minutes": 0}).status_code == 422


def test_a_note_is_kept_with_who_said_it(pressed: Cast) -> None:
    alert = do(pressed.worker("cering"), "note", {"note": "the door is open"}).json()
    assert alert["note"] == "the door is open"
    assert (alert["changes"][-1]["by"], alert["changes"][-1]["reason"]) == ("cering", "noted")


def test_an_action_with_a_key_is_answered_alike_and_done_once(pressed: Cast) -> None:
    basang = pressed.worker("basang")
    key = {"Idempotency-Key": "one"}
    first = do(basang, "accept", {}, **key)
    do(basang, "close", {"outcome": "helped"})
    again = do(basang, "accept", {}, **key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert do(basang, "accept", {"worker_id": "basang"}, **key).status_code == 422


def test_the_title_is_in_the_language_of_who_asks(pressed: Cast) -> None:
    admin = pressed.of(Role.ADMIN)
    assert admin.get("/api/v1/alerts/alert-1").json()["title"] == "呼叫器求助"
    admin.patch("/api/v1/workers/basang", json={"language": "en"})
    assert pressed.worker("basang").get("/api/v1/alerts/alert-1").json()["title"] == "Call button pressed"


def test_alerts_are_found_by_what_they_are(pressed: Cast) -> None:
    press(
        pressed,
        "alert-2",
        "dawa",
        severity=Severity.LOW,
        kind="meal",
        state=AlertState.CLOSED,
    )
    desk = pressed.worker("pema")
    for query, found in {
        "": ["alert-1", "alert-2"],
        "state=running": ["alert-1"],
        "state=closed": ["alert-2"],
        "severity=low": ["alert-2"],
        "resident_id=yangzom": ["alert-1"],
        "kind=meal": ["alert-2"],
        "since=2025-07-22T18:13:00Z": ["alert-1", "alert-2"],
        "until=2025-07-22T18:13:00Z": [],
        "synthetic=true": [],
    }.items():
        items = desk.get(f"/api/v1/alerts?{query}").json()["items"]
        assert [item["id"] for item in items] == found, query
