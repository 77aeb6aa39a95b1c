"""Ports: what the rooms ask of the outside, as protocols. One contract suite each, run on every
implementation.

The loops and the console speak to storage, clock and broker through these and nothing else. All instants are
aware UTC.
Every collection of stored things is in the order of its ``number``, and a page names the cursor for the next.
"""

from services.domain.ports.facts import (
    Cursors,
    EventLog,
    Findings,
    RulebookDesk,
    Rulebooks,
    RulebookTexts,
    StateKey,
    StateStore,
    Stored,
    StoredState,
)
from services.domain.ports.figures import Figures
from services.domain.ports.handovers import Handovers
from services.domain.ports.lists import Filters, Page, T
from services.domain.ports.outside import (
    AlreadyThere,
    Answering,
    BrokerUnavailable,
    Clock,
    Conflict,
    Outgoing,
    Publisher,
    Signals,
    StoreUnavailable,
    Topic,
)
from services.domain.ports.records import Audit, Quarantine, Remembered
from services.domain.ports.registers import (
    Access,
    ById,
    Devices,
    Leaves,
    People,
    Register,
    Removable,
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
from services.domain.ports.store import Following, Store, TooMuchAtOnce, UnitOfWork
from services.domain.ports.telling import Alerts, Notices
from services.domain.ports.without_store import NobodyTold, ToldWithoutStore

__all__ = [
    "Access",
    "Alerts",
    "AlreadyThere",
    "Answering",
    "Audit",
    "BrokerUnavailable",
    "ById",
    "Clock",
    "Conflict",
    "Cursors",
    "Devices",
    "EventLog",
    "FigureRows",
    "Figures",
    "Filters",
    "Findings",
    "Following",
    "Handovers",
    "Leaves",
    "NobodyTold",
    "Notices",
    "Outgoing",
    "Page",
    "People",
    "Publisher",
    "Quarantine",
    "Register",
    "Remembered",
    "Removable",
    "RosterLooks",
    "Rosters",
    "RulebookDesk",
    "RulebookTexts",
    "Rulebooks",
    "Runners",
    "SelfWatch",
    "Shifts",
    "Shown",
    "Signals",
    "Silences",
    "StateKey",
    "StateStore",
    "Store",
    "StoreUnavailable",
    "Stored",
    "StoredState",
    "Swaps",
    "T",
    "ToldWithoutStore",
    "TooMuchAtOnce",
    "Topic",
    "UnitOfWork",
    "Users",
]
