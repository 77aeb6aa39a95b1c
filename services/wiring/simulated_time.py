"""Simulated time: a stepped clock moved over the rooms, with everything that was published before taken in
first.

It decides the order in which deadlines and held messages come to pass, and where time stops early because
somebody was told; what is done at an instant the rooms decide, as they do on a clock that goes by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from services.console.parts import Journey, Stepped
from services.domain.people import ChannelKind
from services.domain.ports import Store
from services.domain.stepping import DoesNotSettle, Room, advance, next_due, settle
from services.notify.channels.channel import Channel, ChannelOutcome, Channels, Sending
from services.wiring.arrivals import Arrivals
from services.wiring.clock import SteppedClock

INGEST, EVERYBODY = "ingest", "rooms"
"""What a beat knows the rooms by."""
MOST_CUTS = 10_000
"""So often one batch may be cut before it is a fault; each cut leaves less of it."""


class Together:
    """Several rooms as one, so that one beat lets them work in turn and in the same order each time: ingest,
    then the rules, then those that tell people.
    """

    def __init__(self, rooms: Sequence[Room]) -> None:
        self._rooms = tuple(rooms)
        self._ingest = self._rooms[0]
        self._finding, self._telling = self._rooms[:2], self._rooms[2:]
        self._turn = threading.RLock()
        self._at_work: int | None = None
        """The thread in which everybody works until nothing is left."""

    def step(self) -> bool:
        with self._everybody():
            return any([room.step() for room in self._rooms])  # noqa: C419 - every room has its turn

    def by_name(self) -> Mapping[str, Room]:
        """As a beat steps them: what a message may have news for, and everybody. Most messages only wait for
        their instant, and nobody need look for work that follows from that; what is stored wakes everybody.
        """
        return {INGEST: _InTurn(self._ingest, self._turn), EVERYBODY: self}

    def next_due_at(self) -> datetime | None:
        with self._turn:
            return next_due(self._rooms)

    def unless_at_work(self, wake: Callable[[], None]) -> Callable[[], None]:
        """What is called when there is news for everybody: it wakes them, but not for what they wrote while
        everybody is at work. Whoever lets them work goes on until nothing is left of that.
        """

        def news() -> None:
            if self._at_work != threading.get_ident():
                wake()

        return news

    @contextmanager
    def _everybody(self) -> Iterator[None]:
        with self._turn:
            before, self._at_work = self._at_work, threading.get_ident()
            try:
                yield
            finally:
                self._at_work = before

    def advance(self, clock: SteppedClock, to: datetime) -> None:
        """Move the clock to ``to`` with nobody else at work meanwhile; who came too late finds it done."""
        with self._everybody():
            advance(clock, self._rooms, max(to, clock.now()))

    def advance_with(
        self, clock: SteppedClock, to: datetime, arrivals: Arrivals, stops: Callable[[], bool]
    ) -> None:
        """The same, with what is held arriving on the way; ``stops`` is asked after each instant."""
        with self._everybody():
            told_at = self._settled()
            while not stops():
                bound = _earlier(told_at, to)
                arrived_at = self._let_in(clock, arrivals, bound)
                if arrived_at is not None:
                    clock.move_to(max(arrived_at, clock.now()))
                    if not arrivals.is_quiet or arrived_at >= bound:
                        told_at = self._settled()
                    continue
                found_at = next_due(self._finding)  # nothing was stored since the others were asked
                bound = min(at for at in (found_at, told_at, to, arrivals.first_at()) if at is not None)
                if bound > clock.now():
                    clock.move_to(bound)
                    told_at = self._settled()
                elif bound >= to:
                    return
                else:
                    raise DoesNotSettle(f"what is due at {bound.isoformat()} stays undone")

    def _settled(self) -> datetime | None:
        """Let everybody work until nothing is left; when those that tell people are to work next. A batch in
        which nobody finds anything to do leaves that as it is.
        """
        settle(self._rooms)
        return next_due(self._telling)

    def _let_in(self, clock: SteppedClock, arrivals: Arrivals, bound: datetime) -> datetime | None:
        """Store the next batch up to ``bound``; the instant at which its last message came, None if there is
        none, or if something is to be done before it.
        """
        arrives_at = arrivals.release(bound)
        if arrives_at is None:
            return None
        if arrivals.has_alarms():  # people are told with the transaction that stores one
            due_at = next_due(self._rooms)
            if due_at is not None and due_at < arrives_at:
                arrivals.cut_after(due_at)
                return None
            clock.move_to(max(arrives_at, clock.now()))
        for _ in range(MOST_CUTS):
            last_at = arrivals.last_at()
            if last_at is None:
                return None
            self._ingest.step()
            if arrivals.last_at() is None and arrivals.stored_until == last_at:
                return last_at
        raise DoesNotSettle(f"what arrives up to {bound.isoformat()} is not stored")


@dataclass(frozen=True, slots=True)
class _InTurn:
    """One room by itself, while none of the others works."""

    room: Room
    turn: threading.RLock

    def step(self) -> bool:
        with self.turn:
            return self.room.step()

    def next_due_at(self) -> datetime | None:
        with self.turn:
            return self.room.next_due_at()


def _earlier(one: datetime | None, other: datetime | None) -> datetime:
    """The earlier of two instants, of which one at least is there."""
    return min(at for at in (one, other) if at is not None)


@dataclass(frozen=True, slots=True)
class Counting:
    """A way to people that counts how often it was taken."""

    channel: Channel
    count: Callable[[], None]

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        self.count()
        return self.channel.send(address, sending)


class Calls:
    """How often anybody was tried to be reached since the start."""

    def __init__(self) -> None:
        self.made = 0

    def counted(self, channels: Channels) -> Mapping[ChannelKind, Channel]:
        """The same channels, each counting here."""
        return {kind: Counting(channel, self._count) for kind, channel in channels.items()}

    def _count(self) -> None:
        self.made += 1


class SimulatedTime:
    """The console's stepper: `POST /api/v1/clock`."""

    def __init__(
        self,
        clock: SteppedClock,
        rooms: Together,
        store: Store,
        catch_up: Callable[[], None],
        arrivals: Arrivals,
        calls: Calls,
    ) -> None:
        self._clock = clock
        self._rooms = rooms
        self._store = store
        self._catch_up = catch_up
        self._arrivals = arrivals
        self._calls = calls
        self._answered_for = 0
        """How many calls whoever moves time has had the chance to hear of: time stops for what was told of
        something that happened while it stood as well.
        """

    def advance(self, journey: Journey) -> Stepped:
        before = self._counts()
        self._catch_up()
        self._arrivals.open_until(journey.as_claimed_until)

        def stops() -> bool:
            return journey.stops_when_told and self._calls.made > self._answered_for

        self._rooms.advance_with(self._clock, journey.to, self._arrivals, stops)
        self._answered_for = self._calls.made
        after = self._counts()
        return Stepped(self._clock.now(), after[0] - before[0], after[1] - before[1])

    def _counts(self) -> tuple[int, int]:
        with self._store.reading() as uow:
            return uow.findings.last_number(), uow.notices.last_number()
