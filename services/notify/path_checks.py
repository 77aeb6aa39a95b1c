"""Path checks: the loop that lets the nightly check begin at its hour, waits for its tests, and says what it
found.

When the next one is due is a row; a check that was begun before a restart goes on, and its tests bear ids
that derive from it, so nobody has one twice. One that was missed by more than an hour is left out: nobody is
to be woken by a test.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.notices import Notice, NoticeState
from services.domain.ports import Clock, Store, Topic, UnitOfWork
from services.domain.self_watch import PATH, REFUSED, CheckState, PathCheck
from services.escalation.gathering import Gathering, store_move
from services.escalation.path_check import found_again, nothing_refused, opened, refused, report, tests
from services.escalation.quiet_hours import next_local
from services.notify.conflicts import again_on_conflict

NOT_BEFORE = timedelta(minutes=10)
"""How old a house is at its first check: whoever has just set it up is still typing in who is who."""
LATE_AT_MOST = timedelta(hours=1)
LASTS_AT_MOST = timedelta(minutes=15)
"""A channel that refuses is tried again for some eight minutes, by `attempts.BACKOFF`."""
MOMENT = timedelta(microseconds=1)

log = logging.getLogger("anxin.self-watch")


class PathChecks:
    """The loop over ports; one process of all runs it. ``wall`` is the house's local time of the check."""

    def __init__(self, store: Store, clock: Clock, gathering: Gathering, wall: time) -> None:
        self._store = store
        self._clock = clock
        self._gathering = gathering
        self._wall = wall
        self._check: PathCheck | None = None

    def step(self) -> bool:
        """Set the next check, begin it, or end it when its tests have ended."""
        now = self._clock.now()
        if self._check is None:
            self._check = self._set(now)
        if self._check.state is CheckState.WAITING and now >= self._check.due_at:
            self._begin(self._check, now)
            return True
        if self._check.state is CheckState.RUNNING:
            return again_on_conflict(lambda: self._look(now))
        return False

    def next_due_at(self) -> datetime | None:
        """When the check is due; while it runs, when it ends at the latest."""
        check = self._check
        if check is None or check.state is CheckState.WAITING:
            return None if check is None else check.due_at
        return (check.begun_at or check.due_at) + LASTS_AT_MOST

    def _set(self, now: datetime) -> PathCheck:
        with self._store.reading() as uow:
            newest = uow.self_watch.newest_check()
        if newest is not None and newest.state is CheckState.RUNNING:
            return newest
        if newest is not None and newest.state is CheckState.WAITING:
            if self._is_the_hour(newest.due_at) and now < newest.due_at + LATE_AT_MOST:
                return newest
            if now >= newest.due_at:
                log.warning("the path check of %s was missed", newest.due_at.isoformat())
        after = now + NOT_BEFORE if newest is None else max(now, newest.due_at + MOMENT)
        due_at = next_local(after, self._wall, self._gathering.house.timezone)
        waiting = PathCheck(derived_id("chk", format_instant(due_at)), due_at)
        with self._store.writing() as uow:
            return uow.self_watch.keep_check(waiting)

    def _is_the_hour(self, due_at: datetime) -> bool:
        return due_at.astimezone(self._gathering.house.timezone).time() == self._wall

    def _begin(self, check: PathCheck, now: datetime) -> None:
        if now >= check.due_at + LATE_AT_MOST:
            self._check = None
            return
        begun = replace(check, state=CheckState.RUNNING, begun_at=now)
        with self._store.writing() as uow:
            on_duty = uow.people.plan(now, now).on_duty(uow.workers.all(), now)
            made = tests(begun, on_duty, self._gathering.house)
            uow.notices.add(made)
            begun = uow.self_watch.keep_check(replace(begun, told=len(made)))
            uow.wake_after(Topic.NOTICES)
        self._check = begun
        log.info("the path check of %d channels has begun", len(made))

    def _look(self, now: datetime) -> bool:
        """Whether the check is over."""
        check = self._check
        if check is None:
            return False
        with self._store.reading() as uow:
            notices = uow.notices.of_alert(check.id)
        begun_at = check.begun_at or check.due_at
        if now < begun_at + LASTS_AT_MOST and any(each.state is NoticeState.DUE for each in notices):
            return False
        found = refused(notices)
        with self._store.writing() as uow:
            self._say(uow, check, notices, now)
            uow.self_watch.keep_check(replace(check, state=CheckState.OVER, ended_at=now, refused=len(found)))
        self._check = None
        log.info("the path check is over: %d of %d channels refused", len(found), len(notices))
        return True

    def _say(self, uow: UnitOfWork, check: PathCheck, notices: Sequence[Notice], now: datetime) -> None:
        new = report(check, notices, now)
        running = uow.alerts.running(REFUSED, PATH)
        scene = self._gathering.around_alert(uow, running or new, now)
        if not refused(notices):
            if running is not None:
                store_move(uow, running, nothing_refused(running, scene))
        elif running is None:
            store_move(uow, None, opened(new, scene))
        else:
            store_move(uow, running, found_again(running, new, scene))
