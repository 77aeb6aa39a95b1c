"""`quota`: at least so many in each local period, with warnings, corrections, periods that do not count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.domain.instants import parse_instant
from services.rules.profile import Profile
from tests.unit.rules.cast import History, rulebook

BOOK = rulebook("id: visits, quota: visit.completed, at_least: 2, per: month, warn: 7d, severity: medium")
START = "2025-06-20T00:00:00+08:00"
JULY_WARNING = "2025-07-24T16:00:00Z"
JULY_END = "2025-07-31T16:00:00Z"


def month(*visits: str, enrolled_at: str = START, end: str = "2025-08-01T00:00:00+08:00") -> History:
    history = History().resident(enrolled_at=enrolled_at).at("restart", START)
    for visit in visits:
        history.visit(visit)
    return history.end(end)


def told(history: History) -> list[tuple[object, ...]]:
    return [(each["at"], each["state"], each["reason"], each["events"]) for each in history.found(BOOK)]


def test_a_month_with_two_visits_says_nothing() -> None:
    assert told(month("2025-07-01T00:00:00+08:00", "2025-07-31T23:59:59+08:00")) == [
        (JULY_WARNING, "ended", "warn", [3])
    ]
    assert told(month("2025-07-01T00:00:00+08:00", "2025-07-24T23:59:59+08:00")) == []


@pytest.mark.parametrize(
    ("visit", "state"),
    [
        ("2025-07-24T23:59:59+08:00", "withdrawn"),
        ("2025-07-25T00:00:00+08:00", "withdrawn"),
        ("2025-07-25T00:00:01+08:00", "ended"),
    ],
)
def test_a_visit_up_to_the_warning_takes_it_back_and_a_later_one_ends_it(visit: str, state: str) -> None:
    history = History().resident(enrolled_at=START).at("restart", START).visit("2025-07-01T00:00:00+08:00")
    history.visit(visit, received="2025-07-26T00:00:00+08:00").end("2025-08-01T00:00:00+08:00")
    assert [row[:3] for row in told(history)] == [(JULY_WARNING, state, "warn")]


def test_a_month_with_one_visit_is_short() -> None:
    assert told(month("2025-07-03T10:00:00+08:00")) == [
        (JULY_WARNING, "holds", "warn", [3]),
        (JULY_END, "holds", None, [3]),
    ]


def test_the_last_second_belongs_to_the_month_and_the_next_does_not() -> None:
    first = "2025-07-01T00:00:00+08:00"
    assert told(month("2025-06-30T23:59:59+08:00", first, "2025-08-01T00:00:00+08:00"))[-1][0] == JULY_END


@pytest.mark.parametrize(
    ("enrolled_at", "counts"),
    [
        ("2025-07-16T12:00:00+08:00", True),
        ("2025-07-16T12:00:01+08:00", False),
        ("2025-07-20T00:00:00+08:00", False),
    ],
)
def test_a_month_counts_if_half_its_seconds_were_watched(enrolled_at: str, counts: bool) -> None:
    history = month(enrolled_at=enrolled_at)
    assert told(history) == (
        [(JULY_WARNING, "holds", "warn", []), (JULY_END, "holds", None, [])] if counts else []
    )


@pytest.mark.parametrize(
    ("returned", "counts"), [("2025-07-16T12:00:00+08:00", True), ("2025-07-16T12:00:01+08:00", False)]
)
def test_time_away_is_not_watched(returned: str, counts: bool) -> None:
    history = History().resident().at("restart", START).away("2025-07-01T00:00:00+08:00")
    found = told(history.returned(returned).end("2025-08-01T00:00:00+08:00"))
    assert ((JULY_END, "holds", None, []) in found) is counts


def test_a_warning_before_enrolment_is_skipped() -> None:
    book = rulebook("id: visits, quota: visit.completed, at_least: 2, per: month, warn: 25d")
    history = month(enrolled_at="2025-07-08T00:00:00+08:00")
    assert [each["at"] for each in history.found(book)] == [JULY_END]


@pytest.mark.parametrize(("started", "warned"), [("00:00:00", True), ("00:00:01", False)])
def test_a_warning_at_the_first_instant_that_is_looked_at_is_given(started: str, *, warned: bool) -> None:
    history = History().resident().at("restart", f"2025-07-25T{started}+08:00")
    found = told(history.end("2025-07-26T00:00:00+08:00"))
    assert ((JULY_WARNING, "holds", "warn", []) in found) is warned


def test_each_month_is_warned_of_and_judged_by_itself() -> None:
    assert [(at, reason) for at, _, reason, _ in told(month(end="2025-09-01T00:00:00+08:00"))] == [
        (JULY_WARNING, "warn"),
        (JULY_END, None),
        ("2025-08-24T16:00:00Z", "warn"),
        ("2025-08-31T16:00:00Z", None),
    ]


def test_who_was_warned_of_a_month_is_not_warned_of_it_again() -> None:
    history = History().resident().at("restart", START)
    history.override("visits", "warn", "14d", "2025-07-02T00:00:00+08:00")
    history.override("visits", "warn", None, "2025-07-20T00:00:00+08:00")
    history.end("2025-08-01T00:00:00+08:00")
    said = [str(row[0]) for row in told(history) if row[2] == "warn"]
    assert [at for at in said if at.startswith("2025-07")] == ["2025-07-17T16:00:00Z"]


def test_a_late_addition_withdraws_until_the_next_month_is_over() -> None:
    for received, state in (
        ("2025-09-01T00:00:00+08:00", "withdrawn"),
        ("2025-09-01T00:00:01+08:00", "holds"),
    ):
        history = History().resident().at("restart", "2025-07-26T00:00:00+08:00")
        history.visit("2025-07-27T10:00:00+08:00").visit("2025-07-28T10:00:00+08:00", received=received)
        found = [row for row in told(history.end("2025-09-02T00:00:00+08:00")) if row[0] == JULY_END]
        assert found == [(JULY_END, state, None, [3])]


def test_a_retraction_raises_what_was_not_found_before() -> None:
    history = History().resident().at("restart", "2025-07-26T00:00:00+08:00")
    history.visit("2025-07-27T10:00:00+08:00").visit("2025-07-28T10:00:00+08:00")
    history.retract("3", "2025-08-10T00:00:00+08:00").end("2025-08-11T00:00:00+08:00")
    [found] = history.found(BOOK)
    assert (found["at"], found["raised_at"]) == (JULY_END, "2025-08-09T16:00:00Z")
    assert (found["state"], found["reason"], found["events"]) == ("holds", "corrected", [4])


def test_what_falls_short_again_holds_again() -> None:
    history = History().resident().at("restart", "2025-07-26T00:00:00+08:00")
    history.visit("2025-07-27T10:00:00+08:00")
    history.visit("2025-07-28T10:00:00+08:00", received="2025-08-02T00:00:00+08:00")
    history.retract("4", "2025-08-10T00:00:00+08:00").end("2025-08-11T00:00:00+08:00")
    assert told(history) == [(JULY_END, "holds", None, [3])]


def test_deadlines_before_the_first_received_line_are_not_met() -> None:
    history = History().resident().at("restart", "2025-08-01T00:00:01+08:00").end("2025-08-02T00:00:00+08:00")
    assert told(history) == []
    history = History().resident().at("restart", "2025-08-01T00:00:00+08:00").end("2025-08-02T00:00:00+08:00")
    assert told(history) == [(JULY_END, "holds", None, [])]


def test_a_warning_that_an_override_moves_into_the_past_is_met_at_once() -> None:
    history = History().resident().at("restart", START)
    history.override("visits", "warn", "14d", "2025-07-20T00:00:00+08:00").end("2025-07-30T00:00:00+08:00")
    warnings = [each for each in history.found(BOOK) if each["at"].startswith("2025-07")]
    assert [(each["at"], each["raised_at"]) for each in warnings if each["reason"] == "warn"] == [
        ("2025-07-17T16:00:00Z", "2025-07-19T16:00:00Z")
    ]


@pytest.mark.parametrize(
    ("period", "start", "ends"),
    [
        ("week", "2025-07-21T12:00:00+08:00", "2025-07-27T16:00:00Z"),
        ("quarter", "2025-07-21T12:00:00+08:00", "2025-09-30T16:00:00Z"),
        ("year", "2025-07-21T12:00:00+08:00", "2025-12-31T16:00:00Z"),
        ("month", "2024-02-10T12:00:00+08:00", "2024-02-29T16:00:00Z"),
        ("month", "2025-11-10T12:00:00+08:00", "2025-11-30T16:00:00Z"),
        ("month", "2025-12-10T12:00:00+08:00", "2025-12-31T16:00:00Z"),
    ],
)
def test_each_period_ends_at_local_midnight(period: str, start: str, ends: str) -> None:
    book = rulebook(f"id: visits, quota: visit.completed, at_least: 1, per: {period}")
    history = History().resident().at("restart", start).end(ends)
    assert [each["at"] for each in history.found(book)] == [ends]


def test_a_leaving_that_is_only_planned_ends_nothing_yet() -> None:
    for left_at, is_judged in (("2025-08-01T00:00:01+08:00", True), ("2025-08-01T00:00:00+08:00", False)):
        history = History().resident(left_at=left_at).at("restart", START).end("2025-08-02T00:00:00+08:00")
        assert (JULY_END in [each[0] for each in told(history)]) is is_judged


@pytest.mark.parametrize(
    ("since", "state"), [("2025-07-16T12:00:00+08:00", "holds"), ("2025-07-16T11:59:59+08:00", "withdrawn")]
)
def test_time_away_that_is_recorded_late_withdraws_a_month_that_never_counted(since: str, state: str) -> None:
    history = History().resident().at("restart", "2025-07-26T00:00:00+08:00")
    history.at("away", "2025-08-03T00:00:00+08:00", resident="r1", occurred_at=since)
    assert told(history.end("2025-08-04T00:00:00+08:00")) == [(JULY_END, state, None, [])]


def test_time_away_that_is_taken_back_has_the_month_judged_again() -> None:
    history = (
        History()
        .resident()
        .at("restart", START)
        .at("away", "2025-07-01T00:00:00+08:00", resident="r1", id="a")
    )
    history.retract("a", "2025-08-03T00:00:00+08:00").end("2025-08-04T00:00:00+08:00")
    [found] = [each for each in history.found(BOOK) if each["at"] == JULY_END]
    assert (found["raised_at"], found["reason"], found["state"]) == (
        "2025-08-02T16:00:00Z",
        "corrected",
        "holds",
    )


def test_the_warning_of_a_week_that_begins_as_another_ends_is_a_finding_of_its_own() -> None:
    book = rulebook("id: visits, quota: visit.completed, at_least: 1, per: week, warn: 7d")
    monday = "2025-07-21T00:00:00+08:00"
    history = History().resident().at("restart", "2025-07-20T00:00:00+08:00").end(monday)
    assert [(each["at"], each["reason"]) for each in history.found(book)] == [
        ("2025-07-20T16:00:00Z", None),
        ("2025-07-20T16:00:00Z", "warn"),
    ]


@pytest.mark.parametrize(("left_after", "days"), [(9, 9), (10, 10), (11, 31)])
def test_time_to_come_counts_as_watched_but_not_from_a_leaving_that_has_come(
    left_after: int, days: int
) -> None:
    july = parse_instant("2025-07-01T00:00:00+08:00")
    day = timedelta(days=1)
    resident = Profile("r1", enrolled_at=july - day, left_at=july + left_after * day)
    assert resident.watched_for(july, july + 31 * day, july + 10 * day) == days * day
