"""A test window holds what was received inside it, and nothing that may have waited somewhere before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.domain.testing import CLAIM_MAY_LAG, TestWindow

OPENED = datetime(2025, 7, 23, 6, 0, tzinfo=UTC)
WINDOW = TestWindow("tek", OPENED, OPENED + timedelta(minutes=5))
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (WINDOW.opened_at - MOMENT, False),
        (WINDOW.opened_at, False),
        (WINDOW.opened_at + MOMENT, True),
        (WINDOW.until - MOMENT, True),
        (WINDOW.until, False),
        (WINDOW.until + MOMENT, False),
    ],
)
def test_a_window_holds_what_comes_after_its_opening_and_before_its_end(at: datetime, inside: bool) -> None:
    assert WINDOW.holds(at) is inside
    assert WINDOW.takes(at, None) is inside


@pytest.mark.parametrize(
    ("before_the_opening", "taken"),
    [
        (-timedelta(minutes=1), True),
        (timedelta(), True),
        (CLAIM_MAY_LAG, True),
        (CLAIM_MAY_LAG + MOMENT, False),
    ],
)
def test_a_press_that_its_device_sent_long_before_the_opening_is_no_test(
    before_the_opening: timedelta,
    taken: bool,
) -> None:
    claimed = OPENED - before_the_opening
    assert WINDOW.takes(OPENED + timedelta(minutes=1), claimed) is taken
