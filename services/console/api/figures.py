"""Figures: how soon urgent alerts were answered and somebody was there, what was for nothing, who was paged
how often at night; as JSON and as a table.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import Field

from services.console.api.fields import Day, Instant, Shape
from services.console.api.lists import IdFilter, Since, Until
from services.console.callers import Caller, Parts, Who
from services.console.figures_csv import as_csv
from services.console.gate import GuardedRoute
from services.console.parts import Console
from services.console.problems import documented
from services.console.service_figures import SeenFigures, Surroundings, Wish, seen_figures
from services.domain.alerts import Outcome
from services.domain.service_figures import Group, RuleFigures, Share, Speed, WorkerFigures

router = APIRouter(prefix="/api/v1", tags=["figures"], route_class=GuardedRoute)

CSV = "text/csv"
Percent = Annotated[float | None, Field(description="None where nothing can be judged.")]


class ShareShape(Shape):
    """`met` of the `judged` were done in time; what cannot be judged yet is not among them."""

    within_seconds: float
    met: int
    judged: int
    percent: Percent
    reference_percent: float


class SpeedShape(Shape):
    """`never`: not done though the last time is past. `median_seconds` and `nine_of_ten_seconds` count those
    as slower than all others, and are null where not so many were done.
    """

    shares: list[ShareShape]
    count: int
    never: int
    median_seconds: float | None
    nine_of_ten_seconds: float | None


class GroupShape(Shape):
    """Urgent alerts. `silenced`: those under a silence, which are in none of the figures."""

    alerts: int
    silenced: int
    answered: SpeedShape
    on_site: SpeedShape


class GridShape(GroupShape):
    """Of one grid; `grid_id` null: of homes without one, and of devices of no home."""

    grid_id: str | None
    name: str | None


class HourShape(GroupShape):
    """Of one hour by the wall clock of each home."""

    hour: int


class RuleShape(Shape):
    """How the alerts that a rule opened ended, of those that are over; tests are not among them."""

    rulebook: str
    rule: str
    titles: dict[str, str]
    closed: int
    non_actionable: int
    percent: float
    outcomes: dict[Outcome, int]


class NightShape(Shape):
    """Pages of one night, by the day of its evening."""

    night: Day
    pages: int
    too_many: bool


class WorkerShape(Shape):
    """`answered` counts from being told of an alert that nobody has, `on_site` from taking it."""

    worker_id: str
    name: str | None
    told: int
    taken: int
    answered: SpeedShape
    on_site: SpeedShape
    pages: int
    pages_at_night: int
    nights: list[NightShape]


class FiguresShape(Shape):
    """All of it, of the alerts opened in [`since`, `until`) as they stand at `as_of`. `of_others`: `workers`
    are all of them; else the caller alone.
    """

    since: Instant
    until: Instant
    as_of: Instant
    pages_a_night: int
    night_from: str
    night_until: str
    of_others: bool
    total: GroupShape
    grids: list[GridShape]
    hours: list[HourShape]
    rules: list[RuleShape]
    workers: list[WorkerShape]


def _wanted(since: Since = None, until: Until = None, grid_id: IdFilter = None) -> Wish:
    return Wish(since, until, grid_id)


Wanted = Annotated[Wish, Depends(_wanted)]


@router.get("/figures")
def read_figures(parts: Parts, who: Who, wish: Wanted) -> FiguresShape:
    """Left out, `since` is 30 days before `until`, `until` is now and `grid_id` every grid that the caller
    sees. At most 400 days at once.
    """
    return shape_of(seen_by(parts, who, wish))


@router.get(
    "/figures.csv",
    response_class=Response,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}, **documented(422)},
)
def read_table(parts: Parts, who: Who, wish: Wanted) -> Response:
    """The same as a table for spreadsheets: UTF-8 with its mark, one figure a row."""
    seen = seen_by(parts, who, wish)
    name = f"figures-{seen.figures.since:%Y%m%d}-{seen.figures.until:%Y%m%d}.csv"
    return Response(
        as_csv(seen),
        media_type=f"{CSV}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def seen_by(parts: Console, who: Caller, wish: Wish) -> SeenFigures:
    around = Surroundings(parts.clock.now(), parts.gathering.aims(), parts.house.timezone)
    with parts.store.reading() as uow:
        return seen_figures(uow, who, wish, around)


def shape_of(seen: SeenFigures) -> FiguresShape:
    found = seen.figures
    return FiguresShape(
        since=found.since,
        until=found.until,
        as_of=found.now,
        pages_a_night=found.aims.pages_a_night,
        night_from=f"{found.aims.night_from:%H:%M}",
        night_until=f"{found.aims.night_until:%H:%M}",
        of_others=seen.of_others,
        total=GroupShape(**_group(found.total)),
        grids=[
            GridShape(grid_id=each.grid_id, name=seen.grid_name(each.grid_id), **_group(each.group))
            for each in found.grids
        ],
        hours=[HourShape(hour=hour, **_group(each)) for hour, each in enumerate(found.hours)],
        rules=[_rule(each) for each in found.rules],
        workers=[_worker(each, seen.workers.get(each.worker_id)) for each in found.workers],
    )


def _group(group: Group) -> dict[str, object]:
    return {
        "alerts": group.alerts,
        "silenced": group.silenced,
        "answered": _speed(group.answered),
        "on_site": _speed(group.on_site),
    }


def _speed(speed: Speed) -> SpeedShape:
    return SpeedShape(
        shares=[_share(each) for each in speed.shares],
        count=speed.count,
        never=speed.never,
        median_seconds=_seconds(speed.median),
        nine_of_ten_seconds=_seconds(speed.ninth),
    )


def _share(share: Share) -> ShareShape:
    return ShareShape(
        within_seconds=share.within.total_seconds(),
        met=share.met,
        judged=share.of,
        percent=None if share.share is None else round(share.share * 100, 2),
        reference_percent=round(share.reference * 100, 2),
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _rule(rule: RuleFigures) -> RuleShape:
    return RuleShape(
        rulebook=rule.rulebook,
        rule=rule.rule,
        titles=dict(rule.titles),
        closed=rule.closed,
        non_actionable=rule.for_nothing,
        percent=round(rule.share_for_nothing * 100, 2),
        outcomes=dict(rule.ends),
    )


def _worker(worker: WorkerFigures, name: str | None) -> WorkerShape:
    return WorkerShape(
        worker_id=worker.worker_id,
        name=name,
        told=worker.told,
        taken=worker.taken,
        answered=_speed(worker.answered),
        on_site=_speed(worker.on_site),
        pages=worker.pages,
        pages_at_night=worker.pages_at_night,
        nights=[
            NightShape(night=each.night, pages=each.pages, too_many=each.is_too_many)
            for each in worker.nights
        ],
    )
