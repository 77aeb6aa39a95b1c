"""Boundaries in pairs: a second before, exactly at, a second after. Those of the claim of a time, of a watch
and of the span of a count stand with their own triggers.
"""

from __future__ import annotations

import pytest

from tests.unit.rules.cast import History, in_bed, rulebook

OUT = "bed.exited"
IN = "bed.entered"
HOUR = 3600
DAY = 24 * HOUR
EXITS = rulebook("id: exits, on: bed.exited, settle: 60s")
NIGHT = rulebook('id: night, on: door.opened, between: "22:00-06:00"')
FAST = "id: fast, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m"
PAIR = "id: pair, on: door.opened, count: 2, within: 100s"


def doors(*moments: float) -> History:
    history = History().resident().device("d1", "door_sensor")
    for moment in moments:
        history.event("door.opened", moment)
    return history


def fast(history: History, moment: float, received: float | None = None) -> History:
    return history.event("bed.vitals", moment, received=received, data={"heart_rate": 120})


@pytest.mark.parametrize(("back", "found"), [(59, []), (60, [("exits", 0, 60)]), (61, [("exits", 0, 60)])])
def test_a_change_settles_if_it_holds_up_to_but_not_at_the_end(
    back: float, found: list[tuple[object, ...]]
) -> None:
    history = in_bed().event(OUT, 0).event(IN, back).end(DAY)
    assert [row[:3] for row in history.brief(EXITS)] == found


@pytest.mark.parametrize(
    ("device_type", "rules"), [("smoke_detector", ["fire"]), ("gas_detector", ["floor"])]
)
def test_a_rule_for_some_types_of_devices_knows_those_that_belong_to_nobody(
    device_type: str, rules: list[str]
) -> None:
    history = History().device("stairs", device_type, resident=None)
    history.event("smoke.detected", 0, device="stairs", resident=None).end(DAY)
    book = rulebook("id: fire, on: smoke.detected, severity: high, device_types: [smoke_detector]")
    assert [row[0] for row in history.brief(book)] == rules


@pytest.mark.parametrize(("again", "found"), [(99, [100]), (100, [100]), (101, [100, 201])])
def test_what_is_learned_late_of_the_time_up_to_a_finding_begins_no_other(
    again: float, found: list[float]
) -> None:
    history = History().resident().device("d1", "door_sensor").event("door.opened", 0)
    history.event("door.opened", again, received=150).end(DAY)
    book = rulebook("id: left-open, on: door.opened, unless: door.closed, for: 100s")
    assert [row[1] for row in history.brief(book)] == found


@pytest.mark.parametrize(("received", "found"), [(60, 0), (61, 1)])
def test_a_settling_once_met_is_never_undone(received: float, found: int) -> None:
    history = in_bed().event(OUT, 0).event(IN, 59, received=received).end(DAY)
    assert len(history.brief(EXITS)) == found


@pytest.mark.parametrize(("end", "found"), [(59, 0), (60, 1)])
def test_a_settling_is_met_at_its_instant(end: float, found: int) -> None:
    assert len(in_bed().event(OUT, 0).end(end).brief(EXITS)) == found


@pytest.mark.parametrize(
    ("wall", "found"), [("21:59:59", 0), ("22:00:00", 1), ("00:00:00", 1), ("05:59:59", 1), ("06:00:00", 0)]
)
def test_hours_have_their_start_and_not_their_end(wall: str, found: int) -> None:
    assert len(doors().event("door.opened", f"2025-07-23T{wall}+08:00").end(DAY).brief(NIGHT)) == found


@pytest.mark.parametrize(
    ("wall", "found"), [("05:59:59", 0), ("06:00:00", 1), ("21:59:59", 1), ("22:00:00", 0)]
)
def test_hours_of_the_day_have_their_start_and_not_their_end(wall: str, found: int) -> None:
    book = rulebook('id: day, on: door.opened, between: "06:00-22:00"')
    assert len(doors().event("door.opened", f"2025-07-23T{wall}+08:00").end(DAY).brief(book)) == found


@pytest.mark.parametrize("wall", ["00:00:00", "12:00:00", "23:59:59"])
def test_hours_from_midnight_to_midnight_are_the_whole_day(wall: str) -> None:
    history = doors().event("door.opened", f"2025-07-24T{wall}+08:00").end(3 * DAY)
    assert len(history.brief(rulebook('id: day, on: door.opened, between: "00:00-24:00"'))) == 1


