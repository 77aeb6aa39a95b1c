"""`missing` and `silent`: what did not happen by a time of the day, and what was not heard for a while."""

from __future__ import annotations

import pytest

from services.domain.events import Json
from services.domain.findings import FindingState
from services.domain.instants import parse_instant
from services.rules.case import Case
from services.rules.kinds.silent import FoundSilence, Silent, SilentState
from services.rules.reading import read_rulebook
from services.rules.signs import Sign
from tests.unit.rules.cast import SHANGHAI, History, rulebook

NOT_UP = rulebook(
    'id: not-up, missing: bed.exited, settle: 30m, from: "04:00", by: "10:00", while: bed.entered'
)
NO_MEAL = rulebook('id: no-meal, missing: meal.collected, from: "11:00", by: "13:00", severity: low')
SILENT = rulebook("id: quiet, silent: any, device_types: [bed_sensor], for: 2h, per: device")
DAY = "2025-07-23"


def clock(text: str, day: str = DAY) -> str:
    return f"{day}T{text}+08:00"


def home(start: str = "20:00:00") -> History:
    history = History(origin=parse_instant(clock("00:00:00"))).resident().device()
    return history.at("restart", clock(start, "2025-07-22"))


def told(history: History, book: str, until: str = "23:00:00") -> list[tuple[Json, ...]]:
    rows = history.end(clock(until)).found(book)
    assert history.found_without_numbers(book) == history.restarted_everywhere().found_without_numbers(book)
    return [(each["at"], each["raised_at"], each["state"], each["reason"]) for each in rows]


TEN = "2025-07-23T02:00:00Z"


def in_bed() -> History:
    return home().event("bed.entered", clock("21:00:00", "2025-07-22"))


def test_who_is_still_in_bed_at_ten_is_told_of() -> None:
    assert told(in_bed(), NOT_UP) == [(TEN, TEN, "holds", None)]


@pytest.mark.parametrize(
    ("exit_at", "found"),
    [
        ("03:59:59", []),
        ("04:00:00", []),
        ("09:29:59", []),
        ("09:59:59", []),
        ("10:00:00", []),  # at ten the newest of the pair is no longer `while`
        ("10:00:01", [(TEN, TEN, "ended", None)]),
    ],
)
def test_who_got_up_is_not(exit_at: str, found: list[tuple[Json, ...]]) -> None:
    assert told(in_bed().event("bed.exited", clock(exit_at)), NOT_UP) == found


def test_a_trip_to_the_toilet_is_not_getting_up() -> None:
    history = in_bed().event("bed.exited", clock("05:00:00")).event("bed.entered", clock("05:29:59"))
    assert told(history, NOT_UP) == [(TEN, TEN, "holds", None)]


def test_a_settling_that_is_pending_is_awaited() -> None:
    history = in_bed().event("bed.exited", clock("09:50:00")).event("bed.entered", clock("10:05:00"))
    assert told(history, NOT_UP) == [(TEN, "2025-07-23T02:05:00Z", "holds", None)]


def test_who_was_never_in_bed_is_not_missed() -> None:
    assert told(home(), NOT_UP) == []


def test_an_entry_that_is_taken_back_is_no_staying_in_bed() -> None:
    """The mat said so by mistake, and somebody took it back in the night; what else it said still counts."""
    history = home().event("bed.entered", clock("21:00:00", "2025-07-22"), id="mistaken")
    taken_back = history.retract("mistaken", clock("05:00:00"))
    assert told(taken_back, NOT_UP) == []
    others = in_bed().event("bed.entered", clock("22:00:00", "2025-07-22"), id="mistaken")
    assert told(others.retract("mistaken", clock("05:00:00")), NOT_UP) == [(TEN, TEN, "holds", None)]


def test_a_meal_that_is_taken_back_before_the_end_of_the_window_was_not_collected() -> None:
    one = home().event("meal.collected", clock("11:30:00"), device=None, id="mistaken")
    rows = told(one.retract("mistaken", clock("12:30:00")), NO_MEAL)
    assert [(row[0], row[2]) for row in rows] == [("2025-07-23T05:00:00Z", "holds")]
    two = home().event("meal.collected", clock("11:30:00"), device=None, id="mistaken")
    two.event("meal.collected", clock("11:40:00"), device=None).retract("mistaken", clock("12:30:00"))
    assert told(two, NO_MEAL) == []


def test_who_has_lain_there_for_days_is_missed_each_day_anew() -> None:
    """However long ago the last change is, to the second: the sixth day knows of it as the first does."""
    history = home().event("bed.entered", clock("10:00:00")).end(clock("23:00:00", "2025-07-29"))
    found = [each["at"] for each in history.found(NOT_UP)]
    assert found == [f"2025-07-{day}T02:00:00Z" for day in range(23, 30)]


