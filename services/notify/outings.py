"""Outings: the calls that go out from memory, and what became of each.

A person's channels are tried one after the other as in delivery, and again after the same waits. The attempts
are kept until somebody takes the outing over into the store; from then on no further channel is tried here.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.domain.identity import derived_id
from services.domain.notices import Attempt, Notice, NoticeState
from services.domain.ports import Clock
from services.escalation.scene import House
from services.escalation.steps import has_failed
from services.notify.attempts import NO_JITTER, concluded, ended, next_channel
from services.notify.channels import Channels
from services.notify.sending import outcome_of

SLOTS = 64
"""Sends from memory at once, as many as delivery has."""


@dataclass(slots=True, eq=False)
class Outing:
    """One person who is called. ``call`` is what is sent; ``notice`` says how it stands."""

    call: Notice
    notice: Notice
    attempts: list[Attempt] = field(default_factory=list)
    is_under_way: bool = False
    is_given_up: bool = False
    """Somebody else takes it up; nothing more is tried from here."""

    @property
    def is_over(self) -> bool:
        """It has come to an end, good or bad, which may not be the last."""
        return not self.is_under_way and (has_failed(self.notice) or self.notice.state is NoticeState.SENT)

    def seen(self) -> Seen:
        """As it is now; call it with the lock held."""
        return Seen(self, self.call, tuple(self.attempts), self.is_under_way)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """An outing as it was at an instant: what can be written down without holding anybody up."""

    outing: Outing
    call: Notice
    attempts: tuple[Attempt, ...]
    is_under_way: bool

    @property
    def ended(self) -> int:
        """How many of its attempts had ended."""
        return sum(attempt.result is not None for attempt in self.attempts)

    def attempts_of(self, notice_id: str) -> list[Attempt]:
        """Its attempts as those of a notice in the store."""
        return [
            replace(attempt, id=derived_id("att", notice_id, number), notice_id=notice_id)
            for number, attempt in enumerate(self.attempts, 1)
        ]


class Outings:
    """Sends them. ``pool`` begins each piece of work at once; ``lock`` guards every outing."""

    def __init__(
        self, channels: Channels, house: House, clock: Clock, pool: Executor, lock: threading.RLock
    ) -> None:
        self._channels = channels
        self._house = house
        self._clock = clock
        self._pool = pool
        self._lock = lock
        self._waiting: deque[Outing] = deque()
        self._under_way = 0
        self.on_end: Callable[[], None] = lambda: None
        """Called after each end, in the thread of the send."""

    def start(self, outing: Outing) -> None:
        """Send it as soon as a slot is free."""
        with self._lock:
            outing.is_under_way = True
            self._waiting.append(outing)
        self._launch()

    def start_again(self, outing: Outing, now: datetime) -> None:
        """Try every channel once more if it is time; begin one that was given up and taken back."""
        if outing.is_under_way or outing.is_given_up:
            return
        due_at = outing.notice.next_attempt_at
        if not outing.attempts or (has_failed(outing.notice) and due_at is not None and due_at <= now):
            self.start(outing)

    def _launch(self) -> None:
        while True:
            with self._lock:
                if not self._waiting or self._under_way >= SLOTS:
                    return
                outing = self._waiting.popleft()
                self._under_way += 1
            self._pool.submit(self._send, outing)

    def _send(self, outing: Outing) -> None:
        while (attempt := self._begin(outing)) is not None:
            outcome = outcome_of(self._channels, attempt, outing.call, self._house)
            with self._lock:
                before = outing.attempts[:-1]
                outing.attempts[-1] = ended(attempt, outcome, before, self._clock.now(), NO_JITTER)
        with self._lock:
            self._under_way -= 1
            outing.is_under_way = False
            now = self._clock.now()
            if outing.attempts and next_channel(outing.call, outing.attempts, now) is None:
                outing.notice = concluded(outing.call, outing.attempts, now)
        self.on_end()
        self._launch()

    def _begin(self, outing: Outing) -> Attempt | None:
        with self._lock:
            channel = next_channel(outing.call, outing.attempts, self._clock.now())
            if channel is None or outing.is_given_up:
                return None
            attempt = Attempt(
                id=derived_id("att", outing.call.id, len(outing.attempts) + 1),
                notice_id=outing.call.id,
                channel=channel.kind,
                address=channel.address,
                started_at=self._clock.now(),
                worker_id=outing.call.worker_id,
            )
            outing.attempts.append(attempt)
            return attempt
