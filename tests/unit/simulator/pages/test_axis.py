"""The axis: instants stand where the wall clock has them, across midnight and on nights on which it
changes.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from devices.simulator.pages.axis import Axis
from devices.simulator.pages.drawing import Labels, beside

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def axis(zone: ZoneInfo, since: datetime, hours: float, width: float = 1000) -> Axis:
    return Axis(since, since + timedelta(hours=hours), zone, 0, width)


def walls(shown: Axis, room: float = 60) -> list[str]:
    return [at.astimezone(shown.zone).strftime("%H:%M") for at, _ in shown.ticks(room)]


def test_hours_are_ticked_across_midnight_and_midnight_is_told() -> None:
    shown = axis(SHANGHAI, datetime(2025, 7, 22, 13, 50, tzinfo=UTC), 4.5)
    assert walls(shown) == ["22:00", "22:30", "23:00", "23:30", "00:00", "00:30", "01:00", "01:30", "02:00"]
    assert [at.hour for at, is_midnight in shown.ticks(60) if is_midnight] == [16]


def test_an_instant_stands_by_its_share_and_what_is_outside_at_the_edge() -> None:
    shown = axis(SHANGHAI, datetime(2025, 7, 22, 14, tzinfo=UTC), 10)
    assert shown.x(shown.since + timedelta(hours=2, minutes=13)) == pytest.approx(221.7)
    assert (shown.x(shown.since - timedelta(hours=1)), shown.x(shown.until + timedelta(hours=1))) == (0, 1000)


def test_the_hour_that_a_spring_night_lacks_is_not_ticked() -> None:
    shown = axis(BERLIN, datetime(2025, 3, 29, 23, tzinfo=UTC), 5)
    assert walls(shown, 150) == ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00"]


def test_the_hour_that_an_autumn_night_has_twice_is_ticked_twice() -> None:
    shown = axis(BERLIN, datetime(2025, 10, 25, 22, tzinfo=UTC), 5)
    assert walls(shown, 150) == ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"]


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 29), 7), (date(2025, 10, 25), 9)])
def test_the_night_on_which_clocks_change_is_an_hour_shorter_or_longer(day: date, hours: int) -> None:
    noon = datetime.combine(day, time(12), BERLIN).astimezone(UTC)
    ((since, until),) = axis(BERLIN, noon, 24).nights()
    assert until - since == timedelta(hours=hours)


def test_a_month_is_ticked_by_days() -> None:
    shown = axis(SHANGHAI, datetime(2025, 6, 30, 16, tzinfo=UTC), 24 * 31)
    assert len(list(shown.ticks(30))) == 32
    assert all(is_midnight for _, is_midnight in shown.ticks(30))
    assert len(list(shown.nights())) == 32


def test_a_zone_that_is_off_by_a_quarter_has_its_own_hours() -> None:
    shown = axis(ZoneInfo("Asia/Kathmandu"), datetime(2025, 7, 22, 18, tzinfo=UTC), 3)
    assert walls(shown, 300) == ["00:00", "01:00", "02:00"]


def test_what_would_overlap_is_set_side_by_side_around_where_it_is_wanted() -> None:
    assert beside([100, 100, 100], 20, 0, 1000) == [80, 100, 120]
    assert beside([990, 1000], 20, 0, 1000) == [970, 990]
    assert beside([0, 500], 20, 0, 1000) == [10, 500]


def test_writing_never_runs_into_writing() -> None:
    line = Labels(200)
    assert line.place(0, 0, "first")
    assert not line.place(10, 0, "second")
    assert line.place(100, 0, "third")
    assert not line.place(190, 0, "beyond the end")
