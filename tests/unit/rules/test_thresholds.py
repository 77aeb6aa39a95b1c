"""Every threshold of the watching triggers in a pair: a second before, and exactly at."""

from __future__ import annotations

import pytest

from tests.unit.rules.cast import History, in_bed, rulebook

OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m"
UP = 'id: up, missing: visit.completed, from: "02:00", by: "03:00"'
QUIET = "id: quiet, silent: visit.completed, for: 20m"


def home() -> History:
    """Somebody of whom nothing was recorded yet; by `QUIET` that is a silence, found at -6000."""
    return History().resident().at("restart", -7200)


@pytest.mark.parametrize(("entered", "state"), [(1199, None), (1200, None), (1201, "ended")])
def test_an_entry_ends_a_watch_up_to_and_at_its_end(entered: int, state: str | None) -> None:
    found = in_bed().event("bed.exited", 0).event("bed.entered", entered).end(2000).brief(rulebook(OUT))
    assert found == ([] if state is None else [("out", 1200, 1200, state, None)])


@pytest.mark.parametrize(("entered", "state"), [(1200, "withdrawn"), (1201, "ended")])
def test_an_entry_that_is_stored_too_late_withdraws_up_to_and_at_the_end(entered: int, state: str) -> None:
    history = in_bed().event("bed.exited", 0).event("bed.entered", entered, received=1300).end(2000)
    assert history.brief(rulebook(OUT)) == [("out", 1200, 1200, state, None)]


@pytest.mark.parametrize(("entered", "found"), [(1200, []), (1201, [("out", 1200, 1200, "ended", None)])])
def test_an_entry_at_the_end_of_a_watch_is_awaited_until_it_has_settled(
    entered: int, found: list[tuple[object, ...]]
) -> None:
    history = in_bed().event("bed.exited", 0).event("bed.entered", entered).end(2000)
    assert history.brief(rulebook(OUT + ", settle: 60s")) == found


@pytest.mark.parametrize(("again", "at"), [(99, [100]), (100, [100]), (101, [100, 201])])
def test_while_a_watch_runs_nothing_up_to_and_at_its_end_begins_another(again: int, at: list[int]) -> None:
    """The first is over at 100 and met at 150, for the rest of its batch may still speak."""
    history = History().resident().device("d1", "door_sensor").event("door.opened", 0, received=90)
    history.event("door.opened", again, received=110).end(5000)
    book = rulebook("id: left-open, on: door.opened, unless: door.closed, for: 100s")
    assert [row[1] for row in history.brief(book)] == at


@pytest.mark.parametrize(("seconds", "found"), [(1229, [("out", 1229, 1255, "stale")]), (1230, [])])
def test_another_number_looks_anew_at_what_came_up_to_and_at_the_end(
    seconds: int, found: list[tuple[object, ...]]
) -> None:
    history = in_bed().event("bed.exited", 0, received=1195).event("bed.entered", 1230, received=1240)
    history.override("out", "for", f"{seconds}s", 1245).end(5000)
    assert [row[:4] for row in history.brief(rulebook(OUT))] == found


@pytest.mark.parametrize(("received", "state"), [(1260, None), (1261, "withdrawn")])
def test_the_rest_of_a_late_batch_has_sixty_seconds(received: int, state: str | None) -> None:
    history = in_bed().event("bed.exited", 0, received=1200).event("bed.entered", 600, received=received)
    found = history.end(2000).brief(rulebook(OUT))
    assert found == ([] if state is None else [("out", 1200, 1260, state, None)])


@pytest.mark.parametrize(("received", "raised_at"), [(1139, 1200), (1140, 1200), (1141, 1201)])
def test_a_deadline_waits_sixty_seconds_from_the_reception_of_what_set_it(
    received: int, raised_at: int
) -> None:
    history = in_bed().event("bed.exited", 0, received=received)
    assert history.end(2000).brief(rulebook(OUT)) == [("out", 1200, raised_at, "holds", None)]