@pytest.mark.parametrize(
    ("hours", "opened", "found"),
    [
        ("00:00-24:00", "00:00:00", 1),
        ("00:00-24:00", "23:54:59", 1),
        ("00:00-24:00", "23:55:00", 0),
        ("22:00-06:00", "22:00:00", 1),
        ("22:00-06:00", "23:59:00", 1),
        ("22:00-06:00", "05:55:00", 0),
    ],
)
def test_a_watch_may_begin_with_its_hours_and_is_over_before_they_are(
    hours: str, opened: str, found: int
) -> None:
    book = rulebook(f'id: left-open, on: door.opened, unless: door.closed, for: 5m, between: "{hours}"')
    assert len(doors().event("door.opened", f"2025-07-24T{opened}+08:00").end(3 * DAY).brief(book)) == found


@pytest.mark.parametrize(
    ("zone", "instant", "found"),
    [
        ("Europe/Berlin", "2025-10-26T00:15:00Z", 1),  # 02:15, the first time
        ("Europe/Berlin", "2025-10-26T01:15:00Z", 1),  # and the second
        ("Europe/Berlin", "2025-10-26T01:30:00Z", 0),
        ("Europe/Berlin", "2025-03-30T00:59:59Z", 0),  # 01:59:59, the next second is 03:00
        ("Europe/Berlin", "2025-03-30T01:00:00Z", 0),
        ("America/St_Johns", "2025-11-02T04:29:59Z", 0),  # 01:59:59, the first time
        ("America/St_Johns", "2025-11-02T05:30:00Z", 1),
    ],
)
def test_hours_are_read_from_the_wall_clock_of_a_night_that_moves_it(
    zone: str, instant: str, found: int
) -> None:
    book = rulebook('id: small, on: door.opened, between: "02:00-02:30"', timezone=zone)
    history = History(zone=zone).resident().device("d1", "door_sensor").event("door.opened", instant)
    assert len(history.end("2025-12-31T00:00:00Z").found(book)) == found


@pytest.mark.parametrize(
    ("severity", "late", "state"),
    [
        ("high", 2 * HOUR, "holds"),
        ("high", 2 * HOUR + 1, "stale"),
        ("medium", DAY, "holds"),
        ("medium", DAY + 1, "stale"),
        ("info", DAY + 1, "stale"),
    ],
)
def test_what_comes_too_late_is_stale(severity: str, late: float, state: str) -> None:
    reason = "late" if state == "stale" else None
    history = doors(0).event("door.opened", 50, received=50 + late).end(9 * DAY)
    found = [("pair", 50, 50 + late, state, reason)]
    assert history.brief(rulebook(f"{PAIR}, severity: {severity}")) == found
    history = fast(fast(in_bed(), 0, 300 + late), 300, 300 + late).end(9 * DAY)
    found = [("fast", 300, 300 + late, state, reason)]
    assert history.brief(rulebook(f"{FAST}, severity: {severity}")) == found


@pytest.mark.parametrize("late", [DAY + 1, 6 * DAY])
def test_plain_rules_and_alarm_kinds_are_never_stale(late: float) -> None:
    book = rulebook("id: each, on: door.opened, severity: high")
    history = doors().event("door.opened", 0, received=late).end(9 * DAY)
    assert history.brief(book) == [("each", 0, late, "holds", None)]


@pytest.mark.parametrize(("claim", "at"), [(120, [120]), (121, [])])
def test_what_is_claimed_to_come_is_raised_when_it_is_there(claim: float, at: list[float]) -> None:
    history = doors().event("door.opened", claim, received=0).end(DAY)
    assert [row[1:3] for row in history.brief(rulebook("id: each, on: door.opened"))] == [(t, t) for t in at]


@pytest.mark.parametrize(("returned", "found"), [(10, 1), (11, 0)])
def test_a_set_may_begin_when_somebody_comes_back(returned: float, found: int) -> None:
    history = History().resident().device("d1", "door_sensor").away(-60)
    history.event("door.opened", 10, received=50)
    history.at("returned", 50, resident="r1", occurred_at=history.text(returned))
    history.event("door.opened", 60).end(DAY)
    assert len(history.brief(rulebook(PAIR))) == found


@pytest.mark.parametrize(("away", "found"), [(60, 0), (61, 1)])
def test_a_set_ends_before_somebody_goes_away(away: float, found: int) -> None:
    history = doors(10).at("away", 70, resident="r1", occurred_at=History().text(away))
    history.event("door.opened", 60, received=80).end(DAY)
    assert len(history.brief(rulebook(PAIR))) == found


