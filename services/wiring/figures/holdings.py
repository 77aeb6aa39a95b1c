"""What the store holds, whichever loops run in this process: numbers, overdue deadlines, quarantine."""

from __future__ import annotations

from datetime import datetime

from prometheus_client.core import Metric

from services.domain.ports import UnitOfWork
from services.domain.records import QuarantineReason
from services.wiring.figures.families import StoreFigures, gauge, gauges, seconds_since


class Holdings(StoreFigures):
    """Reads it all at each scrape."""

    def read(self, uow: UnitOfWork, now: datetime) -> list[Metric]:
        overdue, quarantined = uow.figures.overdue(now), uow.figures.quarantined()
        return [
            gauge("anxin_events_last_seq", "The number of the newest event.", uow.events.last_seq()),
            gauge("anxin_alerts_last_change", "The number of the newest move.", uow.alerts.last_change()),
            gauges(
                "anxin_deadlines_overdue",
                "Deadlines that have passed and are not met, by whose they are.",
                ("owner",),
                {(owner,): each.count for owner, each in overdue.items()},
            ),
            gauges(
                "anxin_deadlines_oldest_overdue_seconds",
                "How long the oldest deadline has been overdue.",
                ("owner",),
                {(owner,): seconds_since(each.oldest_at, now) for owner, each in overdue.items()},
            ),
            gauges(
                "anxin_quarantine_entries",
                "Messages in quarantine that were not taken in again, the same one counted once.",
                ("reason",),
                {(reason.value,): quarantined.get(reason.value, 0) for reason in QuarantineReason},
            ),
        ]
