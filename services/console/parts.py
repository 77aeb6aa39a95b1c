"""Parts: what the wiring hands to the console, and the small ports the console asks of other rooms.

The console reaches storage, broker, rules and clock through these alone. It must never build one of them
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry

from services.domain.backtests import Backtesting
from services.domain.devices import Device, Ecosystem
from services.domain.identity import NewId
from services.domain.people import Role
from services.domain.ports import Clock, Store
from services.domain.receipts import ReceiptDoor
from services.escalation.gathering import Gathering
from services.escalation.scene import House
from services.rules.rulebook import Rule


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Somebody whom the broker turned away: at its door, or, let in, from a topic that is not theirs."""

    name: str
    """The user name that they gave, which a device's ``external_id`` is; or the name in the topic."""
    at: datetime
    from_topic: bool = False


class DeviceCredentials(Protocol):
    """The broker's side of a device: whether it can carry a name, and with which password it is let in."""

    @property
    def url(self) -> str:
        """Where native devices connect, e.g. ``mqtt://192.0.2.1:1883``."""
        ...

    def carries(self, external_id: str) -> str | None:
        """None if the configured broker can carry the name, else why not, in words for a technician."""
        ...

    def issue(self, device: Device) -> tuple[str, str]:
        """A new password and its hash; the caller stores the hash in `Device.credential_hash`."""
        ...

    def devices_changed(self) -> None:
        """Called after each commit that made, changed or revoked credentials: the broker reads them anew."""
        ...


@dataclass(frozen=True, slots=True)
class Stepped:
    """Where a stepped clock stands after an advance, and what came of the way there."""

    now: datetime
    findings: int
    notices: int


@dataclass(frozen=True, slots=True)
class Journey:
    """How far a stepped clock is to move. ``as_claimed_until``: what devices say from now on of a time after
    the clock's and up to this instant arrives when time comes there; None: when it is received. With
    ``stops_when_told`` time stops at the first instant at which anybody was told of something.
    """

    to: datetime
    as_claimed_until: datetime | None = None
    stops_when_told: bool = False


class Stepper(Protocol):
    """Moves simulated time; there is one only where the clock is a stepped one."""

    def advance(self, journey: Journey) -> Stepped:
        """Meet every deadline on the way in order; answers when all that follows is done."""
        ...


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong with a rulebook or one of its rules, as the rules room says it."""

    rule: str | None
    field: str
    found: str
    expected: str
    file: str | None = None
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """One loaded rule: what it is, and whether it works now."""

    id: str
    title: Mapping[str, str]
    trigger: str
    severity: str
    enabled: bool = True
    available: bool = True
    fault: str | None = None
    quota: Rule | None = None
    """The rule itself where it is a quota: what is still owed is reckoned by it."""
    rule: Rule | None = None
    """The rule itself, for what may be overridden in it."""
    why: Mapping[str, str] = field(default_factory=dict)
    """What it means for whoever is called, by language."""


@dataclass(frozen=True, slots=True)
class RulebookStatus:
    """One rulebook as it lies there: the revision that works and the faults of a refused newer one."""

    name: str
    revision: int
    content_hash: str
    active_since: datetime | None
    rules: tuple[RuleStatus, ...] = ()
    faults: tuple[RuleFault, ...] = ()


class Waiter(Protocol):
    """Waits for the next commit that moved an Alert (`Topic.ALERTS`)."""

    def __call__(self, seconds: float) -> bool:
        """Block at most ``seconds``; True if there was a commit meanwhile. A missed one is harmless: the
        stream reads the store after each wait, whatever this answers.
        """
        ...


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What of the settings the console needs."""

    version: str = "0"
    public_url: str = ""
    """Address of the console as people reach it; empty: as the request says."""
    secure_cookies: bool = False
    """Send the session cookie over TLS only; set where the console stands behind TLS."""
    demo: bool = False
    """Invented people only: every page says so."""
    demo_logins: Mapping[str, Role] = field(default_factory=dict)
    """Names of a demonstration's logins, for the page where people sign in; never a password."""


@dataclass(frozen=True)
class Console:
    """Everything the console works with."""

    store: Store
    clock: Clock
    new_id: NewId
    device_credentials: DeviceCredentials
    gathering: Gathering
    """Looks up what escalation has to see, with the facts and the policies of this installation."""
    waiter: Waiter
    settings: ConsoleSettings = field(default_factory=ConsoleSettings)
    stepper: Stepper | None = None
    health: Callable[[], Sequence[str]] = tuple
    """Reasons why the house is not ready, none if it is."""
    rules: Callable[[], Sequence[RulebookStatus]] = tuple
    ecosystems: frozenset[Ecosystem] = frozenset({Ecosystem.NATIVE})
    """Whose messages this house can read: a device of another one can be registered and is never heard."""
    turned_away: Callable[[], Sequence[TurnedAway]] = tuple
    """Whom the broker turned away lately, ascending by time; empty where it keeps that to itself."""
    replay: Callable[[str], bool] | None = None
    """Takes a quarantined message in again by its id; True if it became an event."""
    backtest: Backtesting | None = None
    """Tries a rulebook on the stored history."""
    receipts: ReceiptDoor | None = None
    """Where carriers bring receipts of the messages that they took."""
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    """Where the counters of this process are kept; `/metrics` shows all of it."""

    @property
    def house(self) -> House:
        """Zone, language, last resort and link of this installation."""
        return self.gathering.house
