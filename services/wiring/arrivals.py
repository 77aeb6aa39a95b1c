"""Arrivals: messages that simulated time lets come at the instant that their devices claim.

A wrapper around the inbox of ingest. While it is open up to an instant, a message that claims to tell of a
time between now and then is held, unacknowledged, until time comes there; every other comes as it is
received. It moves no clock: whoever does asks it for the next batch, and takes a smaller one where something
followed on the way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush

from services.domain.instants import NotAnInstant, parse_instant
from services.domain.ports import Clock, Following, TooMuchAtOnce, UnitOfWork
from services.domain.wire import ROOT
from services.ingest.messages import Inbox, Lane, Message
from services.ingest.run import MOST_AT_ONCE
from services.notify.run import BATCH, CHANGES, FINDINGS

MOST_LET_IN = 400
"""Messages of one batch. Where somebody has to be told of something in its midst, all of it is undone and its
beginning stored anew; and the rules take in 500 events with a transaction, house facts among them.
"""
_PREFIX = f"{ROOT}/"
_CARRY_CLAIMS = ("/event", "/alarm")
Key = tuple[datetime, str, int]
"""When it arrives, on which topic, its number: no luck of the network is in the order of two devices."""


class Arrivals:
    """The inbox of a house on simulated time; ``inner`` is the broker's."""

    def __init__(self, inner: Inbox, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self._until: datetime | None = None
        self._not_beyond: datetime | None = None
        """Where the last batch was cut. Until time is there no further batch goes beyond it, for that one
        would be cut there as well.
        """
        self._held: list[tuple[Key, Message]] = []
        self._released: list[Message] = []
        self._batch: set[int] = set()
        """The numbers of the last batch: each message is let through or held again until it is stored."""
        self.stored_until: datetime | None = None
        """When the last message of the last batch that was stored arrived."""
        self.is_quiet = False
        """Whether no room has anything to do with the last batch that was stored."""
        self._lock = threading.RLock()

    def open_until(self, until: datetime | None) -> None:
        """From now on what is claimed after now and up to ``until`` waits for that instant; None: nothing
        does. What is held already stays so.
        """
        with self._lock:
            self._until = until

    def release(self, bound: datetime) -> datetime | None:
        """Let the next batch of what arrives up to ``bound`` be taken; the instant of its last, None if there
        is none.

        An alarm arrives with nothing but what comes at its own instant.
        """
        with self._lock:
            self._take_in()
            if self._not_beyond is not None and self._clock.now() < self._not_beyond:
                bound = min(bound, self._not_beyond)
            batch: list[tuple[Key, Message]] = []
            while self._held and self._held[0][0][0] <= bound and len(batch) < MOST_LET_IN:
                is_later = bool(batch) and self._held[0][0][0] > batch[0][0][0]
                if is_later and (self._held[0][1].lane is Lane.ALARMS or batch[-1][1].lane is Lane.ALARMS):
                    break
                batch.append(heappop(self._held))
            while batch and self._held and self._held[0][1].lane is Lane.ALARMS:
                first, last = batch[0][0][0], batch[-1][0][0]
                if last != self._held[0][0][0] or first == last:
                    break  # what comes at the instant of an alarm comes with it
                heappush(self._held, batch.pop())
            self._released = [message for _, message in batch]
            self._batch = {message.number for message in self._released}
            self.is_quiet = not self.has_alarms()
            for (at, _, _), message in batch:
                message.received_at = at
            return batch[-1][0][0] if batch else None

    def first_at(self) -> datetime | None:
        """When the first of what is held arrives."""
        with self._lock:
            return self._held[0][0][0] if self._held else None

    def last_at(self) -> datetime | None:
        """When the last of the batch arrives that is let through; None without one."""
        return self._released[-1].received_at if self._released else None

    def middle_at(self) -> datetime | None:
        """When about half of the batch has arrived; None for one that arrives at one instant."""
        instants = [message.received_at for message in self._released]
        before_last = [at for at in instants if at < instants[-1]]
        return before_last[min(len(instants) // 2, len(before_last) - 1)] if before_last else None

    def has_alarms(self) -> bool:
        """Whether there is an alarm in the batch that is let through."""
        return any(message.lane is Lane.ALARMS for message in self._released)

    def before_last(self) -> datetime | None:
        """The last instant before that."""
        last_at = self.last_at()
        return None if last_at is None else last_at - timedelta.resolution

    def cut_after(self, at: datetime) -> None:
        """Let only what arrives up to ``at``, or up to where time stands already, be taken now, which may be
        nothing; the rest is held again.
        """
        with self._lock:
            self._not_beyond = bound = max(at, self._clock.now())
            for message in self._released:
                if message.received_at > bound:
                    self._hold(message, message.received_at)
            self._released = [each for each in self._released if each.received_at <= bound]

    # ------------------------------------------------------------------ the inbox

    def take(self, limit: int) -> list[Message]:
        with self._lock:
            if self._released:
                return self._released[:limit]
            self._take_in()
            return self._inner.take(limit) if self._until is None else self._passing(limit)

    def give_back(self, messages: list[Message]) -> None:
        with self._lock:
            self._inner.give_back([each for each in messages if each.number not in self._batch])

    def done(self, messages: list[Message]) -> None:
        with self._lock:
            if self._released:
                self.stored_until = messages[-1].received_at
                gone = {each.number for each in messages}
                self._released = [each for each in self._released if each.number not in gone]
        self._inner.done(messages)

    # ------------------------------------------------------------------ holding

    def _take_in(self) -> None:
        """Hold what is to be held of what has come; the rest stays with the broker's inbox, in its order."""
        if self._until is None:
            return
        passing: list[Message] = []
        while came := self._inner.take(MOST_AT_ONCE):
            passing += self._sorted_out(came)
            if len(passing) >= MOST_AT_ONCE:
                break
        self._inner.give_back(passing)

    def _passing(self, limit: int) -> list[Message]:
        return self._sorted_out(self._inner.take(limit))

    def _sorted_out(self, came: Sequence[Message]) -> list[Message]:
        """Those that are not to be held."""
        now, until = self._clock.now(), self._until
        passing = []
        for message in came:
            at = None if message.retained or until is None else claimed_at(message)
            if at is None or until is None or not now < at <= until:
                passing.append(message)
            else:
                self._hold(message, at)
        return passing

    def _hold(self, message: Message, at: datetime) -> None:
        heappush(self._held, ((at, message.topic, message.number), message))


def claimed_at(message: Message) -> datetime | None:
    """The instant that a native device claims, with its offset; None for none that is to be read."""
    if not message.topic.startswith(_PREFIX) or not message.topic.endswith(_CARRY_CLAIMS):
        return None
    try:
        return parse_instant(message.json()["occurred_at"])
    except (ValueError, KeyError, TypeError, NotAnInstant):
        return None


class NotBeyond:
    """What follows from a batch, unless somebody may have to be told before the batch's last message arrived:
    of a finding, or a change of one. Then the batch is cut there, so that people are told at the instant at
    which time would have come there by itself. Where time stands already nothing can lie before.
    """

    def __init__(self, arrivals: Arrivals, clock: Clock, following: Following) -> None:
        self._arrivals = arrivals
        self._clock = clock
        self._following = following

    def __call__(self, uow: UnitOfWork) -> Callable[[], None]:
        last_at = self._arrivals.last_at()
        then = self._following(uow)
        if last_at is None:
            return then
        first = _first_that_follows(uow, last_at)
        if first is None:
            return then
        if first <= self._clock.now() < last_at:  # what was found says no instant of its own: come nearer
            first = self._arrivals.middle_at() or last_at
        if first < last_at and self._clock.now() < last_at:
            self._arrivals.cut_after(first)
            raise TooMuchAtOnce
        self._arrivals.is_quiet = False
        return then


def _first_that_follows(uow: UnitOfWork, last_at: datetime) -> datetime | None:
    """The earliest instant up to ``last_at`` at which a room has something to do with what was stored."""
    return min((at for at in _instants(uow) if at <= last_at), default=None)


def _instants(uow: UnitOfWork) -> Iterator[datetime]:
    due_at = uow.states.next_due_at()
    if due_at is not None:
        yield due_at
    for finding in uow.findings.after(uow.cursors.get(FINDINGS), BATCH):
        yield finding.raised_at
    for change in uow.findings.changes_after(uow.cursors.get(CHANGES), BATCH):
        by = None if change.by_event_id is None else uow.events.get(change.by_event_id)
        yield change.at if by is None else max(change.at, by.received_at)
