"""Delivery: due notices become attempts, attempts become results, and commands go out to devices.

The Attempt's row is committed before the send and its result after it, so a crash in between shows as a
try whose end nobody knows, and the notice is sent again with the same id. A notice is held by a lease
while it is on its way. One hanging channel never delays another person: each send has a thread of its own,
and a try that takes longer than its policy allows counts as timed out. Without such threads (stepped time)
all sends are done before `step` says that nothing is left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from services.domain.alerts import Alert
from services.domain.chronicle import attempt_ended, attempt_started, notice_concluded
from services.domain.crash_points import CrashPoint, Reached, goes_on
from services.domain.findings import Severity
from services.domain.identity import derived_id
from services.domain.notices import Attempt, AttemptResult, Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.ports import (
    Clock,
    Conflict,
    Publisher,
    Signals,
    Store,
    StoreUnavailable,
    Topic,
    UnitOfWork,
)
from services.escalation.gathering import Gathering, store_move
from services.escalation.stages import call_failed
from services.escalation.steps import has_failed
from services.notify import commands
from services.notify.attempts import concluded, ended, next_channel, spread
from services.notify.bundling import failed_with, gather, was_called, why_unneeded
from services.notify.channels import ChannelOutcome, Channels
from services.notify.channels.channel import timed_out
from services.notify.conflicts import again_on_conflict
from services.notify.sending import outcome_of
from services.notify.superseded import why_never_called
from services.notify.throttling import UNTHROTTLED, Kept, Throttle, put_off

LEASE_FOR = timedelta(seconds=60)
"""How long a notice is nobody else's after each start of a try; far more than one try may take."""
SLOTS = 64
"""Sends that are waited for at once: enough that a provider who hangs for all his customers delays nobody
else, few enough for the limits of a mail server. Half of them are kept for high notices."""
STEP_ASIDE_FOR = timedelta(seconds=1)
"""How long a lower notice waits when its half of the slots is taken."""

log = logging.getLogger("anxin.delivery")


@dataclass(frozen=True, slots=True)
class Course:
    """A notice that is held by a lease, how long each of its tries may take, and until when a throttle keeps
    which of its channels.
    """

    notice: Notice
    wait_for: timedelta
    kept: Kept


@dataclass(frozen=True, slots=True)
class Try:
    """One send that is under way."""

    course: Course
    attempt: Attempt


Begin = Callable[[UnitOfWork, Notice, list[Attempt], datetime], Try | None]


