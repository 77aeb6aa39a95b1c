"""Instants, spans and wall clocks: exact in both directions, across gaps and doubled hours."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.instants import (
    NotADay,
    NotAnInstant,
    NotASpan,
    NotAWallTime,
    format_instant,
    format_span,
    from_microseconds,
    has_offset,
    microseconds,
    parse_day,
    parse_instant,
    parse_span,
    parse_wall,
    start_of_day,
    utc_of_local,
    zone_named,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
ST_JOHNS = ZoneInfo("America/St_Johns")
instants = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(instants)
def test_an_instant_survives_writing_and_reading(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant
    assert from_microseconds(microseconds(instant)) == instant


def test_an_offset_is_reckoned_into_utc() -> None:
    assert parse_instant("2025-07-23T02:13:05+08:00") == datetime(2025, 7, 22, 18, 13, 5, tzinfo=UTC)


def test_nanoseconds_are_cut_to_microseconds() -> None:
    assert parse_instant("2022-07-18T09:34:15.775023242+00:00").microsecond == 775023


def test_without_an_offset_the_zone_decides_and_without_a_zone_it_is_no_instant() -> None:
    assert parse_instant("2025-07-23T02:13:05", SHANGHAI) == datetime(2025, 7, 22, 18, 13, 5, tzinfo=UTC)
    assert not has_offset("2025-07-23T02:13:05")
    with pytest.raises(NotAnInstant):
        parse_instant("2025-07-23T02:13:05")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2025-13-01T00:00:00Z",
        "2025-02-30T00:00:00Z",
        "2025-01-01",
        "2025-01-01T00:00:00+24:00",
        "0001-01-01T00:00:00+08:00",
        "２０２５-01-01T00:00:00Z",
        "2025-01-01T00:00:00Z\n",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(NotAnInstant):
        parse_instant(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(NotAnInstant):
        parse_instant(text, BERLIN)


@given(st.integers(min_value=0, max_value=10**6))
def test_a_span_survives_writing_and_reading(seconds: int) -> None:
    assert parse_span(format_span(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "20", "m", "-5m", "1.5h", "20 m", "20M", "٢m"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(NotASpan):
        parse_span(text)


def test_a_day_is_read_up_to_the_last_that_somebody_can_mean() -> None:
    assert (parse_day("1900-01-01"), parse_day("2199-12-31")) == (date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    "text",
    ["", "20250723", "2025-W30-3", "2025-7-23", "2025-02-30", "0001-01-01", "1899-12-31", "2200-01-01"],
)
def test_what_is_no_day_that_somebody_can_mean_is_refused(text: str) -> None:
    with pytest.raises(NotADay):
        parse_day(text)


def test_a_wall_time_is_two_digits_twice() -> None:
    assert (parse_wall("00:00"), parse_wall("23:59")) == (time(0, 0), time(23, 59))


@pytest.mark.parametrize(
    "text",
    ["", "7:00", "07-00", "07:00-05", "07:00+08", "24:00", "07:60", "07:00:00", "07", "０７:00", "07:00\n"],
)
def test_what_is_no_wall_time_is_refused_an_offset_above_all(text: str) -> None:
    with pytest.raises(NotAWallTime):
        parse_wall(text)


def test_a_wall_time_in_a_gap_is_the_first_instant_after_it() -> None:
    after_gap = datetime(2025, 3, 30, 1, 0, tzinfo=UTC)  # Berlin springs from 02:00 to 03:00
    assert utc_of_local(date(2025, 3, 30), time(2, 30), BERLIN) == after_gap
    assert utc_of_local(date(2025, 3, 30), time(2, 0), BERLIN) == after_gap
    assert utc_of_local(date(2025, 3, 30), time(3, 0), BERLIN) == after_gap


def test_a_wall_time_that_exists_twice_is_the_first() -> None:
    assert utc_of_local(date(2025, 10, 26), time(2, 30), BERLIN) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_a_day_begins_where_its_midnight_lies_in_a_gap() -> None:
    # St. John's sprang forward at 00:01 until 2011.
    day = date(2010, 3, 14)
    assert start_of_day(day, ST_JOHNS).astimezone(ST_JOHNS).date() == day


@given(instants, st.sampled_from([SHANGHAI, BERLIN, ST_JOHNS]))
def test_a_wall_time_read_off_a_clock_leads_back_to_that_reading(instant: datetime, zone: ZoneInfo) -> None:
    wall = instant.astimezone(zone)
    again = utc_of_local(wall.date(), wall.time(), zone)
    assert again <= instant
    assert again.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)


def test_an_unknown_zone_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="Tibet/Nowhere"):
        zone_named("Tibet/Nowhere")
