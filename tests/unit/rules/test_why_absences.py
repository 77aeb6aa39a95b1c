"""Why there was nothing: the triggers that wait for something missing, and rules that do not watch at all."""

from __future__ import annotations

import pytest

from tests.unit.rules.cast import History, in_bed, rulebook
from tests.unit.rules.why_cast import first, reasons, why

UP = rulebook('id: up, missing: bed.exited, from: "04:00", by: "10:00", while: bed.entered')
SILENT = rulebook("id: silent, silent: any, for: 2h, per: device, device_types: [bed_sensor]")
VISITS = rulebook("id: visits, quota: visit.completed, at_least: 2, per: month, warn: 7d")
EXITED = rulebook("id: exited, on: bed.exited")
JULY = "2025-07-01T00:00:00+08:00"
EIGHT, NINE, ELEVEN = (f"2025-07-23T{hour}:00:00+08:00" for hour in ("08", "09", "11"))


# ------------------------------------------------------------------ `missing`


def test_who_got_up_did_get_up() -> None:
    name, _, _, figures = first(in_bed().event("bed.exited", EIGHT).end(ELEVEN), UP, "up", NINE)
    assert (name, figures["by"], figures["by_at"]) == ("happened", "bed.exited", "2025-07-23T00:00:00Z")


def test_a_morning_that_is_not_over_is_waited_for() -> None:
    name, *_, figures = first(in_bed().end(EIGHT), UP, "up", EIGHT)
    assert (name, figures["window_until"]) == ("still_running", "2025-07-23T02:00:00Z")
    assert figures["due_at"] == "2025-07-23T02:00:00Z"
    assert [reason.because for reason in why(in_bed().end(EIGHT), UP, "up", EIGHT).reasons] == [name]


def test_a_morning_that_lies_ahead_is_waited_for() -> None:
    name, *_, figures = first(in_bed().end(ELEVEN), UP, "up", "2025-07-24T08:00:00+08:00")
    assert (name, figures["due_at"]) == ("still_running", "2025-07-24T02:00:00Z")


def test_an_evening_is_none_of_the_hours_of_a_morning() -> None:
    history = in_bed().event("bed.exited", EIGHT).end("2025-07-23T23:00:00+08:00")
    name, *_, figures = first(history, UP, "up", "2025-07-23T20:00:00+08:00")
    assert (name, figures["between"]) == ("outside_hours", "04:00-10:00")
    assert figures["opens_at"] == "2025-07-23T20:00:00Z"


def test_who_was_not_in_bed_is_not_missed() -> None:
    history = in_bed().event("bed.exited", 0).end(ELEVEN)
    name, *_, figures = first(history, UP, "up", NINE)
    assert (name, figures["by"], figures["needed"]) == ("in_another_state", "bed.exited", "bed.entered")


def test_who_does_not_get_up_is_found() -> None:
    history = in_bed().end(ELEVEN)
    assert [why(history, UP, "up", at).found for at in (EIGHT, ELEVEN)] == [True, False]
    reason = why(history, UP, "up", EIGHT).reasons[0]
    assert reason.figures["window_from"] == "2025-07-22T20:00:00Z"
    assert reason.figures["prevented_by"] == "bed.exited"


def test_a_morning_away_is_not_judged() -> None:
    history = in_bed().away(600).returned(EIGHT).end(ELEVEN)
    name, *_, figures = first(history, UP, "up", NINE)
    assert (name, figures["away_since"]) == ("away", "2025-07-22T18:10:00Z")


# ------------------------------------------------------------------ `silent`


def test_what_was_heard_again_in_time_was_not_silent() -> None:
    name, *_, figures = first(in_bed().event("bed.exited", 0).end(7000), SILENT, "silent", -1800)
    assert (name, figures["silent_seconds"], figures["needed_seconds"]) == ("heard", 3600, 7200)


def test_silence_that_is_not_long_enough_yet_is_waited_for() -> None:
    name, *_, figures = first(in_bed().end(0), SILENT, "silent", -60)
    assert (name, figures["due_at"]) == ("still_running", "2025-07-22T19:00:00Z")


def test_silence_is_found_and_rests_until_the_next_message() -> None:
    history = in_bed().event("bed.exited", 9000).end(10_000)
    assert why(history, SILENT, "silent", 3600).found
    name, *_, figures = first(history, SILENT, "silent", 8000)
    assert (name, figures["ended_at"]) == ("resting", "2025-07-22T20:30:00Z")
    assert why(history, SILENT, "silent", 3600).reasons[0].figures["heard_at"] == "2025-07-22T17:00:00Z"


def test_a_device_that_was_never_heard_is_not_silent() -> None:
    history = History().resident().device().at("restart", 0).end(90_000)
    assert first(history, SILENT, "silent", 60_000)[0] == "device_not_live"


# ------------------------------------------------------------------ `quota`


def test_a_month_with_two_visits_has_enough() -> None:
    history = History().resident().at("restart", JULY)
    history.visit("2025-07-05T10:00:00+08:00").visit("2025-07-15T10:00:00+08:00")
    history.end("2025-08-02T00:00:00+08:00")
    name, *_, figures = first(history, VISITS, "visits", "2025-07-20T10:00:00+08:00")
    assert (name, figures["counted"], figures["at_least"]) == ("enough", 2, 2)


