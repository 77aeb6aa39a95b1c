"""The console as a service: the API and the pages on a socket of its own."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.console.app import make_app
from services.console.parts import Console, ConsoleSettings, DeviceCredentials, RulebookStatus, TurnedAway
from services.domain.ports import Clock, Topic
from services.escalation.gathering import Gathering
from services.ingest.decoders import DECODERS
from services.notify.receipts import Receipts
from services.storage.store import SqlStore
from services.wiring import console_parts, ways_out
from services.wiring.broker_side import ExternalSide
from services.wiring.demo import is_invented, logins_of
from services.wiring.ground import READY_SECONDS, STOP_SECONDS, Ground
from services.wiring.observing import Observing
from services.wiring.part import Part
from services.wiring.self_watch.parts import Presser, SelfWatch
from services.wiring.simulated_time import SimulatedTime
from services.wiring.trying import Trying
from services.wiring.version import version
from services.wiring.web import WebServer, bind, http_address


@dataclass(frozen=True, slots=True)
class OtherRooms:
    """What the console hears of the other rooms of its process."""

    rules: Callable[[], Sequence[RulebookStatus]]
    stepper: SimulatedTime | None = None
    turned_away: Callable[[], Sequence[TurnedAway]] = tuple


def listen(ground: Ground) -> tuple[socket.socket, str]:
    """The socket of the console, bound before anything is said of it, and its address."""
    host = ground.settings.http_host
    listener = bind(host, ground.settings.http_port)
    return listener, http_address(host, listener.getsockname()[1])


def make_console(
    ground: Ground,
    store: SqlStore,
    clock: Clock,
    gathering: Gathering,
    door: DeviceCredentials,
    others: OtherRooms,
    observing: Observing,
) -> Console:
    """The console over the parts of this process."""
    settings = ground.settings
    return Console(
        store=store,
        clock=clock,
        new_id=lambda prefix: f"{prefix}_{secrets.token_hex(12)}",
        device_credentials=door,
        gathering=gathering,
        waiter=lambda seconds: ground.signals.wait(Topic.ALERTS, seconds),
        settings=ConsoleSettings(
            version=version(),
            public_url=settings.public_url,
            secure_cookies=settings.public_url.startswith("https://"),
            demo=is_invented(settings.data_dir),
            demo_logins=logins_of(settings.data_dir),
        ),
        stepper=others.stepper,
        health=observing.reasons,
        rules=others.rules,
        turned_away=others.turned_away,
        ecosystems=frozenset(decoder.ecosystem for decoder in DECODERS),
        replay=console_parts.replay_of(store, clock, ground.zone),
        backtest=_trying(ground),
        receipts=Receipts(store, clock, ways_out.carriers(settings), settings.key()),
        registry=observing.registry,
    )


def _trying(ground: Ground) -> Trying:
    trying = Trying(ground.settings)
    ground.ends_with("backtest", trying.stop)
    return trying


def serve(ground: Ground, console: Console, listener: socket.socket) -> None:
    """Answer requests until the end."""
    web = WebServer(make_app(console), listener, ground.settings.trusted_proxies)
    ground.ends_with("web server", web.stop, STOP_SECONDS + 1)
    web.start(READY_SECONDS)


def console_service(ground: Ground, clock: Clock) -> Part:
    """One process of the console."""
    store = ground.open_store()
    listener, http = listen(ground)
    side = ExternalSide(ground, store, clock)
    others = OtherRooms(console_parts.rulebooks_in(store))
    observing = ground.observing(store, clock)
    observing.holdings()
    observing.because(side.faults)
    gathering = ground.gathering(http)
    console = make_console(ground, store, clock, gathering, side.door, others, observing)
    presser = Presser(gathering, side.door, lambda: side.house, ground.roles(store, clock))
    watch = SelfWatch(ground, store, clock, observing, http, presser)
    return Part(
        observing,
        aside={} if watch.room is None else {"self-watch": watch.room},
        watching=watch.watching,
        begin=lambda: serve(ground, console, listener),
        says={"http": http, "mqtt": side.url},
    )
