"""Notify as a service: alerts, led by one process, and deliveries, by each."""

from __future__ import annotations

from services.domain.ports import Clock
from services.ingest.mqtt_session import BrokerAddress, Session
from services.wiring import ways_out
from services.wiring.clock import stopwatch
from services.wiring.ground import Ground
from services.wiring.part import Part
from services.wiring.rooms import Manner, WaysOut, build_telling
from services.wiring.self_watch.parts import SelfWatch
from services.wiring.self_watch.presser_alive import PresserAlive
from services.wiring.senders import Senders


def notify_service(ground: Ground, clock: Clock) -> Part:
    """One process of notify. It tells people also while the broker is away; commands to devices wait."""
    settings = ground.settings
    store = ground.open_store()
    http = f"http://{settings.http_bind}"
    voice = Session(
        BrokerAddress.parse(settings.mqtt_url),
        f"{ground.name}-commands",
        None,
        clock=clock,
        arrived=lambda _message: None,
    )
    telling = build_telling(
        store,
        clock,
        ground.gathering(http),
        WaysOut(voice, ways_out.channels(settings, http), Senders(), ways_out.throttle(settings)),
        ground.signals,
        Manner(ground.reached(), ground.roles(store, clock), in_real_time=True),
    )
    ground.say_what_is_missing()

    def begin() -> None:
        voice.start()
        ground.ending.callback(voice.stop)

    observing = ground.observing(store, clock)
    observing.telling()
    observing.because(lambda: [voice.fault] if voice.fault else [], "broker")
    presser = PresserAlive(store, stopwatch)
    watch = SelfWatch(ground, store, clock, observing, http, alive=presser)
    return Part(
        observing,
        {"alerts": telling.alerts, "delivery": telling.room},
        begin=begin,
        aside={"presser": presser},
        watching=watch.watching,
    )