class DeliveryLoop:
    """The loop over ports; one a process. ``jitter`` answers a number in [0, 1) for the id of an attempt, by
    which repeated tries part.

    A send given to ``pool`` must begin at once, however many others hang.
    """

    def __init__(  # noqa: PLR0913 - a loop is handed all that it touches
        self,
        store: Store,
        clock: Clock,
        gathering: Gathering,
        channels: Channels,
        publisher: Publisher,
        pool: Executor | None = None,
        *,
        signals: Signals | None = None,
        jitter: Callable[[str], float] = spread,
        throttle: Throttle = UNTHROTTLED,
        reached: Reached = goes_on,
    ) -> None:
        self._store = store
        self._clock = clock
        self._gathering = gathering
        self._channels = channels
        self._publisher = publisher
        self._pool = pool
        self._signals = signals
        self._jitter = jitter
        self._throttle = throttle
        self._reached = reached
        self._under_way: dict[str, Try] = {}
        self._finished: SimpleQueue[tuple[str, ChannelOutcome]] = SimpleQueue()
        self._unwritten: dict[str, ChannelOutcome] = {}
        self._unsure: dict[str, Attempt] = {}

    def take_over(self, is_alone: Callable[[UnitOfWork], bool] = lambda _: True) -> bool:
        """Take up at once what was on its way when another process died; False if we are not alone.

        Only for a process that delivers alone from its store: there nobody else can hold a lease.
        ``is_alone`` is asked in the same transaction.
        """
        now = self._clock.now()
        own = {each.course.notice.id for each in self._under_way.values()}
        with self._store.writing() as uow:
            if not is_alone(uow):
                return False
            for notice in uow.notices.under_way():
                if notice.id not in own:
                    uow.notices.save(replace(notice, next_attempt_at=now))
        return True

    def step(self) -> bool:
        """Write the results that came in, start what is due, publish commands; True if there was any of
        it.
        """
        self._make_sure()
        results = self._take_results()
        now = self._clock.now()
        is_due, waiting = self._what_is_due(now)
        started = is_due and self._start_due(now)
        if started:
            _, waiting = self._what_is_due(now)
        published = commands.publish(waiting, self._store, self._publisher, self._clock.now(), self._reached)
        return results or started or published

    def next_due_at(self) -> datetime | None:
        """When the nearest notice is to be sent, or taken up again."""
        with self._store.reading() as uow:
            return uow.notices.next_due_at()

    def _make_sure(self) -> None:
        """Take up at once what was begun in a transaction that was reported as failed, and succeeded."""
        if not self._unsure:
            return
        with self._store.writing() as uow:
            for begun in self._unsure.values():
                notice = uow.notices.get(begun.notice_id)
                newest = uow.notices.attempts([begun.notice_id])[-1:]
                if notice is None or notice.reason is NoticeReason.TOLD_WITHOUT_STORE:
                    continue  # begun at the same instant from memory, and under way there
                if [replace(each, number=begun.number) for each in newest] == [begun]:
                    uow.notices.save(replace(notice, next_attempt_at=self._clock.now()))
        self._unsure.clear()

    def _what_is_due(self, now: datetime) -> tuple[bool, commands.Waiting]:
        """Whether a notice is, and the commands that wait."""
        with self._store.reading() as uow:
            nearest = uow.notices.next_due_at()
            return nearest is not None and nearest <= now, commands.waiting_in(uow)

    def _start_due(self, now: datetime) -> bool:
        free = SLOTS - len(self._under_way)
        if free <= 0:
            return False
        try:
            tries, any_due = again_on_conflict(lambda: self._lease(now, free))
        except (StoreUnavailable, Conflict):
            raise
        except Exception:
            log.exception("the notices that are due could not be begun together; each is tried alone")
            tries, any_due = again_on_conflict(lambda: self._lease(now, free, alone=True))
        self._launch(tries)
        return any_due

    def start_due_in(self, uow: UnitOfWork) -> Callable[[], None]:
        """Begin what is due, in somebody's open transaction; answers the sends, to be called once that is
        committed.
        """
        tries, _ = self._lease_in(uow, self._clock.now(), SLOTS - len(self._under_way))
        return lambda: self._launch(tries)

    def _lease(self, now: datetime, free: int, *, alone: bool = False) -> tuple[list[Try], bool]:
        with self._store.writing() as uow:
            return self._lease_in(uow, now, free, self._begin_alone if alone else self._begin)

    def _lease_in(
        self, uow: UnitOfWork, now: datetime, free: int, begin: Begin | None = None
    ) -> tuple[list[Try], bool]:
        begin = begin or self._begin
        tries: list[Try] = []
        lower = sum(each.course.notice.severity is not Severity.HIGH for each in self._under_way.values())
        won = uow.notices.lease(now, LEASE_FOR, free) if free > 0 else []
        made = _attempts_of(uow, won)
        for notice in gather(uow, won, now):
            self._reached(CrashPoint.AFTER_ALERT)
            if notice.severity is not Severity.HIGH and self._pool is not None:
                if lower >= SLOTS // 2:
                    uow.notices.save(replace(notice, next_attempt_at=now + STEP_ASIDE_FOR))
                    continue
                lower += 1
            following = begin(uow, notice, made.get(notice.id, []), now)
            if following is not None:
                tries.append(following)
        return tries, bool(won)

    def _begin_alone(
        self, uow: UnitOfWork, notice: Notice, attempts: list[Attempt], now: datetime
    ) -> Try | None:
        return _apart(uow, notice, lambda: self._begin(uow, notice, attempts, now))

    def _begin(self, uow: UnitOfWork, notice: Notice, attempts: list[Attempt], now: datetime) -> Try | None:
        """Take a leased notice up: it may be superseded, or have tries whose end nobody knows."""
        lost_ones = [each for each in attempts if each.result is None]
        for lost in lost_ones:
            unknown = replace(lost, ended_at=now, result=AttemptResult.UNKNOWN)
            uow.notices.finish(unknown)
            uow.say_after(attempt_ended(unknown, notice))
        if lost_ones:
            attempts = uow.notices.attempts([notice.id])
        alert = uow.alerts.standing(notice.alert_id)
        why_not = why_unneeded(uow, notice, alert) or _why_not_there(uow, notice)
        if why_not is None and notice.kind is NoticeKind.STAND_DOWN:
            why_not = why_never_called(notice, alert, was_tried=was_called(uow, notice))
        if why_not is not None:
            unsent = replace(notice, state=NoticeState.NOT_SENT, reason=why_not, next_attempt_at=None)
            uow.notices.save(unsent)
            uow.say_after(notice_concluded(unsent))
            return None
        course = Course(notice, self._wait_of(alert), self._throttle.keeps(uow, notice, now))
        return self._following(uow, course, attempts, now)

    def _following_alone(
        self, uow: UnitOfWork, course: Course, attempts: list[Attempt], now: datetime
    ) -> Try | None:
        return _apart(uow, course.notice, lambda: self._following(uow, course, attempts, now))

    def _following(
        self, uow: UnitOfWork, course: Course, attempts: list[Attempt], now: datetime
    ) -> Try | None:
        """Start the next channel, or conclude the notice and let the alert go on if nobody was reached."""
        channel = next_channel(course.notice, attempts, now, but=course.kept)
        if channel is None:
            if put_off(uow, course.notice, attempts, course.kept, now):
                return None
            notice = concluded(course.notice, attempts, now)
            uow.notices.save(notice)
            uow.say_after(notice_concluded(notice))
            if has_failed(notice):
                for alert_id in failed_with(uow, notice):
                    self._nobody_reached(uow, alert_id, now)
            return None
        attempt = uow.notices.start(
            Attempt(
                id=derived_id("att", course.notice.id, len(attempts) + 1),
                notice_id=course.notice.id,
                channel=channel.kind,
                address=channel.address,
                started_at=now,
                worker_id=course.notice.worker_id,
            )
        )
        self._unsure[attempt.id] = attempt
        if course.notice.next_attempt_at != now + LEASE_FOR:
            uow.notices.save(replace(course.notice, next_attempt_at=now + LEASE_FOR))
        uow.say_after(attempt_started(attempt, course.notice))
        return Try(course, attempt)

    def _nobody_reached(self, uow: UnitOfWork, alert_id: str, now: datetime) -> None:
        alert = uow.alerts.brief(alert_id)
        if alert is not None and alert.is_running:
            store_move(uow, alert, call_failed(alert, self._gathering.around_alert(uow, alert, now)))

    def _launch(self, tries: Iterable[Try]) -> None:
        tries = list(tries)
        self._under_way.update((each.attempt.id, each) for each in tries)
        for each in tries:
            self._unsure.pop(each.attempt.id, None)
            self._reached(CrashPoint.AFTER_ATTEMPT_ROW)
            if self._pool is None:
                self._send(each)
            else:
                self._pool.submit(self._send, each)

    def _send(self, this: Try) -> None:
        """Send, in whichever thread; what became of it is put where `step` finds it."""
        attempt, notice = this.attempt, this.course.notice
        outcome = outcome_of(self._channels, attempt, notice, self._gathering.house)
        self._reached(CrashPoint.AFTER_SEND)
        self._finished.put((attempt.id, outcome))
        if self._signals is not None and self._pool is not None:
            self._signals.wake(Topic.NOTICES)

    def _take_results(self) -> bool:
        now = self._clock.now()
        outcomes = self._outcomes(now)
        if not outcomes:
            return False
        try:
            following = again_on_conflict(lambda: self._write_results(outcomes, now, self._following))
        except (StoreUnavailable, Conflict):
            raise
        except Exception:
            log.exception("what follows from results could not be stored together; each is tried alone")
            following = again_on_conflict(lambda: self._write_results(outcomes, now, self._following_alone))
        self._reached(CrashPoint.AFTER_RESULT)
        for attempt_id in outcomes:
            del self._under_way[attempt_id]
        self._unwritten.clear()
        self._launch(following)
        return True

    def _outcomes(self, now: datetime) -> dict[str, ChannelOutcome]:
        """The tries that have ended, or are no longer waited for.

        A result that could not be written is kept until it can be: what was delivered is not sent again.
        """
        outcomes = self._unwritten
        while True:
            try:
                attempt_id, outcome = self._finished.get_nowait()
            except Empty:
                break
            if attempt_id in self._under_way:  # else it was given up before
                outcomes[attempt_id] = outcome
        for attempt_id, each in self._under_way.items():
            if attempt_id not in outcomes and each.attempt.started_at + each.course.wait_for <= now:
                outcomes[attempt_id] = timed_out(
                    f"no answer within {each.course.wait_for.total_seconds():g} s"
                )
        return outcomes

    def _write_results(
        self,
        outcomes: dict[str, ChannelOutcome],
        now: datetime,
        follow: Callable[[UnitOfWork, Course, list[Attempt], datetime], Try | None],
    ) -> list[Try]:
        tries: list[Try] = []
        with self._store.writing() as uow:
            for attempt_id, outcome in outcomes.items():
                course = self._under_way[attempt_id].course
                made = uow.notices.attempts([course.notice.id])  # with the receipts that came meanwhile
                ends = {
                    each.id: ended(each, outcome, made, now, self._jitter(each.id))
                    for each in made
                    if each.id == attempt_id
                }
                # Where none is written, somebody took us for dead and has taken the notice up.
                if not all([uow.notices.finish(each) for each in ends.values()]):  # noqa: C419
                    continue
                for each in ends.values():
                    uow.say_after(attempt_ended(each, course.notice))
                following = follow(uow, course, [ends.get(each.id, each) for each in made], now)
                if following is not None:
                    tries.append(following)
            self._reached(CrashPoint.BEFORE_RESULT)
        return tries

    def _wait_of(self, alert: Alert | None) -> timedelta:
        name, severity = (alert.runs_by, alert.severity) if alert else ("", Severity.HIGH)
        return self._gathering.policies().named(name, severity).channel_wait


def _apart(uow: UnitOfWork, notice: Notice, take: Callable[[], Try | None]) -> Try | None:
    """What fails for one notice is undone and tried again when its lease ends, and holds up no other."""
    try:
        with uow.on_trial():
            return take()
    except (StoreUnavailable, Conflict):
        raise
    except Exception:
        log.exception("the notice %s cannot be gone on with and is tried again in %s", notice.id, LEASE_FOR)
        return None


def _attempts_of(uow: UnitOfWork, notices: Sequence[Notice]) -> dict[str, list[Attempt]]:
    """The attempts of each notice that has any."""
    made: dict[str, list[Attempt]] = {}
    for attempt in uow.notices.attempts([notice.id for notice in notices]) if notices else []:
        made.setdefault(attempt.notice_id, []).append(attempt)
    return made


def _why_not_there(uow: UnitOfWork, notice: Notice) -> NoticeReason | None:
    worker = uow.workers.get(notice.worker_id) if notice.worker_id else None
    return NoticeReason.INACTIVE if worker is not None and not worker.active else None
