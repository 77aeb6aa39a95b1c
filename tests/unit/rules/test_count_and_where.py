"""`count` and `where`: sets that are used up, and runs that something breaks."""

from __future__ import annotations

import pytest

from services.domain.events import Json
from tests.unit.rules.cast import History, in_bed, rulebook

EXITS = rulebook("id: many, on: door.opened, count: 3, within: 100s, severity: high")
FAST = rulebook("id: fast, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m, severity: medium")
NIGHT_EXITS = rulebook(
    'id: exits, on: bed.exited, settle: 60s, count: 4, within: 2h, between: "22:00-06:00", severity: high'
)


def doors(*moments: float) -> History:
    history = History().resident().device("d1", "door_sensor")
    for moment in moments:
        history.event("door.opened", moment)
    return history


def hearts(*beats: tuple[float, Json]) -> History:
    history = in_bed()
    for moment, rate in beats:
        history.event("bed.vitals", moment, data={"heart_rate": rate})
    return history


def told(history: History, book: str) -> list[tuple[Json, ...]]:
    rows = history.end(100_000).found(book)
    assert history.found_without_numbers(book) == history.restarted_everywhere().found_without_numbers(book)
    return [(history.seconds(each["at"]), each["state"], each["events"]) for each in rows]


def test_both_ends_of_the_span_are_inside() -> None:
    assert told(doors(0, 50, 100), EXITS) == [(100, "holds", [3, 4, 5])]
    assert told(doors(0, 50, 101), EXITS) == []


def test_what_is_used_up_counts_no_more() -> None:
    assert told(doors(0, 10, 20, 30, 40), EXITS) == [(20, "holds", [3, 4, 5])]
    assert told(doors(0, 10, 20, 30, 40, 50), EXITS) == [(20, "holds", [3, 4, 5]), (50, "holds", [6, 7, 8])]


def test_the_set_with_the_earliest_first_event_is_taken() -> None:
    history = doors(0, 80, 160).event("door.opened", 90, received=170)
    assert told(history, EXITS) == [(90, "holds", [3, 4, 6])]


def test_a_late_event_completes_a_set_whose_end_lies_before() -> None:
    history = doors(0, 90).event("door.opened", 50, received=7290)
    assert told(history, EXITS) == [(90, "holds", [3, 4, 5])]
    history = doors(0, 90).event("door.opened", 50, received=7291)
    assert told(history, EXITS) == [(90, "stale", [3, 4, 5])]


def test_a_late_event_may_be_the_first_of_its_set() -> None:
    history = doors(50, 90).event("door.opened", 0, received=95)
    assert told(history, EXITS) == [(90, "holds", [3, 4, 5])]
    history = doors(0, 40).event("door.opened", 0, received=95)
    assert told(history, EXITS) == [(40, "holds", [3, 4, 5])]


@pytest.mark.parametrize(("over", "found"), [(0, 1), (1, 0)])
def test_what_was_learned_a_week_late_still_joins_the_oldest_that_its_span_reaches(
    over: int, found: int
) -> None:
    """An event is known as long as a claim that still counts can reach back to it."""
    week = 7 * 24 * 3600
    history = doors(0, 50).event("door.opened", 100, received=100 + week + over)
    rows = history.end(100 + week + 10).brief(EXITS)
    assert [row[1:4] for row in rows] == [(100, 100 + week, "stale")] * found


def test_a_set_that_touches_time_away_is_not_taken() -> None:
    book = rulebook("id: many, on: bed.exited, count: 2, within: 1h")
    history = in_bed().event("bed.exited", 0).away(10).returned(20)
    history.event("bed.entered", 30).event("bed.exited", 40).event("bed.entered", 50).event("bed.exited", 60)
    assert told(history, book) == [(60, "holds", [8, 10])]


def test_four_exits_in_a_night() -> None:
    history = in_bed()
    for number in range(4):
        history.event("bed.exited", number * 1200).event("bed.entered", number * 1200 + 300)
    [(at, state, events)] = told(history, NIGHT_EXITS)
    assert (at, state, events) == (3600, "holds", [4, 6, 8, 10])


def test_a_lowered_count_waits_for_the_next_event() -> None:
    history = doors(0, 10).override("many", "count", 2, 15).event("door.opened", 20)
    assert told(history, EXITS) == [(20, "holds", [3, 6])]


def test_a_retracted_event_is_no_part_of_a_set() -> None:
    history = doors(0, 10).retract("3", 15).event("door.opened", 20)
    assert told(history, EXITS) == []
    one_more = doors(0, 10).retract("3", 15).event("door.opened", 20).event("door.opened", 30)
    assert told(one_more, EXITS) == [(30, "holds", [4, 6, 7])]