def test_a_month_that_is_not_over_says_what_was_done_so_far() -> None:
    history = History().resident().at("restart", JULY).visit("2025-07-05T10:00:00+08:00")
    history.end("2025-07-10T00:00:00+08:00")
    name, *_, figures = first(history, VISITS, "visits", "2025-07-09T00:00:00+08:00")
    assert (name, figures["counted"], figures["due_at"]) == ("still_running", 1, "2025-07-31T16:00:00Z")


def test_a_month_that_was_short_is_found_with_its_warning() -> None:
    history = History().resident().at("restart", JULY).visit("2025-07-05T10:00:00+08:00")
    history.end("2025-08-02T00:00:00+08:00")
    answer = why(history, VISITS, "visits", "2025-07-20T10:00:00+08:00")
    assert answer.found
    assert [reason.figures["finding_reason"] for reason in answer.reasons[:2]] == ["warn", None]


def test_a_month_mostly_away_does_not_count() -> None:
    history = History().resident().at("restart", JULY).away("2025-07-03T00:00:00+08:00")
    history.end("2025-08-02T00:00:00+08:00")
    assert first(history, VISITS, "visits", "2025-07-20T10:00:00+08:00")[0] == "period_not_counted"


# ------------------------------------------------------------------ a rule that does not watch


def test_who_is_not_enrolled_yet() -> None:
    history = History().resident(enrolled_at="2025-07-23T00:00:00Z").device().event("bed.exited", 0).end(60)
    name, *_, figures = first(history, EXITED, "exited", 0)
    assert name == "not_enrolled"
    assert figures == {"since": "2025-07-23T00:00:00Z"}


def test_who_has_left() -> None:
    history = History().resident(left_at="2025-07-01T00:00:00Z").device().event("bed.exited", 0).end(60)
    assert first(history, EXITED, "exited", 0)[0] == "left"


def test_nobody_has_a_device_that_reports_it() -> None:
    history = History().resident().device("b1", "call_button").at("restart", 0).end(60)
    name, *_, figures = first(history, EXITED, "exited", 0)
    assert (name, figures) == ("no_device", {"kind": "bed.exited"})


def test_the_rule_is_meant_for_others() -> None:
    book = rulebook("id: exited, on: bed.exited, for_residents: '\"alone\" in resident.tags'")
    name, *_, figures = first(in_bed().event("bed.exited", 0).end(60), book, "exited", 0)
    assert (name, figures["for_residents"]) == ("not_meant", '"alone" in resident.tags')


def test_the_rule_is_switched_off_in_the_rulebook_or_for_one_resident() -> None:
    off = rulebook("id: exited, on: bed.exited, enabled: false")
    history = in_bed().event("bed.exited", 0).end(60)
    assert first(history, off, "exited", 0)[3] == {"by": "rulebook"}
    history = in_bed().override("exited", "enabled", False, -100, until=history.text(50))
    history.event("bed.exited", 0).end(60)
    name, *_, figures = first(history, EXITED, "exited", 0)
    assert (name, figures["by"]) == ("disabled", "override")
    assert figures["set_at"] == history.text(-100)
    assert figures["off_until"] == history.text(50)
    assert first(history, EXITED, "exited", 55)[1] == 0  # the event that was passed over, and no more


def test_a_raised_number_of_one_resident_is_the_number_that_is_needed() -> None:
    book = rulebook("id: many, on: bed.exited, count: 1, within: 1h")
    history = in_bed().override("many", "count", 2, -100).event("bed.exited", 0).end(60)
    assert first(history, book, "many", 0)[3]["needed"] == 2


@pytest.mark.parametrize("rule", ["exited", "test/exited"])
def test_a_rule_is_named_by_its_id_or_with_its_rulebook(rule: str) -> None:
    assert reasons(in_bed().event("bed.exited", 0).end(60), EXITED, rule, 0)[0][0] == "found"


def test_a_time_before_everything_is_not_judged() -> None:
    assert first(in_bed().end(60), UP, "up", "2025-06-01T00:00:00+08:00")[0] == "began_before"


@pytest.mark.parametrize(("gone", "named"), [(1200, True), (1201, False)])
def test_the_absence_that_was_in_the_way_touches_the_watch_up_to_its_end(gone: int, *, named: bool) -> None:
    out = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m")
    history = in_bed().event("bed.exited", 0, received=1150).at("away", 1205, resident="r1")
    history.lines[-1]["occurred_at"] = history.text(gone)
    name, *_, figures = first(history.end(2000), out, "out", 600)
    assert (name == "away", "away_since" in figures) == (named, named)


def test_an_absence_that_was_over_as_the_watch_began_was_not_in_its_way() -> None:
    out = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m")
    history = in_bed().away(-3000).at("returned", 1, resident="r1", occurred_at=in_bed().text(0))
    history.event("bed.exited", 0, received=1).away(600).end(2000)
    name, *_, figures = first(history, out, "out", 300)
    assert (name, figures["away_since"], figures["away_until"]) == ("away", "2025-07-22T18:10:00Z", None)


@pytest.mark.parametrize(("left", "because"), [(60, "left"), (61, "found")])
def test_who_left_as_it_happened_had_left(left: int, because: str) -> None:
    history = History()
    history.resident(left_at=history.text(left)).device().event("bed.exited", 60)
    assert first(history.end(2000), EXITED, "exited", 60)[0] == because
