"""`anxin figures`: how soon people answered and were there, what was for nothing, who was paged how often at
night.

It only reads, and may run beside a service on the same folder. It shows every grid and everybody by name: who
may read the database may see that. Exit codes: 0, 1 a store that cannot be read, 2 a wrong usage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.wiring.cli.options import DataDir, refuse, settings_of, write_to

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from services.console.service_figures import SeenFigures
    from services.domain.service_figures import Speed
    from services.wiring.settings import Settings

STANDARD_OUTPUT = "-"


def figures(
    since: Annotated[
        str | None, typer.Option("--since", metavar="INSTANT", help="From when on; default: 30 days back.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="INSTANT", help="Up to when; default: now.")
    ] = None,
    grid_id: Annotated[str | None, typer.Option("--grid", metavar="ID", help="Of one grid alone.")] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a table there; - to standard output.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Show the figures of the service; nothing that is stored is changed."""
    settings = settings_of(data_dir=data_dir)
    seen = _seen(settings, since, until, grid_id)
    if csv is None:
        _show(seen)
        return
    from services.console.figures_csv import as_csv

    if str(csv) == STANDARD_OUTPUT:
        sys.stdout.buffer.write(as_csv(seen))
        sys.stdout.flush()
    else:
        write_to(csv, as_csv(seen), code=1)


def _seen(settings: Settings, since: str | None, until: str | None, grid_id: str | None) -> SeenFigures:
    from services.console.problems import Problem
    from services.console.service_figures import Surroundings, Wish, gathered, span_of
    from services.domain.instants import zone_named
    from services.domain.ports import StoreUnavailable
    from services.escalation.figure_aims import aims_in
    from services.wiring.backtesting import looked_at
    from services.wiring.clock import SystemClock
    from services.wiring.opening import CannotOpen, cannot_open
    from services.wiring.shipped import texts_in

    zone = zone_named(settings.timezone)
    aims, _ = aims_in(texts_in(settings.data_dir / "policies")())
    around = Surroundings(SystemClock().now(), aims, zone)
    wish = Wish(_instant("--since", since, zone), _instant("--until", until, zone), grid_id)
    try:
        with looked_at(settings) as store, store.reading() as uow:
            grids = tuple(uow.grids.all())
            if grid_id is not None and grid_id not in {grid.id for grid in grids}:
                refuse(f"--grid {grid_id}: there is no such grid")
            grid_ids = None if grid_id is None else [grid_id]
            return gathered(uow, span_of(wish, around), around, grids, grid_ids)
    except Problem as problem:
        refuse(f"--since: {'; '.join(fault.expected for fault in problem.faults)}")
    except CannotOpen as error:
        refuse(str(error), code=1)
    except StoreUnavailable as error:
        refuse(str(cannot_open(settings, error)), code=1)


def _instant(option: str, text: str | None, zone: ZoneInfo) -> datetime | None:
    from services.domain.instants import NotAnInstant, parse_instant

    if text is None:
        return None
    try:
        return parse_instant(text, zone)
    except NotAnInstant:
        refuse(f"{option} {text}: no instant such as 2025-08-01T08:00:00, with an offset or without")


# ---------------------------------------------------------------------- the short report


def _show(seen: SeenFigures) -> None:
    found = seen.figures
    typer.echo(
        f"{found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC: "
        f"urgent alerts: {found.total.alerts}, and silenced: {found.total.silenced}."
    )
    _speed("answered", found.total.answered)
    _speed("on site", found.total.on_site)
    for grid in found.grids:
        typer.echo(f"\n{seen.grid_name(grid.grid_id) or grid.grid_id or '(no grid)'}: {grid.group.alerts}")
        _speed("answered", grid.group.answered)
        _speed("on site", grid.group.on_site)
    if found.rules:
        typer.echo("\nfor nothing, rule by rule:")
    for rule in found.rules:
        typer.echo(f"  {rule.rulebook}/{rule.rule}: {rule.for_nothing} of {rule.closed}")
    if found.workers:
        typer.echo(f"\npages, more than {found.aims.pages_a_night} a night being too many:")
    for worker in found.workers:
        typer.echo(
            f"  {seen.workers.get(worker.worker_id, worker.worker_id)}: {worker.pages}, "
            f"{worker.pages_at_night} of them at night, at most {worker.worst_night} in one; "
            f"nights with too many: {worker.nights_with_too_many}"
        )


def _speed(name: str, speed: Speed) -> None:
    from math import floor

    from services.domain.instants import format_span

    for share in speed.shares:
        much = f"{share.met} of {share.of}"
        if share.share is not None and share.has_percent:
            much += f", {floor(share.share * 1000 + 1e-9) / 10}%"
        elif share.of:
            much += ", too few for per cent"
        typer.echo(
            f"  {name} within {format_span(share.within)}: {much} "
            f"(reference {share.reference:.1%}){', short of it' if share.is_short else ''}"
        )
