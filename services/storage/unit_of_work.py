"""One transaction over every collection: each is handed the same connection, and whoever is to be woken is
noted for after the commit. It neither begins nor ends the transaction; the store does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

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


class SqlUnitOfWork:
    def __init__(self, connection: Connection, recent: Recent) -> None:
        numbers = Numbers(connection)
        self._log = SqlEventLog(connection, numbers, recent)
        self.events: EventLog = self._log
        self.states: StateStore = SqlStateStore(connection)
        self.cursors: Cursors = SqlCursors(connection)
        self.findings: Findings = SqlFindings(connection, numbers)
        self.alerts: Alerts = SqlAlerts(connection, numbers)
        self.notices: Notices = SqlNotices(connection, numbers)
        self.homes: Register[Home] = SqlRegister(connection, numbers, HOME)
        self.residents: Register[Resident] = SqlRegister(connection, numbers, RESIDENT)
        self.workers: Register[Worker] = SqlRegister(connection, numbers, WORKER)
        self.grids: Register[Grid] = SqlRegister(connection, numbers, GRID)
        self.teams: Register[Team] = SqlRegister(connection, numbers, TEAM)
        self.shifts: Shifts = SqlRemovable(connection, numbers, SHIFT)
        self.rosters: Rosters = SqlRemovable(connection, numbers, ROSTER)
        self.swaps: Swaps = SqlRemovable(connection, numbers, SWAP)
        self.leaves: Leaves = SqlRemovable(connection, numbers, LEAVE)
        self.roster_looks: RosterLooks = SqlRosterLooks(connection)
        self.devices: Devices = SqlDevices(connection, numbers)
        self.users: Users = SqlUsers(connection, numbers)
        self.access: Access = SqlAccess(connection, numbers)
        self.people: People = SqlPeople(connection)
        self.quarantine: Quarantine = SqlQuarantine(connection, numbers)
        self.audit: Audit = SqlAudit(connection, numbers)
        self.remembered: Remembered = SqlRemembered(connection)
        self.rulebooks: Rulebooks = SqlRulebooks(connection)
        self.figures: Figures = SqlFigures(connection, numbers)
        self.figure_rows: FigureRows = SqlFigureRows(connection)
        self.runners: Runners = SqlRunners(connection)
        self.shown: Shown = SqlShown(connection)
        self.self_watch: SelfWatch = SqlSelfWatch(connection, numbers)
        self.silences: Silences = SqlSilences(connection, numbers)
        self.handovers: Handovers = SqlHandovers(connection, numbers)
        self.woken: dict[Topic, None] = {}
        self._connection = connection
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
        run(self._connection, "SAVEPOINT trial", ())
        try:
            yield
        except BaseException as error:
            self.woken = before
            del self._log.appended[appended:]
            del self.said[said:]
            try:
                run(self._connection, "ROLLBACK TO SAVEPOINT trial", ())
            except Exception:  # noqa: BLE001 - whatever it says, what came before the trial is gone as well
                raise StoreUnavailable(f"the whole transaction was taken back: {error}") from error
            raise
        run(self._connection, "RELEASE SAVEPOINT trial", ())
