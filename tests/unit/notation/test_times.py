"""How a story says when, and how it is said back."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from notation.times import NotATime, read_moment, written
from services.domain.instants import format_instant

DAY = date(2025, 7, 22)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("00:00", "2025-07-21T16:00:00Z"),
        ("22:40", "2025-07-22T14:40:00Z"),
        ("22:40:05", "2025-07-22T14:40:05Z"),
        ("+1 day 06:10", "2025-07-22T22:10:00Z"),
        ("+10 days 06:10", "2025-07-31T22:10:00Z"),
        ("2025-07-23 02:13:05", "2025-07-22T18:13:05Z"),
        ("2024-02-29 12:00", "2024-02-29T04:00:00Z"),
    ],
)
def test_a_time_is_a_wall_time_on_a_day(text: str, instant: str) -> None:
    assert format_instant(read_moment(text).instant(DAY, SHANGHAI)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2:30",
        "24:00",
        "23:60",
        "+0 days 10:00",
        "-1 day 10:00",
        "1 day 10:00",
        "+1 day",
        "2025-02-29 10:00",
        "2025-07-23T10:00",
        "10:00Z",
        "10:00\n",
        " 10:00",
        "١٠:٠٠",
        "+1  day 10:00",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(NotATime):
        read_moment(text)


def test_a_wall_time_in_a_gap_is_the_first_instant_after_it_and_one_shown_twice_the_first() -> None:
    assert format_instant(read_moment("2025-03-30 02:30").instant(DAY, BERLIN)) == "2025-03-30T01:00:00Z"
    assert format_instant(read_moment("2025-10-26 02:30").instant(DAY, BERLIN)) == "2025-10-26T00:30:00Z"


@pytest.mark.parametrize(
    "text", ["22:40", "22:40:05", "+1 day 06:10", "+7 days 06:10", "2025-07-30 00:00", "2025-07-21 23:59"]
)
def test_what_is_found_is_said_in_the_notation_of_the_story(text: str) -> None:
    assert written(read_moment(text).instant(DAY, SHANGHAI), DAY, SHANGHAI) == text
