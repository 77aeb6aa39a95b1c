"""Pages at night: somebody who is called more often in one night than is allowed becomes a Finding, once a
night, for whoever can take the rest of it from them.

A chore of the alert loop. It looks when notices were made since its last look, by night alone, and counts
what went out and what is going out. It never holds a page back: an elder who calls is told to whoever is
there, however tired they are, and it says nothing while an urgent alert is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from services.domain.alerts import AlertState
from services.domain.findings import (
    BUILT_IN,
    PAGES_AT_NIGHT,
    Finding,
    Severity,
    found_by_house,
)
from services.domain.identity import derived_id
from services.domain.instants import local
from services.domain.people import Worker
from services.domain.ports import Store, UnitOfWork
from services.domain.reckoning import night, night_of
from services.domain.service_figures import Aims
from services.escalation.gathering import Gathering
from services.escalation.routing import CALLED_TOO_OFTEN
from services.titles.naming import titles_of

POLICY = "pages"
"""The policy that says who is told of it."""
SEVERITY = Severity.MEDIUM
"""Nobody is in need, and somebody has to see to it before the night is over."""

DUE_WITHIN = timedelta(minutes=5)
"""What is due by then is going out: longer than a lease lasts, and long before any morning."""
LONGEST_REST = timedelta(hours=1)
"""By day, until somebody's change of when the night begins is seen."""


class PagesWatch:
    """Which notices it has looked at is in memory alone: after a restart the night is counted once more, and
    what was found has the same id.
    """

    def __init__(self, store: Store, gathering: Gathering) -> None:
        self._store = store
        self._gathering = gathering
        self._seen = 0
        self._rests_until: datetime | None = None

    def look(self, uow: UnitOfWork, now: datetime) -> Callable[[], bool] | None:
        """A count of the night's pages, if it is night and notices were made."""
        if self._rests_until is not None and now < self._rests_until:
            return None
        newest = uow.notices.last_number()
        return None if newest == self._seen else partial(self._count, now, newest)

    def _count(self, now: datetime, newest: int) -> bool:
        aims, zone = self._gathering.aims(), self._gathering.house.timezone
        evening = night_of(now, zone, aims)
        if evening is None:
            tonight, _ = night(local(now, zone).date(), zone, aims)
            self._rests_until = min(max(tonight, now), now + LONGEST_REST)
            return False
        with self._store.reading() as uow:
            new = _new(uow, evening, now, aims, zone)
        if new and self._somebody_waits():
            return False  # the next look says it; nobody needs a report while somebody calls for help
        if new:
            with self._store.writing() as uow:
                uow.findings.add(new)
        self._seen = newest
        return bool(new)

    def next_due_at(self, uow: UnitOfWork) -> datetime | None:  # noqa: ARG002 - whatever is stored
        """No instant of its own: nobody is called without a notice, and each wakes the loop."""
        return None

    def _somebody_waits(self) -> bool:
        with self._store.reading() as uow:
            waiting = {"state": AlertState.OPEN, "severity": Severity.HIGH, "running": True}
            return bool(uow.alerts.page_in_brief(waiting | {"synthetic": False}, 0, 1).items)


def _new(uow: UnitOfWork, evening: date, now: datetime, aims: Aims, zone: ZoneInfo) -> list[Finding]:
    since, _ = night(evening, zone, aims)
    counts = uow.figure_rows.going_out(since, now + DUE_WITHIN)
    found = []
    for worker_id, pages in sorted(counts.items()):
        if pages > aims.pages_a_night:
            worker = uow.workers.get(worker_id)
            if worker is not None and worker.role in aims.awake:
                continue
            finding = _finding(worker_id, worker, pages, evening, now, aims)
            if uow.findings.get(finding.id) is None:
                found.append(finding)
    return found


def _finding(
    worker_id: str, worker: Worker | None, pages: int, evening: date, now: datetime, aims: Aims
) -> Finding:
    name = worker.name if worker else worker_id
    return found_by_house(
        PAGES_AT_NIGHT,
        derived_id("fnd", BUILT_IN, PAGES_AT_NIGHT, worker_id, evening.isoformat()),
        at=now,
        raised_at=now,
        severity=SEVERITY,
        policy=POLICY,
        titles=titles_of(PAGES_AT_NIGHT, name=name, pages=pages, most=aims.pages_a_night),
        figures={
            "subject": f"{CALLED_TOO_OFTEN}{worker_id}",
            "worker_id": worker_id,
            "night": evening.isoformat(),
            "pages": pages,
            "pages_a_night": aims.pages_a_night,
        },
    )
