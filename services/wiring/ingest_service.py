"""Ingest as a service: an inbox at the broker and the loop that stores what comes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.domain.ports import Clock
from services.ingest.mqtt import MqttInbox
from services.ingest.mqtt_session import BrokerAddress
from services.ingest.run import Beside, IngestLoop
from services.wiring import ways_out
from services.wiring.ground import READY_SECONDS, CannotStart, Ground
from services.wiring.neighbours import Neighbours
from services.wiring.part import Part
from services.wiring.self_watch.parts import SelfWatch
from services.wiring.shipped import texts_in
from services.wiring.without_store import WithoutStoreParts


def make_inbox(
    ground: Ground, house: BrokerAddress, clock: Clock, *, shares: bool | None
) -> tuple[MqttInbox, list[Callable[[], None]]]:
    """The inbox, and the list of those whom a message wakes, filled once the beats are there."""
    wakers: list[Callable[[], None]] = []

    def wake() -> None:
        for waker in wakers:
            waker()

    return MqttInbox(house, ground.name, clock=clock, wake=wake, shares=shares), wakers


def start_inbox(ground: Ground, inbox: MqttInbox) -> None:
    """Connect, and disconnect at the end; `CannotStart` if the broker does not answer."""
    inbox.start()
    ground.ending.callback(inbox.stop)
    if not inbox.wait_until_connected(READY_SECONDS):
        raise CannotStart("the broker does not answer", *inbox.faults)


def inbox_faults(inbox: MqttInbox) -> Sequence[str]:
    """What is wrong between the house and its devices now, a sentence each."""
    faults = list(inbox.faults)
    if not inbox.is_connected and not faults:
        faults.append("the house is not connected to the broker")
    return faults


def ingest_service(ground: Ground, clock: Clock) -> Part:
    """One process of ingest, which shares the load with others at the broker."""
    settings = ground.settings
    store = ground.open_store()
    house = BrokerAddress.parse(settings.mqtt_url)
    inbox, wakers = make_inbox(ground, house, clock, shares=settings.mqtt_shared)
    http = f"http://{settings.http_bind}"
    without_store = WithoutStoreParts(
        store,
        clock,
        inbox.unstored,
        ground.gathering(http),
        ways_out.channels(settings, http),
        texts_in(settings.data_dir / "rulebooks"),
    )
    loop = IngestLoop(
        store,
        clock,
        inbox,
        inbox,
        ground.zone,
        beside=Beside(
            told=without_store.told, reached=ground.reached(), is_connected=lambda: inbox.is_connected
        ),
    )
    roles = ground.roles(store, clock) if settings.mqtt_shared else None
    neighbours = None if roles is None else Neighbours(roles, inbox)

    def begin() -> None:
        if neighbours is not None:
            neighbours.begin()
        start_inbox(ground, inbox)
        ground.start_without_store(without_store)

    observing = ground.observing(store, clock)
    observing.ingest(loop, inbox)
    observing.because(lambda: inbox_faults(inbox), "broker")
    observing.because(without_store.faults, "telling without the store")
    watch = SelfWatch(ground, store, clock, observing, http)
    return Part(
        observing,
        {"ingest": loop},
        watching=watch.watching,
        begin=begin,
        wakers=wakers,
        aside={} if neighbours is None else {"neighbours": neighbours},
    )
