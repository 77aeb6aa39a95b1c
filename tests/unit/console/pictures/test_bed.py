"""From reports of beds to spells: what is known, and what is never pretended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.console.pages.pictures.bed import (
    BED_KINDS,
    HEARD_FOR,
    RECONNECTED_WITHIN,
    TURNING_OVER,
    VITALS,
    BedState,
    exits,
    part_of,
    spells,
    total,
)
from services.domain.events import Event
from services.domain.instants import start_of_day
from tests.unit.console.pictures.reports import EVENING, MINUTE, at, report

NIGHT_LONG = 720
END = at(NIGHT_LONG)


def told(*events: Event, now: float = NIGHT_LONG, since: float = 0, until: float = NIGHT_LONG) -> list[str]:
    """Each spell as its state and the minute of its end."""
    return [
        f"{each.state} {(each.end - EVENING) / MINUTE:g}"
        for each in spells(events, at(since), at(until), at(now))
    ]


def test_a_night_is_told_from_entry_to_exit() -> None:
    night = (report("bed.entered", 100), report("bed.exited", 365), report("bed.entered", 377))
    assert told(*night) == ["unknown 100", "in 365", "out 377", "in 720"]
    assert len(exits(spells(night, EVENING, END, END))) == 1
    assert total(spells(night, EVENING, END, END), BedState.IN) == (265 + 343) * MINUTE


def test_without_any_report_nothing_is_known() -> None:
    assert told() == ["unknown 720"]


def test_what_was_said_before_the_window_decides_how_it_begins() -> None:
    assert told(report("bed.entered", -200)) == ["in 720"]
    assert told(report("bed.entered", -200), report("bed.exited", -100)) == ["out 720"]


def test_what_has_not_happened_yet_is_ahead() -> None:
    assert told(report("bed.entered", 100), now=300) == ["unknown 100", "in 300", "ahead 720"]
    assert told(now=-60) == ["ahead 720"]


def test_turning_over_is_no_exit() -> None:
    moment = TURNING_OVER / MINUTE
    shorter = (report("bed.entered", 0), report("bed.exited", 60), report("bed.entered", 60 + moment - 0.01))
    assert told(*shorter) == ["in 720"]
    as_long = (report("bed.entered", 0), report("bed.exited", 60), report("bed.entered", 60 + moment))
    assert told(*as_long) == ["in 60", f"out {60 + moment:g}", "in 720"]


def test_whoever_has_just_got_up_is_up() -> None:
    assert told(report("bed.entered", 0), report("bed.exited", 299.5), now=300) == [
        "in 299.5",
        "out 300",
        "ahead 720",
    ]


def test_reports_count_by_when_they_say_it_was() -> None:
    late = [report("bed.entered", 377), report("bed.entered", 100), report("bed.exited", 365)]
    assert told(*late) == ["unknown 100", "in 365", "out 377", "in 720"]


def test_a_repeat_changes_nothing() -> None:
    entered = report("bed.entered", 100)
    assert told(entered, entered, report("bed.entered", 130)) == ["unknown 100", "in 720"]


def test_what_was_taken_back_never_happened() -> None:
    exit_ = report("bed.exited", 300)
    taken_back = report("event.retracted", 900, None, data={"event_id": exit_.id, "reason": "a cat"})
    assert told(report("bed.entered", 100), exit_, taken_back) == ["unknown 100", "in 720"]


def test_two_sensors_are_one_bed() -> None:
    both = (
        report("bed.entered", 100, "left"),
        report("bed.entered", 110, "right"),
        report("bed.exited", 300, "left"),
        report("bed.exited", 310, "right"),
    )
    assert told(*both) == ["unknown 100", "in 310", "out 720"]


def test_a_sensor_that_goes_offline_makes_no_exit() -> None:
    assert told(report("bed.entered", 100), report("device.offline", 300)) == [
        "unknown 100",
        "in 300",
        "unknown 720",
    ]
    assert told(
        report("bed.entered", 100, "left"),
        report("bed.entered", 100, "right"),
        report("device.offline", 300, "left"),
    ) == ["unknown 100", "in 720"]


def test_a_radio_that_blinked_has_missed_nobody() -> None:
    blink = RECONNECTED_WITHIN / MINUTE
    in_time = (report("bed.entered", 0), report("device.offline", 100), report("device.online", 100 + blink))
    assert told(*in_time) == ["in 100", f"unknown {100 + blink:g}", "in 720"]
    too_late = (
        report("bed.entered", 0),
        report("device.offline", 100),
        report("device.online", 100.1 + blink),
    )
    assert told(*too_late) == ["in 100", "unknown 720"]
    twice = (*too_late[:2], report("device.offline", 105), report("device.online", 100.1 + blink))
    assert told(*twice) == ["in 100", "unknown 720"]


def test_an_entry_after_a_time_offline_is_known_again() -> None:
    assert told(report("bed.entered", 0), report("device.offline", 100), report("bed.exited", 200)) == [
        "in 100",
        "unknown 200",
        "out 720",
    ]


def test_a_sensor_that_was_taken_away_says_nothing_more() -> None:
    assert told(report("bed.entered", 0), report("device.retired", 100)) == ["in 100", "unknown 720"]


def test_a_sensor_of_which_nothing_more_is_heard_is_believed_for_so_long() -> None:
    heard = HEARD_FOR / MINUTE
    entered = report("bed.entered", -heard + 60)
    assert told(entered) == ["in 60", "unknown 720"]
    assert told(entered, report(VITALS, 30)) == ["in 720"]


def test_whoever_is_away_is_neither_in_bed_nor_out_of_it() -> None:
    away = (
        report("bed.entered", 0),
        report("bed.exited", 60),
        report("resident.away", 100, None),
        report("bed.entered", 200),
        report("resident.returned", 300, None),
    )
    assert told(*away) == ["in 60", "out 100", "away 300", "in 720"]


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        spells([], END, EVENING, END)


reports = some.lists(
    some.builds(
        report,
        some.sampled_from([*BED_KINDS, VITALS, "call_button.pressed"]),
        some.integers(-4000, 1500).map(lambda third: third / 3),
        some.sampled_from(["left", "right", None]),
    ),
    max_size=25,
)
BERLIN = ZoneInfo("Europe/Berlin")
WINDOWS = [
    (EVENING, END),
    (start_of_day(date(2025, 10, 26), BERLIN), start_of_day(date(2025, 10, 27), BERLIN)),  # 25 hours
    (start_of_day(date(2025, 3, 30), BERLIN), start_of_day(date(2025, 3, 31), BERLIN)),  # 23 hours
]


@given(events=reports, window=some.sampled_from(WINDOWS), gone=some.integers(-100, 2000), dice=some.randoms())
def test_every_window_is_covered_exactly_once_whatever_the_order(
    events: list[Event], window: tuple[datetime, datetime], gone: int, dice: Random
) -> None:
    since, until = window
    shift = since - EVENING
    now = since + gone * MINUTE
    moved = [replace(each, occurred_at=each.occurred_at + shift) for each in events]
    found = spells(moved, since, until, now)
    assert (found[0].start, found[-1].end) == (since, until)
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(before.state is not after.state for before, after in pairwise(found))
    assert all(each.start < each.end for each in found)
    assert {each.state for each in found if each.start >= now} <= {BedState.AHEAD}
    dice.shuffle(moved)
    assert spells([*moved, *moved], since, until, now) == found


@given(events=reports, cut=some.integers(1, NIGHT_LONG - 1))
def test_the_parts_of_a_window_are_the_window(events: list[Event], cut: int) -> None:
    whole = spells(events, EVENING, END, END)
    first, second = part_of(whole, EVENING, at(cut)), part_of(whole, at(cut), END)
    assert (first[-1].end, second[0].start) == (at(cut), at(cut))
    for state in BedState:
        assert total(first, state) + total(second, state) == total(whole, state)
