"""What the rules read and remember: the event log, their states, cursors, findings and rulebooks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from services.domain.events import Event
from services.domain.findings import Finding, FindingChange
from services.domain.ports.lists import Filters, Page
from services.domain.records import FileMark, RulebookRevision, StandingFault
from services.domain.values import value


@value(frozen=True, slots=True)
class Stored:
    """What became of one event that was given to the store."""

    event: Event
    """As stored: with its ``seq``; for a duplicate the one stored before."""
    is_new: bool


class EventLog(Protocol):
    """The events in the order of storing."""

    def append(self, events: Sequence[Event]) -> list[Stored]:
        """Store events, in this order, each once by ``dedupe_key``; the answer is as long as the question.

        ``seq`` grows in the order of commit: a reader who has seen n never later finds a smaller one.
        """
        ...

    def after(self, seq: int, limit: int, *, only_alarms: bool = False) -> list[Event]:
        """Up to ``limit`` events with a greater ``seq``, ascending."""
        ...

    def get(self, event_id: str) -> Event | None:
        """One event by its id."""
        ...

    def many(self, event_ids: Iterable[str]) -> dict[str, Event]:
        """Events by id; unknown ids are left out."""
        ...

    def with_device_event_id(self, device_id: str, device_event_id: str) -> list[Event]:
        """All events of a device that bear its own id, ascending; for telling a re-send from a reused id."""
        ...

    def bearing(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Event]]:
        """`with_device_event_id` for many (device id, device's event id) at once; what is not there is left
        out.
        """
        ...

    def newest_of_kind(self, device_id: str, kind: str) -> Event | None:
        """The newest stored event of a kind from a device; for telling a repeat without an id."""
        ...

    def of_key(
        self,
        since: datetime,
        *,
        resident_id: str | None = None,
        device_id: str | None = None,
        kinds: Iterable[str] | None = None,
    ) -> list[Event]:
        """Events of a resident or device with ``received_at`` ≥ since, ascending by ``seq``; for warming a
        rule. With ``kinds`` those of these kinds alone.
        """
        ...

    def of_resident(
        self, resident_id: str, kinds: Iterable[str], since: datetime, until: datetime, limit: int
    ) -> list[Event]:
        """Events of a resident with since ≤ ``occurred_at`` < until: of each kind the newest ``limit``.

        Ascending by (``occurred_at``, ``seq``). It costs what it answers, however long the resident has been
        watched over and whatever else their devices report.
        """
        ...

    def last_seq(self) -> int:
        """The greatest ``seq`` stored, 0 for none."""
        ...

    def first_received(self, since: datetime) -> Event | None:
        """The event with the smallest ``seq`` whose ``received_at`` ≥ since; it may read the whole log."""
        ...

    def between(
        self, after: int, last: int, kinds: Iterable[str], limit: int, without: Collection[str] = ()
    ) -> list[Event]:
        """Up to ``limit`` events of these kinds with after < ``seq`` ≤ last, ascending; for going over the
        log in short readings. What devices said of the residents ``without`` is left out.
        """
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Event]:
        """For lists: by ``resident_id``, ``device_id``, ``kind``, ``origin``, ``since``, ``until`` (of
        `occurred_at`), ``synthetic``.

        Register kinds are left out unless ``kind`` or ``origin`` asks for them.
        """
        ...


class StateKey(NamedTuple):
    """Whose state it is: a rule (``home-beds/call``, or a name of the engine's own such as ``bed``) and its
    key.
    """

    rule: str
    key: str


@value(frozen=True, slots=True)
class StoredState:
    """A rule's state for one key, as stored: a versioned JSON text and the deadline column."""

    at: StateKey
    version: int
    body: str
    due_at: datetime | None


class StateStore(Protocol):
    """What the rules remember; only the active rules runner writes it."""

    def load(self, keys: Iterable[StateKey]) -> dict[StateKey, StoredState]:
        """States by key; unknown ones are left out."""
        ...

    def load_for(self, key: str) -> list[StoredState]:
        """Every state whose ``at.key`` is ``key`` or begins with ``key + '/'``."""
        ...

    def due(self, until: datetime, limit: int) -> list[StoredState]:
        """Up to ``limit`` states with ``due_at`` ≤ until, by (due_at, rule, key)."""
        ...

    def next_due_at(self) -> datetime | None:
        """The nearest deadline of all."""
        ...

    def save(self, states: Iterable[StoredState]) -> None:
        """Insert or replace."""
        ...

    def delete(self, keys: Iterable[StateKey]) -> None:
        """Forget; unknown keys are no error."""
        ...

    def delete_rule(self, rule: str) -> None:
        """Forget all keys of a rule."""
        ...


class Cursors(Protocol):
    """How far each loop has read."""

    def get(self, name: str) -> int:
        """0 if it never read."""
        ...

    def set(self, name: str, value: int) -> None:
        """Store with the transaction."""
        ...


class Findings(Protocol):
    """Findings and their changes."""

    def add(self, findings: Iterable[Finding]) -> list[Finding]:
        """Store those whose id is not stored yet; answers the new ones, numbered."""
        ...

    def change(self, changes: Iterable[FindingChange]) -> None:
        """Set the new state and store the change for whoever reads `changes_after`."""
        ...

    def after(self, number: int, limit: int, *, only_alarms: bool = False) -> list[Finding]:
        """Ascending by number."""
        ...

    def changes_after(self, number: int, limit: int) -> list[FindingChange]:
        """Ascending by number."""
        ...

    def get(self, finding_id: str) -> Finding | None:
        """One finding."""
        ...

    def many(self, finding_ids: Iterable[str]) -> dict[str, Finding]:
        """Findings by id; unknown ids are left out."""
        ...

    def alert_ids(self, finding_ids: Iterable[str]) -> dict[str, str]:
        """Which Alert each Finding is a fact of."""
        ...

    def last_number(self) -> int:
        """The number of the newest Finding, 0 for none."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Finding]:
        """By ``resident_id``, ``device_id``, ``rule``, ``state``, ``severity``, ``since``, ``until`` (of
        `at`), ``synthetic``.
        """
        ...


class Rulebooks(Protocol):
    """The revisions of the rulebooks that were ever active."""

    def latest(self) -> list[RulebookRevision]:
        """The newest revision of each rulebook."""
        ...

    def add(self, revision: RulebookRevision) -> None:
        """Store a new revision."""
        ...

    def heads(self) -> dict[str, int]:
        """The number of the newest revision of each rulebook; asked each second, so it reads no text."""
        ...

    def get(self, rulebook: str, revision: int) -> RulebookRevision | None:
        """One revision."""
        ...

    def bearing(self, rulebook: str, content_hash: str) -> RulebookRevision | None:
        """The newest revision of a rulebook that has this content."""
        ...

    def page(self, rulebook: str, after: int, limit: int) -> Page[RulebookRevision]:
        """The revisions of a rulebook, ascending; the cursor is the revision's number."""
        ...

    def faults(self) -> list[StandingFault]:
        """What is wrong now, in the order in which it was said."""
        ...

    def set_faults(self, faults: Iterable[StandingFault]) -> None:
        """What is wrong from now on, in the place of what was."""
        ...


class RulebookDesk(Protocol):
    """The folder in which people save rulebooks. The store says what is at work; the folder follows it."""

    def marks(self) -> Mapping[str, FileMark] | None:
        """What each file held when it was last in step; None if nobody ever noted it. OSError if the folder
        cannot be read.
        """
        ...

    def write(self, texts: Mapping[str, str | None], found: Mapping[str, str]) -> None:
        """Write files, None takes one away, each whole or not at all; a file that is not as it was ``found``
        is left alone. OSError if that cannot be done.
        """
        ...

    def note(self, marks: Mapping[str, FileMark]) -> None:
        """Keep the marks for the next start. OSError if that cannot be done."""
        ...


RulebookTexts = Callable[[], Mapping[str, str]]
"""The rulebooks as they lie there now: file name → text. Raises OSError if the folder cannot be read."""
