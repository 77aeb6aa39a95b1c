"""The house's ear and voice at the broker: a queue for alarms, one for the rest, and a session a topic.

What reads like an alarm goes ahead of everything else whatever topic it came on. Nothing is acknowledged here
by itself: that is asked for once a message's event is stored. Queues are bounded by what the broker hands out
unacknowledged, and in bytes by not reading on.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.domain.ports import BrokerUnavailable, Clock, Outgoing
from services.domain.wire import ALARM_TOPICS, EVENT_TOPICS, ROOT, STATUS_TOPICS
from services.ingest.messages import Lane, Message
from services.ingest.mqtt_session import BrokerAddress, Session, Subscription
from services.ingest.unstored import Unstored

MOST_BYTES = 64 * 1024 * 1024
"""Payload bytes that wait in a queue before its session stops reading."""

SHARE = "$share/anxin/"
"""Before a topic: the broker hands each message to one of all who subscribe so. Mosquitto can; NATS grants it
and delivers nothing.
"""

ECHO = f"{ROOT}/~"
"""How the topics of the house's own echoes begin; no device may have a name with a tilde (docs/wire)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A topic filter with a session of its own.

    The embedded broker counts what is unacknowledged by session, and what one subscription cannot deliver for
    the backlog of another comes seconds late; so no two share a session.
    """

    name: str
    lane: Lane
    topics: str
    can_be_shared: bool = True


SOURCES = (
    Source("alarm", Lane.ALARMS, ALARM_TOPICS),
    Source("event", Lane.REST, EVENT_TOPICS),
    # States are heard by everybody: a broker keeps no copy for those who share, and of two states that two
    # processes took in at once the older one could be stored last.
    Source("status", Lane.REST, STATUS_TOPICS, can_be_shared=False),
)


def is_echo(topic: str) -> bool:
    """Whether a message is the house's own, asking to be heard again."""
    return topic.startswith(ECHO)


def _subscription(source: Source, *, shares: bool | None) -> Subscription:
    plain, shared = source.topics, f"{SHARE}{source.topics}"
    if shares is None or not source.can_be_shared:
        return Subscription(plain)
    return Subscription(shared, former=plain) if shares else Subscription(plain, former=shared)