@pytest.mark.parametrize(("exited", "watches"), [(13199, True), (13200, False)])
def test_with_hours_a_watch_ends_before_its_window_does(exited: int, watches: bool) -> None:
    book = rulebook(OUT + ', between: "22:00-06:00"')
    assert bool(in_bed().event("bed.exited", exited).end(20000).brief(book)) is watches


@pytest.mark.parametrize(("exited", "starts"), [(-1, 1), (0, 0)])
def test_the_hours_of_a_watch_are_half_open(exited: int, starts: int) -> None:
    book = rulebook('id: out, on: bed.exited, unless: bed.entered, until: "03:00", between: "22:00-02:00"')
    assert len(in_bed().event("bed.exited", exited).end(20000).brief(book)) == starts


@pytest.mark.parametrize(("away", "watches"), [(1200, False), (1201, True)])
def test_time_away_touches_a_watch_up_to_and_at_its_end(away: int, watches: bool) -> None:
    history = in_bed().event("bed.exited", 0, received=1150).at("away", 1201, resident="r1")
    history.lines[-1]["occurred_at"] = history.text(away)
    assert bool(history.end(2000).brief(rulebook(OUT))) is watches


@pytest.mark.parametrize(("returned", "watches"), [(0, True), (1, False)])
def test_who_is_back_when_a_watch_begins_is_watched(returned: int, watches: bool) -> None:
    history = in_bed().away(-3000).at("returned", 1, resident="r1")
    history.lines[-1]["occurred_at"] = history.text(returned)
    assert bool(history.event("bed.exited", 0, received=1).end(2000).brief(rulebook(OUT))) is watches


@pytest.mark.parametrize(("enrolled", "watches"), [(0, True), (1, False)])
def test_what_happens_at_enrolment_counts(enrolled: int, watches: bool) -> None:
    history = History()
    history.resident(enrolled_at=history.text(enrolled)).device().event("bed.exited", 0, received=1)
    assert bool(history.end(2000).brief(rulebook(OUT))) is watches


@pytest.mark.parametrize(("ordered", "at"), [(39599, 39600), (39600, 126000)])
def test_until_is_the_next_such_time_after_the_event(ordered: int, at: int) -> None:
    book = rulebook('id: meal, on: meal.ordered, unless: meal.collected, until: "13:00"')
    found = home().event("meal.ordered", ordered, device=None).end(200_000).brief(book)
    assert [each[1] for each in found] == [at]


@pytest.mark.parametrize(
    ("ordered", "at"),
    [
        ("2025-10-26T00:29:59Z", "2025-10-26T00:30:00Z"),
        ("2025-10-26T00:30:00Z", "2025-10-27T01:30:00Z"),
        ("2025-10-26T01:29:59Z", "2025-10-27T01:30:00Z"),
        ("2025-03-29T02:00:00Z", "2025-03-30T01:00:00Z"),
    ],
)
def test_until_is_the_first_of_two_such_times_and_the_end_of_a_gap(ordered: str, at: str) -> None:
    book = rulebook('id: meal, on: meal.ordered, unless: meal.collected, until: "02:30"')
    history = History(zone="Europe/Berlin").resident().event("meal.ordered", ordered, device=None)
    assert [each["at"] for each in history.end("2025-10-28T00:00:00Z").found(book)] == [at]


@pytest.mark.parametrize(
    ("happened", "state"), [(-1, "holds"), (0, None), (3599, None), (3600, "stale"), (3601, "ended")]
)
def test_the_window_of_a_missing_event_is_half_open(happened: int, state: str | None) -> None:
    history = home().event("visit.completed", happened, device=None).end(4000)
    assert [each[3] for each in history.brief(rulebook(UP))] == ([] if state is None else [state])


@pytest.mark.parametrize(("enrolled", "is_judged"), [(0, True), (1, False)])
def test_a_day_whose_window_began_before_enrolment_is_not_judged(enrolled: int, is_judged: bool) -> None:
    history = History()
    history.resident(enrolled_at=history.text(enrolled)).at("restart", 0)
    assert bool(history.end(4000).brief(rulebook(UP))) is is_judged


