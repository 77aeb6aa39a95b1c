"""Reading the stored history: the log piece by piece, and people, rulebooks and what was raised live.

Each piece is a reading transaction of its own, so that no writer and no clean-up of the database ever waits
for a backtest. The log up to one event is read and nothing after it; nothing is ever written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar

from services.domain.alerts import Alert
from services.domain.duty import DutyPlan
from services.domain.events import Event
from services.domain.findings import Finding, FindingChange
from services.domain.instants import EPOCH, LATEST_YEAR
from services.domain.notices import Notice
from services.domain.ports import Filters, Page, Register, UnitOfWork
from services.domain.records import RulebookRevision
from services.domain.snapshot import Snapshot
from services.rules.signs import NEWEST_CLAIM

PIECE = 4000
"""Events in one reading: some 50 ms of it."""
PART = 500
"""Other things in one reading."""
NEWEST_OF_KIND = 8
"""How many events of a kind are read of a resident from before the stretches: more than they have sensors."""
OLDEST_FINDING = timedelta(days=400)
"""How long before its raising the instant of a Finding may lie, as that of what people record late."""

T = TypeVar("T")


class Readings(Protocol):
    """A store, as far as it is read."""

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """A consistent view."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events after one and up to another, of some kinds."""

    after: int
    last: int
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Live:
    """What the house raised and sent in the time of the backtest."""

    findings: Sequence[Finding]
    changes: Sequence[FindingChange]
    alerts: Sequence[Alert]
    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the log is read, and the rulebooks of then."""

    last_seq: int
    begins_at: datetime | None
    """When its first event was received; None for an empty one."""
    rulebooks: tuple[RulebookRevision, ...]


class History:
    """The stored history as it is when this is made, or as it was ``seen`` by another."""

    def __init__(self, store: Readings, seen: Seen | None = None) -> None:
        self._store = store
        self.seen = seen or self._look()
        self.last_seq, self.begins_at = self.seen.last_seq, self.seen.begins_at

    def _look(self) -> Seen:
        with self._store.reading() as uow:
            first = uow.events.after(0, 1)
            return Seen(
                uow.events.last_seq(),
                first[0].received_at if first else None,
                tuple(uow.rulebooks.latest()),
            )

    def count_since(self, instant: datetime) -> int:
        """How many events were stored from ``instant`` on."""
        return self.last_seq - self._seq_before(instant)

    def event(self, event_id: str) -> Event | None:
        """One event by its id, as the engine looks up what is taken back."""
        with self._store.reading() as uow:
            return uow.events.get(event_id)

    def events_of(self, event_ids: Iterable[str]) -> dict[str, Event]:
        """Events by id; unknown ones are left out."""
        with self._store.reading() as uow:
            return uow.events.many(event_ids)

    def people(self) -> Snapshot:
        """Registers and rosters as they are now."""
        return Snapshot(
            homes=self._all(lambda uow: uow.homes),
            grids=self._all(lambda uow: uow.grids),
            residents=self._all(lambda uow: uow.residents),
            workers=self._all(lambda uow: uow.workers),
            plan=self._plan(),
            devices=self._all(lambda uow: uow.devices),
        )

    def _plan(self) -> DutyPlan:
        """All that was ever written about who is on duty: a backtest goes far back."""
        with self._store.reading() as uow:
            return uow.people.plan(EPOCH, datetime(LATEST_YEAR, 1, 1, tzinfo=UTC))

    def stretches(self, lead_times: Mapping[str, timedelta], since: datetime) -> list[Stretch]:
        """The log in stretches, each with the kinds that matter there: the nearer to ``since``, the more."""
        cuts = {lead: self._seq_before(since - lead) for lead in set(lead_times.values())}
        begins = {kind: cuts[lead] for kind, lead in lead_times.items()}
        edges = sorted({0, *begins.values(), self.last_seq})
        found = []
        for after, last in pairwise(edges):
            kinds = frozenset(kind for kind, begin in begins.items() if begin <= after)
            if kinds:
                found.append(Stretch(after, last, kinds))
        return found

    def standing(
        self, kinds: Iterable[str], stretches: Sequence[Stretch], resident_ids: Collection[str]
    ) -> list[Event]:
        """The newest events of these kinds, about these residents, from before they are in the stretches,
        ascending.
        """
        found: dict[int, Event] = {}
        for kind in kinds:
            begins = min((each.after for each in stretches if kind in each.kinds), default=self.last_seq)
            if not begins:
                continue
            with self._store.reading() as uow:
                [at] = uow.events.after(begins - 1, 1)
            for resident_id in resident_ids:
                with self._store.reading() as uow:
                    events = uow.events.of_resident(
                        resident_id, [kind], EPOCH, at.received_at + NEWEST_CLAIM, NEWEST_OF_KIND
                    )
                found |= {event.seq: event for event in events if event.seq <= begins}
        return [found[seq] for seq in sorted(found)]

    def pieces(self, stretch: Stretch, without: Collection[str] = ()) -> Iterator[list[Event]]:
        """The events of a stretch, piece by piece, as `EventLog.between` gives them, without those of the
        house's own presses.
        """
        after = stretch.after
        while True:
            with self._store.reading() as uow:
                events = uow.events.between(after, stretch.last, stretch.kinds, PIECE, without)
            if kept := [event for event in events if not event.synthetic]:
                yield kept
            if len(events) < PIECE:
                return
            after = events[-1].seq

    def live(self, since: datetime, until: datetime) -> Live:
        """What was raised within [since, until), and the alerts and notices of that time."""
        window: Filters = {
            "since": since - OLDEST_FINDING,
            "until": until + OLDEST_FINDING,
            "synthetic": False,
        }
        findings = [
            finding
            for finding in self._pages(
                lambda uow: uow.findings.page,
                window,
            )
            if since <= finding.raised_at < until
        ]
        within: Filters = {"since": since, "until": until, "synthetic": False}
        return Live(
            findings,
            self._changes({finding.id for finding in findings}),
            self._pages(lambda uow: uow.alerts.page, within),
            self._pages(lambda uow: uow.notices.page, within),
        )

    def _changes(self, of: set[str]) -> list[FindingChange]:
        found: list[FindingChange] = []
        after = 0
        while of:
            with self._store.reading() as uow:
                changes = uow.findings.changes_after(after, PART)
            found += [change for change in changes if change.finding_id in of]
            if len(changes) < PART:
                break
            after = changes[-1].number
        return found

    def _seq_before(self, instant: datetime) -> int:
        """The ``seq`` before that of the first event received at ``instant`` or after."""
        if self.begins_at is None or instant <= self.begins_at:
            # Stored nearly in the order of reception: the log need not be searched.
            return 0
        with self._store.reading() as uow:
            first = uow.events.first_received(instant)
        return self.last_seq if first is None else min(first.seq - 1, self.last_seq)

    def _all(self, register: Callable[[UnitOfWork], Register[T]]) -> list[T]:
        return self._pages(lambda uow: register(uow).page, {})

    def _pages(
        self, of: Callable[[UnitOfWork], Callable[[Filters, int, int], Page[T]]], filters: Filters
    ) -> list[T]:
        found: list[T] = []
        after: int | None = 0
        while after is not None:
            with self._store.reading() as uow:
                page = of(uow)(filters, after, PART)
            found += page.items
            after = page.next
        return found
