"""Keeping the snapshot: what is in the store of devices, people, rosters and running alerts, read again and
again while the store answers, so that it is at hand when it does not.

It reads, in small parts, and never writes. It may hang with the store; whoever needs the snapshot takes the
newest that there is and never waits for the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from services.domain.alerts import Alert
from services.domain.duty import DutyPlan
from services.domain.ports import Clock, Register, Store, StoreUnavailable, T, UnitOfWork
from services.domain.records import RulebookRevision
from services.domain.snapshot import Matters, Running, Snapshot

RENEWED_EVERY = timedelta(minutes=1)
TOO_OLD = timedelta(minutes=5)
"""From which age on readiness says how old the snapshot is: some renewals have failed by then."""
PLANNED_FOR = timedelta(days=7)
"""For how long the snapshot knows who is on duty: longer than any store may be away."""
PART = 500
"""Things that are read in one transaction: few enough that nobody waits for the memory of a large county."""
MOST_CHANGES = 50
"""Changes that are looked at at a look. Where more alerts moved, those that run are all read anew with the
next renewal."""

log = logging.getLogger("anxin.snapshot")


class Keeper:
    """The room that keeps the snapshot."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.snapshot = Snapshot()
        self.running: Matters = {}
        """The alerts that run, as far as they are known."""
        self._store = store
        self._clock = clock
        self._begun_at = clock.now()
        self._changes: int | None = None
        self._has_skipped = False
        self._is_refused = False

    def step(self) -> bool:
        """Renew what is due; never more to do at the same instant."""
        now = self._clock.now()
        try:
            self._look_at_alerts()
            taken_at = self.snapshot.taken_at
            if taken_at is None or not timedelta() <= now - taken_at < RENEWED_EVERY:
                if self._has_skipped:
                    self._changes = None  # a skipped change may have closed an alert that seems to run
                    self._look_at_alerts()
                self.snapshot = self._taken(now)
        except StoreUnavailable as error:
            if not self._is_refused:
                log.warning("the snapshot cannot be renewed: %s", error)
            self._is_refused = True
        else:
            self._is_refused = False
        return False

    def next_due_at(self) -> datetime | None:
        """Nothing to be met to the second: the beat looks often enough."""
        return None

    def faults(self) -> list[str]:
        """What is wrong with the snapshot now, a sentence each."""
        taken_at = self.snapshot.taken_at
        age = self._clock.now() - (taken_at or self._begun_at)
        if age < TOO_OLD:
            return []
        if taken_at is None:
            return ["There is no copy of people and devices in memory yet."]
        minutes = int(age.total_seconds() // 60)
        return [f"The copy of people and devices in memory is {minutes} minutes old."]

    # ------------------------------------------------------------------ reading

    def _taken(self, now: datetime) -> Snapshot:
        return Snapshot(
            now,
            homes=self._all(lambda uow: uow.homes),
            grids=self._all(lambda uow: uow.grids),
            residents=self._all(lambda uow: uow.residents),
            workers=self._all(lambda uow: uow.workers),
            plan=self._plan(now),
            devices=self._all(lambda uow: uow.devices),
            rulebooks=self._rulebooks(),
        )

    def _plan(self, now: datetime) -> DutyPlan:
        with self._store.reading() as uow:
            return uow.people.plan(now, now + PLANNED_FOR)

    def _all(self, register: Callable[[UnitOfWork], Register[T]]) -> Iterator[T]:
        after: int | None = 0
        while after is not None:
            with self._store.reading() as uow:
                page = register(uow).page({}, after, PART)
            yield from page.items
            after = page.next

    def _rulebooks(self) -> list[RulebookRevision]:
        with self._store.reading() as uow:
            return uow.rulebooks.latest()

    def _look_at_alerts(self) -> None:
        with self._store.reading() as uow:
            last = uow.alerts.last_change()
            if last == self._changes:
                return
            if self._changes is None:
                alerts = uow.alerts.page_in_brief({"running": True}, 0, PART).items
                self.running = {each.matter: each for each in (_running(uow, alert) for alert in alerts)}
                self._has_skipped = False
            else:
                after = max(self._changes, last - MOST_CHANGES)
                self._has_skipped = self._has_skipped or after > self._changes
                changes = uow.alerts.changes_after(after, MOST_CHANGES)
                moved = dict.fromkeys(change.alert_id for change in changes)
                self.running = self._moved(uow, moved)
            self._changes = last

    def _moved(self, uow: UnitOfWork, alert_ids: Iterable[str]) -> Matters:
        running = dict(self.running)
        for alert_id in alert_ids:
            alert = uow.alerts.brief(alert_id)
            if alert is None:
                continue
            matter = (alert.kind, alert.subject)
            if alert.is_running:
                running[matter] = _running(uow, alert)
            elif matter in running and running[matter].alert.id == alert_id:
                del running[matter]
        return running


def _running(uow: UnitOfWork, alert: Alert) -> Running:
    return Running(alert, tuple(uow.notices.bearing_on(alert.id)))
