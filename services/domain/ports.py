"""Ports: what the rooms ask of the outside, as protocols. One contract suite each, run on every implementation.

The loops and the console speak to storage, clock and broker through these and nothing else. All instants are aware UTC.
Every collection of stored things is in the order of its ``number``, and a page names the cursor for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from services.domain.access import AccessToken, SignIn
from services.domain.alerts import Alert, AlertChange
from services.domain.circle import Circle
from services.domain.devices import Device
from services.domain.events import Event, Json
from services.domain.findings import Finding, FindingChange
from services.domain.homes import Grid, Home
from services.domain.notices import Attempt, DeviceCommand, Notice
from services.domain.people import Resident, Shift, Team, User, Worker
from services.domain.records import AuditEntry, Quarantined, RememberedAnswer, RulebookRevision

T = TypeVar("T")
Filters = Mapping[str, Json]
"""Field name → value; ``since`` (inclusive) and ``until`` (exclusive) take datetimes. An unknown name: ValueError."""


class Conflict(Exception):
    """Somebody else changed the row since it was read; read again and decide again."""


class AlreadyThere(Exception):
    """A row with the same unique key is stored; ``field`` names the key, e.g. ``external_id``."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class StoreUnavailable(Exception):
    """The store cannot be written or read now (locked for too long, full disk, server gone). Nothing was committed."""


class Clock(Protocol):
    """The one source of the present."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Topic(StrEnum):
    """What a commit may wake."""

    EVENTS = "events"
    FINDINGS = "findings"
    NOTICES = "notices"
    ALERTS = "alerts"


class Signals(Protocol):
    """Wakes whoever waits for a topic. Losing a wake is harmless: a poll each second is the truth."""

    def wake(self, topic: Topic) -> None:
        """Wake the waiters of ``topic``; never blocks."""
        ...


class Publisher(Protocol):
    """Publishes to the broker."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Hand a QoS 1, not retained message to the broker's connection; raises `BrokerUnavailable` when there is none."""
        ...


