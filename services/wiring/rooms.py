"""The rooms of one process, assembled on a store, a clock and the ways in and out.

The product and the stories build their rooms here, so that a story runs on the very wiring that runs at a
county's. A process with all rooms lets what follows from a press be stored with it; between processes each
room finds by itself what the one before it stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.crash_points import Reached, goes_on
from services.domain.ports import (
    Answering,
    Clock,
    Following,
    NobodyTold,
    Publisher,
    RulebookDesk,
    RulebookTexts,
    Signals,
    Store,
    ToldWithoutStore,
    UnitOfWork,
)
from services.domain.stepping import Room
from services.escalation.gathering import Gathering
from services.ingest.messages import Inbox
from services.ingest.run import Beside, IngestLoop
from services.notify.channels.channel import Channels
from services.notify.delivery import DeliveryLoop
from services.notify.run import AlertLoop
from services.notify.throttling import UNTHROTTLED, Throttle
from services.rules.run import RulesLoop
from services.rules.status import BookStatus
from services.wiring.at_once import AtOnce
from services.wiring.delivering import BesideOthers, SpeaksWhileLeading
from services.wiring.leading import Led, Own, Runner, Shared

RULES = "rules"
ALERTS = "alerts"
"""Roles that one process has."""
STORING_FOR = timedelta(seconds=1)
"""How long an event may be under way between its `received_at` and its commit; a batch takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The ways in and out: messages of devices, words to devices, channels to people.

    Without a pool a send is done before its step ends, as simulated time needs it. ``told`` knows who was
    told of what could not be stored.
    """

    inbox: Inbox
    publisher: Answering
    channels: Channels
    pool: Executor | None = None
    told: ToldWithoutStore = field(default_factory=NobodyTold)
    is_connected: Callable[[], bool] | None = None
    """Whether messages of devices can come in now; None where that is never in doubt."""
    throttle: Throttle = UNTHROTTLED


def as_it_is(following: Following) -> Following:
    """Put nothing around what follows from a batch."""
    return following


def never() -> datetime | None:
    """The deadlines of rules are met by the rules' own loop."""
    return None


@dataclass(frozen=True, slots=True)
class Manner:
    """How the rooms work: in real time or on a clock that is moved; who hears of the crash points that they
    pass; with roles to be had, where other processes may work on the store.
    """

    reached: Reached = goes_on
    roles: Shared | None = None
    in_real_time: bool = False
    desk: RulebookDesk | None = None
    """The folder of the rulebooks, where the house may write into it."""
    follows: Callable[[Following], Following] = as_it_is
    """What is put around what follows from a batch of messages."""
    until: Callable[[], datetime | None] = never
    """Up to when deadlines of rules are met with the batch that is stored; None: with none."""


@dataclass(frozen=True, slots=True)
class WaysOut:
    """The ways out alone, for a process in which nothing comes in."""

    publisher: Publisher
    channels: Channels
    pool: Executor | None = None
    throttle: Throttle = UNTHROTTLED


@dataclass(frozen=True, slots=True)
class Telling:
    """The two rooms that lead from a finding to a person."""

    alerts: Runner[AlertLoop]
    delivery: DeliveryLoop
    room: Room
    """Delivery as it works beside others, where there may be others."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The loops, in the order in which a press walks through them."""

    ingest: IngestLoop
    rules: Runner[RulesLoop]
    telling: Telling

    def by_name(self) -> Mapping[str, Room]:
        return {
            "ingest": self.ingest,
            "rules": self.rules,
            "alerts": self.telling.alerts,
            "delivery": self.telling.room,
        }


def build_rules(
    store: Store,
    clock: Clock,
    rulebooks: RulebookTexts,
    zone: ZoneInfo,
    manner: Manner,
) -> Runner[RulesLoop]:
    """The rules. In real time a deadline waits for what the broker kept while the house was down, and for
    what is being stored at its very instant; simulated time moves only when both are in.
    """

    def make(on: Store) -> RulesLoop:
        return RulesLoop(
            on,
            clock,
            rulebooks,
            zone,
            grace_for=STORING_FOR if manner.in_real_time else timedelta(0),
            waits_for_backlog=manner.in_real_time,
            reached=manner.reached,
            desk=manner.desk,
        )

    return Own(make(store)) if manner.roles is None else manner.roles.led(RULES, make)


def books_at_work(rules: Runner[RulesLoop]) -> Callable[[], Sequence[BookStatus]]:
    """The rulebooks at work in this process; none while it stands by."""

    def books() -> Sequence[BookStatus]:
        return () if rules.current is None else rules.current.status()

    return books


def build_telling(
    store: Store,
    clock: Clock,
    gathering: Gathering,
    ways: WaysOut,
    signals: Signals | None,
    manner: Manner,
) -> Telling:
    """Alerts and delivery. Where the store is shared, devices hear the process that leads the alerts."""

    def make(on: Store) -> AlertLoop:
        return AlertLoop(on, clock, gathering, reached=manner.reached)

    def deliver(through: Publisher) -> DeliveryLoop:
        return DeliveryLoop(
            store,
            clock,
            gathering,
            ways.channels,
            through,
            ways.pool,
            signals=signals,
            throttle=ways.throttle,
            reached=manner.reached,
        )

    roles = manner.roles
    if roles is None:
        delivery = deliver(ways.publisher)
        return Telling(Own(make(store)), delivery, delivery)
    alerts = roles.led(ALERTS, make)
    leading = SpeaksWhileLeading(ways.publisher, lambda: alerts.claim.stands)
    delivery = deliver(leading)
    return Telling(alerts, delivery, BesideOthers(roles, delivery))


def build_rooms(
    store: Store,
    clock: Clock,
    outside: Outside,
    rulebooks: RulebookTexts,
    gathering: Gathering,
    signals: Signals | None = None,
    manner: Manner | None = None,
) -> Rooms:
    """All rooms on what the wiring hands in."""
    manner = manner or Manner()
    zone = gathering.house.timezone
    rules = build_rules(store, clock, rulebooks, zone, manner)
    ways = WaysOut(outside.publisher, outside.channels, outside.pool, outside.throttle)
    telling = build_telling(store, clock, gathering, ways, signals, manner)
    following = manner.follows(WhileLeading(rules, telling, manner.until))
    beside = Beside(following, outside.told, manner.reached, outside.is_connected)
    ingest = IngestLoop(store, clock, outside.inbox, outside.publisher, zone, beside=beside)
    return Rooms(ingest, rules, telling)


class WhileLeading:
    """What follows from a press, stored with it while this process has the rules and the alerts."""

    def __init__(
        self, rules: Runner[RulesLoop], telling: Telling, until: Callable[[], datetime | None] = never
    ) -> None:
        self._rules = rules
        self._until = until
        self._telling = telling
        self._claims = [each.claim for each in (rules, telling.alerts) if isinstance(each, Led)]

    def __call__(self, uow: UnitOfWork) -> Callable[[], None]:
        rules, alerts = self._rules.current, self._telling.alerts.current
        if rules is None or alerts is None or not all(claim.holds(uow) for claim in self._claims):
            return _nothing
        return AtOnce(rules, alerts, self._telling.delivery, self._until())(uow)


def _nothing() -> None:
    """All there is to do while another process has one of the roles."""
