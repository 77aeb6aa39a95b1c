"""One transaction over every collection: each is handed the same connection, and whoever is to be woken is
noted for after the commit. It neither begins nor ends the transaction; the store does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from sqlalchemy import Connection

from services.domain.chronicle import Line
from services.domain.events import Event
from services.domain.homes import Grid, Home
from services.domain.people import Resident, Team, Worker
from services.domain.ports import (
    Access,
    Alerts,
    Audit,
    Cursors,
    Devices,
    EventLog,
    FigureRows,
    Figures,
    Findings,
    Handovers,
    Leaves,
    Notices,
    People,
    Quarantine,
    Register,
    Remembered,
    RosterLooks,
    Rosters,
    Rulebooks,
    Runners,
    SelfWatch,
    Shifts,
    Shown,
    Silences,
    StateStore,
    StoreUnavailable,
    Swaps,
    Topic,
    Users,
)
from services.storage.access import SqlAccess
from services.storage.alerts import SqlAlerts
from services.storage.events import SqlEventLog
from services.storage.figures import SqlFigures
from services.storage.findings import SqlFindings
from services.storage.handovers import SqlHandovers
from services.storage.notices import SqlNotices
from services.storage.numbers import Numbers
from services.storage.people import SqlPeople
from services.storage.prepared import run
from services.storage.recent import Recent
from services.storage.records import SqlAudit, SqlQuarantine, SqlRemembered
from services.storage.registers import (
    GRID,
    HOME,
    RESIDENT,
    SHIFT,
    TEAM,
    WORKER,
    SqlDevices,
    SqlRegister,
    SqlRemovable,
    SqlUsers,
)
from services.storage.rosters import LEAVE, ROSTER, SWAP, SqlRosterLooks
from services.storage.rulebooks import SqlRulebooks
from services.storage.runners import SqlRunners
from services.storage.self_watch import SqlSelfWatch
from services.storage.service_figures import SqlFigureRows
from services.storage.shown import SqlShown
from services.storage.silences import SqlSilences
from services.storage.states import SqlCursors, SqlStateStore

P = TypeVar("P")


class _Part(Generic[P]):
    """A collection of a unit of work, made when it is asked for first: a transaction needs a few of them, and
    there are thousands of transactions an hour in which somebody only looks whether there is anything to do.
    """

    def __init__(self, make: Callable[[Connection, Numbers], P]) -> None:
        self._make = make

    def __set_name__(self, owner: type[SqlUnitOfWork], name: str) -> None:
        self._name = name

    def __get__(self, unit: SqlUnitOfWork, owner: type[SqlUnitOfWork]) -> P:
        part = self._make(unit.connection, unit.numbers)
        vars(unit)[self._name] = part  # which is found from now on, past this
        return part


class SqlUnitOfWork:
    states = _Part[StateStore](lambda connection, _: SqlStateStore(connection))
    cursors = _Part[Cursors](lambda connection, _: SqlCursors(connection))
    findings = _Part[Findings](SqlFindings)
    alerts = _Part[Alerts](SqlAlerts)
    notices = _Part[Notices](SqlNotices)
    homes = _Part[Register[Home]](lambda connection, numbers: SqlRegister(connection, numbers, HOME))
    residents = _Part[Register[Resident]](
        lambda connection, numbers: SqlRegister(connection, numbers, RESIDENT)
    )
    workers = _Part[Register[Worker]](lambda connection, numbers: SqlRegister(connection, numbers, WORKER))
    grids = _Part[Register[Grid]](lambda connection, numbers: SqlRegister(connection, numbers, GRID))
    teams = _Part[Register[Team]](lambda connection, numbers: SqlRegister(connection, numbers, TEAM))
    shifts = _Part[Shifts](lambda connection, numbers: SqlRemovable(connection, numbers, SHIFT))
    rosters = _Part[Rosters](lambda connection, numbers: SqlRemovable(connection, numbers, ROSTER))
    swaps = _Part[Swaps](lambda connection, numbers: SqlRemovable(connection, numbers, SWAP))
    leaves = _Part[Leaves](lambda connection, numbers: SqlRemovable(connection, numbers, LEAVE))
    roster_looks = _Part[RosterLooks](lambda connection, _: SqlRosterLooks(connection))
    devices = _Part[Devices](SqlDevices)
    users = _Part[Users](SqlUsers)
    access = _Part[Access](SqlAccess)
    people = _Part[People](lambda connection, _: SqlPeople(connection))
    quarantine = _Part[Quarantine](SqlQuarantine)
    audit = _Part[Audit](SqlAudit)
    remembered = _Part[Remembered](lambda connection, _: SqlRemembered(connection))
    rulebooks = _Part[Rulebooks](lambda connection, _: SqlRulebooks(connection))
    figures = _Part[Figures](SqlFigures)
    figure_rows = _Part[FigureRows](lambda connection, _: SqlFigureRows(connection))
    runners = _Part[Runners](lambda connection, _: SqlRunners(connection))
    shown = _Part[Shown](lambda connection, _: SqlShown(connection))
    self_watch = _Part[SelfWatch](SqlSelfWatch)
    silences = _Part[Silences](SqlSilences)
    handovers = _Part[Handovers](SqlHandovers)

    def __init__(self, connection: Connection, recent: Recent) -> None:
        self.connection = connection
        self.numbers = Numbers(connection)
        self._log = SqlEventLog(connection, self.numbers, recent)
        self.events: EventLog = self._log
        self.woken: dict[Topic, None] = {}
        self.said: list[Line] = []

    @property
    def appended(self) -> Sequence[Event]:
        """The events that this transaction stored, in order."""
        return self._log.appended

    def wake_after(self, topic: Topic) -> None:
        self.woken[topic] = None

    def say_after(self, lines: Iterable[Line]) -> None:
        self.said += lines

    @contextmanager
    def on_trial(self) -> Iterator[None]:
        before, said, appended = dict(self.woken), len(self.said), len(self._log.appended)
        run(self.connection, "SAVEPOINT trial", ())
        try:
            yield
        except BaseException as error:
            self.woken = before
            del self._log.appended[appended:]
            del self.said[said:]
            try:
                run(self.connection, "ROLLBACK TO SAVEPOINT trial", ())
            except Exception:  # noqa: BLE001 - whatever it says, what came before the trial is gone as well
                raise StoreUnavailable(f"the whole transaction was taken back: {error}") from error
            raise
        run(self.connection, "RELEASE SAVEPOINT trial", ())
