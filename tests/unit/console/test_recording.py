"""What people record: visits, meals, absences, corrections; back in time but never ahead, and once."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.domain.kinds import RECORDED_KINDS
from services.domain.people import Role
from services.domain.ports import Topic
from tests.unit.console.cast import Cast

MEAL = {"kind": "meal.ordered", "resident_id": "yangzom"}
STAY = {"reason": "family", "until": "2025-07-25T18:13:00Z"}


@pytest.fixture
def basang(house: Cast) -> TestClient:
    return house.worker("basang")


def test_what_a_person_records_names_them(house: Cast, basang: TestClient) -> None:
    answer = basang.post("/api/v1/events", json={**MEAL, "data": {"meal": "lunch", "note": "soft"}})
    assert answer.status_code == 201
    event = answer.json()
    assert (event["origin"], event["recorded_by"]) == ("person", "basang")
    assert event["occurred_at"] == event["received_at"] == "2025-07-22T18:13:00Z"
    assert event["data"] == {"meal": "lunch", "note": "soft"}
    assert basang.get(f"/api/v1/events/{event['id']}").json() == event
    assert Topic.EVENTS in house.signals.woken


@pytest.mark.parametrize(
    ("occurred_at", "status"),
    [
        ("2025-07-22T18:13:00Z", 201),
        ("2025-07-22T18:13:00.000001Z", 422),
        ("2024-06-17T18:13:00Z", 201),
        ("2024-06-17T18:12:59Z", 422),
    ],
)
def test_an_event_lies_up_to_400_days_back_and_never_ahead(
    basang: TestClient, occurred_at: str, status: int
) -> None:
    answer = basang.post("/api/v1/events", json={**MEAL, "occurred_at": occurred_at})
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["field"] == "occurred_at"


@pytest.mark.parametrize("kind", ["call_button.pressed", "bed.exited", "resident.enrolled", "no.such", ""])
def test_only_kinds_that_people_record_are_taken(basang: TestClient, kind: str) -> None:
    answer = basang.post("/api/v1/events", json={**MEAL, "kind": kind})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "kind")
    assert "visit.completed" in answer.json()["errors"][0]["expected"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "medication.delivered", "data": {"days": -1}}, "data.days"),
        ({"kind": "medication.delivered", "data": {"days": 2.5}}, "data.days"),
        ({"kind": "event.retracted", "data": {}}, "data.event_id"),
        ({"kind": "resident.away", "data": {"until": "tomorrow"}}, "data.until"),
        ({"data": {"nul": "\u0000"}}, "data"),
        ({"resident_id": None}, "resident_id"),
        ({"resident_id": "none"}, "resident_id"),
        ({"device_id": "button-1"}, "device_id"),
    ],
)
def test_data_fit_their_kind(basang: TestClient, fields: dict[str, Any], field: str) -> None:
    answer = basang.post("/api/v1/events", json={**MEAL, **fields})
    assert answer.status_code == 422
    assert field in {fault["field"] for fault in answer.json()["errors"]}


def test_every_kind_that_people_record_can_be_recorded(basang: TestClient) -> None:
    made = basang.post("/api/v1/events", json=MEAL).json()
    data = {"event.retracted": {"event_id": made["id"], "reason": "the wrong house"}}
    for kind in sorted(RECORDED_KINDS):
        body = {"kind": kind, "resident_id": "yangzom", "data": data.get(kind, {})}
        assert basang.post("/api/v1/events", json=body).status_code == 201, kind


@pytest.mark.parametrize(
    ("occurred_at", "until", "status"),
    [
        ("2025-07-22T18:13:00Z", "2025-07-22T18:13:00Z", 422),
        ("2025-07-22T18:13:00Z", "2025-07-22T18:13:01Z", 201),
        ("2025-07-22T18:13:00Z", "2025-10-20T18:13:00Z", 201),
        ("2025-07-22T18:13:00Z", "2025-10-20T18:13:01Z", 422),
        ("2025-07-01T00:00:00Z", "2025-07-05T00:00:00Z", 201),
        ("2025-07-01T00:00:00Z", "", 422),
    ],
)
def test_an_absence_ends_after_it_begins_and_within_what_the_policy_allows(
    basang: TestClient, occurred_at: str, until: str, status: int
) -> None:
    away = {"kind": "resident.away", "resident_id": "yangzom", "occurred_at": occurred_at}
    answer = basang.post("/api/v1/events", json={**away, "data": {"until": until}})
    assert answer.status_code == status
    if status == 422:
        assert [fault["field"] for fault in answer.json()["errors"]] == ["data.until"]
        assert basang.get("/api/v1/residents/yangzom").json()["away"] is None


@pytest.mark.parametrize("occurred_at", ["2025-07-22T18:13:00Z", "2025-05-01T00:00:00Z"])
def test_an_absence_of_which_nobody_says_the_end_has_the_one_of_the_policy(
    basang: TestClient, occurred_at: str
) -> None:
    body = {"kind": "resident.away", "resident_id": "yangzom", "occurred_at": occurred_at}
    answer = basang.post("/api/v1/events", json=body)
    assert (answer.status_code, answer.json()["data"]) == (201, {})
    away = basang.get("/api/v1/residents/yangzom").json()["away"]
    assert away == {"since": occurred_at, "until": "2025-07-29T18:13:00Z", "reason": "", "by": "basang"}
    [kept] = basang.get("/api/v1/silences").json()["items"]
    assert (kept["kind"], kept["until"], kept["running"]) == ("away", "2025-07-29T18:13:00Z", True)


def test_who_is_away_is_shown_away_until_they_return(basang: TestClient) -> None:
    away = {
        "kind": "resident.away",
        "resident_id": "yangzom",
        "occurred_at": "2025-07-22T08:00:00Z",
        "data": {"reason": "hospital", "until": "2025-07-30"},
    }
    assert basang.post("/api/v1/events", json=away).status_code == 422
    away["data"] = {"reason": "hospital", "until": "2025-07-30T10:00:00+08:00"}
    assert basang.post("/api/v1/events", json=away).status_code == 201
    assert basang.get("/api/v1/residents/yangzom").json()["away"] == {
        "since": "2025-07-22T08:00:00Z",
        "until": "2025-07-30T02:00:00Z",
        "reason": "hospital",
        "by": "basang",
    }
    back = {"kind": "resident.returned", "resident_id": "yangzom"}
    assert basang.post("/api/v1/events", json=back).json()["data"] == {"reason": "hospital"}
    assert basang.get("/api/v1/residents/yangzom").json()["away"] is None


def test_who_comes_back_comes_from_where_they_say(basang: TestClient) -> None:
    for kind, reason in (("resident.away", "family"), ("resident.returned", "hospital")):
        data = {"reason": reason, "until": STAY["until"]} if kind == "resident.away" else {"reason": reason}
        said = {"kind": kind, "resident_id": "yangzom", "data": data}
        assert basang.post("/api/v1/events", json=said).json()["data"] == data
    again = {"kind": "resident.returned", "resident_id": "yangzom"}
    assert basang.post("/api/v1/events", json=again).json()["data"] == {}


def test_an_absence_that_is_taken_back_never_was(basang: TestClient) -> None:
    away = {"kind": "resident.away", "resident_id": "yangzom", "data": STAY}
    event = basang.post("/api/v1/events", json=away).json()
    taken_back = {"kind": "event.retracted", "data": {"event_id": event["id"], "reason": "misheard"}}
    answer = basang.post("/api/v1/events", json=taken_back)
    assert answer.json()["resident_id"] == "yangzom"
    assert basang.get("/api/v1/residents/yangzom").json()["away"] is None
    assert basang.get(f"/api/v1/events/{event['id']}").json() == event


def test_what_others_look_after_cannot_be_recorded_nor_taken_back(house: Cast, basang: TestClient) -> None:
    answer = basang.post("/api/v1/events", json={**MEAL, "resident_id": "dawa"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "resident_id")
    theirs = house.worker("norbu").post("/api/v1/events", json={**MEAL, "resident_id": "dawa"}).json()
    taken_back = {"kind": "event.retracted", "data": {"event_id": theirs["id"], "reason": "x"}}
    assert basang.post("/api/v1/events", json=taken_back).status_code == 422
    assert basang.get(f"/api/v1/events/{theirs['id']}").status_code == 404


def test_facts_of_the_register_are_listed_only_when_asked_for(house: Cast) -> None:
    admin = house.of(Role.ADMIN)
    admin.patch("/api/v1/residents/yangzom", json={"tags": ["a"]})
    assert admin.get("/api/v1/events").json()["items"] == []
    for query in ("kind=resident.changed", "origin=house"):
        assert len(admin.get(f"/api/v1/events?{query}").json()["items"]) == 1


def test_a_visit_is_an_event_and_an_event_is_a_visit(basang: TestClient) -> None:
    body = {"resident_id": "yangzom", "service": "助餐", "note": "ate well"}
    visit = basang.post("/api/v1/visits", json=body).json()
    assert (visit["worker_id"], visit["service"], visit["note"]) == ("basang", "助餐", "ate well")
    event = basang.get(f"/api/v1/events/{visit['id']}").json()
    assert (event["kind"], event["data"]["worker_id"]) == ("visit.completed", "basang")
    basang.post("/api/v1/events", json={"kind": "visit.completed", "resident_id": "yangzom"})
    assert len(basang.get("/api/v1/visits?resident_id=yangzom").json()["items"]) == 2
    assert [v["id"] for v in basang.get("/api/v1/visits?worker_id=basang").json()["items"]] == [visit["id"]]
    assert basang.get(f"/api/v1/visits/{visit['id']}").json() == visit
    meal = basang.post("/api/v1/events", json=MEAL).json()
    assert basang.get(f"/api/v1/visits/{meal['id']}").status_code == 404


def test_who_went_is_whoever_says_so_or_somebody_they_may_speak_for(house: Cast, basang: TestClient) -> None:
    visit = {"resident_id": "yangzom", "worker_id": "cering"}
    event = {"kind": "visit.completed", "resident_id": "yangzom", "data": {"worker_id": "cering"}}
    for path, body in (("visits", visit), ("events", event)):
        answer = basang.post(f"/api/v1/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_for_others")
    assert basang.post("/api/v1/visits", json={**visit, "worker_id": "basang"}).status_code == 201
    assert house.worker("pema").post("/api/v1/visits", json=visit).status_code == 201
    assert house.of(Role.GRID_WORKER).post("/api/v1/visits", json=visit).status_code == 201


@pytest.mark.parametrize("path", ["events", "visits"])
def test_the_same_key_with_the_same_body_is_done_once(house: Cast, basang: TestClient, path: str) -> None:
    body: dict[str, Any] = {"resident_id": "yangzom"} if path == "visits" else MEAL
    key = {"Idempotency-Key": "visit-of-this-morning"}
    first = basang.post(f"/api/v1/{path}", json=body, headers=key)
    again = basang.post(f"/api/v1/{path}", json=body, headers=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())
    assert len(basang.get("/api/v1/events").json()["items"]) == 1
    other = basang.post(f"/api/v1/{path}", json={**body, "resident_id": "dawa"}, headers=key)
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"


def test_the_key_of_one_is_not_the_key_of_another(house: Cast) -> None:
    key = {"Idempotency-Key": "1"}
    for name in ("basang", "cering"):
        assert house.worker(name).post("/api/v1/events", json=MEAL, headers=key).status_code == 201
    assert len(house.of(Role.ADMIN).get("/api/v1/events").json()["items"]) == 2


def test_a_refused_request_leaves_its_key_free(basang: TestClient) -> None:
    key = {"Idempotency-Key": "1"}
    ahead = {**MEAL, "occurred_at": "2026-01-01T00:00:00Z"}
    assert basang.post("/api/v1/events", json=ahead, headers=key).status_code == 422
    assert basang.post("/api/v1/events", json=MEAL, headers=key).status_code == 201