@pytest.mark.parametrize(("away", "is_judged"), [(3599, False), (3600, True)])
def test_who_goes_away_as_a_window_ends_was_at_home_in_it(away: int, is_judged: bool) -> None:
    assert bool(home().away(away).end(4000).brief(rulebook(UP))) is is_judged


@pytest.mark.parametrize(("returned", "is_judged"), [(0, True), (1, False)])
def test_who_is_back_as_a_window_begins_was_at_home_in_it(returned: int, is_judged: bool) -> None:
    history = home().away(-3000).returned(returned).end(4000)
    assert bool(history.brief(rulebook(UP))) is is_judged


@pytest.mark.parametrize(("exited", "state"), [(3600, "withdrawn"), (3601, "holds")])
def test_the_newest_change_up_to_and_at_the_hour_says_who_is_in_bed(exited: int, state: str) -> None:
    history = in_bed().event("bed.exited", exited, received=3601).end(4000)
    found = [each for each in history.brief(rulebook(UP + ", while: bed.entered")) if each[1] == 3600]
    assert found == [("up", 3600, 3600, state, None)]


@pytest.mark.parametrize(("received", "raised_at"), [(3540, 3600), (3541, 3601)])
def test_the_change_of_while_leaves_the_rest_of_its_batch_sixty_seconds(
    received: int, raised_at: int
) -> None:
    book = rulebook(UP + ", while: bed.entered")
    history = home().device().event("bed.entered", 3000, received=received).end(4000)
    assert history.brief(book) == [("up", 3600, raised_at, "holds", None)]


@pytest.mark.parametrize(("heard", "at"), [(1199, 2399), (1200, 2400), (1201, 1200)])
def test_a_message_ends_a_silence_up_to_and_at_its_end(heard: int, at: int) -> None:
    history = home().event("visit.completed", 0, device=None).event("visit.completed", heard, device=None)
    found = history.end(2400).brief(rulebook(QUIET))
    assert next(each[1] for each in found if each[1] != -6000) == at


@pytest.mark.parametrize(("away", "at"), [(1200, 3200), (1201, 1200)])
def test_a_silence_that_touches_time_away_counts_anew_from_the_return(away: int, at: int) -> None:
    history = home().event("visit.completed", 0, device=None)
    found = history.away(away).returned(2000).end(4000).brief(rulebook(QUIET))
    assert [each[1] for each in found if each[1] != -6000] == [at]


@pytest.mark.parametrize(("enrolled", "warned"), [("00:00:00", True), ("00:00:01", False)])
def test_a_warning_at_the_instant_of_enrolment_is_given(enrolled: str, warned: bool) -> None:
    book = rulebook("id: visits, quota: visit.completed, at_least: 2, per: month, warn: 20d")
    history = History().resident(enrolled_at=f"2025-07-12T{enrolled}+08:00")
    history.at("restart", "2025-07-01T00:00:00+08:00").end("2025-07-31T00:00:00+08:00")
    assert bool(history.found(book)) is warned


@pytest.mark.parametrize(("happened", "state"), [(3599, "withdrawn"), (3600, "ended")])
def test_what_is_stored_after_the_hour_withdraws_before_it_and_ends_from_it_on(
    happened: int, state: str
) -> None:
    history = home().event("visit.completed", happened, device=None, received=3700).end(4000)
    assert history.brief(rulebook(UP)) == [("up", 3600, 3600, state, None)]


@pytest.mark.parametrize(("exited", "found"), [(3600, []), (3601, [("up", 3600, 3600, "holds", None)])])
def test_who_leaves_the_bed_at_the_very_hour_is_not_in_it(
    exited: int, found: list[tuple[object, ...]]
) -> None:
    history = in_bed().event("bed.exited", exited).end(4000)
    said = [each for each in history.brief(rulebook(UP + ", while: bed.entered")) if each[1] == 3600]
    assert said == found
