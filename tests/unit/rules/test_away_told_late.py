"""Time away of which the house hears late: what would never have been found is withdrawn."""

from __future__ import annotations

import pytest

from tests.unit.rules.cast import History, in_bed, rulebook

OUT = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m")
QUIET = rulebook("id: quiet, silent: visit.completed, for: 20m")
UP = rulebook('id: up, missing: visit.completed, from: "02:00", by: "03:00"')


def home() -> History:
    return History().resident().at("restart", 0)


@pytest.mark.parametrize(("since", "state"), [(1200, "withdrawn"), (1201, "holds")])
def test_a_watch_whose_window_touches_time_away_is_withdrawn(since: int, state: str) -> None:
    history = (
        in_bed().event("bed.exited", 0).at("away", 1300, resident="r1", occurred_at=in_bed().text(since))
    )
    assert history.end(1400).brief(OUT) == [("out", 1200, 1200, state, None)]


def test_going_away_after_the_end_of_a_watch_does_not_undo_what_is_only_not_raised_yet() -> None:
    for away, found in ((1200, []), (1201, [("out", 1200, 1220, "holds", None)])):
        history = in_bed().event("bed.exited", 0, received=1160).at("away", 1210, resident="r1")
        history.lines[-1]["occurred_at"] = history.text(away)
        assert history.end(1400).brief(OUT) == found


@pytest.mark.parametrize(("since", "state"), [(3599, "withdrawn"), (3600, "holds")])
def test_a_day_on_which_somebody_was_away_before_the_hour_is_withdrawn(since: int, state: str) -> None:
    history = home().at("away", 4000, resident="r1", occurred_at=home().text(since))
    assert history.end(4100).brief(UP) == [("up", 3600, 3600, state, None)]


def test_a_silence_that_was_an_absence_is_withdrawn_and_counts_anew_from_the_return() -> None:
    history = home().event("visit.completed", 0, device=None)
    history.at("away", 1500, resident="r1", occurred_at=history.text(600))
    history.at("returned", 1600, resident="r1", occurred_at=history.text(900))
    assert history.end(3000).brief(QUIET) == [
        ("quiet", 1200, 1200, "withdrawn", None),
        ("quiet", 2100, 2100, "holds", None),
    ]


def test_a_return_that_is_told_late_leaves_the_rest_of_its_batch_a_minute() -> None:
    history = home().event("visit.completed", 0, device=None).away(600)
    history.at("returned", 2500, resident="r1", occurred_at=history.text(900))
    assert history.end(3000).brief(QUIET) == [("quiet", 2100, 2560, "holds", None)]


@pytest.mark.parametrize(("returned", "raised"), [(10, (1210, 1210)), (11, (1211, 1240))])
def test_a_return_from_which_nothing_is_reckoned_is_not_waited_for(
    returned: int, raised: tuple[int, int]
) -> None:
    """Who was back when the visit was heard of is silent since then, whenever the return was told."""
    history = home().away(5).event("visit.completed", 10, device=None)
    history.at("returned", 1180, resident="r1", occurred_at=history.text(returned))
    assert [row[1:3] for row in history.end(3000).brief(QUIET)] == [raised]


def test_what_is_recorded_is_waited_for_from_an_enrolment_to_come() -> None:
    history = History()
    history.resident(enrolled_at=history.text(600)).at("restart", 0)
    assert history.end(1799).brief(QUIET) == []
    history.lines.pop()
    assert history.end(1800).brief(QUIET) == [("quiet", 1800, 1800, "holds", None)]


def test_a_record_that_is_taken_back_was_no_sign_of_life() -> None:
    history = (
        home().event("visit.completed", 0, device=None).event("visit.completed", 600, device=None, id="x")
    )
    history.retract("x", 1500)
    assert history.end(2000).brief(QUIET) == [("quiet", 1200, 1500, "holds", None)]


def test_a_planned_leaving_ends_no_day_before_it() -> None:
    for left, found in ((3600, []), (3601, [("up", 3600, 3600, "holds", None)])):
        history = History()
        history.resident(left_at=history.text(left)).at("restart", 0)
        assert history.end(4000).brief(UP) == found


def test_a_change_that_cannot_matter_is_not_awaited() -> None:
    book = rulebook('id: up, missing: bed.exited, settle: 30m, from: "02:30", by: "03:00"')
    history = History().resident().device().event("bed.exited", -3600).event("bed.entered", 3500)
    assert history.end(4000).brief(book) == [("up", 3600, 3600, "holds", None)]
