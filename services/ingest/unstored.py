"""Unstored: the alarms that came in and of which nothing is stored yet, and the watch over them.

An alarm that waits too long, for whatever reason, is read by what is kept in memory of the store, and given
to whoever tells people without it. Nothing is acknowledged, answered or taken out of the queue here: storing
goes on as ever. The watch never asks the store for anything, since that may never answer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol
from zoneinfo import ZoneInfo

from services.domain.events import Event
from services.domain.homes import Home
from services.domain.kinds import ALARM_KINDS
from services.domain.people import Resident
from services.domain.ports import ById, Clock
from services.domain.self_watch import EXTERNAL_ID
from services.domain.wire import alarm_topic
from services.ingest.flooding import FloodGate, RateLimit
from services.ingest.intake import Intake
from services.ingest.known import KnownRegisters, NamedDevices
from services.ingest.messages import Lane, Message
from services.ingest.unknown_origin import UnknownOrigins

WAITS_FOR = timedelta(seconds=5)
"""How long an alarm may wait to be stored before people are told without it: as long as a writer waits for
its turn. With a second for the look and one for the send a person hears within 10 s.
"""

OWN_TOPIC = alarm_topic(EXTERNAL_ID)
"""Where the house presses its own button."""

MOST_AT_A_LOOK = 200
"""Alarms that are told of at one look, the longest waiting first: far more than the people of a county press
in a second, few enough to leave the processor to the storing where a flood is all that delays it.
"""

log = logging.getLogger("anxin.ingest")


class Unstored:
    """The alarms that wait, in the order in which they came. Called from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, Message] = {}

    def came(self, message: Message) -> None:
        """A message came; of those on the lane of alarms it is known until it is done."""
        if message.lane is Lane.ALARMS:
            with self._lock:
                self._waiting[message.number] = message

    def done(self, messages: Iterable[Message]) -> None:
        """What came of these is stored."""
        alarms = [message.number for message in messages if message.lane is Lane.ALARMS]
        if alarms:
            with self._lock:
                for number in alarms:
                    self._waiting.pop(number, None)

    def until(self, instant: datetime) -> list[Message]:
        """Those that wait and came at an instant or before it."""
        with self._lock:
            return [message for message in self._waiting.values() if message.received_at <= instant]


class Tells(Protocol):
    """Tells people of an alarm that is not stored."""

    def tell(self, number: int, event: Event, /) -> bool:
        """Tell of the event of a message, each event once; False: not now, its storing is just under way."""
        ...


class Watch:
    """The room that looks after the alarms that wait; ``registers`` answers the newest copy of them."""

    def __init__(
        self,
        unstored: Unstored,
        clock: Clock,
        zone: ZoneInfo,
        registers: Callable[[], KnownRegisters],
        tells: Tells,
    ) -> None:
        self._unstored = unstored
        self._clock = clock
        self._zone = zone
        self._registers = registers
        self._tells = tells
        self._events = _Events()
        self._origins = UnknownOrigins()
        self._gate = FloodGate(RateLimit())
        self._numbers = count(1)
        self._read: dict[int, Event | None] = {}
        self._told: set[int] = set()

    def step(self) -> bool:
        """Look once; there is never more to do at the same instant."""
        late = self.late()
        waiting = {message.number for message in late}
        self._told &= waiting
        self._read = {number: event for number, event in self._read.items() if number in waiting}
        if not waiting:
            self._events = _Events()
        faults: list[Exception] = []
        for message in [each for each in late if each.number not in self._told][:MOST_AT_A_LOOK]:
            try:
                if self._tell(message):
                    self._told.add(message.number)
            except Exception as fault:
                log.exception("an alarm on %.200s cannot be told without the store", message.topic)
                faults.append(fault)
        if faults:
            raise faults[0]
        return False

    def next_due_at(self) -> datetime | None:
        """Nothing to be met to the second: the beat looks often enough."""
        return None

    def late(self) -> list[Message]:
        """The alarms that have waited too long. Copies that a broker kept are none: whether they are news
        only the store can tell. Of the house's own press no person is told.
        """
        late = self._unstored.until(self._clock.now() - WAITS_FOR)
        return [message for message in late if not (message.retained or message.topic == OWN_TOPIC)]

    def faults(self) -> list[str]:
        """What waits too long now, in a sentence."""
        late = self.late()
        if not late:
            return []
        waits = int((self._clock.now() - late[0].received_at).total_seconds())
        said = f"{len(late)} alarms wait to be stored, the first for {waits} s"
        return [f"{said}; people are told without the store."]

    def _tell(self, message: Message) -> bool:
        if message.number not in self._read:
            self._read[message.number] = self._alarm_of(message)
        event = self._read[message.number]
        return event is None or self._tells.tell(message.number, event)

    def _alarm_of(self, message: Message) -> Event | None:
        """The alarm that a message says, with the id that storing it will make; None: it says none."""
        registers = self._registers()
        known = _Known(registers.devices, registers.residents, registers.homes, self._events)
        intake = Intake(known, self._zone, self._gate, self._origins, lambda: next(self._numbers))
        try:
            [taken] = intake.take_in([message])
        except Exception as error:
            log.exception("an alarm on %.200s cannot be read without the store", message.topic)
            return self._of_unknown_origin(message, type(error).__name__)
        alarms = [event for event in taken.events if event.kind in ALARM_KINDS]
        self._events.made(alarms)
        if taken.of_unknown_origin is not None:
            self._origins.told(message, taken.of_unknown_origin)
            return taken.of_unknown_origin
        return next(iter(alarms), None)

    def _of_unknown_origin(self, message: Message, reason: str) -> Event | None:
        if not message.names_alarm:
            return None
        kind = next((kind for kind in sorted(ALARM_KINDS) if kind.encode() in message.payload), "")
        event = self._origins.press(message, kind, reason)
        if event is not None:
            self._origins.told(message, event)
        return event


class _Events:
    """The alarms that were read since the store stopped answering, as `EventLog` would find them."""

    def __init__(self) -> None:
        self._bearing: dict[tuple[str, str], list[Event]] = {}
        self._newest: dict[tuple[str, str], Event] = {}

    def made(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.device_id is None:
                continue
            newest = self._newest.get((event.device_id, event.kind))
            if newest is None or event.occurred_at > newest.occurred_at:
                self._newest[event.device_id, event.kind] = event
            if event.device_event_id is not None:
                bearers = self._bearing.setdefault((event.device_id, event.device_event_id), [])
                if event.id not in {each.id for each in bearers}:
                    bearers.append(event)

    def bearing(self, pairs: Iterable[tuple[str, str]], /) -> dict[tuple[str, str], list[Event]]:
        return {pair: self._bearing[pair] for pair in pairs if pair in self._bearing}

    def newest_of_kind(self, device_id: str, kind: str, /) -> Event | None:
        return self._newest.get((device_id, kind))


@dataclass(frozen=True, slots=True)
class _Known:
    """The registers of the snapshot, and the events that were read by them."""

    devices: NamedDevices
    residents: ById[Resident]
    homes: ById[Home]
    events: _Events
