"""The house: all services of one installation in one process, started and ended in order.

It puts together the parts that the services of several processes are made of, and takes them apart again. It
decides nothing about events, alerts or people.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from services.console.parts import RulebookStatus
from services.domain.ports import Clock, Topic
from services.domain.stepping import Room
from services.escalation.gathering import Gathering
from services.ingest.mqtt import MqttInbox
from services.storage.store import SqlStore
from services.wiring import console_parts, ways_out
from services.wiring.arrivals import Arrivals, NotBeyond
from services.wiring.beats import Beat, Beats
from services.wiring.broker_side import BrokerSide, EmbeddedSide, ExternalSide
from services.wiring.clock import SteppedClock, SystemClock
from services.wiring.console_service import OtherRooms, listen, make_console, serve
from services.wiring.data_folder import HOUSE
from services.wiring.demo import DemoLogins, is_invented, mark_as_invented, prepare_demo
from services.wiring.ground import STOP_SECONDS, CannotStart, Ground
from services.wiring.ingest_service import inbox_faults, make_inbox, start_inbox
from services.wiring.leading import Shared
from services.wiring.living_demo import GUEST, LivingDemo
from services.wiring.observing import Observing
from services.wiring.part import one_beat
from services.wiring.passwords import hash_password
from services.wiring.rooms import Manner, Outside, as_it_is, books_at_work, build_rooms, never
from services.wiring.rulebook_desk import FolderDesk
from services.wiring.self_watch.parts import Presser, SelfWatch
from services.wiring.senders import Senders
from services.wiring.settings import Settings
from services.wiring.shipped import texts_in
from services.wiring.simulated_time import EVERYBODY, INGEST, Calls, SimulatedTime, Together
from services.wiring.without_store import WithoutStoreParts

CATCH_UP_SECONDS = 60.0
"""How long simulated time waits for messages that were published before it moves."""

log = logging.getLogger("anxin.house")


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
        self._ground = Ground(settings, HOUSE)

    def start(self) -> Ready:
        """Start everything; `CannotStart` says why not, and then nothing is left running."""
        with self._ground.starting():
            return self._start()

    def stop(self) -> list[str]:
        """End everything in the reverse order of its start; the names of parts that did not end in time."""
        return self._ground.end()

    # ------------------------------------------------------------------ the parts, from the ground up

    def _start(self) -> Ready:
        settings, ground = self._settings, self._ground
        if self._wishes.open_mqtt and settings.mqtt_url:
            raise CannotStart("--open-mqtt opens the embedded broker, not that of ANXIN_MQTT_URL", code=2)
        ground.hold_folder()
        store = ground.open_store()
        clock = self._clock(store)
        logins = (
            prepare_demo(store, settings.data_dir, clock.now(), ground.zone, hash_password)
            if self._wishes.demo
            else None
        )
        side = self._broker_side(store, clock)
        listener, http = listen(ground)
        inbox, wakers = make_inbox(ground, side.house, clock, shares=side.shares)
        ground.say_what_is_missing()
        gathering = ground.gathering(http)
        texts = texts_in(settings.data_dir / "rulebooks")
        channels = ways_out.channels(settings, http)
        without_store = WithoutStoreParts(store, clock, inbox.unstored, gathering, channels, texts)
        roles = ground.roles(store, clock) if isinstance(clock, SystemClock) else None
        arrivals, calls = Arrivals(inbox, clock), Calls()
        is_stepped = isinstance(clock, SteppedClock)
        rooms = build_rooms(
            store,
            clock,
            Outside(
                arrivals if is_stepped else inbox,
                inbox,
                calls.counted(channels) if is_stepped else channels,
                self._senders(),
                without_store.told,
                lambda: inbox.is_connected,
                ways_out.throttle(settings),
            ),
            texts,
            gathering,
            ground.signals,
            Manner(
                ground.reached(),
                roles,
                in_real_time=isinstance(clock, SystemClock),
                desk=FolderDesk(settings.data_dir / "rulebooks"),
                follows=partial(NotBeyond, arrivals, clock) if is_stepped else as_it_is,
                until=arrivals.before_last if is_stepped else never,
            ),
        )
        observing = ground.observing(store, clock)
        observing.ingest(rooms.ingest, inbox)
        observing.rules(books_at_work(rooms.rules), lambda: gathering.policies().names())
        observing.telling()
        observing.holdings()
        observing.because(lambda: [*side.faults(), *inbox_faults(inbox)], "broker")
        observing.because(without_store.faults, "telling without the store")
        if roles is None:
            rooms.telling.delivery.take_over()  # the folder is held, so nobody else delivers from this store
        watch = self._self_watch(store, clock, gathering, side, roles, observing, http)
        aside = {} if watch is None or watch.room is None else {"self-watch": watch.room}
        beats, together = self._beats(observing.watched(rooms.by_name()), observing.watched(aside), clock)
        wakers.append(beats.beats[0].waker(INGEST))
        at_work = console_parts.rulebooks_of(books_at_work(rooms.rules))
        elsewhere = console_parts.rulebooks_in(store)

        def rulebooks() -> Sequence[RulebookStatus]:
            return elsewhere() if rooms.rules.current is None else at_work()

        others = OtherRooms(
            rulebooks, self._stepper(clock, together, store, inbox, arrivals, calls), side.turned_away
        )
        console = make_console(ground, store, clock, gathering, side.door, others, observing)
        serve(ground, console, listener)
        start_inbox(ground, inbox)
        ground.start_beats(beats, observing)
        if watch is not None:
            ground.start_watching(watch.watching)
        if isinstance(clock, SystemClock):
            ground.start_without_store(without_store)
        if logins is not None and isinstance(clock, SystemClock):
            self._start_demo(store, clock, side, http)
        return Ready(http, side.url, str(settings.data_dir), logins)

    @staticmethod
    def _stepper(
        clock: SystemClock | SteppedClock,
        together: Together | None,
        store: SqlStore,
        inbox: MqttInbox,
        arrivals: Arrivals,
        calls: Calls,
    ) -> SimulatedTime | None:
        if not isinstance(clock, SteppedClock) or together is None:
            return None

        def catch_up() -> None:
            if not inbox.caught_up(CATCH_UP_SECONDS):
                log.warning("not every message published before was taken in in %s s", CATCH_UP_SECONDS)

        return SimulatedTime(clock, together, store, catch_up, arrivals, calls)

    def _clock(self, store: SqlStore) -> SystemClock | SteppedClock:
        """The machine's clock, or a stepped one where everybody is invented or nobody is there yet."""
        start = self._wishes.stepped_from
        if start is None:
            return SystemClock()
        data_dir = self._settings.data_dir
        if not is_invented(data_dir) and not self._wishes.demo:
            with store.reading() as uow:
                if uow.residents.page({"synthetic": False}, after=0, limit=1).items:
                    raise CannotStart("time is not simulated where real residents are enrolled", code=2)
            mark_as_invented(data_dir, "simulated")
        return SteppedClock(start)

    def _broker_side(self, store: SqlStore, clock: Clock) -> BrokerSide:
        """The broker that the settings name, or the embedded one."""
        if self._settings.mqtt_url:
            return ExternalSide(self._ground, store, clock)
        guests = [GUEST] if self._wishes.demo else []
        return EmbeddedSide(self._ground, store, clock, open_mqtt=self._wishes.open_mqtt, guests=guests)

    def _senders(self) -> Senders | None:
        """Threads for the sends; none where time is stepped, so that a send is done before time moves."""
        return None if self._wishes.stepped_from is not None else Senders()

    def _beats(
        self, named: Mapping[str, Room], aside: Mapping[str, Room], clock: SystemClock | SteppedClock
    ) -> tuple[Beats, Together | None]:
        """One beat, and one for what works ``aside``; where time is stepped the rooms are one room as well,
        so that they always work in the same order.
        """
        if isinstance(clock, SteppedClock):
            together = Together(list(named.values()))
            beat = Beat(together.by_name())
            for topic in Topic:
                self._ground.signals.on(topic, together.unless_at_work(beat.waker(EVERYBODY)))
            return Beats([beat]), together
        beats = [one_beat(named, self._ground.signals)]
        return Beats([*beats, Beat(aside)] if aside else beats), None

    def _self_watch(
        self,
        store: SqlStore,
        clock: SystemClock | SteppedClock,
        gathering: Gathering,
        side: BrokerSide,
        roles: Shared | None,
        observing: Observing,
        http: str,
    ) -> SelfWatch | None:
        """None where time is stepped: a simulated month is not full of presses of the house's own."""
        if isinstance(clock, SteppedClock):
            return None
        presser = Presser(gathering, side.door, lambda: side.house, roles)
        return SelfWatch(self._ground, store, clock, observing, http, presser)

    def _start_demo(self, store: SqlStore, clock: SystemClock, side: BrokerSide, http: str) -> None:
        demo = LivingDemo(store, clock, http, side.url, side.guest(GUEST))
        demo.start()
        self._ground.ending.callback(demo.stop, STOP_SECONDS)