class BrokerUnavailable(Exception):
    """There is no connection to the broker now."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list; ``next`` is the cursor after its last item, None at the end."""

    items: tuple[T, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
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

    def newest_of_kind(self, device_id: str, kind: str) -> Event | None:
        """The newest stored event of a kind from a device; for telling a repeat without an id."""
        ...

    def of_key(self, since: datetime, *, resident_id: str | None = None, device_id: str | None = None) -> list[Event]:
        """Events of a resident or device with ``received_at`` ≥ since, ascending by ``seq``; for warming a rule."""
        ...

    def last_seq(self) -> int:
        """The greatest ``seq`` stored, 0 for none."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Event]:
        """For lists: by ``resident_id``, ``device_id``, ``kind``, ``origin``, ``since``, ``until`` (of `occurred_at`), ``synthetic``.

        Register kinds are left out unless ``kind`` or ``origin`` asks for them.
        """
        ...


@dataclass(frozen=True, slots=True)
class StateKey:
    """Whose state it is: a rule (``home-beds/call``, or a name of the engine's own such as ``bed``) and its key."""

    rule: str
    key: str


@dataclass(frozen=True, slots=True)
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

    def after(self, number: int, limit: int) -> list[Finding]:
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

    def page(self, filters: Filters, after: int, limit: int) -> Page[Finding]:
        """By ``resident_id``, ``device_id``, ``rule``, ``state``, ``severity``, ``since``, ``until`` (of `at`), ``synthetic``."""
        ...


class Alerts(Protocol):
    """Alerts and their changes."""

    def add(self, alert: Alert, changes: Sequence[AlertChange]) -> Alert:
        """Store a new Alert with its first changes; at most one running a (kind, subject), else `Conflict`."""
        ...

    def save(self, alert: Alert, changes: Sequence[AlertChange]) -> Alert:
        """Store the moved Alert and its changes if its ``version`` is still the stored one, else `Conflict`."""
        ...

    def get(self, alert_id: str) -> Alert | None:
        """One Alert with its facts."""
        ...

    def running(self, kind: str, subject: str) -> Alert | None:
        """The running Alert of a (kind, subject)."""
        ...

    def running_for(self, resident_ids: Iterable[str]) -> dict[str, list[Alert]]:
        """All running Alerts by resident."""
        ...

    def with_fact(self, finding_id: str) -> Alert | None:
        """The Alert that a Finding is a fact of."""
        ...

    def running_with_device(self, device_id: str) -> list[Alert]:
        """Running Alerts one of whose facts came from the device."""
        ...

    def due(self, until: datetime, limit: int) -> list[Alert]:
        """Running Alerts with a deadline ≤ until, by (next_due_at, number)."""
        ...

    def next_due_at(self) -> datetime | None:
        """The nearest deadline of all running Alerts."""
        ...

    def changes(self, alert_id: str) -> list[AlertChange]:
        """All moves of one Alert, ascending."""
        ...

    def changes_after(self, number: int, limit: int) -> list[AlertChange]:
        """Moves of all Alerts, ascending; the live stream reads these."""
        ...

    def last_change(self) -> int:
        """The number of the newest move, 0 for none."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Alert]:
        """By ``resident_id``, ``device_id``, ``kind``, ``state`` (or ``running``), ``severity``, ``since``, ``until`` (of `opened_at`), ``synthetic``."""
        ...


class Notices(Protocol):
    """Notices, Attempts and device commands: the outbox."""

    def add(self, notices: Iterable[Notice]) -> list[Notice]:
        """Store those whose id is not stored yet; answers the new ones, numbered."""
        ...

    def lease(self, until: datetime, lease_for: timedelta, limit: int) -> list[Notice]:
        """Win up to ``limit`` due notices with ``next_attempt_at`` ≤ until, high ones first, by a conditional update.

        A won row's ``next_attempt_at`` becomes until + lease_for, so that nobody else takes it before the lease is over.
        """
        ...

    def next_due_at(self) -> datetime | None:
        """The nearest ``next_attempt_at`` of a due notice."""
        ...

    def save(self, notice: Notice) -> None:
        """Store state, reason, ``next_attempt_at`` and ``sent_at``."""
        ...

    def get(self, notice_id: str) -> Notice | None:
        """One notice."""
        ...

    def of_alert(self, alert_id: str) -> list[Notice]:
        """All notices of an Alert, ascending."""
        ...

    def start(self, attempt: Attempt) -> Attempt:
        """Write the row before the send."""
        ...

    def finish(self, attempt: Attempt) -> None:
        """Write its end."""
        ...

    def attempts(self, notice_ids: Iterable[str]) -> list[Attempt]:
        """All attempts of some notices, ascending."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Notice]:
        """By ``alert_id``, ``worker_id``, ``state``, ``kind``, ``severity``, ``since``, ``until`` (of `created_at`), ``synthetic``."""
        ...

    def attempts_page(self, filters: Filters, after: int, limit: int) -> Page[Attempt]:
        """By ``notice_id``, ``alert_id``, ``channel``, ``result``, ``since``, ``until`` (of `started_at`)."""
        ...

    def add_commands(self, commands: Iterable[DeviceCommand]) -> None:
        """Store those whose id is not stored yet."""
        ...

    def commands_due(self, limit: int) -> list[DeviceCommand]:
        """Commands that are not published yet, ascending."""
        ...

    def command_published(self, command_id: str, at: datetime) -> None:
        """Note that a command went out."""
        ...


class Register(Protocol[T]):
    """A collection of things that people keep: homes, residents, workers, …"""

    def add(self, thing: T) -> T:
        """Store a new one; a clash of a unique key: `AlreadyThere`."""
        ...

    def save(self, thing: T) -> T:
        """Replace the stored one of the same id."""
        ...

    def get(self, thing_id: str) -> T | None:
        """One by its id."""
        ...

    def all(self) -> list[T]:
        """All of them, in the order of storing."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[T]:
        """By any plain field of the thing (equality)."""
        ...


class Devices(Register[Device], Protocol):
    """Devices; (ecosystem, external_id) is unique among those not retired."""

    def by_external_id(self, ecosystem: str, external_id: str) -> Device | None:
        """The device of that name on the wire, retired ones too if no other bears it."""
        ...

    def of_resident(self, resident_id: str) -> list[Device]:
        """Devices that belong to a resident."""
        ...

    def seen(self, device_id: str, at: datetime) -> None:
        """Note the newest sign of life; the first one makes a registered device live."""
        ...


class People(Protocol):
    """What the loops ask about people; the console uses the registers."""

    def circle(self, *, resident_id: str | None, device_id: str | None, home_id: str | None, at: datetime) -> Circle:
        """The people around a subject at an instant, looked up afresh."""
        ...


class Shifts(Register[Shift], Protocol):
    """The roster."""

    def remove(self, shift_id: str) -> bool:
        """Take a shift out; False if there was none."""
        ...


class Users(Register[User], Protocol):
    """Logins; ``username`` is unique."""

    def by_username(self, username: str) -> User | None:
        """The login of that name."""
        ...


class Access(Protocol):
    """Bearer tokens and sessions, stored hashed (SHA-256 of the opaque secret)."""

    def add_token(self, token: AccessToken) -> None:
        """Store a token."""
        ...

    def token(self, secret_hash: str) -> AccessToken | None:
        """The token with that hash, if it was not revoked."""
        ...

    def revoke_token(self, token_id: str, at: datetime) -> bool:
        """End a token; False if there was none."""
        ...

    def add_session(self, session: SignIn) -> None:
        """Store a session."""
        ...

    def session(self, secret_hash: str) -> SignIn | None:
        """The session with that hash."""
        ...

    def end_session(self, secret_hash: str) -> None:
        """Forget a session; unknown is no error."""
        ...

    def end_sessions_of(self, user_id: str) -> None:
        """Forget all sessions of a user."""
        ...


class Quarantine(Protocol):
    """Messages that could not be read, kept with their bytes."""

    def add(self, entries: Iterable[Quarantined]) -> None:
        """Store, counting up where (topic, reason, payload) is there already."""
        ...

    def get(self, entry_id: str) -> Quarantined | None:
        """One entry."""
        ...

    def save(self, entry: Quarantined) -> None:
        """Replace, e.g. as replayed."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Quarantined]:
        """By ``topic``, ``reason``, ``external_id``."""
        ...


class Audit(Protocol):
    """Who did what."""

    def add(self, entry: AuditEntry) -> None:
        """Append."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[AuditEntry]:
        """By ``actor``, ``action``, ``object_id``, ``since``, ``until``."""
        ...


class Remembered(Protocol):
    """Answers by Idempotency-Key, kept for a day."""

    def get(self, key: str) -> RememberedAnswer | None:
        """The answer that was given to this key."""
        ...

    def add(self, answer: RememberedAnswer) -> None:
        """Remember; a key that is there already: `AlreadyThere`."""
        ...


class Rulebooks(Protocol):
    """The revisions of the rulebooks that were ever active."""

    def latest(self) -> list[RulebookRevision]:
        """The newest revision of each rulebook."""
        ...

    def add(self, revision: RulebookRevision) -> None:
        """Store a new revision."""
        ...


class UnitOfWork(Protocol):
    """One transaction over all collections. Nothing is visible to others before the commit on a clean exit."""

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
    devices: Devices
    users: Users
    access: Access
    people: People
    quarantine: Quarantine
    audit: Audit
    remembered: Remembered
    rulebooks: Rulebooks

    def wake_after(self, topic: Topic) -> None:
        """Wake the waiters of ``topic`` once this transaction is committed."""
        ...


class Store(Protocol):
    """Opens units of work."""

    def writing(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction that may write; commits on a clean exit, else rolls back. `StoreUnavailable` if it cannot."""
        ...

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """A consistent view; what it writes is thrown away."""
        ...


RulebookTexts = Callable[[], Mapping[str, str]]
"""The rulebooks as they lie there now: file name → text. Raises OSError if the folder cannot be read."""
