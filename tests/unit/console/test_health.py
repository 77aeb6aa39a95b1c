"""Health, figures, simulated time, rulebooks and quarantine: what the house says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from services.console.parts import Journey, RulebookStatus, RuleFault, RuleStatus, Stepped
from services.domain.people import Role
from services.domain.records import Quarantined, QuarantineReason
from tests.unit.console.cast import NIGHT, Cast, cast


def test_the_process_answers(house: Cast) -> None:
    assert house.client().get("/healthz").json() == {"status": "ok", "version": "0.1.0"}


def test_who_is_not_ready_says_why(tmp_path: Path) -> None:
    with cast(tmp_path, health=lambda: ["broker: no connection"]) as house:
        answer = house.client().get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "reasons": ["broker: no connection"]}


def test_who_is_ready_says_so(house: Cast) -> None:
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


def test_figures_count_requests_by_the_route_of_the_table(house: Cast) -> None:
    client = house.of(Role.ADMIN)
    client.get("/api/v1/homes/home-1")
    client.get("/api/v1/homes/home-2")
    client.get("/nothing")
    figures = client.get("/metrics").text
    assert (
        'anxin_http_requests_total{method="GET",route="/api/v1/homes/{home_id}",status="200"} 2.0' in figures
    )
    assert 'route="none",status="404"' in figures


@dataclass
class StepperOfTheTest:
    asked: list[Journey] = field(default_factory=list)

    def advance(self, journey: Journey) -> Stepped:
        self.asked.append(journey)
        return Stepped(journey.to, 3, 5)


def test_simulated_time_is_moved_forward_only(tmp_path: Path) -> None:
    stepper = StepperOfTheTest()
    with cast(tmp_path, stepper=stepper) as house:
        client = house.of(Role.ADMIN)
        answer = client.post("/api/v1/clock", json={"to": "2025-07-23T06:13:00+08:00"})
        assert answer.status_code == 200
        assert answer.json() == {"now": "2025-07-22T22:13:00Z", "findings": 3, "notices": 5}
        back = client.post("/api/v1/clock", json={"to": "2025-07-22T18:12:59Z"})
        assert (back.status_code, back.json()["errors"][0]["field"]) == (422, "to")
        assert stepper.asked == [Journey(NIGHT + timedelta(hours=4))]


def test_time_stops_where_somebody_is_told_and_messages_wait_if_that_is_asked_for(tmp_path: Path) -> None:
    stepper = StepperOfTheTest()
    with cast(tmp_path, stepper=stepper) as house:
        body = {
            "to": "2025-07-22T22:13:00Z",
            "as_claimed_until": "2025-07-23T22:13:00Z",
            "stop": "told",
        }
        assert house.of(Role.ADMIN).post("/api/v1/clock", json=body).status_code == 200
        in_four_hours, in_a_day_more = NIGHT + timedelta(hours=4), NIGHT + timedelta(hours=28)
        assert stepper.asked == [Journey(in_four_hours, in_a_day_more, stops_when_told=True)]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"to": "2025-07-22T18:13:00"}, "to"),
        ({"to": "9999-12-31T23:59:59Z"}, "to"),
        ({"to": "tomorrow"}, "to"),
        ({"to": 1753209180}, "to"),
        ({}, "to"),
        ({"as_claimed_until": "2025-07-22T18:12:59Z"}, "as_claimed_until"),
        ({"as_claimed_until": "2025-07-23T02:13:00"}, "as_claimed_until"),
        ({"as_claimed_until": "9999-12-31T23:59:59Z"}, "as_claimed_until"),
        ({"stop": "never"}, "stop"),
        ({"stop": True}, "stop"),
        ({"until": "2025-07-23T06:13:00Z"}, "until"),
    ],
)
def test_a_journey_that_nobody_can_mean_moves_no_time_and_names_the_field(
    tmp_path: Path, said: dict[str, object], field: str
) -> None:
    stepper = StepperOfTheTest()
    body = said if field == "to" else {"to": "2025-07-22T22:13:00Z", **said}
    with cast(tmp_path, stepper=stepper) as house:
        refused = house.of(Role.ADMIN).post("/api/v1/clock", json=body)
        assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, [field])
        assert stepper.asked == []


def test_time_that_is_not_simulated_cannot_be_moved(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post("/api/v1/clock", json={"to": "2030-01-01T00:00:00Z"})
    assert answer.status_code == 404


BOOK = RulebookStatus(
    name="home-beds",
    revision=3,
    content_hash="abc",
    active_since=NIGHT,
    rules=(
        RuleStatus("call", {"en": "Call button pressed"}, "on", "high"),
        RuleStatus("many", {}, "count", "high", available=False, fault="count: not available yet"),
    ),
    faults=(RuleFault("call", "severity", "hihg", "high, medium, low or info"),),
)


def test_what_is_loaded_and_what_was_refused_can_be_read(tmp_path: Path) -> None:
    with cast(tmp_path, rules=lambda: (BOOK,)) as house:
        client = house.worker("basang")
        [book] = client.get("/api/v1/rulebooks").json()["items"]
        assert (book["name"], book["revision"], book["faults"][0]["found"]) == ("home-beds", 3, "hihg")
        assert client.get("/api/v1/rulebooks/home-beds").json() == book
        assert client.get("/api/v1/rulebooks/none").status_code == 404
        first = client.get("/api/v1/rules?limit=1").json()
        assert (first["items"][0]["id"], first["next"]) == ("call", 1)
        second = client.get("/api/v1/rules?limit=1&after=1").json()
        assert (second["items"][0]["available"], second["next"]) == (False, None)


def quarantined(house: Cast) -> None:
    with house.store.writing() as uow:
        uow.quarantine.add(
            [
                Quarantined(
                    f"q-{number}",
                    f"anxin/v1/b-{number}/event",
                    payload,
                    QuarantineReason.UNDECODABLE,
                    "no JSON",
                    NIGHT,
                    NIGHT,
                    size=len(payload),
                )
                for number, payload in enumerate((b"\xff\xfe", b"{"))
            ]
        )


def test_quarantined_bytes_are_shown_as_they_came(house: Cast) -> None:
    quarantined(house)
    technician = house.worker("tashi")
    first, second = technician.get("/api/v1/quarantine").json()["items"]
    assert (first["payload_base64"], first["payload_text"]) == ("//4=", None)
    assert (second["payload_base64"], second["payload_text"]) == ("ew==", "{")
    assert technician.get("/api/v1/quarantine/q-1").json() == second
    found = technician.get("/api/v1/quarantine", params={"topic": "anxin/v1/b-1/event"}).json()["items"]
    assert found == [second]


def test_a_message_is_taken_in_again_where_ingest_can(tmp_path: Path) -> None:
    readable = {"q-1"}
    with cast(tmp_path, replay=lambda entry_id: entry_id in readable) as house:
        quarantined(house)
        technician = house.worker("tashi")
        assert technician.post("/api/v1/quarantine/q-1/replay").status_code == 200
        answer = technician.post("/api/v1/quarantine/q-0/replay")
        assert (answer.status_code, answer.json()["code"]) == (409, "still_unreadable")
        assert technician.post("/api/v1/quarantine/none/replay").status_code == 404
        [entry] = house.of(Role.ADMIN).get("/api/v1/audit?action=quarantine.replayed").json()["items"]
        assert (entry["actor"], entry["object_id"]) == ("token:tok-tashi", "q-1")
