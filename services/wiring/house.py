"""The house: all services of one installation in one process, started and ended in order.

It puts the parts together and takes them apart again. It decides nothing about events, alerts or people.
"""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.console.app import make_app
from services.console.parts import Console, ConsoleSettings
from services.domain.ports import Topic
from services.domain.stepping import Room
from services.escalation.gathering import Gathering
from services.ingest.mqtt import MqttInbox
from services.ingest.mqtt_session import BrokerAddress
from services.storage.store import SqlStore
from services.wiring import console_parts, ways_out
from services.wiring.beats import Beat, Beats
from services.wiring.broker import BrokerFailed, EmbeddedBroker
from services.wiring.broker_door import BrokerDoor
from services.wiring.clock import SteppedClock, SystemClock, stopwatch
from services.wiring.crashing import CrashRefused, crash_at
from services.wiring.data_folder import DataFolder, FolderUnusable
from services.wiring.demo import DemoLogins, RealResidents, is_invented, mark_as_invented, prepare_demo
from services.wiring.living_demo import GUEST, LivingDemo
from services.wiring.observing import Observing
from services.wiring.opening import CannotOpen, open_store
from services.wiring.passwords import hash_password
from services.wiring.policy_shelf import PolicyShelf
from services.wiring.rooms import Manner, Outside, build_rooms
from services.wiring.senders import Senders
from services.wiring.settings import Settings
from services.wiring.shipped import lay_out, texts_in
from services.wiring.signals import LocalSignals
from services.wiring.simulated_time import SimulatedTime, Together
from services.wiring.web import AddressInUse, WebServer, bind
from services.wiring.without_store import WithoutStoreParts

READY_SECONDS = 20.0
"""How long the broker and the web server may take to be ready at a start."""
CATCH_UP_SECONDS = 60.0
"""How long simulated time waits for messages that were published before it moves."""
STOP_SECONDS = 2.0
"""How long each part may take to end; all of them together stay below the 10 s of the contract."""

log = logging.getLogger("anxin.house")


class CannotStart(Exception):
    """The house cannot start; the sentences say why and what to do, ``code`` is the exit code."""

    def __init__(self, *sentences: str, code: int = 1) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.code = code


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the house was asked to run, besides its settings."""

    demo: bool = False
    open_mqtt: bool = False
    stepped_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Where the house is to be found."""

    http: str
    mqtt: str
    data_dir: str
    demo: DemoLogins | None


