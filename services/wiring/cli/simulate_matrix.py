"""`anxin simulate matrix`: plays stories under faults, and says of each pair whether people were told
the same.

Exit codes: 0 all the same or as allowed, 1 a cell failed, 2 a scenario or a fault that cannot be used.
"""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.wiring.cli.options import check_writable, refuse, write_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devices.simulator.matrix.playing import Row
    from devices.simulator.scenario import Scenario

FAILED = 1


def matrix(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="SCENARIO…", help="Shipped scenarios' names, or files; none: all shipped."),
    ] = None,
    fault: Annotated[
        list[str] | None, typer.Option("--fault", metavar="NAME", help="Only this fault; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Where the faults strike.")] = 1,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write what came of it as JUnit XML.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write what came of it as JSON.")
    ] = None,
) -> None:
    """Play each scenario under each fault, and hold who was told against the play without one."""
    from rich.console import Console

    from devices.simulator.matrix.faults import FAULTS
    from devices.simulator.matrix.junit import junit as as_junit
    from devices.simulator.matrix.playing import all_well, as_json
    from devices.simulator.matrix.showing import show
    from devices.simulator.reading import shipped
    from services.wiring.cli.simulate_check import scenarios_of

    faults = list(dict.fromkeys(fault or FAULTS))
    unknown = [name for name in faults if name not in FAULTS]
    if unknown:
        refuse(f"no fault is named {', '.join(unknown)}; known: {', '.join(FAULTS)}")
    scenarios = scenarios_of(names or [str(path) for path in shipped()])
    check_writable(junit, json_file)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, as on Ctrl-C
    rows = _played(scenarios, faults, seed)
    show(Console(), rows, faults, seed)
    if junit is not None:
        write_to(junit, as_junit(rows))
    if json_file is not None:
        write_to(json_file, json.dumps(as_json(rows), ensure_ascii=False, indent=1).encode())
    raise typer.Exit(0 if all_well(rows) else FAILED)


def _played(scenarios: Sequence[Scenario], faults: Sequence[str], seed: int) -> list[Row]:
    from devices.simulator.matrix.faults import Plan
    from devices.simulator.matrix.playing import play_matrix
    from devices.simulator.run import Played, run_on_its_own
    from services.wiring.cli.progress import bars
    from services.wiring.cli.simulate import anxin

    command = anxin()

    def play(scenario: Scenario, plan: Plan) -> Played:
        return run_on_its_own(scenario, command, lambda _: None, strikes=plan.strikes, sayings=plan.sayings)

    with bars("plays") as [bar]:
        bar.total(len(scenarios) * (len(faults) + 1))
        return play_matrix(scenarios, faults, seed, play, lambda _story, _fault: bar.advance(1))
