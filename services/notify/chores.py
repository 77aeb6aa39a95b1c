"""Chores: what the alert loop sees to once no finding and no deadline of an alert waits, in the order below.

Each is a file of its own and looks at one thing. None of them decides who is told: what they find are
Findings like any other, and the loop takes them in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from services.domain.ports import Store, UnitOfWork
from services.escalation.gathering import Gathering
from services.notify.pages_at_night import PagesWatch
from services.notify.returning import Returning
from services.notify.rosters import RosterWatch
from services.notify.shift_handovers import ShiftHandovers
from services.notify.silences import SilencesEnd
from services.notify.windows import WindowsOver

Deed = Callable[[], bool]
"""Stores something in transactions of its own; True if anything came of it, or there may be more to do."""


class Chore(Protocol):
    """One thing that is looked at, by the one process that has the alerts.

    It is asked at every step of the loop and says within a query or two that there is nothing to do. What it
    remembers of its last look may be lost at any time: a new one looks again and says nothing twice.
    """

    def look(self, uow: UnitOfWork, now: datetime) -> Deed | None:
        """Look, if it is time or anything has changed, in a reading that everybody who looks shares; what is
        to be done once that is over, None if nothing is.
        """
        ...

    def next_due_at(self, uow: UnitOfWork) -> datetime | None:
        """When to look again though nobody stores anything; None: only then, or at any beat."""
        ...


def chores(store: Store, gathering: Gathering) -> Sequence[Chore]:
    """All of them, the most urgent first."""
    return (
        SilencesEnd(store, gathering),
        WindowsOver(store, gathering),
        Returning(store),
        RosterWatch(store, gathering),
        ShiftHandovers(store, gathering),
        PagesWatch(store, gathering),
    )
