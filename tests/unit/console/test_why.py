"""`GET /api/v1/why`: what a care team hears, by which revision, and who hears nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from services.domain.devices import DeviceType
from services.domain.events import Event, Origin
from services.domain.instants import format_instant
from services.domain.people import Role
from services.domain.ports import StateKey
from services.domain.records import Quarantined, QuarantineReason, StandingFault
from services.rules.run import RulesLoop
from tests.unit.console.cast import NIGHT, Cast, StandingClock

OUT = """
format: 1
rulebook: beds
timezone: Asia/Shanghai
rules:
  - {id: out-of-bed, on: bed.exited, unless: bed.entered, for: 20m, severity: high}
"""
MORE = """
format: 1
rulebook: more
rules:
  - {id: rule-0, on: bed.exited, count: 4, within: 2h, settle: 60s, between: "22:00-06:00"}
  - {id: rule-1, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m}
  - {id: rule-2, missing: bed.exited, from: "04:00", by: "10:00", while: bed.entered, settle: 30m}
  - {id: rule-3, silent: any, for: 2h, per: device}
  - {id: rule-4, quota: visit.completed, at_least: 2, per: year, warn: 7d}
  - {id: rule-5, on: medication.delivered, unless: medication.delivered, for: {days: event.data.days}}
  - {id: rule-6, drift: night.exits, over: 28d, beyond: 3}
"""
MINUTE = timedelta(minutes=1)
EVENING = NIGHT - timedelta(hours=4)


class House:
    """The console's community, with the rules at work over it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.texts = {"beds.yaml": OUT}
        self.clock = StandingClock(EVENING)
        self.loop = RulesLoop(cast.store, self.clock, lambda: self.texts, ZoneInfo("Asia/Shanghai"))
        since = EVENING - timedelta(days=9)
        self.store("resident.enrolled", since, None, enrolled_at=format_instant(since))
        self.store("device.registered", since, type=DeviceType.BED_SENSOR.value, resident_id="yangzom")
        self.store("bed.entered", EVENING)
        self.run_to(EVENING)

    def store(self, kind: str, at: datetime, device_id: str | None = "mat-1", **data: Any) -> str:
        name = f"evt-{kind}-{format_instant(at)}"
        house = kind.startswith(("resident.enrolled", "device.registered", "rule."))
        event = Event(
            id=name,
            kind=kind,
            occurred_at=at,
            received_at=at,
            origin=Origin.HOUSE if house else Origin.DEVICE,
            resident_id="yangzom",
            device_id=device_id,
            data=data,
            dedupe_key=name,
        )
        with self.cast.store.writing() as uow:
            uow.events.append([event])
        return name

    def run_to(self, instant: datetime) -> None:
        self.clock.move(instant - self.clock.now())
        while self.loop.step():
            pass


@pytest.fixture
def beds(house: Cast) -> House:
    return House(house)


def ask(client: TestClient, at: datetime, status: int = 200, **more: str) -> dict[str, Any]:
    params = {"rule": "out-of-bed", "resident_id": "yangzom", "at": format_instant(at), **more}
    answer = client.get("/api/v1/why", params=params)
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_back_in_bed_after_twelve_minutes(beds: House) -> None:
    start = NIGHT - 40 * MINUTE
    out = beds.store("bed.exited", start)
    back = beds.store("bed.entered", start + 12 * MINUTE)
    beds.run_to(NIGHT)
    said = ask(beds.cast.of(Role.DUTY_DESK), start + 15 * MINUTE, language="en")
    assert (said["rule"], said["rulebook"], said["revision"], said["found"]) == (
        "out-of-bed",
        "beds",
        1,
        False,
    )
    [reason] = said["reasons"]
    assert reason["reason"] == "prevented"
    assert reason["event_ids"] == [out, back]
    assert reason["figures"]["after_seconds"] == 720
    expected = "“out of bed” at 01:33:00, and then in time “in bed”, after 12 min."
    assert (reason["text"], said["text"]) == (expected, f"Nothing was found. {expected}")


def test_it_answers_in_the_language_of_whoever_asks(beds: House) -> None:
    said = ask(beds.cast.worker("pema"), NIGHT - 60 * MINUTE)
    assert said["language"] == "zh-CN"
    assert said["text"].startswith("没有触发。")


def test_what_was_found_names_its_finding(beds: House) -> None:
    start = NIGHT - 40 * MINUTE
    beds.store("bed.exited", start)
    beds.run_to(NIGHT)
    said = ask(beds.cast.of(Role.DUTY_DESK), start)
    assert said["found"]
    finding_id = said["reasons"][0]["finding_id"]
    assert beds.cast.of(Role.DUTY_DESK).get(f"/api/v1/findings/{finding_id}").status_code == 200


