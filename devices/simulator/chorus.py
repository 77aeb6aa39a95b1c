"""The devices of a long story, which say ahead of time what they will say: each on its own connection, with
its own credentials, all in one loop.

What it says ahead the service lets arrive at the instant that it claims; so it may say ahead only what tells
of the instant at which it is said. It never has more on its way than the broker hands out unacknowledged, it
says nothing while time stands, and it knows of every message whether the service stored it.
"""

import selectors
import socket
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from devices.simulator import clock
from devices.simulator.acts import Saying
from devices.simulator.ecosystems.native import ECOSYSTEM, PRESENCE
from devices.simulator.ecosystems.speaking import Message, Reassurance, Receipt
from devices.simulator.enrolling import Credentials
from devices.simulator.fleet.packets import PUBACK, PUBLISH, BrokerRefuses, Buffer, Line, message_in, publish
from devices.simulator.instruments.quirks.flood import READINGS
from devices.simulator.mqtt import BrokerUnreachable, NotStored

MOST_AHEAD = 3_000
"""Sayings in one stretch of time, and as many on their way for the next: together less than the 8,191 that
the embedded broker hands out unacknowledged.
"""
SIGN_IN_AT_ONCE = 8
"""Devices that sign in side by side: each waits for the broker three times."""
PATIENCE = timedelta(seconds=60)
_AT_ONCE = 100
_LOOK_AGAIN = 0.05
"""Seconds for which the loop sleeps at most while nothing comes."""
_HEAR_AGAIN = 0.02
"""Seconds between two looks at what came while time goes and all is said: receipts come in heaps."""

Heard = Callable[[str, str], None]
"""Is told the name of a device and the state that it is to say."""
MoveTime = Callable[[datetime], datetime]
"""Lets time go up to an instant and says where it stands then; while it goes, messages arrive as claimed."""


def goes_ahead(saying: Saying) -> bool:
    """Whether it may be said ahead of time: it arrives when it says that it happened."""
    return saying.occurred_at == saying.at and not saying.retained and saying.kind not in PRESENCE


@dataclass(slots=True)
class _Voice:
    """One device on its own connection."""

    name: str
    external_id: str
    socket: socket.socket
    buffer: Buffer = field(default_factory=Buffer)
    unsent: bytearray = field(default_factory=bytearray)
    number: int = 0

    def next_number(self) -> int:
        self.number = self.number % 65_535 + 1
        return self.number