def test_a_change_that_is_taken_back_days_later_leaves_the_one_before_it() -> None:
    history = in_bed().event("bed.exited", clock("10:00:00"), id="mistaken")
    history.retract("mistaken", clock("12:00:00", "2025-07-26")).end(clock("23:00:00", "2025-07-27"))
    assert [each["at"] for each in history.found(NOT_UP)] == ["2025-07-27T02:00:00Z"]


@pytest.mark.parametrize(("started", "judged"), [("13:00:00", 1), ("13:00:01", 0)])
def test_a_day_is_judged_whose_end_is_the_first_instant_that_is_looked_at(started: str, judged: int) -> None:
    history = History(origin=parse_instant(clock("00:00:00"))).resident().at("restart", clock(started))
    assert len(told(history, NO_MEAL)) == judged


@pytest.mark.parametrize(("exited", "raised"), [("09:39:59", [TEN]), ("09:40:00", [])])
def test_a_settling_that_began_as_the_window_did_is_awaited(exited: str, raised: list[str]) -> None:
    book = rulebook('id: not-up, missing: bed.exited, settle: 30m, from: "09:40", by: "10:00"')
    assert [row[1] for row in told(in_bed().event("bed.exited", clock(exited)), book)] == raised


@pytest.mark.parametrize(("collected", "missed"), [("10:59:59", True), ("11:00:00", False)])
def test_a_window_that_overrides_bring_to_end_where_it_begins_is_a_whole_day(
    collected: str, *, missed: bool
) -> None:
    """Each was sensible when it was set; nobody is missed for a window of no length."""
    history = home().override("no-meal", "by", "11:00", clock("21:00:00", "2025-07-22"))
    history.event("meal.collected", clock(collected, "2025-07-22"), device=None, received=clock("05:00:00"))
    found = [row for row in told(history, NO_MEAL) if row[0] == "2025-07-23T03:00:00Z"]
    assert bool(found) is missed


@pytest.mark.parametrize(
    ("collected", "state"),
    [("10:59:59", "holds"), ("11:00:00", "withdrawn"), ("12:59:59", "withdrawn"), ("13:00:00", "ended")],
)
def test_what_is_recorded_late_withdraws_from_the_first_second_of_the_window_to_the_last(
    collected: str, state: str
) -> None:
    history = home().event("meal.collected", clock(collected), device=None, received=clock("15:00:00"))
    assert [row[2] for row in told(history, NO_MEAL)] == [state]


@pytest.mark.parametrize(("exited", "raised"), [("09:59:59", []), ("10:00:00", [TEN])])
def test_only_a_settling_that_could_still_say_otherwise_is_awaited(exited: str, raised: list[str]) -> None:
    book = rulebook('id: not-up, missing: bed.exited, settle: 30m, from: "04:00", by: "10:00"')
    assert [row[1] for row in told(in_bed().event("bed.exited", clock(exited)), book)] == raised


def test_what_is_recorded_late_withdraws_it() -> None:
    history = home().event("meal.collected", clock("12:59:59"), device=None, received=clock("15:00:00"))
    [(at, _, state, _)] = [row for row in told(history, NO_MEAL) if row[0].startswith("2025-07-23")]
    assert (at, state) == ("2025-07-23T05:00:00Z", "withdrawn")


@pytest.mark.parametrize(("moment", "missed"), [("11:00:00", False), ("10:59:59", True), ("13:00:00", True)])
def test_the_window_is_half_open(moment: str, missed: bool) -> None:
    history = home().event("meal.collected", clock(moment), device=None)
    assert bool(told(history, NO_MEAL)) is missed


def test_a_window_that_begins_after_its_end_lies_on_the_day_before() -> None:
    book = rulebook('id: seen, missing: door.opened, from: "20:00", by: "08:00"')
    history = home("19:00:00").device("d2", "door_sensor")
    history.event("door.opened", clock("20:00:00", "2025-07-22"), device="d2")
    assert told(history, book, "09:00:00") == []
    history = home("19:00:00").device("d2", "door_sensor")
    history.event("door.opened", clock("19:59:59", "2025-07-22"), device="d2")
    assert len(told(history, book, "09:00:00")) == 1


def test_another_hour_that_lies_in_the_past_is_met_at_once() -> None:
    history = in_bed().override("not-up", "by", "08:30", clock("09:00:00"))
    assert told(history, NOT_UP) == [("2025-07-23T00:30:00Z", "2025-07-23T01:00:00Z", "holds", None)]
    history = in_bed().override("not-up", "by", "11:30", clock("09:00:00"))
    assert told(history, NOT_UP)[0][0] == "2025-07-23T03:30:00Z"


