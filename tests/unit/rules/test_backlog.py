"""After a start deadlines wait until nothing has come for 5 s, and for a minute at most."""

from __future__ import annotations

from datetime import timedelta

from services.rules.backlog import Backlog
from tests.unit.rules.cast import TWO

SECOND = timedelta(seconds=1)


def test_the_backlog_is_in_when_nothing_has_come_for_five_seconds() -> None:
    backlog = Backlog()
    assert not backlog.is_in(TWO)
    backlog.grew(TWO + 3 * SECOND)
    assert not backlog.is_in(TWO + 7 * SECOND)
    assert backlog.after(TWO) == TWO + 8 * SECOND
    assert backlog.is_in(TWO + 8 * SECOND)


def test_it_is_in_after_a_minute_whatever_still_comes() -> None:
    backlog = Backlog()
    backlog.is_in(TWO)
    for second in range(60):
        backlog.grew(TWO + second * SECOND)
        assert not backlog.is_in(TWO + second * SECOND)
    assert backlog.is_in(TWO + 60 * SECOND)
