"""The press floor: an alarm kind always raises a high Finding, whatever the rulebook says."""

from __future__ import annotations

import pytest

from tests.unit.rules.cast import History, rulebook

PRESS = "call_button.pressed"
DAY = "2025-07-23T14:00:00+08:00"
NIGHT = "2025-07-23T02:13:00+08:00"
CALL = 'id: call, on: call_button.pressed, between: "06:00-22:00", severity: high'


def home() -> History:
    return History().resident().device("b1", "call_button")


def rules_of(history: History, book: str) -> list[str]:
    return [each["rule"] for each in history.end("2025-07-24T00:00:00Z").found(book)]


def test_a_high_rule_takes_the_press() -> None:
    assert rules_of(home().event(PRESS, DAY, device="b1"), rulebook(CALL)) == ["call"]


@pytest.mark.parametrize(
    "rule",
    [
        CALL,
        f"{CALL}, enabled: false",
        "id: call, on: call_button.pressed, severity: high, enabled: false",
        "id: call, on: call_button.pressed, severity: high, device_types: [fall_detector]",
        "id: call, on: call_button.pressed, severity: high, where: event.data.press == 'long'",
        "id: call, on: call_button.pressed, severity: high, for_residents: \"'alone' in resident.tags\"",
    ],
)
def test_the_floor_takes_what_no_rule_takes(rule: str) -> None:
    assert rules_of(home().event(PRESS, NIGHT, device="b1"), rulebook(rule)) == ["floor"]


@pytest.mark.parametrize("severity", ["medium", "low", "info"])
def test_a_lower_rule_does_not_take_it_alone(severity: str) -> None:
    book = rulebook(f"id: call, on: call_button.pressed, severity: {severity}")
    assert rules_of(home().event(PRESS, NIGHT, device="b1"), book) == ["call", "floor"]


def test_only_a_plain_rule_takes_it() -> None:
    book = rulebook("id: again, on: call_button.pressed, unless: visit.completed, for: 20m, severity: high")
    assert sorted(rules_of(home().event(PRESS, NIGHT, device="b1"), book)) == ["again", "floor"]


def test_a_deadline_that_a_press_meets_on_its_way_does_not_take_it() -> None:
    book = rulebook("id: again, on: call_button.pressed, unless: visit.completed, for: 20m, severity: high")
    history = History().resident().device("d1", "call_button").event(PRESS, 0).event(PRESS, 3600)
    assert history.end(3600).brief(book) == [
        ("floor", 0, 0, "holds", None),
        ("again", 1200, 1200, "holds", None),
        ("floor", 3600, 3600, "holds", None),
    ]


def test_an_override_cannot_stop_a_press() -> None:
    history = home().override("call", "enabled", False, "2025-07-23T00:00:00Z").event(PRESS, DAY, device="b1")
    assert rules_of(history, rulebook(CALL)) == ["floor"]


@pytest.mark.parametrize("kind", ["fall.detected", "smoke.detected", "gas.detected"])
def test_every_alarm_kind_has_a_floor(kind: str) -> None:
    assert rules_of(home().event(kind, NIGHT, device="x"), rulebook(CALL)) == ["floor"]


def test_who_is_enrolled_or_known_does_not_matter() -> None:
    history = History().event(PRESS, DAY, resident="nobody", device="x")
    assert rules_of(history, rulebook(CALL)) == ["call"]
    late = History().resident(enrolled_at="2030-01-01T00:00:00Z").event(PRESS, DAY, device="x")
    assert rules_of(late, rulebook(CALL)) == ["call"]


def test_a_press_without_a_resident_names_the_device() -> None:
    history = (
        History().device("b1", "call_button", resident=None).event(PRESS, DAY, device="b1", resident=None)
    )
    [found] = history.end("2025-07-24T00:00:00Z").found(rulebook(CALL))
    assert (found["rule"], found["resident"], found["device"]) == ("call", None, "b1")


def test_time_away_does_not_matter() -> None:
    history = home().away("2025-07-22T00:00:00Z").event(PRESS, DAY, device="b1")
    assert rules_of(history, rulebook(CALL)) == ["call"]


def test_a_press_is_judged_by_when_it_was_received() -> None:
    history = home().event(PRESS, NIGHT, device="b1", received=DAY).end("2025-07-24T00:00:00Z")
    [found] = history.found(rulebook(CALL))
    assert (found["rule"], found["reason"]) == ("call", None)
    assert found["at"] == found["raised_at"] == "2025-07-23T06:00:00Z"


@pytest.mark.parametrize("claim", ["2025-07-16T05:59:59Z", "2025-07-23T06:02:00Z", "2030-01-01T00:00:00Z"])
def test_whatever_its_clock_says_a_press_happens_when_it_is_received(claim: str) -> None:
    history = home().event(PRESS, claim, device="b1", received=DAY).end("2025-07-24T00:00:00Z")
    for book in (rulebook(CALL), rulebook("id: door, on: door.opened")):
        [found] = history.found(book)
        assert found["at"] == found["raised_at"] == "2025-07-23T06:00:00Z"


@pytest.mark.parametrize(
    ("claim", "at"),
    [
        ("2025-07-16T06:00:00Z", ["2025-07-16T06:00:00Z"]),
        ("2025-07-16T05:59:59Z", []),
        ("2025-07-23T06:02:00Z", ["2025-07-23T06:02:00Z"]),
        ("2025-07-23T06:02:01Z", []),
    ],
)
def test_a_claim_that_cannot_be_true_is_replaced(claim: str, at: list[str]) -> None:
    history = History().resident().device("d1", "door_sensor")
    history.event("door.opened", claim, received=DAY).end("2025-07-24T00:00:00Z")
    assert [found["at"] for found in history.found(rulebook("id: door, on: door.opened"))] == at


def test_a_replaced_time_counts_as_an_alarm_only() -> None:
    book = rulebook("id: door, on: door.opened")
    history = History().resident().device("d1", "door_sensor")
    history.event("door.opened", "2020-01-01T00:00:00Z", received=DAY).end("2025-07-24T00:00:00Z")
    assert history.found(book) == []


def test_an_override_of_the_floor_stops_nothing() -> None:
    history = home().override("floor", "enabled", False, DAY)
    history.event(PRESS, DAY, device="b1").end("2025-07-24T00:00:00Z")
    assert rules_of(history, rulebook("id: door, on: door.opened")) == ["floor"]
