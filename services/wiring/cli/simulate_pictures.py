"""`anxin simulate pictures`: plays scenarios one after the other and writes the picture of each, for docs. It
writes none of a scenario that did not end as expected: a picture in docs shows what the service does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from services.wiring.cli.options import check_writable, refuse, write_to

SEED = 1
"""That of `simulate run` without another."""


def pictures(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where NAME.svg of each goes.")],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME|FILE]...", help="All that are shipped, if none."),
    ] = None,
    language: Annotated[
        Literal["zh-CN", "bo", "en"], typer.Option("--language", help="Of the pictures.")
    ] = "zh-CN",
) -> None:
    """Play scenarios and write the picture of each."""
    from devices.simulator.pages import svg
    from devices.simulator.reading import shipped
    from services.wiring.cli.simulate import play
    from services.wiring.cli.simulate_check import scenarios_of

    failed, scenarios = False, scenarios_of(names or [str(path) for path in shipped()])
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"{out}: cannot be made: {error.strerror or error}")
    check_writable(*(out / f"{scenario.scenario}.svg" for scenario in scenarios))
    for scenario in scenarios:
        played, path = play(scenario, None, None, SEED), out / f"{scenario.scenario}.svg"
        if not played.passed:
            typer.echo(f"{scenario.scenario}: not as expected, no picture", err=True)
            failed = True
            continue
        write_to(path, svg(played, scenario, language).encode())
        typer.echo(f"{path} {path.stat().st_size / 1000:.0f} kB")
    raise typer.Exit(1 if failed else 0)
