"""Paging: how often each worker is paged, by night and in all, and why others would not have been told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.backtest.calling import Calls, is_page
from services.domain.backtests import (
    NIGHT_FROM,
    NIGHT_UNTIL,
    Answering,
    NightPages,
    NotTold,
    Pages,
    WorkerPages,
)
from services.domain.instants import local
from services.domain.notices import Notice, NoticeState
from services.domain.snapshot import Snapshot

NOW, WOULD, SENT = range(3)


def night_of(instant: datetime, zone: ZoneInfo) -> date | None:
    """The night in which an instant lies, by the date of its evening; None by day."""
    wall = local(instant, zone)
    if wall.hour >= NIGHT_FROM:
        return wall.date()
    return wall.date() - timedelta(days=1) if wall.hour < NIGHT_UNTIL else None


def pages_of(
    now: Calls,
    would: Calls,
    sent: Iterable[Notice],
    people: Snapshot,
    zone: ZoneInfo,
    answering: Iterable[Answering],
) -> Pages:
    """The pages of all three: as reckoned for the live Findings, for the rulebook, and as really sent."""
    really = [notice for notice in sent if is_page(notice)]
    lists = (now.pages, would.pages, really)
    in_all = [Counter(each.worker_id for each in pages if each.worker_id) for pages in lists]
    nights = [
        Counter(
            (each.worker_id, night)
            for each in pages
            if each.worker_id and (night := night_of(each.created_at, zone)) is not None
        )
        for pages in lists
    ]
    of_night = [Counter(worker for worker, _ in each.elements()) for each in nights]
    workers = sorted(
        set().union(*in_all), key=lambda each: (-of_night[WOULD][each], -in_all[WOULD][each], each)
    )
    names = {worker.id: worker.name for worker in people.workers()}
    return Pages(
        alerts_now=now.alerts,
        alerts_would=would.alerts,
        now=len(now.pages),
        would=len(would.pages),
        sent=len(really),
        reached_nobody_now=now.reached_nobody,
        reached_nobody_would=would.reached_nobody,
        workers=tuple(
            WorkerPages(
                each,
                names.get(each, each),
                *(count[each] for count in in_all),
                *(count[each] for count in of_night),
            )
            for each in workers
        ),
        nights=tuple(
            NightPages(worker, night, *(count[worker, night] for count in nights))
            for worker, night in sorted(set().union(*nights))
        ),
        not_told=_not_told(now.notices, would.notices),
        answering=tuple(answering),
    )


def _not_told(now: Iterable[Notice], would: Iterable[Notice]) -> tuple[NotTold, ...]:
    ours, theirs = (
        Counter(each.reason for each in notices if each.state is NoticeState.NOT_SENT)
        for notices in (now, would)
    )
    found = [NotTold(reason, ours[reason], theirs[reason]) for reason in {*ours, *theirs}]
    return tuple(sorted(found, key=lambda each: (-each.would - each.now, each.reason)))
