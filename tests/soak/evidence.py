"""The evidence: what the buttons sent, what the telephones received, and what the house kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from services.domain.alerts import Alert, AlertChange
from services.domain.events import Event
from services.domain.findings import Finding
from services.domain.notices import Attempt, Notice
from services.domain.ports import Filters, Page
from services.storage.store import SqlStore
from tests.stores import RecordingSignals

T = TypeVar("T")
PAGE = 500


@dataclass(slots=True)
class Press:
    """One press of one button. ``cause`` is what the house was killed by in the life it was first sent in."""

    device_id: str
    id: str
    resident_id: str
    cause: str
    sent_at: datetime
    receipt: str | None = None
    receipt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rang:
    """One request that reached somebody's webhook, and what it was answered."""

    notice_id: str
    alert_id: str
    person: str
    status: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What the house's store holds at the end."""

    events: Sequence[Event]
    findings: Sequence[Finding]
    alerts: Sequence[Alert]
    changes: Mapping[str, Sequence[AlertChange]]
    notices: Sequence[Notice]
    attempts: Sequence[Attempt]
    commands_waiting: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All there is to judge by. ``first_called`` says whom a press of a resident must call at once."""

    presses: Sequence[Press]
    rang: Sequence[Rang]
    kept: Kept
    first_called: Mapping[str, frozenset[str]] = field(default_factory=dict)


def read_store(url: str) -> Kept:
    """Everything that the judge asks for, out of a store that nobody writes any more."""
    store = SqlStore(url, RecordingSignals())
    try:
        with store.reading() as uow:
            alerts = list(_all(uow.alerts.page, {}))
            return Kept(
                events=list(_all(uow.events.page, {"kind": "call_button.pressed"})),
                findings=list(_all(uow.findings.page, {})),
                alerts=alerts,
                changes={alert.id: uow.alerts.changes(alert.id) for alert in alerts},
                notices=list(_all(uow.notices.page, {})),
                attempts=list(_all(uow.notices.attempts_page, {})),
                commands_waiting=len(uow.notices.commands_due(PAGE)),
            )
    finally:
        store.close()


def _all(page: Callable[[Filters, int, int], Page[T]], filters: Filters) -> Iterator[T]:
    after: int | None = 0
    while after is not None:
        part = page(filters, after, PAGE)
        yield from part.items
        after = part.next
