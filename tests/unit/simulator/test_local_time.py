"""Readings and spans: a night is written as it is told, and midnight is crossed where the telling crosses
it.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from devices.simulator.local_time import Reading, frame, parse_reading, parse_span, parse_start, show_span

LHASA = frame(ZoneInfo("Asia/Shanghai"), datetime(2025, 7, 22, 21, 30))  # noqa: DTZ001 - a wall clock's reading


def test_a_reading_is_the_first_such_time_at_or_after_what_came_before() -> None:
    before_midnight = LHASA.at(parse_reading("22:10"))
    assert before_midnight == datetime(2025, 7, 22, 14, 10, tzinfo=UTC)
    after_midnight = LHASA.at(parse_reading("02:13:05"), before_midnight)
    assert after_midnight == datetime(2025, 7, 22, 18, 13, 5, tzinfo=UTC)
    assert LHASA.at(parse_reading("02:13:05"), after_midnight) == after_midnight
    assert LHASA.at(parse_reading("02:13:04"), after_midnight) == after_midnight + timedelta(
        hours=24, seconds=-1
    )


def test_a_reading_with_a_day_counts_from_the_local_day_of_the_start() -> None:
    assert LHASA.at(parse_reading("day 1 23:00")) == datetime(2025, 7, 22, 15, tzinfo=UTC)
    assert LHASA.at(parse_reading("day 3 06:40")) == datetime(2025, 7, 23, 22, 40, tzinfo=UTC)


def test_a_wall_time_in_the_gap_of_a_summer_time_is_after_it() -> None:
    berlin = frame(ZoneInfo("Europe/Berlin"), datetime(2025, 3, 29, 22, 0))  # noqa: DTZ001
    assert berlin.at(parse_reading("02:30")) == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)


def test_an_instant_is_shown_as_the_people_read_it_with_the_day_once_it_is_another() -> None:
    assert LHASA.show(datetime(2025, 7, 22, 14, 10, tzinfo=UTC)) == "22:10:00"
    assert LHASA.show(datetime(2025, 7, 22, 18, 13, 5, tzinfo=UTC)) == "02:13:05 +1d"


@pytest.mark.parametrize(
    "text", ["25:00", "2:13", "02:60", "02:13:60", "day 0 02:13", "02:13 ", "", 213, None]
)
def test_what_no_wall_clock_shows_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_reading(text)


def test_a_reading_is_written_as_it_is_read() -> None:
    for text in ("02:13", "02:13:05", "day 2 06:40"):
        assert str(parse_reading(text)) == text
    assert parse_reading("day 2 06:40") == Reading(time(6, 40), day=2)


@pytest.mark.parametrize("text", ["2025-07-22", "2025-13-01 10:00", "2025-07-22T21:30Z", 20250722])
def test_a_start_is_a_local_date_and_time(text: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - some of the words are the standard library's
        parse_start(text)


def test_spans_have_a_unit_and_some_length() -> None:
    assert parse_span("90s") == timedelta(seconds=90)
    assert parse_span("10m") == timedelta(minutes=10)
    assert parse_span("2h") == timedelta(hours=2)
    with pytest.raises(ValueError, match="at least 1s"):
        parse_span("0m")


def test_spans_are_shown_in_the_units_that_matter() -> None:
    assert show_span(timedelta(seconds=-40)) == "40 s"
    assert show_span(timedelta(minutes=1, seconds=30)) == "1 min 30 s"
    assert show_span(timedelta(hours=26, minutes=2)) == "26 h 02 min"
