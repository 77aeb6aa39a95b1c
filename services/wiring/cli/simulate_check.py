"""`anxin simulate check`: reads scenarios without playing them, and says every fault in them.

Exit codes: 0 all can be played, 2 one cannot be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from services.wiring.cli.options import refuse

if TYPE_CHECKING:
    from devices.simulator.scenario import Scenario


def check(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME|FILE…", help="Names of shipped scenarios, or files.")
    ],
) -> None:
    """Say of scenarios whether they can be played, without playing them."""
    for scenario in scenarios_of(names):
        wishes = len(scenario.wishes)
        typer.echo(f"{scenario.scenario}: can be played, {wishes} expectation{'s' if wishes > 1 else ''}")


def scenarios_of(names: list[str]) -> list[Scenario]:
    """The scenarios of these names and files; refused with all faults of all of them if there is any."""
    from devices.simulator.reading import ScenarioUnknown, find, read
    from notation.faults import StoryFaults

    scenarios, faults = [], list[str]()
    for name in names:
        try:
            scenarios.append(read(find(name)))
        except (StoryFaults, ScenarioUnknown) as error:
            faults += str(error).splitlines()
    if faults:
        refuse(*faults)
    return scenarios
