"""The rooms of one house, assembled on a store, a clock and the ways in and out.

The product and the stories build their rooms here, so that a story runs on the very wiring that runs at a
county's.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta

from services.domain.crash_points import Reached, goes_on
from services.domain.ports import (
    Clock,
    NobodyTold,
    Publisher,
    RulebookTexts,
    Signals,
    Store,
    ToldWithoutStore,
)
from services.domain.stepping import Room
from services.escalation.gathering import Gathering
from services.ingest.messages import Inbox
from services.ingest.run import Beside, IngestLoop
from services.notify.channels.channel import Channels
from services.notify.delivery import DeliveryLoop
from services.notify.run import AlertLoop
from services.rules.run import RulesLoop
from services.wiring.at_once import AtOnce

STORING_FOR = timedelta(seconds=1)
"""How long an event may be under way between its `received_at` and its commit; a batch takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The ways in and out: messages of devices, words to devices, channels to people.

    Without a pool a send is done before its step ends, as simulated time needs it. ``told`` knows who was
    told of what could not be stored.
    """

    inbox: Inbox
    publisher: Publisher
    channels: Channels
    pool: Executor | None = None
    told: ToldWithoutStore = field(default_factory=NobodyTold)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the rooms work: in real time or on a clock that is moved, and who hears of the crash points that
    they pass.
    """

    in_real_time: bool = False
    reached: Reached = goes_on


@dataclass(frozen=True, slots=True)
class Rooms:
    """The loops, in the order in which a press walks through them."""

    ingest: IngestLoop
    rules: RulesLoop
    alerts: AlertLoop
    delivery: DeliveryLoop

    def by_name(self) -> Mapping[str, Room]:
        return {"ingest": self.ingest, "rules": self.rules, "alerts": self.alerts, "delivery": self.delivery}


def build_rooms(
    store: Store,
    clock: Clock,
    outside: Outside,
    rulebooks: RulebookTexts,
    gathering: Gathering,
    signals: Signals | None = None,
    manner: Manner | None = None,
) -> Rooms:
    """The rooms on what the wiring hands in.

    In real time a deadline waits for what the broker kept while the house was down, and for what is being
    stored at its very instant; simulated time moves only when both are in.
    """
    manner = manner or Manner()
    reached, in_real_time = manner.reached, manner.in_real_time
    zone = gathering.house.timezone
    rules = RulesLoop(
        store,
        clock,
        rulebooks,
        zone,
        grace_for=STORING_FOR if in_real_time else timedelta(0),
        waits_for_backlog=in_real_time,
        reached=reached,
    )
    alerts = AlertLoop(store, clock, gathering, reached=reached)
    delivery = DeliveryLoop(
        store,
        clock,
        gathering,
        outside.channels,
        outside.publisher,
        outside.pool,
        signals=signals,
        reached=reached,
    )
    beside = Beside(AtOnce(rules, alerts, delivery), outside.told, reached)
    ingest = IngestLoop(store, clock, outside.inbox, outside.publisher, zone, beside=beside)
    return Rooms(ingest, rules, alerts, delivery)
