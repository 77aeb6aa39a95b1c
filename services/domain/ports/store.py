"""The unit of work: one transaction over every collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from services.domain.chronicle import Line
from services.domain.homes import Grid, Home
from services.domain.people import Resident, Team, Worker
from services.domain.ports.facts import Cursors, EventLog, Findings, Rulebooks, StateStore
from services.domain.ports.figures import Figures
from services.domain.ports.handovers import Handovers
from services.domain.ports.outside import Topic
from services.domain.ports.records import Audit, Quarantine, Remembered
from services.domain.ports.registers import (
    Access,
    Devices,
    Leaves,
    People,
    Register,
    RosterLooks,
    Rosters,
    Shifts,
    Swaps,
    Users,
)
from services.domain.ports.runners import Runners
from services.domain.ports.self_watch import SelfWatch
from services.domain.ports.service_figures import FigureRows
from services.domain.ports.shown import Shown
from services.domain.ports.silences import Silences
from services.domain.ports.telling import Alerts, Notices


class UnitOfWork(Protocol):
    """One transaction over all collections. Nothing is visible to others before the commit on a clean
    exit.
    """

    events: EventLog
    states: StateStore
    cursors: Cursors
    findings: Findings
    alerts: Alerts
    notices: Notices
    homes: Register[Home]
    residents: Register[Resident]
    workers: Register[Worker]
    grids: Register[Grid]
    teams: Register[Team]
    shifts: Shifts
    rosters: Rosters
    swaps: Swaps
    leaves: Leaves
    roster_looks: RosterLooks
    devices: Devices
    users: Users
    access: Access
    people: People
    quarantine: Quarantine
    audit: Audit
    remembered: Remembered
    rulebooks: Rulebooks
    figures: Figures
    figure_rows: FigureRows
    runners: Runners
    shown: Shown
    self_watch: SelfWatch
    silences: Silences
    handovers: Handovers

    def wake_after(self, topic: Topic) -> None:
        """Wake the waiters of ``topic`` once this transaction is committed."""
        ...

    def say_after(self, lines: Iterable[Line]) -> None:
        """Write these lines of the chronicle once this transaction is committed; never, if it is not."""
        ...

    def on_trial(self) -> AbstractContextManager[None]:
        """A part of the transaction that may fail by itself: an exception takes back what was written within
        it, wakes and lines included, and passes on; what was written before stays.
        """
        ...


class TooMuchAtOnce(Exception):
    """A batch is not to be stored as one: nothing was committed, and the inbox gives less of it next."""


class Following(Protocol):
    """What follows from new events so directly that it can share the transaction that stores them."""

    def __call__(self, uow: UnitOfWork) -> Callable[[], None]:
        """Write what follows; answers what is to be done once all of it is committed, and never before.
        `TooMuchAtOnce` if the events are to be stored in smaller batches.
        """
        ...


class Store(Protocol):
    """Opens units of work."""

    def writing(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction that may write; commits on a clean exit, else rolls back. `StoreUnavailable` if it
        cannot.
        """
        ...

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """A consistent view; what it writes is thrown away."""
        ...
