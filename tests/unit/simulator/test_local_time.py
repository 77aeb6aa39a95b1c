"""The clock of a scenario: its people read instants in the notation in which it is written."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from devices.simulator.local_time import Frame, show_span

LHASA = Frame(ZoneInfo("Asia/Shanghai"), datetime(2025, 7, 22, 13, 30, tzinfo=UTC), date(2025, 7, 22))


def test_an_instant_is_shown_as_it_is_written_with_the_day_once_it_is_another() -> None:
    assert LHASA.show(datetime(2025, 7, 22, 14, 10, tzinfo=UTC)) == "22:10"
    assert LHASA.show(datetime(2025, 7, 22, 18, 13, 5, 999, tzinfo=UTC)) == "+1 day 02:13:05"


def test_spans_are_shown_in_the_units_that_matter() -> None:
    assert show_span(timedelta(seconds=-40)) == "40 s"
    assert show_span(timedelta(minutes=1, seconds=30)) == "1 min 30 s"
    assert show_span(timedelta(hours=26, minutes=2)) == "26 h 02 min"