def test_what_would_be_found_and_is_not_stored_is_said_to_be_missing(beds: House) -> None:
    start = NIGHT - 40 * MINUTE
    beds.store("bed.exited", start)
    beds.run_to(start + MINUTE)
    with beds.cast.store.writing() as uow:
        uow.states.delete([StateKey("beds/out-of-bed", "yangzom")])
    beds.run_to(NIGHT)
    said = ask(beds.cast.of(Role.DUTY_DESK), start)
    assert (said["found"], said["reasons"][0]["reason"]) == (False, "not_raised")


def test_the_rulebook_of_that_time_answers_and_says_which_is_at_work_now(beds: House) -> None:
    start = NIGHT - 60 * MINUTE
    beds.store("bed.exited", start)
    beds.store("bed.entered", start + 12 * MINUTE)
    beds.run_to(start + 30 * MINUTE)
    beds.texts["beds.yaml"] = OUT.replace("20m", "10m")
    beds.run_to(start + 40 * MINUTE)
    said = ask(beds.cast.of(Role.DUTY_DESK), start)
    assert (said["revision"], said["revision_now"], said["found"]) == (1, 2, False)
    assert said["reasons"][0]["reason"] == "prevented"


def test_a_rule_that_came_later_was_not_at_work(beds: House) -> None:
    beds.texts["beds.yaml"] = OUT + "  - {id: press, on: call_button.pressed, severity: high}\n"
    beds.run_to(NIGHT)
    said = ask(beds.cast.of(Role.DUTY_DESK), NIGHT - 60 * MINUTE, rule="press")
    assert (said["reasons"][0]["reason"], said["revision"], said["revision_now"]) == ("not_at_work", None, 2)


def test_a_rule_that_fails_says_so(beds: House) -> None:
    fault = StandingFault("beds", None, "beds/out-of-bed", "", "KeyError: 'x'", "", EVENING, None, True)
    with beds.cast.store.writing() as uow:
        uow.rulebooks.set_faults([fault])
    said = ask(beds.cast.of(Role.DUTY_DESK), NIGHT - 60 * MINUTE, language="en")
    assert said["reasons"][0]["reason"] == "rule_unavailable"
    assert said["text"].endswith("The rule does not work just now: KeyError: 'x'")


def test_a_message_that_could_not_be_read_is_named(beds: House) -> None:
    at = NIGHT - 50 * MINUTE
    unread = Quarantined(
        "qua-1",
        "anxin/v1/button-1/event",
        b"{",
        QuarantineReason.UNDECODABLE,
        "no JSON",
        at,
        at,
        external_id="button-1",
    )
    with beds.cast.store.writing() as uow:
        uow.quarantine.add([unread])
    said = ask(beds.cast.of(Role.DUTY_DESK), NIGHT - 60 * MINUTE, language="en")
    assert [reason["reason"] for reason in said["reasons"]] == ["no_event", "in_quarantine"]
    assert said["reasons"][1]["text"].startswith("A message of button-1 could not be read, at 01:23:00;")


@pytest.mark.parametrize("at", ["1900-01-01T00:00:00Z", "2199-12-31T23:59:59Z"])
def test_an_instant_long_ago_or_far_ahead_is_answered(beds: House, at: str) -> None:
    beds.texts["more.yaml"] = MORE
    beds.run_to(NIGHT)
    for rule in ("out-of-bed", *(f"rule-{number}" for number in range(7))):
        params = {"rule": rule, "resident_id": "yangzom", "at": at}
        answer = beds.cast.of(Role.DUTY_DESK).get("/api/v1/why", params=params)
        assert answer.status_code == 200
        assert answer.json()["reasons"]


def test_the_floor_can_be_asked_about_too(beds: House) -> None:
    beds.store("call_button.pressed", NIGHT - 30 * MINUTE, "button-1")
    beds.run_to(NIGHT)
    said = ask(beds.cast.of(Role.DUTY_DESK), NIGHT - 30 * MINUTE, rule="floor")
    assert (said["found"], said["rulebook"], said["revision"]) == (True, "anxin", None)


def test_an_unknown_rule_is_404_with_the_nearest_name(beds: House) -> None:
    said = ask(beds.cast.of(Role.DUTY_DESK), NIGHT, 404, rule="out-of-bde")
    assert (said["code"], said["nearest"]) == ("not_found", "out-of-bed")


@pytest.mark.parametrize("at", ["yesterday", "2025-07-23T02:40:00", "0001-01-01T00:00:00Z"])
def test_what_is_no_instant_is_422(beds: House, at: str) -> None:
    params = {"rule": "out-of-bed", "resident_id": "yangzom", "at": at}
    answer = beds.cast.of(Role.DUTY_DESK).get("/api/v1/why", params=params)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "at"


def test_who_may_not_see_the_resident_hears_nothing(beds: House) -> None:
    assert ask(beds.cast.worker("basang"), NIGHT)["resident_id"] == "yangzom"
    assert ask(beds.cast.worker("norbu"), NIGHT, 404)["detail"] == "There is no such resident."
    assert ask(beds.cast.of(Role.DUTY_DESK), NIGHT, 404, resident_id="nobody")["code"] == "not_found"
