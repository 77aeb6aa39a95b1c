"""`python3 do.py soak`: kill the house at every crash point while devices press, and count what was lost or
doubled. Exit code 0 only if nothing was, and every point had its kills.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.domain.crash_points import CrashPoint
from services.wiring.clock import SystemClock
from tests.soak.campaign import Campaign, Outcome, SoakFailed, Wishes
from tests.soak.database import Database, Postgresql, Sqlite
from tests.soak.judge import judge
from tests.soak.plan import BROKER, DATABASE, RANDOM
from tests.soak.report import rows, show, slowest, too_few


class StoreKind(StrEnum):
    """The databases that a soak can use."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


def main(
    presses: Annotated[int, typer.Option(min=1, help="Presses to make, at least.")] = 2000,
    seed: Annotated[str, typer.Option(help="Draws what dies when, who presses and who answers.")] = "1",
    kills: Annotated[int, typer.Option(min=1, help="Kills at each point, at least.")] = 20,
    store: Annotated[StoreKind, typer.Option(help="Where the house keeps what it knows.")] = StoreKind.SQLITE,
    homes: Annotated[int, typer.Option(min=1, help="Homes, each with a button.")] = 60,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the folder of the run in any case.")] = False,
    point: Annotated[list[CrashPoint] | None, typer.Option(help="Only these crash points.")] = None,
) -> None:
    """Soak a real house: presses, kills, restarts, and a judge at the end."""
    signal.signal(signal.SIGTERM, _end)
    console = Console()
    clock = SystemClock()
    began_at = clock.now()
    folder = Path(tempfile.mkdtemp(prefix="anxin-soak-"))
    wishes = Wishes(presses, seed, kills, homes, points=tuple(point or CrashPoint))
    database: Database = Postgresql() if store is StoreKind.POSTGRESQL else Sqlite(folder / "data")
    causes = [*wishes.points, RANDOM, BROKER, *([DATABASE] if database.can_be_killed else [])]
    try:
        outcome = _run(wishes, folder, database, console)
    except SoakFailed as failure:
        console.print(f"the soak could not go on: {failure}; everything is kept in {folder}", markup=False)
        raise typer.Exit(1) from failure
    finally:
        database.end()
    assert outcome.evidence is not None
    faults = judge(outcome.evidence)
    found = rows(causes, outcome.kills, outcome.evidence, faults)
    show(console, found, faults)
    waits = slowest(outcome.evidence)
    console.print(
        f"{outcome.lives} lives in {_said(clock.now() - began_at)} on {store.value}; "
        f"slowest receipt {_said(waits.receipt)}, "
        f"slowest call {_said(waits.notice)} after the press ({waits.alert_id}); "
        f"{len(outcome.evidence.kept.alerts)} alerts, {len(outcome.evidence.kept.notices)} notices, "
        f"{len(outcome.evidence.rang)} rings; the API answered {dict(sorted(outcome.answers.items()))}",
        markup=False,
    )
    lacking = too_few(found, causes, kills)
    if lacking:
        console.print(f"too few kills at: {', '.join(lacking)}", style="red")
    if faults or lacking or keep:
        console.print(f"everything is kept in {folder}", markup=False)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    if faults or lacking:
        raise typer.Exit(1)


def _run(wishes: Wishes, folder: Path, database: Database, console: Console) -> Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        pressed = progress.add_task("presses", total=wishes.presses)
        killed = progress.add_task("kills", total=None)

        def told(presses: int, kills: int, cause: str) -> None:
            progress.update(pressed, completed=presses, total=max(presses, wishes.presses))
            progress.update(
                killed, completed=kills, total=campaign.planned_kills, description=f"kills: {cause}"
            )

        campaign = Campaign(wishes, folder, database, told)
        return campaign.run()


def _end(number: int, _frame: object) -> None:
    """Leave by the doors that stop what was started."""
    sys.exit(128 + number)


def _said(span: timedelta) -> str:
    return f"{span.total_seconds():.1f} s"


if __name__ == "__main__":
    typer.run(main)