class House:
    """One installation; `start` once, `stop` once."""

    def __init__(self, settings: Settings, wishes: Wishes) -> None:
        self._settings = settings
        self._wishes = wishes
        self._ending = ExitStack()
        self._unfinished: list[str] = []

    def start(self) -> Ready:
        """Start everything; `CannotStart` says why not, and then nothing is left running."""
        try:
            return self._start()
        except (FolderUnusable, CannotOpen, AddressInUse, BrokerFailed, RealResidents, CrashRefused) as error:
            self.stop()
            raise CannotStart(str(error)) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> list[str]:
        """End everything in the reverse order of its start; the names of parts that did not end in time."""
        self._ending.close()
        return self._unfinished

    # ------------------------------------------------------------------ the parts, from the ground up

    def _start(self) -> Ready:
        settings = self._settings
        self._hold_folder()
        lay_out(settings.data_dir)
        signals = LocalSignals()
        store = open_store(settings, signals)
        self._ending.callback(store.close)
        clock = self._clock(store)
        zone = ZoneInfo(settings.timezone)
        logins = (
            prepare_demo(store, settings.data_dir, clock.now(), zone, hash_password)
            if self._wishes.demo
            else None
        )
        broker = self._start_broker(store)
        listener = bind(settings.http_host, settings.http_port)
        http = f"http://{settings.http_host}:{listener.getsockname()[1]}"
        inbox, wake_ingest = self._inbox(broker, clock)
        self._say_what_is_missing()
        shelf = PolicyShelf(settings.data_dir / "policies")
        shelf.policies()  # read now, so that a fault in one is in the log before the first alert needs it
        gathering = Gathering(ways_out.house_facts(settings, http), shelf.policies)
        channels = ways_out.channels(settings, http)
        rulebooks = texts_in(settings.data_dir / "rulebooks")
        without_store = WithoutStoreParts(store, clock, inbox.unstored, gathering, channels, rulebooks)
        rooms = build_rooms(
            store,
            clock,
            Outside(inbox, inbox, channels, self._senders(), without_store.told),
            rulebooks,
            gathering,
            signals,
            Manner(isinstance(clock, SystemClock), crash_at(settings.crash_at, settings.data_dir)),
        )
        observing = Observing(store, clock, settings.data_dir, console_parts.version(), stopwatch)
        observing.ingest(rooms.ingest, inbox)
        observing.rules(rooms.rules, lambda: shelf.policies().names())
        observing.telling()
        observing.holdings()
        observing.because(lambda: console_parts.connection_faults(broker, inbox))
        observing.because(without_store.faults)
        rooms.delivery.take_over()  # the folder is held, so nobody else delivers from this store
        beats, together = self._beats(observing.watched(rooms.by_name()), signals, clock)
        wake_ingest.append(beats.beats[0].wake if together else beats.beats[0].waker("ingest"))
        console = Console(
            store=store,
            clock=clock,
            new_id=lambda prefix: f"{prefix}_{secrets.token_hex(12)}",
            device_credentials=BrokerDoor(broker, store),
            gathering=gathering,
            waiter=lambda seconds: signals.wait(Topic.ALERTS, seconds),
            settings=ConsoleSettings(
                version=console_parts.version(),
                public_url=settings.public_url,
                secure_cookies=settings.public_url.startswith("https://"),
                demo=is_invented(settings.data_dir),
            ),
            stepper=self._stepper(clock, together, store, inbox),
            health=observing.reasons,
            registry=observing.registry,
            rules=console_parts.rulebooks_of(rooms.rules),
            replay=console_parts.replay_of(store, clock, zone),
        )
        self._serve(console, listener)
        self._start_inbox(inbox)
        beats.start()
        self._ending.callback(self._stop_beats, beats)
        observing.start()
        self._ending.callback(observing.stop, STOP_SECONDS)
        if isinstance(clock, SystemClock):
            without_store.start()
            self._ending.callback(self._stop_beats, without_store)
        if logins is not None and isinstance(clock, SystemClock):
            self._start_demo(store, clock, broker, http)
        return Ready(http, broker.url, str(settings.data_dir), logins)

    @staticmethod
    def _stepper(
        clock: SystemClock | SteppedClock, together: Together | None, store: SqlStore, inbox: MqttInbox
    ) -> SimulatedTime | None:
        if not isinstance(clock, SteppedClock) or together is None:
            return None

        def catch_up() -> None:
            if not inbox.caught_up(CATCH_UP_SECONDS):
                log.warning("not every message published before was taken in in %s s", CATCH_UP_SECONDS)

        return SimulatedTime(clock, together, store, catch_up)

    def _say_what_is_missing(self) -> None:
        """Warn of what a house with real residents should not be without."""
        if not self._settings.last_resort and not is_invented(self._settings.data_dir):
            log.warning(
                "an alert for which nobody can be told reaches nobody outside the console; "
                "set ANXIN_LAST_RESORT"
            )

    def _hold_folder(self) -> None:
        folder = DataFolder(self._settings.data_dir)
        folder.hold()
        self._ending.callback(folder.let_go)

    def _clock(self, store: SqlStore) -> SystemClock | SteppedClock:
        """The machine's clock, or a stepped one where everybody is invented or nobody is there yet."""
        start = self._wishes.stepped_from
        if start is None:
            return SystemClock()
        data_dir = self._settings.data_dir
        if not is_invented(data_dir) and not self._wishes.demo:
            with store.reading() as uow:
                if uow.residents.page({}, after=0, limit=1).items:
                    raise CannotStart("time is not simulated where real residents are enrolled", code=2)
            mark_as_invented(data_dir, "simulated")
        return SteppedClock(start)

    def _start_broker(self, store: SqlStore) -> EmbeddedBroker:
        settings = self._settings
        broker = EmbeddedBroker(
            settings.data_dir / "broker",
            host=settings.mqtt_host,
            port=settings.mqtt_port,
            open_mqtt=self._wishes.open_mqtt,
            guests=[GUEST] if self._wishes.demo else [],
        )
        BrokerDoor(broker, store).devices_changed()
        broker.start()
        self._ending.callback(broker.stop)
        return broker

    def _senders(self) -> Senders | None:
        """Threads for the sends; none where time is stepped, so that a send is done before time moves."""
        return None if self._wishes.stepped_from is not None else Senders()

    def _inbox(
        self, broker: EmbeddedBroker, clock: SystemClock | SteppedClock
    ) -> tuple[MqttInbox, list[Callable[[], None]]]:
        """The inbox, and the list of those whom a message wakes, filled once the beats are there."""
        wakers: list[Callable[[], None]] = []

        def wake() -> None:
            for waker in wakers:
                waker()

        inbox = MqttInbox(
            BrokerAddress.parse(broker.url, broker.house.username, broker.house.password),
            console_parts.client_id(self._settings.data_dir),
            clock=clock,
            wake=wake,
        )
        return inbox, wakers

    def _start_inbox(self, inbox: MqttInbox) -> None:
        inbox.start()
        self._ending.callback(inbox.stop)
        if not inbox.wait_until_connected(READY_SECONDS):
            raise CannotStart("the broker does not answer", *inbox.faults)

    def _beats(
        self, named: Mapping[str, Room], signals: LocalSignals, clock: SystemClock | SteppedClock
    ) -> tuple[Beats, Together | None]:
        """One beat: one writes at a time anyway, so threads of their own would only wait for one another.

        Where time is stepped the rooms are one room as well, so that they always work in the same order.
        """
        if isinstance(clock, SteppedClock):
            together = Together(list(named.values()))
            beat = Beat({"rooms": together})
            for topic in Topic:
                signals.on(topic, beat.wake)
            return Beats([beat]), together
        beat = Beat(named)
        signals.on(Topic.EVENTS, beat.waker("rules"))
        signals.on(Topic.FINDINGS, beat.waker("alerts"))
        signals.on(Topic.ALERTS, beat.waker("alerts"))
        signals.on(Topic.NOTICES, beat.waker("delivery"))
        return Beats([beat]), None

    def _serve(self, console: Console, listener: socket.socket) -> None:
        web = WebServer(make_app(console), listener)
        self._ending.callback(self._stop_web, web)
        web.start(READY_SECONDS)

    def _start_demo(self, store: SqlStore, clock: SystemClock, broker: EmbeddedBroker, http: str) -> None:
        demo = LivingDemo(store, clock, http, broker.url, broker.guest(GUEST))
        demo.start()
        self._ending.callback(demo.stop, STOP_SECONDS)

    def _stop_web(self, web: WebServer) -> None:
        if not web.stop(STOP_SECONDS + 1):
            self._unfinished.append("web server")

    def _stop_beats(self, beats: Beats | WithoutStoreParts) -> None:
        self._unfinished += beats.stop(STOP_SECONDS)