class Chorus:
    """Says ``ahead`` (in order of time, each one that `goes_ahead`) for the devices of ``credentials``, which
    go by their names in the cast.
    """

    def __init__(self, credentials: Mapping[str, Credentials], ahead: Iterable[Saying], heard: Heard) -> None:
        self._credentials = credentials
        self._ahead = iter(ahead)
        self._next = next(self._ahead, None)
        self._heard = heard
        self._voices: dict[str, _Voice] = {}
        self._selector = selectors.DefaultSelector()
        self._on_their_way: deque[datetime] = deque()
        """The instants of what was said and has not arrived yet."""
        self._unacknowledged = 0
        self._unanswered: dict[tuple[str, str], str] = {}
        """Of which messages nobody has said what became of them, with their kinds."""
        self._refused: list[str] = []
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chorus")
        self._time_stands = Event()

    def open(self) -> None:
        """Sign everybody in; `BrokerUnreachable` if somebody is not let in."""
        with ThreadPoolExecutor(max_workers=SIGN_IN_AT_ONCE) as pool:
            for signed_in in [pool.submit(self._sign_in, name) for name in self._credentials]:
                signed_in.result()
        for name in self._credentials:
            voice = self._voices[name]
            self._selector.register(voice.socket, selectors.EVENT_READ, voice)
            self._put(voice, ECOSYSTEM.presence(voice.external_id, is_online=True))
        self._until(lambda: not self._unacknowledged)

    def _sign_in(self, name: str) -> None:
        self._voices[name] = _signed_in(name, self._credentials[name])

    def close(self) -> None:
        self._beside.shutdown()
        for voice in self._voices.values():
            voice.socket.close()
        self._selector.close()

    def move(self, instant: datetime, let_time_go: MoveTime) -> datetime:
        """Let time go up to ``instant`` with all that is said on the way, or as far as can be said at once;
        where time stands then. What comes after it is said meanwhile, as much as there is time for: nobody
        waits for it, and the rest is said while time goes on.
        """
        until = self._say_up_to(instant)
        self._time_stands.clear()
        beside = self._beside.submit(self._say_meanwhile)
        try:
            now = let_time_go(until)
        finally:
            self._time_stands.set()
            beside.result()
        while self._on_their_way and self._on_their_way[0] <= now:
            self._on_their_way.popleft()
        self._turn(0)
        return now

    def say(self, saying: Saying) -> None:
        """Say something that arrives now whatever it claims; returns when the service has said what became of
        it. Nothing may be on its way that would arrive by its claim: time must stand, with the way closed.
        """
        voice = self._voices[saying.device]
        own = (saying.device, saying.id)
        for message in ECOSYSTEM.messages(voice.external_id, saying):
            self._put(voice, message)
        self._unanswered[own] = saying.kind
        self._until(lambda: own not in self._unanswered)
        self._raise_refusals()

    def is_there(self, device: str, *, is_online: bool) -> None:
        """Say what the last will says, or that one is back; no receipt comes for it."""
        voice = self._voices[device]
        self._put(voice, ECOSYSTEM.presence(voice.external_id, is_online=is_online))
        self._until(lambda: not self._unacknowledged)

    def await_receipts(self) -> None:
        """Wait until the service has said of every message what became of it; `NotStored` if it stored one
        not.
        """
        self._until(lambda: len(self._unanswered) <= len(self._on_their_way))
        self._raise_refusals()

    # ------------------------------------------------------------------ saying

    def _say_up_to(self, instant: datetime) -> datetime:
        """Say what arrives up to ``instant``, and wait until the broker has it; the instant up to which all
        is said, which is earlier where that is too much at once.
        """
        said_until = self._say_more(MOST_AHEAD, instant)
        self._until(lambda: not self._unacknowledged)
        return instant if said_until is None else min(instant, said_until)

    def _say_meanwhile(self) -> None:
        """Say what comes next and hear what comes back, until time stands."""
        self._say_more(2 * MOST_AHEAD, is_enough=self._time_stands.is_set)
        while not self._time_stands.wait(_HEAR_AGAIN):
            self._turn(0)

    def _say_more(
        self, most: int, until: datetime | None = None, is_enough: Callable[[], bool] = lambda: False
    ) -> datetime | None:
        """Say what comes next, until ``most`` are on their way or it ``is_enough``; the last instant of which
        all is said, None if all up to ``until`` is. What comes at one instant is never torn apart.
        """
        newest = self._on_their_way[-1] if self._on_their_way else None
        while (saying := self._next) is not None and (until is None or saying.at <= until):
            if saying.at != newest and (len(self._on_their_way) >= most or is_enough()):
                break
            newest = saying.at
            self._on_their_way.append(newest)
            voice = self._voices[saying.device]
            for message in ECOSYSTEM.messages(voice.external_id, saying):
                self._put(voice, message)
            self._unanswered[saying.device, saying.id] = saying.kind
            self._next = next(self._ahead, None)
            if len(self._on_their_way) % _AT_ONCE == 0:
                self._turn(0)
        is_all = self._next is None or (until is not None and self._next.at > until)
        return None if is_all else newest

    def _put(self, voice: _Voice, message: Message) -> None:
        voice.unsent += publish(message.topic, message.payload, voice.next_number(), retain=message.retain)
        self._unacknowledged += 1
        self._flush(voice)

    def _flush(self, voice: _Voice) -> None:
        try:
            sent = voice.socket.send(voice.unsent)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise NotStored(f"the broker closed the connection of {voice.name}") from error
        del voice.unsent[:sent]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if voice.unsent else 0)
        if self._selector.get_key(voice.socket).events != wanted:
            self._selector.modify(voice.socket, wanted, voice)

    # ------------------------------------------------------------------ hearing

    def _until(self, question: Callable[[], bool]) -> None:
        give_up = clock.stamp() + int(PATIENCE.total_seconds()) * clock.SECOND
        while not question():
            self._turn(_LOOK_AGAIN)
            if clock.stamp() > give_up:
                raise NotStored("what devices said did not reach the broker, or the service, in time")

    def _turn(self, patience: float) -> None:
        for key, ready in self._selector.select(patience):
            if ready & selectors.EVENT_WRITE:
                self._flush(key.data)
            if ready & selectors.EVENT_READ:
                self._hear(key.data)

    def _hear(self, voice: _Voice) -> None:
        try:
            more = voice.socket.recv(65_536)
        except OSError:
            more = b""
        if not more:
            raise NotStored(f"the broker closed the connection of {voice.name}")
        for kind, body in voice.buffer.feed(more):
            if kind == PUBACK:
                self._unacknowledged -= 1
            elif kind == PUBLISH:
                self._listen(voice, *message_in(body, 0))

    def _listen(self, voice: _Voice, topic: str, payload: bytes) -> None:
        match ECOSYSTEM.heard(topic, payload):
            case Reassurance(state):
                self._heard(voice.name, state)
            case Receipt(event_id, result):
                kind = self._unanswered.pop((voice.name, event_id), "")
                passed_over = result == "quarantined" and kind in READINGS
                if result not in ("stored", "duplicate") and not passed_over:
                    self._refused.append(f"{voice.name}: {event_id} was not stored: {result}")
            case None:
                pass

    def _raise_refusals(self) -> None:
        if self._refused:
            raise NotStored("; ".join(self._refused[:3]))


def _signed_in(name: str, given: Credentials) -> _Voice:
    host, port = given.host_and_port
    try:
        line = Line(port, given.external_id, host, given.username, given.password)
        for topics in ECOSYSTEM.hears_on(given.external_id):
            line.subscribe(topics, qos=0)
    except (OSError, BrokerRefuses) as error:
        raise BrokerUnreachable(f"the broker at {host}:{port} cannot be used by {name}: {error}") from error
    line.socket.setblocking(False)  # noqa: FBT003 - the socket's own call
    return _Voice(name, given.external_id, line.socket)