@pytest.mark.parametrize(("left", "found"), [(10, 0), (11, 1)])
def test_what_happens_when_somebody_has_left_does_not_count(left: float, found: int) -> None:
    history = History().resident(left_at=History().text(left)).device("d1", "door_sensor")
    assert (
        len(history.event("door.opened", 10).end(DAY).brief(rulebook("id: each, on: door.opened"))) == found
    )


@pytest.mark.parametrize(("second", "found"), [(10, 1), (9, 0)])
def test_a_report_older_than_the_newest_of_its_sensor_is_passed_over(second: float, found: int) -> None:
    history = History().resident().device().event(IN, 10).event(OUT, second, received=20).end(DAY)
    assert len(history.brief(rulebook("id: exits, on: bed.exited"))) == found


@pytest.mark.parametrize(
    "moved", [{"place": "parlour"}, {"resident": "r2"}, {"device_type": "motion_sensor"}]
)
def test_a_sensor_that_is_taken_away_makes_no_exit(moved: dict[str, str]) -> None:
    history = History().resident().resident("r2").device("d1").device("d2").event(IN, 0)
    history.event(OUT, 1, device="d2")
    line = {"id": "d1", "device_type": "bed_sensor", "resident": "r1", **moved}
    history.at("device", 10, **line)
    book = rulebook("id: exits, on: bed.exited")
    assert history.end(20).brief(book) == []
    history.lines.pop()
    assert history.event(OUT, 30, device="d2").end(DAY).brief(book) == [("exits", 30, 30, "holds", None)]


def test_a_sensor_that_is_taken_away_leaves_what_the_others_have_said() -> None:
    """The second mat still says that somebody lies there, so the third one's word is no exit."""
    history = History().resident().device("d1").device("d2").device("d3")
    history.event(IN, 0, device="d1").event(IN, 1, device="d2")
    history.at("device", 10, id="d1", device_type="bed_sensor", resident="r1", place="parlour")
    history.event(OUT, 20, device="d3").end(DAY)
    assert history.brief(rulebook("id: exits, on: bed.exited")) == []


@pytest.mark.parametrize(("retracted", "found"), [(59, 0), (60, 0), (61, 1)])
def test_a_change_that_is_taken_back_before_it_has_settled_counts_no_more(
    retracted: float, found: int
) -> None:
    history = in_bed().event(OUT, 0, id="out").retract("out", retracted).end(DAY)
    assert len(history.brief(EXITS)) == found


@pytest.mark.parametrize(("away", "state"), [(60, "withdrawn"), (61, "holds")])
def test_time_away_that_is_told_late_withdraws_a_set_that_touches_it(away: float, state: str) -> None:
    history = doors(10, 60).at("away", 90, resident="r1", occurred_at=History().text(away))
    assert history.end(DAY).brief(rulebook(PAIR)) == [("pair", 60, 60, state, None)]


@pytest.mark.parametrize(("away", "state"), [(300, "withdrawn"), (301, "ended")])
def test_time_away_that_is_told_late_withdraws_a_run_that_touches_it(away: float, state: str) -> None:
    history = fast(fast(in_bed(), 0), 300).at("away", 310, resident="r1", occurred_at=in_bed().text(away))
    assert history.end(DAY).brief(rulebook(FAST)) == [("fast", 300, 300, state, None)]
    assert history.restarted_everywhere().brief(rulebook(FAST)) == [("fast", 300, 300, state, None)]


def test_what_was_ended_may_still_be_withdrawn_by_a_bed_exit_or_time_away_told_late() -> None:
    history = fast(fast(in_bed(), 0), 300).event("bed.vitals", 310, data={"heart_rate": 80})
    history.event(OUT, 200, received=400)
    assert history.end(DAY).brief(rulebook(FAST)) == [("fast", 300, 300, "withdrawn", None)]


@pytest.mark.parametrize(
    ("kinds", "found"), [(("door.opened", "door.closed"), 0), (("door.closed", "door.opened"), 1)]
)
def test_of_two_reports_of_a_door_in_one_instant_the_later_one_holds(
    kinds: tuple[str, str], found: int
) -> None:
    history = doors()
    for kind in kinds:
        history.event(kind, 0)
    assert len(history.end(DAY).brief(rulebook("id: open, on: door.opened, settle: 60s"))) == found


@pytest.mark.parametrize(("over", "found"), [(0, 1), (1, 0)])
def test_what_people_record_counts_up_to_four_hundred_days_back(over: int, found: int) -> None:
    history = History().resident().visit(-400 * DAY - over, received=0).end(DAY)
    assert len(history.brief(rulebook("id: each, on: visit.completed"))) == found