def test_a_run_is_found_once_it_is_long_enough() -> None:
    assert told(hearts((0, 120), (150, 115), (299, 111)), FAST) == []
    assert told(hearts((0, 120), (150, 115), (300, 111), (400, 130)), FAST) == [(300, "holds", [4, 5, 6])]


def test_an_event_that_does_not_match_breaks_the_run_and_ends_the_finding() -> None:
    assert told(hearts((0, 120), (150, 110), (300, 120), (599, 120)), FAST) == []
    found = told(hearts((0, 120), (300, 120), (310, 80), (320, 120), (620, 120)), FAST)
    assert found == [(300, "ended", [4, 5]), (620, "holds", [7, 8])]


def test_an_event_without_the_field_breaks_nothing() -> None:
    assert told(hearts((0, 120), (100, None), (200, "fast"), (300, 120)), FAST) == [(300, "holds", [4, 7])]


@pytest.mark.parametrize(("gap", "found"), [(900, 1), (901, 0)])
def test_a_gap_breaks_the_run(gap: int, found: int) -> None:
    assert len(told(hearts((0, 120), (gap, 120)), FAST)) == found


def test_leaving_the_bed_breaks_the_run() -> None:
    history = hearts((0, 120)).event("bed.exited", 100).event("bed.entered", 110)
    history.event("bed.vitals", 300, data={"heart_rate": 120})
    assert told(history, FAST) == []


def test_an_exit_that_does_not_settle_breaks_nothing() -> None:
    book = FAST.replace("for: 5m", "for: 5m, settle: 60s")
    history = hearts((0, 120)).event("bed.exited", 100).event("bed.entered", 110)
    history.event("bed.vitals", 300, data={"heart_rate": 120})
    assert told(history, book) == [(300, "holds", [4, 7])]


def test_a_run_of_no_length_is_found_at_its_first_event_once() -> None:
    book = FAST.replace("for: 5m", "for: 0s")
    assert told(hearts((0, 120), (10, 120), (20, 90), (30, 120)), book) == [
        (0, "ended", [4]),
        (30, "holds", [7]),
    ]


def test_an_event_older_than_the_newest_is_passed_over() -> None:
    history = hearts((0, 120), (200, 120)).event("bed.vitals", 100, received=210, data={"heart_rate": 80})
    assert told(history.event("bed.vitals", 300, data={"heart_rate": 120}), FAST) == [
        (300, "holds", [4, 5, 7])
    ]


def test_hours_outside_break_no_run() -> None:
    book = FAST.replace("for: 5m", 'for: 5m, between: "02:00-02:04"')
    assert told(hearts((-10, 80), (0, 120), (245, 80), (300, 120)), book) == []


def test_a_shorter_span_is_met_at_once_by_what_lies_in_the_run_already() -> None:
    history = hearts((0, 120), (100, 120), (200, 120)).override("fast", "for", "100s", 250)
    assert history.end(9000).brief(FAST) == [("fast", 100, 250, "holds", None)]
    assert history.restarted_everywhere().brief(FAST) == [("fast", 100, 250, "holds", None)]


@pytest.mark.parametrize(("first", "found"), [(-61, 1), (-60, 0)])
def test_a_run_is_due_before_the_end_of_the_hours_it_began_in(first: int, found: int) -> None:
    book = FAST.replace("for: 5m", 'for: 5m, gap: 2d, between: "01:00-02:04"')
    assert len(told(hearts((first, 120), (86400, 120)), book)) == found


@pytest.mark.parametrize(("left", "state"), [(299, "withdrawn"), (300, "ended")])
def test_a_bed_exit_that_is_stored_too_late_withdraws_what_it_would_have_prevented(
    left: int, state: str
) -> None:
    history = hearts((0, 120), (300, 120)).event("bed.exited", left, received=310)
    assert told(history, FAST) == [(300, state, [4, 5])]


def test_time_away_between_two_events_breaks_the_run() -> None:
    history = in_bed().away(100).returned(200)
    history.event("bed.vitals", 50, received=210, data={"heart_rate": 120})
    for moment in (250, 549, 550):
        history.event("bed.vitals", moment, data={"heart_rate": 120})
    assert told(history, FAST) == [(550, "holds", [7, 8, 9])]


def test_a_gap_is_reckoned_without_what_was_taken_back() -> None:
    history = hearts((0, 120), (200, 120)).retract("5", 210)
    assert told(history.event("bed.vitals", 901, data={"heart_rate": 120}), FAST) == []


def test_a_finding_names_its_first_reading_its_last_and_no_more_than_five_hundred() -> None:
    book = FAST.replace("for: 5m", "for: 10m")
    [(at, _, events)] = told(hearts(*((second, 120) for second in range(602))), book)
    assert isinstance(events, list)
    assert (at, len(events), events[0], events[-1]) == (600, 500, 4, 604)