def test_a_window_that_touches_time_away_is_not_judged() -> None:
    assert told(home().away(clock("12:59:59")), NO_MEAL) == []
    assert len(told(home().away(clock("13:00:00")), NO_MEAL)) == 1


def test_a_device_that_was_heard_falls_silent() -> None:
    history = home().event("bed.vitals", clock("01:00:00"))
    assert told(history, SILENT) == [("2025-07-22T19:00:00Z", "2025-07-22T19:00:00Z", "holds", None)]


def test_a_device_that_was_never_heard_is_not_silent() -> None:
    assert told(home(), SILENT) == []


def test_the_next_message_ends_the_silence_and_begins_the_next() -> None:
    history = home().event("bed.vitals", clock("01:00:00")).event("bed.entered", clock("04:00:00"))
    assert [(row[0], row[2]) for row in told(history, SILENT)] == [
        ("2025-07-22T19:00:00Z", "ended"),
        ("2025-07-22T22:00:00Z", "holds"),
    ]


def test_a_message_ends_the_silence_that_waits_for_it_and_no_other() -> None:
    """What was withdrawn is withdrawn for good, whatever ends later."""
    [rule] = read_rulebook(rulebook("id: still, silent: bed.vitals, for: 2h")).rules
    now = parse_instant(clock("12:00:00"))
    found = (
        FoundSilence("fnd_1", now, now, FindingState.WITHDRAWN),
        FoundSilence("fnd_2", now, now, FindingState.HOLDS),
    )
    state = SilentState(now, 1, finding_id="fnd_2", found=found)
    sign = Sign("bed.vitals", now, 2, now, "evt_2", "d1")
    after = Silent().take(Case(rule, "r1", SHANGHAI, now), state, sign)
    assert [each.state for each in after.state.found] == [FindingState.WITHDRAWN, FindingState.ENDED]
    assert [each.finding_id for each in after.changes] == ["fnd_2"]


def test_going_offline_is_no_sign_of_life_and_a_wrong_clock_is_one() -> None:
    history = home().event("bed.vitals", clock("01:00:00")).event("device.offline", clock("02:30:00"))
    assert told(history, SILENT)[0][0] == "2025-07-22T19:00:00Z"
    history = home().event("bed.vitals", "2020-01-01T00:00:00Z", received=clock("01:00:00"))
    assert told(history, SILENT)[0][0] == "2025-07-22T19:00:00Z"


def test_time_away_counts_anew_from_the_return() -> None:
    book = rulebook("id: still, silent: bed.vitals, for: 2h")
    history = (
        home().event("bed.vitals", clock("01:00:00")).away(clock("02:00:00")).returned(clock("05:00:00"))
    )
    assert [row[0] for row in told(history, book)] == ["2025-07-22T23:00:00Z"]


def test_the_rest_of_a_late_batch_can_speak_after_the_change_of_while() -> None:
    book = rulebook('id: up, missing: bed.exited, from: "00:00", by: "02:00", while: bed.entered')
    late = History().resident().device().event("bed.entered", -7200, received=-30)
    assert [each[:3] for each in late.end(3600).brief(book)] == [("up", 0, 30)]
    late = History().resident().device().event("bed.entered", -7200, received=-30)
    assert late.event("bed.exited", -60, received=20).end(3600).brief(book) == []


def test_per_device_each_sensor_is_missed_by_itself_whether_it_ever_spoke_or_not() -> None:
    book = rulebook(
        'id: quiet-hall, missing: motion.detected, from: "04:00", by: "10:00", per: device, severity: low'
    )
    history = History(origin=parse_instant(clock("00:00:00"))).resident()
    for name in ("hall", "kitchen", "stairs"):
        history = history.device(name, "motion_sensor")
    history = history.device("bed").at("restart", clock("20:00:00", "2025-07-22"))
    history = history.event("motion.detected", clock("03:59:59"), device="stairs")
    history = history.event("motion.detected", clock("05:00:00"), device="hall").end(clock("23:00:00"))
    rows = history.found(book)
    assert [(each["device"], each["at"]) for each in rows] == [("kitchen", TEN), ("stairs", TEN)]
    assert history.found_without_numbers(book) == history.restarted_everywhere().found_without_numbers(book)


def test_what_was_missed_is_withdrawn_however_many_days_later_it_is_recorded() -> None:
    history = History(origin=parse_instant(clock("00:00:00"))).resident().at("restart", clock("09:00:00"))
    history = history.event(
        "meal.collected", clock("12:00:00"), device=None, received=clock("14:00:00", "2025-10-01")
    )
    states = [each["state"] for each in history.end(clock("15:00:00", "2025-10-01")).found(NO_MEAL)]
    assert states == ["withdrawn", *["holds"] * 70]
