"""`anxin simulate lives` and `history`: who the invented people are, held against what is published, and
months of theirs as a history for `anxin rules replay`. Nothing here needs a service.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from services.wiring.cli.options import refuse


def lives(
    nights: Annotated[int, typer.Option("--nights", min=20, help="How many nights are lived.")] = 1000,
    seed: Annotated[str, typer.Option("--seed", help="Dice with the same seed fall the same way.")] = "1",
) -> None:
    """Show the habits, and hold simulated nights against what is published of people over 75."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from devices.simulator.lives.figures import held
    from devices.simulator.lives.shipped import habit_named, habits

    console = Console()
    known = Table(box=None, pad_edge=False, show_header=False)
    for name in habits():
        known.add_row(Text(name, style="bold"), Text(str(habit_named(name)["tells"])))
    console.print(known)
    console.print()
    rows = held(nights, seed)
    table = Table("figure", "published", "simulated", box=None, pad_edge=False)
    for row in rows:
        published = f"{row.figure.low:g}–{row.figure.high:g}"
        table.add_row(
            Text(row.figure.words), published, Text(row.shown, "" if row.lies_within else "bold red")
        )
    console.print(table)
    raise typer.Exit(0 if all(row.lies_within for row in rows) else 1)


def history(
    habit: Annotated[
        str, typer.Argument(help="A shipped habit, e.g. steady; `anxin simulate lives` shows them.")
    ],
    residents: Annotated[int, typer.Option("--residents", min=1, help="How many people live so.")] = 20,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="For how long.")] = 30,
    starts: Annotated[str, typer.Option("--from", help="The first local day.")] = "2025-07-01",
    zone: Annotated[str, typer.Option("--timezone", help="Where they live.")] = "Asia/Shanghai",
    seed: Annotated[str, typer.Option("--seed", help="Dice with the same seed fall the same way.")] = "1",
) -> None:
    """Write lives as a history (JSON lines) that `anxin rules replay` reads."""
    from datetime import date
    from zoneinfo import ZoneInfo

    from pydantic import ValidationError

    from devices.simulator.lives.form import life_of
    from devices.simulator.lives.history import history as told

    try:
        life, place, day = life_of(habit), ZoneInfo(zone), date.fromisoformat(starts)
    except ValidationError as error:
        refuse(*(each["msg"].removeprefix("Value error, ") for each in error.errors()))
    except (LookupError, ValueError, OSError) as error:
        refuse(str(error))
    starts_at = datetime(day.year, day.month, day.day, tzinfo=place).astimezone(UTC)
    people = {f"person-{number}": life for number in range(1, residents + 1)}
    for line in told(people, seed, starts_at, starts_at + timedelta(days=days), place):
        typer.echo(line)
