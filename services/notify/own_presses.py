"""Own presses: the loop that lets the house press its own button, sees whether the press came back to the
loop-back in time, and closes what it opened.

A press that is not back when it is due counts as missed, and the next one follows at once, so that two of
them say within two minutes that the way is broken. It presses nothing that it has not written down before,
so without a store there is silence and no flood. It never touches an alert about a person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from services.domain.alerts import Alert
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.notices import AttemptResult
from services.domain.ports import BrokerUnavailable, Clock, Store, UnitOfWork
from services.domain.self_watch import DEVICE_ID, RESIDENT_ID, OwnPress, PressState
from services.escalation.gathering import Gathering, store_move
from services.escalation.own_press import ended
from services.notify.conflicts import again_on_conflict

FORGET_EVERY = timedelta(hours=1)
MOST_FORGOTTEN = 500
"""Rows of each table in one transaction: few enough that no press waits for it."""

log = logging.getLogger("anxin.self-watch")


class Button(Protocol):
    """The house's own button at the broker."""

    def prepare(self) -> None:
        """Make sure that it is registered and has credentials, and begin to connect."""
        ...

    def press(self, press_id: str, at: datetime) -> None:
        """Publish a press as a device would; again with the same id until its receipt has come.
        `BrokerUnavailable` without a connection.
        """
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often it presses, when a press must be back, and how long what is the house's own is kept."""

    every: timedelta
    within: timedelta
    keep_for: timedelta

    @property
    def longest_without(self) -> timedelta:
        """From one press that came back to the moment in which two after it have not."""
        return self.every + 2 * self.within


class Sight:
    """How it stands with the way, as far as the loop knows. Read from other threads, which may not wait."""

    def __init__(self, now: float) -> None:
        self.well_at = now
        """By the stopwatch: when a press was last seen to be back; at first the start."""
        self.missed = 0
        """How many presses in a row have not come back."""
        self.is_watching = False
        """Whether this process presses."""
        self.last: OwnPress | None = None
        """The last press that came back."""


class OwnPresses:
    """The loop over ports; one process of all runs it."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        gathering: Gathering,
        button: Button,
        pace: Pace,
        sight: Sight,
        stopwatch: Callable[[], float],
        hears: Callable[[OwnPress], None] = lambda _press: None,
    ) -> None:
        """``hears`` is told of each press that came back or was missed."""
        self._store = store
        self._clock = clock
        self._gathering = gathering
        self._button = button
        self._pace = pace
        self._sight = sight
        self._stopwatch = stopwatch
        self._hears = hears
        self._press: OwnPress | None = None
        self._is_read = False
        self._next_at = clock.now() + pace.every
        self._forget_at = self._next_at
        sight.is_watching = True
        sight.well_at = stopwatch()

    def step(self) -> bool:
        """Look for the press that is under way, make the next one if it is time, forget what is old."""
        now = self._clock.now()
        if not self._is_read:
            self._read()
        worked = self._press is not None and self._look(self._press, now)
        if self._press is None and now >= self._next_at:
            self._make(now)
            worked = True
        self._forget(now)
        return worked

    def next_due_at(self) -> datetime | None:
        """When the next press is due, or the one that is under way must be back."""
        return self._next_at if self._press is None else self._press.due_at

    # ------------------------------------------------------------------ one press

    def _read(self) -> None:
        """What another process, or this one before its restart, left under way is looked for on."""
        with self._store.reading() as uow:
            newest, self._sight.last = uow.self_watch.newest(), uow.self_watch.last_back()
        if newest is not None:
            self._next_at = newest.pressed_at + self._pace.every
            if newest.state is PressState.UNDER_WAY:
                self._press = newest
        self._is_read = True

    def _make(self, now: datetime) -> None:
        self._button.prepare()
        press = OwnPress(derived_id("own", format_instant(now)), now, now + self._pace.within)
        with self._store.writing() as uow:
            self._press = uow.self_watch.add(press)
        self._publish(press)

    def _publish(self, press: OwnPress) -> None:
        try:
            self._button.press(press.id, press.pressed_at)
        except BrokerUnavailable as error:
            log.debug("the house's own press waits: %s", error)

    def _look(self, press: OwnPress, now: datetime) -> bool:
        """Whether it has ended."""
        over = again_on_conflict(lambda: self._seen(press, now))
        if over is None:
            self._publish(press)
            return False
        sight, is_back = self._sight, over.state is PressState.BACK
        self._press = None
        self._next_at = press.pressed_at + self._pace.every if is_back else press.due_at
        sight.missed = 0 if is_back else sight.missed + 1
        if is_back:
            sight.well_at, sight.last = self._stopwatch(), over
        else:
            log.warning("the house's own press %s did not come back in time", press.id)
        self._hears(over)
        return True

    def _seen(self, press: OwnPress, now: datetime) -> OwnPress | None:
        """The press as it ended, with its alert closed; None: not yet. One that is overdue closes its alert
        as well: what is told after this is told of the next.
        """
        with self._store.reading() as uow:
            told_at = _told_at(uow, press, _running(uow))
        if told_at is not None:
            over, note = replace(press, state=PressState.BACK, told_at=told_at), None
        elif now >= press.due_at:
            over, note = replace(press, state=PressState.MISSED), "did not come back in time"
        else:
            return None
        with self._store.writing() as uow:
            uow.self_watch.save(over)
            for alert in _running(uow):
                scene = self._gathering.around_alert(uow, alert, now)
                store_move(uow, alert, ended(alert, scene, note))
        return over

    # ------------------------------------------------------------------ forgetting

    def _forget(self, now: datetime) -> None:
        if now < self._forget_at:
            return
        with self._store.writing() as uow:
            forgotten = uow.self_watch.forget(now - self._pace.keep_for, MOST_FORGOTTEN)
        if forgotten < MOST_FORGOTTEN:
            self._forget_at = now + FORGET_EVERY


def _running(uow: UnitOfWork) -> list[Alert]:
    return [each for each in uow.alerts.running_for([RESIDENT_ID]).get(RESIDENT_ID, []) if each.synthetic]


def _told_at(uow: UnitOfWork, press: OwnPress, running: list[Alert]) -> datetime | None:
    """When the loop-back confirmed what came of the press."""
    event = next(iter(uow.events.with_device_event_id(DEVICE_ID, press.id)), None)
    if event is None:
        return None
    told = [
        notice.id
        for alert in running
        for notice in uow.notices.of_alert(alert.id)
        if notice.chain == event.id
    ]
    confirmed = [
        attempt.ended_at
        for attempt in uow.notices.attempts(told)
        if attempt.result is AttemptResult.DELIVERED and attempt.ended_at is not None
    ]
    return min(confirmed, default=None)