class _Queue:
    """Messages of one lane in the order of arrival."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._size = 0

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def oldest_at(self) -> datetime | None:
        return self._messages[0].received_at if self._messages else None

    def put(self, message: Message) -> None:
        self._messages.append(message)
        self._size += len(message.payload)

    def put_first(self, messages: Sequence[Message]) -> None:
        self._messages.extendleft(reversed(messages))
        self._size += sum(len(message.payload) for message in messages)

    def take(self, limit: int) -> list[Message]:
        taken = [self._messages.popleft() for _ in range(min(limit, len(self._messages)))]
        self._size -= sum(len(message.payload) for message in taken)
        return taken

    def has_room(self) -> bool:
        return self._size < MOST_BYTES


class MqttInbox:
    """The sessions at one broker; the inbox of ingest, and the publisher of receipts and commands.

    ``client_id`` is kept by whoever builds this, the same at every start and not guessable. ``wake`` is
    called whenever an alarm came, or the first of what waits beside; ``changed`` whenever the connection was
    made or lost. An inbox that ``shares`` takes its part of the load beside others at the same broker, each
    with a ``client_id`` of its own; one that does not takes everything, and None is for a broker that cannot
    share.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        *,
        clock: Clock,
        wake: Callable[[], None] = lambda: None,
        changed: Callable[[], None] = lambda: None,
        shares: bool | None = None,
    ) -> None:
        self._address = address
        self.unstored = Unstored()
        """The alarms that came and of which nothing is stored yet."""
        self._clock = clock
        self._wake = wake
        self._changed = changed
        self._shares = shares
        self._lock = threading.Lock()
        self._queues = {lane: _Queue() for lane in Lane}
        self._heard = threading.Condition()
        self._awaited: set[str] = set()
        self._sessions = self._sessions_of(client_id)
        self._adopted: dict[str, dict[Source, Session]] = {}

    def _sessions_of(self, client_id: str) -> dict[Source, Session]:
        return {
            source: Session(
                self._address,
                f"{client_id}-{source.name}",
                _subscription(source, shares=self._shares),
                clock=self._clock,
                arrived=self._arrived_on(source.lane),
                has_room=self._queues[source.lane].has_room,
                connected=self._changed,
                lost=self._changed,
            )
            for source in SOURCES
        }

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Begin to connect, and go on for ever; returns at once."""
        for session in self._sessions.values():
            session.start()

    def stop(self) -> None:
        """Disconnect; what is not acknowledged stays with the broker."""
        for session in self._all_sessions():
            session.stop()

    def adopt(self, client_id: str) -> None:
        """Hear as well what the broker keeps, and goes on handing out, for another process that is gone."""
        sessions = self._sessions_of(client_id)
        with self._lock:
            self._adopted = {**self._adopted, client_id: sessions}
        for session in sessions.values():
            session.start()

    def leave(self, client_id: str) -> None:
        """The other one is back: what it was handed and is not acknowledged yet comes to it again."""
        with self._lock:
            left = self._adopted.get(client_id, {})
            self._adopted = {name: each for name, each in self._adopted.items() if name != client_id}
        for session in left.values():
            session.stop()

    def _all_sessions(self) -> list[Session]:
        return [each for own in (self._sessions, *self._adopted.values()) for each in own.values()]

    @property
    def is_connected(self) -> bool:
        """All sessions are connected and subscribed."""
        return all(session.is_connected for session in self._sessions.values())

    @property
    def faults(self) -> list[str]:
        """What is wrong with the connection now, a sentence each."""
        return sorted({session.fault for session in self._sessions.values() if session.fault})

    def wait_until_connected(self, seconds: float) -> bool:
        """Wait until all sessions are subscribed; False if they are not in time."""
        return all(session.wait_until_connected(seconds) for session in self._sessions.values())

    @property
    def waiting(self) -> int:
        """Messages in the queues."""
        return sum(len(queue) for queue in self._queues.values())

    def waiting_in(self, lane: Lane) -> tuple[int, datetime | None]:
        """How many messages wait in a lane, and when the first of them was received."""
        with self._lock:
            return len(self._queues[lane]), self._queues[lane].oldest_at

    # ------------------------------------------------------------------ the inbox

    def take(self, limit: int) -> list[Message]:
        with self._lock:
            was_full = not all(queue.has_room() for queue in self._queues.values())
            taken = self._queues[Lane.ALARMS].take(limit)
            taken += self._queues[Lane.REST].take(limit - len(taken))
        if was_full:
            for session in self._all_sessions():
                session.wake()
        return taken

    def give_back(self, messages: list[Message]) -> None:
        with self._lock:
            for lane in Lane:
                self._queues[lane].put_first([each for each in messages if each.lane is lane])

    def done(self, messages: list[Message]) -> None:
        self.unstored.done(messages)
        for session in self._all_sessions():
            own = [each for each in messages if each.packet is not None and each.packet.session is session]
            if own:
                session.done(own)
        echoes = {message.topic for message in messages if is_echo(message.topic)}
        if echoes:
            with self._heard:
                self._awaited -= echoes
                self._heard.notify_all()

    def _arrived_on(self, lane: Lane) -> Callable[[Message], None]:
        def arrived(message: Message) -> None:
            message.lane = Lane.ALARMS if message.names_alarm else lane
            self.unstored.came(message)
            with self._lock:
                queue = self._queues[message.lane]
                is_first = not queue
                queue.put(message)
            # Whoever takes goes on until nothing is left, and looks each second; no press relies on that.
            if is_first or message.lane is Lane.ALARMS:
                self._wake()

        return arrived

    # ------------------------------------------------------------------ the publisher

    def publish(self, topic: str, payload: bytes, *, is_asked_again: bool = False) -> None:
        self.publish_all([Outgoing(topic, payload, is_asked_again)])

    def publish_all(self, messages: Sequence[Outgoing]) -> None:
        if messages:
            self._sessions[SOURCES[0]].publish_all(messages)

    def caught_up(self, seconds: float) -> bool:
        """Wait until every message that the broker took before now is stored; False if it is not in time.

        An echo goes through the broker to each subscription, behind all that came before it, and is done when
        ingest has stored what it took before and with it.
        """
        token = secrets.token_hex(8)
        echoes = {source.topics.replace("+", f"~{token}") for source in SOURCES}
        with self._heard:
            self._awaited |= echoes
        try:
            for topic in sorted(echoes):
                self.publish(topic, b"")
        except BrokerUnavailable:
            return False
        with self._heard:
            heard = self._heard.wait_for(lambda: not (self._awaited & echoes), timeout=seconds)
            self._awaited -= echoes
        return heard
