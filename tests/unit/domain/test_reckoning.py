"""What counts as answered, as there, as too late and as neither; whose hour and whose night it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.domain.alerts import Outcome
from services.domain.instants import microseconds
from services.domain.people import Role
from services.domain.reckoning import LocalHours, Rows, night, night_of, nights_in, reckon
from services.domain.service_figures import (
    Aim,
    Aims,
    PagesOf,
    RuleEnds,
    ServiceFigures,
    Share,
    Told,
    UrgentAlert,
)

SECOND = 1_000_000
NOON = datetime(2025, 7, 23, 4, tzinfo=UTC)
"""12:00 in Bomi."""
BOMI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
AIMS = Aims(
    (Aim(timedelta(seconds=60), 0.975), Aim(timedelta(seconds=180), 0.99)),
    (Aim(timedelta(minutes=45), 0.9), Aim(timedelta(minutes=60), 1)),
    time(22),
    time(6),
    4,
    frozenset({Role.DUTY_DESK}),
)


def alert(**said: Any) -> UrgentAlert:
    """An alert of noon; ``answered``, ``arrived`` and ``closed`` are seconds after it."""
    asked = microseconds(NOON)
    after = {
        name: asked + int(said.pop(name) * SECOND)
        for name in ("answered", "arrived", "closed")
        if name in said
    }
    values: dict[str, Any] = {
        "id": "alt",
        "grid_id": "grd",
        "zone": None,
        "asked_at": asked,
        "answered_at": after.get("answered"),
        "answered_by": "wrk_a" if "answered" in after else None,
        "arrived_at": after.get("arrived"),
        "closed_at": after.get("closed"),
        "outcome": None,
        "was_silenced": False,
    }
    return UrgentAlert(**(values | said))


def reckoned(*alerts: UrgentAlert, seconds: float = 86_400, **rows: Any) -> ServiceFigures:
    """As they stand so many seconds after noon."""
    span = (NOON, NOON + timedelta(days=1))
    return reckon(Rows(alerts, **({"ends": ()} | rows)), span, NOON + timedelta(seconds=seconds), AIMS, BOMI)


def counts(shares: tuple[Share, ...]) -> list[tuple[int, int]]:
    return [(each.met, each.of) for each in shares]


@pytest.mark.parametrize(("answered", "met"), [(60, 1), (60.000001, 0)])
def test_sixty_seconds_are_within_sixty_seconds_and_an_instant_more_is_not(answered: float, met: int) -> None:
    [first, _] = reckoned(alert(answered=answered)).total.answered.shares
    assert (first.met, first.of) == (met, 1)


@pytest.mark.parametrize(("seconds", "judged"), [(59, [0, 0]), (60, [0, 0]), (61, [1, 0]), (181, [1, 1])])
def test_an_open_alert_counts_as_not_answered_as_soon_as_its_time_is_past(
    seconds: int, judged: list[int]
) -> None:
    answered = reckoned(alert(), seconds=seconds).total.answered
    assert counts(answered.shares) == [(0, of) for of in judged]


def test_what_was_over_by_itself_before_the_time_was_past_was_not_left_unanswered() -> None:
    over = alert(closed=100, outcome=Outcome.OVER_BY_ITSELF)
    assert counts(reckoned(over).total.answered.shares) == [(0, 1), (0, 0)]


def test_half_and_nine_of_ten_count_what_was_never_answered_as_slower_than_all_others() -> None:
    answered = reckoned(*(alert(answered=n) for n in (10, 20, 30)), alert()).total.answered
    assert (answered.median, answered.ninth) == (timedelta(seconds=20), None)
    assert (answered.count, answered.never) == (4, 1)
    nothing = reckoned().total.answered
    assert (nothing.median, nothing.ninth, nothing.count) == (None, None, 0)
    assert nothing.shares[0].share is None
    assert not nothing.shares[0].is_short


def test_a_false_alarm_that_nobody_went_to_is_in_no_figure_of_arriving_and_one_gone_to_is() -> None:
    from_afar = alert(answered=30, closed=4_000, outcome=Outcome.FALSE_ALARM)
    gone_to = alert(answered=30, arrived=600, closed=900, outcome=Outcome.FALSE_ALARM)
    assert counts(reckoned(from_afar).total.on_site.shares) == [(0, 0), (0, 0)]
    assert counts(reckoned(from_afar, gone_to).total.on_site.shares) == [(1, 1), (1, 1)]


def test_helped_after_an_hour_without_anybody_said_to_be_there_was_too_late() -> None:
    late = alert(answered=30, closed=3_601, outcome=Outcome.HELPED)
    soon = alert(answered=30, closed=2_700, outcome=Outcome.HELPED)
    assert counts(reckoned(late, soon).total.on_site.shares) == [(0, 1), (0, 1)]


def test_what_a_silence_held_back_is_counted_apart() -> None:
    total = reckoned(alert(was_silenced=True), alert(answered=1)).total
    assert (total.alerts, total.silenced, total.answered.count) == (1, 1, 1)


def test_the_reference_is_reached_at_its_very_share() -> None:
    assert not Share(timedelta(seconds=60), 0.9, 9, 10).is_short
    assert Share(timedelta(seconds=60), 0.9, 8, 9).is_short


def test_alerts_stand_under_their_grid_and_those_of_no_grid_under_none() -> None:
    found = reckoned(alert(answered=1), alert(grid_id=None))
    assert [(each.grid_id, each.group.alerts) for each in found.grids] == [(None, 1), ("grd", 1)]


# ----------------------------------------------------------------------------- whose hour, whose night


def hour(at: datetime, zone: str | None, house: ZoneInfo = BOMI) -> int:
    return LocalHours(house).hour(microseconds(at), zone)


def test_the_hour_is_that_of_the_home_and_of_the_house_where_it_has_no_zone() -> None:
    assert hour(NOON, None) == 12
    assert hour(NOON, "Asia/Kathmandu") == 9, "5:45 ahead: quarters of an hour, not hours, are looked up"
    assert hour(NOON + timedelta(minutes=15), "Asia/Kathmandu") == 10
    assert hour(NOON, "Asia/Bomi-that-is-none") == 12


def test_both_hours_that_a_clock_shows_twice_are_that_hour_and_the_one_it_skips_is_empty() -> None:
    back, forth = datetime(2025, 10, 26, tzinfo=UTC), datetime(2025, 3, 30, tzinfo=UTC)
    clock = [hour(back + timedelta(minutes=30 * n), "Europe/Berlin") for n in range(6)]
    assert clock == [2, 2, 2, 2, 3, 3]
    clock = [hour(forth + timedelta(minutes=30 * n), "Europe/Berlin") for n in range(4)]
    assert clock == [1, 1, 3, 3]


def test_a_night_bears_the_day_of_its_evening_and_ends_at_its_morning() -> None:
    eve = date(2025, 7, 23)
    start, end = night(eve, BOMI, AIMS)
    assert (start.hour, end.hour) == (14, 22)
    assert night_of(start, BOMI, AIMS) == night_of(end - timedelta(microseconds=1), BOMI, AIMS) == eve
    assert night_of(end, BOMI, AIMS) is None
    assert night_of(start - timedelta(microseconds=1), BOMI, AIMS) is None


def test_a_night_in_which_the_clock_is_put_back_is_an_hour_longer() -> None:
    lengths = [
        end - start
        for start, end in (night(date(2025, month, day), BERLIN, AIMS) for month, day in ((10, 25), (3, 29)))
    ]
    assert lengths == [timedelta(hours=9), timedelta(hours=7)]


def test_the_nights_of_a_span_are_those_that_lie_in_it_at_least_in_part() -> None:
    start, end = night(date(2025, 7, 23), BOMI, AIMS)
    hour_ = timedelta(hours=1)
    assert nights_in(start - hour_, start, BOMI, AIMS) == []
    assert nights_in(start - hour_, start + hour_, BOMI, AIMS) == [date(2025, 7, 23)]
    assert nights_in(end, end + hour_, BOMI, AIMS) == []
    assert len(nights_in(start, start + timedelta(days=3), BOMI, AIMS)) == 3


# ----------------------------------------------------------------------------------------- whose figures


def told(after: float, worker: str = "wrk_a") -> Told:
    return Told("alt", worker, microseconds(NOON) + int(after * SECOND))


def test_whoever_was_told_is_measured_from_then_and_not_for_what_others_took_before_time() -> None:
    rows: dict[str, Any] = {"told": [told(10), told(300, "wrk_b")]}
    found = {each.worker_id: each for each in reckoned(alert(answered=350), **rows).workers}
    assert (found["wrk_a"].told, found["wrk_a"].taken) == (1, 1)
    assert counts(found["wrk_a"].answered.shares) == [(0, 1), (0, 1)]
    assert (found["wrk_b"].told, found["wrk_b"].taken) == (1, 0)
    assert counts(found["wrk_b"].answered.shares) == [(0, 0), (0, 0)], "somebody else had it after 50 s"


def test_a_reminder_of_what_somebody_has_is_no_question() -> None:
    [mine] = reckoned(alert(answered=30), told=[told(600)]).workers
    assert (mine.told, mine.taken, mine.answered.count) == (0, 1, 0)


def test_the_way_is_measured_from_the_taking() -> None:
    [mine] = reckoned(alert(answered=1_000, arrived=3_700)).workers
    assert counts(mine.on_site.shares) == [(1, 1), (1, 1)]
    assert mine.on_site.median == timedelta(seconds=2_700)


def test_a_night_has_too_many_pages_beyond_the_most_of_one_night_unless_the_night_is_ones_work() -> None:
    evenings = [date(2025, 7, 23), date(2025, 7, 24)]
    pages = [
        *(PagesOf("wrk_a", None, 12), PagesOf("wrk_a", 0, 4), PagesOf("wrk_a", 1, 5)),
        *(PagesOf("wrk_desk", None, 9), PagesOf("wrk_desk", 1, 9)),
    ]
    rows: dict[str, Any] = {"pages": pages, "nights": evenings, "awake": frozenset({"wrk_desk"})}
    mine, desk = reckoned(**rows).workers
    assert [each.is_too_many for each in mine.nights] == [False, True]
    assert (mine.pages, mine.pages_at_night, mine.worst_night, mine.nights_with_too_many) == (12, 9, 5, 1)
    assert (desk.worst_night, desk.nights_with_too_many) == (9, 0)


def test_nobody_is_shown_who_may_not_be_seen() -> None:
    rows: dict[str, Any] = {"worker_ids": frozenset({"wrk_b"})}
    assert reckoned(alert(answered=30), **rows).workers == ()


# --------------------------------------------------------------------------------------- for nothing


def test_for_nothing_are_false_alarms_and_what_was_over_by_itself_tests_are_not_counted() -> None:
    ends = [
        RuleEnds("home", rule, outcome, count, {})
        for rule, outcome, count in (
            ("bed", Outcome.FALSE_ALARM, 3),
            ("bed", Outcome.OVER_BY_ITSELF, 2),
            ("bed", Outcome.HELPED, 4),
            ("bed", Outcome.OTHER, 1),
            ("bed", Outcome.TEST, 50),
            ("call", Outcome.HOSPITAL, 2),
        )
    ]
    bed, call = reckoned(ends=ends).rules
    assert (bed.rule, bed.for_nothing, bed.closed, bed.share_for_nothing) == ("bed", 5, 10, 0.5)
    assert (call.rule, call.for_nothing, call.closed) == ("call", 0, 2)
