"""The figures of the service, as far as somebody may see them: those of the grids they see, and of people by
name for the manager alone. Everybody else sees their own, so that nobody is measured in front of colleagues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.callers import Caller
from services.console.problems import unfit
from services.console.rights import SEES_FIGURES_OF_OTHERS, Sees
from services.console.sight import grids_of
from services.domain.homes import Grid
from services.domain.instants import format_instant, local, start_of_day
from services.domain.ports import UnitOfWork
from services.domain.reckoning import Rows, night, nights_in, reckon
from services.domain.service_figures import MOST_DAYS, Aims, ServiceFigures

USUAL_DAYS = 30
"""What is shown where nobody asks for a span: a month, as reports are made."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which figures. Without ``since``: of the last month; without ``until``: up to now; without
    ``grid_id``: of every grid that the caller sees.
    """

    since: datetime | None = None
    until: datetime | None = None
    grid_id: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the figures rest on besides the rows."""

    now: datetime
    aims: Aims
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class SeenFigures:
    """The figures with the names in them. ``of_others``: those of every person are there, not only one's own.
    ``grids`` are all that the caller may ask for.
    """

    figures: ServiceFigures
    grids: tuple[Grid, ...]
    workers: Mapping[str, str]
    of_others: bool

    def grid_name(self, grid_id: str | None) -> str | None:
        """What a grid is called; None: it has no name any more, or is none."""
        return next((grid.name for grid in self.grids if grid.id == grid_id), None)


def seen_figures(uow: UnitOfWork, who: Caller, wish: Wish, around: Surroundings) -> SeenFigures:
    """What somebody sees. A `Problem` for a span that is none or longer than people wait for, and for a grid
    that is not there or not theirs.
    """
    since, until = span_of(wish, around)
    sees_all = who.sees is Sees.ALL
    grids = tuple(uow.grids.all() if sees_all else grids_of(uow, who.worker))
    if wish.grid_id is not None and wish.grid_id not in {grid.id for grid in grids}:
        raise unfit("grid_id", wish.grid_id, "the id of a grid that you see")
    asked = None if sees_all else [grid.id for grid in grids]
    return gathered(
        uow,
        (since, until),
        around,
        grids,
        grid_ids=asked if wish.grid_id is None else [wish.grid_id],
        worker_ids=None if who.role in SEES_FIGURES_OF_OTHERS else [who.worker_id] if who.worker_id else [],
    )


def gathered(
    uow: UnitOfWork,
    span: tuple[datetime, datetime],
    around: Surroundings,
    grids: tuple[Grid, ...],
    grid_ids: list[str] | None = None,
    worker_ids: list[str] | None = None,
) -> SeenFigures:
    """The figures of these grids and people; None: of all."""
    rows, zone, aims = uow.figure_rows, around.zone, around.aims
    evenings = nights_in(*span, zone, aims)
    shows_people = worker_ids is None or bool(worker_ids)
    workers = uow.workers.all() if worker_ids is None else uow.workers.having("id", worker_ids)
    found = reckon(
        Rows(
            rows.urgent(*span, grid_ids),
            rows.ends(*span, grid_ids),
            rows.told(*span, grid_ids, worker_ids) if shows_people else (),
            rows.pages(*span, [night(each, zone, aims) for each in evenings], worker_ids)
            if shows_people
            else (),
            evenings,
            None if worker_ids is None else frozenset(worker_ids),
            frozenset(worker.id for worker in workers if worker.role in aims.awake),
        ),
        span,
        around.now,
        aims,
        zone,
    )
    names = {worker.id: worker.name for worker in workers}
    return SeenFigures(found, grids, names, worker_ids is None)


def span_of(wish: Wish, around: Surroundings) -> tuple[datetime, datetime]:
    """From when to when."""
    until = around.now if wish.until is None else wish.until
    if wish.since is None:
        first = local(until, around.zone).date() - timedelta(days=USUAL_DAYS)
        since = start_of_day(first, around.zone)
    else:
        since = wish.since
    if since >= until:
        raise unfit("since", format_instant(since), f"an instant before `until` ({format_instant(until)})")
    if until - since > timedelta(days=MOST_DAYS):
        raise unfit("since", format_instant(since), f"at most {MOST_DAYS} days before `until`")
    return since, until
