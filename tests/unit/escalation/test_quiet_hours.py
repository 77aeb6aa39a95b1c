"""Quiet hours, a second before, exactly at: half-open, across midnight or within a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.domain.instants import parse_instant
from services.escalation.policies import Quiet
from services.escalation.quiet_hours import next_local, quiet_until
from tests.unit.escalation.cast import SHANGHAI


def quiet(from_: str, until: str) -> Quiet:
    return Quiet.model_validate({"from": from_, "until": until})


@pytest.mark.parametrize(
    ("hours", "shown", "ends"),
    [
        (("22:00", "07:00"), "23T21:59:59", None),
        (("22:00", "07:00"), "23T22:00:00", "24T07:00:00"),
        (("22:00", "07:00"), "24T00:00:00", "24T07:00:00"),
        (("22:00", "07:00"), "24T06:59:59", "24T07:00:00"),
        (("22:00", "07:00"), "24T07:00:00", None),
        (("13:00", "15:00"), "23T12:59:59", None),
        (("13:00", "15:00"), "23T13:00:00", "23T15:00:00"),
        (("13:00", "15:00"), "23T14:59:59", "23T15:00:00"),
        (("13:00", "15:00"), "23T15:00:00", None),
    ],
)
def test_quiet_hours_have_their_start_and_not_their_end(
    hours: tuple[str, str], shown: str, ends: str | None
) -> None:
    found = quiet_until(parse_instant(f"2025-07-{shown}+08:00"), quiet(*hours), SHANGHAI)
    assert found == (None if ends is None else parse_instant(f"2025-07-{ends}+08:00"))


@pytest.mark.parametrize("shown", ["21:59:59", "22:00:00", "22:00:01"])
def test_quiet_hours_that_end_where_they_begin_are_none(shown: str) -> None:
    instant = parse_instant(f"2025-07-23T{shown}+08:00")
    assert quiet_until(instant, quiet("22:00", "22:00"), SHANGHAI) is None


@pytest.mark.parametrize(("seconds", "days"), [(-1, 0), (0, 0), (1, 1)])
def test_a_wall_time_that_is_shown_now_is_the_next(seconds: int, days: int) -> None:
    eight = parse_instant("2025-07-23T08:00:00+08:00")
    found = next_local(eight + timedelta(seconds=seconds), eight.astimezone(SHANGHAI).time(), SHANGHAI)
    assert found == eight + timedelta(days=days)
