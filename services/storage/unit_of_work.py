"""One transaction over every collection: each is handed the same connection, and whoever is to be woken is
noted for after the commit. It neither begins nor ends the transaction; the store does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

_Part = Callable[[Connection, Numbers], object]
_PARTS: Mapping[str, _Part] = {
    "states": lambda connection, _: SqlStateStore(connection),
    "cursors": lambda connection, _: SqlCursors(connection),
    "findings": SqlFindings,
    "alerts": SqlAlerts,
    "notices": SqlNotices,
    "homes": lambda connection, numbers: SqlRegister(connection, numbers, HOME),
    "residents": lambda connection, numbers: SqlRegister(connection, numbers, RESIDENT),
    "workers": lambda connection, numbers: SqlRegister(connection, numbers, WORKER),
    "grids": lambda connection, numbers: SqlRegister(connection, numbers, GRID),
    "teams": lambda connection, numbers: SqlRegister(connection, numbers, TEAM),
    "shifts": lambda connection, numbers: SqlRemovable(connection, numbers, SHIFT),
    "rosters": lambda connection, numbers: SqlRemovable(connection, numbers, ROSTER),
    "swaps": lambda connection, numbers: SqlRemovable(connection, numbers, SWAP),
    "leaves": lambda connection, numbers: SqlRemovable(connection, numbers, LEAVE),
    "roster_looks": lambda connection, _: SqlRosterLooks(connection),
    "devices": SqlDevices,
    "users": SqlUsers,
    "access": SqlAccess,
    "people": lambda connection, _: SqlPeople(connection),
    "quarantine": SqlQuarantine,
    "audit": SqlAudit,
    "remembered": lambda connection, _: SqlRemembered(connection),
    "rulebooks": lambda connection, _: SqlRulebooks(connection),
    "figures": SqlFigures,
    "figure_rows": lambda connection, _: SqlFigureRows(connection),
    "runners": lambda connection, _: SqlRunners(connection),
    "shown": lambda connection, _: SqlShown(connection),
    "self_watch": SqlSelfWatch,
    "silences": SqlSilences,
    "handovers": SqlHandovers,
}
"""How each part is made. A transaction needs a few of them, and there are thousands of transactions an hour
in which somebody only looks whether there is anything to do: so none is made before it is asked for.
"""


class SqlUnitOfWork:
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

    def __init__(self, connection: Connection, recent: Recent) -> None:
        self._connection = connection
        self._numbers = Numbers(connection)
        self._log = SqlEventLog(connection, self._numbers, recent)
        self.events: EventLog = self._log
        self.woken: dict[Topic, None] = {}
        self.said: list[Line] = []

    def __getattr__(self, name: str) -> object:
        """A part that is asked for first; the next time it is found without asking here."""
        make = _PARTS.get(name)
        if make is None:
            raise AttributeError(f"a unit of work has no {name!r}")
        part = make(self._connection, self._numbers)
        setattr(self, name, part)
        return part

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
