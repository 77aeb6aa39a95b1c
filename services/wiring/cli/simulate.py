"""`anxin simulate`: plays stories of invented people against the real service, and says whether it ended
well. Exit codes: 0 all as expected, 1 not, 2 a scenario or a call that cannot be used.
"""

from __future__ import annotations

import shutil
import signal
import sys
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from services.wiring.cli import simulate_lives
from services.wiring.cli.options import check_writable, refuse, write_to
from services.wiring.cli.simulate_check import check
from services.wiring.cli.simulate_fleet import fleet
from services.wiring.cli.simulate_matrix import matrix
from services.wiring.cli.simulate_pictures import pictures

if TYPE_CHECKING:
    from datetime import datetime

    from devices.simulator.run import Played
    from devices.simulator.scenario import Scenario

app = typer.Typer(help="Play scenarios against the real service.", no_args_is_help=True)
app.command("fleet")(fleet)
app.command()(simulate_lives.lives)
app.command()(simulate_lives.history)
app.command("check")(check)
app.command("pictures")(pictures)
app.command("matrix")(matrix)


@app.callback()
def simulate() -> None:
    """Play scenarios against the real service."""


@app.command("list")
def list_shipped() -> None:
    """Show the scenarios that come with the simulator."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from devices.simulator.reading import read, shipped

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for path in shipped():
        scenario = read(path)
        table.add_row(Text(scenario.scenario), Text(scenario.title))
    Console().print(table)


@app.command()
def run(  # noqa: PLR0917 - options of a command line are named
    names: Annotated[
        list[str], typer.Argument(metavar="NAME|FILE…", help="Names of shipped scenarios, or files.")
    ],
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write what came of it as JUnit XML.")
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE.jsonl", help="Write the alert log, a line each, without ids."),
    ] = None,
    speed: Annotated[
        str,
        typer.Option("--speed", metavar="N|max", help="Seconds of the story in one; 60 is for watching."),
    ] = "max",
    seed: Annotated[int, typer.Option("--seed", help="Dice with the same seed fall the same way.")] = 1,
    attach: Annotated[
        str | None,
        typer.Option(
            "--attach",
            metavar="URL",
            help="Play in this running service (on stepped time) instead of an own one.",
        ),
    ] = None,
    token: Annotated[
        str | None, typer.Option("--token", help="A bearer token of role admin at the service of --attach.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Write a page to look at.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE.svg", help="Write its picture alone.")
    ] = None,
    language: Annotated[
        Literal["zh-CN", "bo", "en"], typer.Option("--language", help="Of the page and of the picture.")
    ] = "zh-CN",
) -> None:
    """Play scenarios and hold what came of each against what it expects; ends with 1 if one fails."""
    from rich.console import Console

    from devices.simulator.clock import SECOND, stamp
    from devices.simulator.junit import Judged
    from devices.simulator.junit import junit as as_junit
    from devices.simulator.log import alert_log
    from devices.simulator.pages import html, svg
    from devices.simulator.report import show
    from services.wiring.cli.simulate_check import scenarios_of

    if (attach is None) != (token is None):
        refuse("--attach and --token belong together: where to play, and the right to do so")
    if len(names) > 1 and (report or picture or log):
        refuse("--report, --picture and --log are of one scenario; of several: anxin simulate pictures")
    at_speed, scenarios = _speed(speed), scenarios_of(names)
    check_writable(report, picture, log, junit)
    judged, passed = [], True
    for scenario in scenarios:
        start = stamp()
        played = play(scenario, attach, token, seed, at_speed)
        seconds = (stamp() - start) / SECOND
        Console(stderr=True).print(
            f"{scenario.scenario}: {played.events:,} events, played in {seconds:.1f} s", highlight=False
        )
        show(Console(), scenario, played.happenings, played.verdicts)
        judged.append(Judged(scenario.scenario, scenario.file, played.verdicts))
        passed = passed and played.passed
        if log is not None:
            write_to(log, alert_log(played.happenings))
        for path, make in ((report, html), (picture, svg)):
            if path is not None:
                write_to(path, make(played, scenario, language).encode())
    if junit is not None:
        write_to(junit, as_junit(judged))
    raise typer.Exit(0 if passed else 1)


def _speed(said: str) -> float | None:
    """Seconds of the story in a second of the wall; None for as fast as it goes."""
    if said == "max":
        return None
    try:
        speed = float(said)
    except ValueError:
        speed = 0.0
    if not 0 < speed < inf:
        refuse(f"--speed {said}: found {said!r}, expected max, or a number above 0 such as 60")
    return speed


def play(
    scenario: Scenario, attach: str | None, token: str | None, seed: int, speed: float | None = None
) -> Played:
    """Play it in a service of its own, or in that of ``attach``; what went wrong on the way ends the call."""
    from rich.console import Console

    from devices.simulator.api import ApiRefused, ApiUnreachable
    from devices.simulator.attaching import NotAdmitted
    from devices.simulator.clock import Pace
    from devices.simulator.faults.house import HouseNotWhole
    from devices.simulator.mqtt import BrokerUnreachable, NotStored
    from devices.simulator.own_service import Service, ServiceDidNotStart
    from devices.simulator.run import NotOnSteppedTime, WritesLetters, run_attached, run_on_its_own
    from devices.simulator.theatre import NotOurHouse
    from services.wiring.garbage import settle_down

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, as on Ctrl-C
    settle_down()
    pace = Pace(scenario.starts_at, speed or 1.0)
    with Console(stderr=True).status("starting") as status:

        def moved(at: datetime) -> None:
            status.update(f"{scenario.scenario} {scenario.frame.show(at)}")
            if speed is not None:
                pace.wait_for(at)

        try:
            if attach is not None and token is not None:
                return run_attached(scenario, Service(attach, token), moved, seed)
            return run_on_its_own(scenario, anxin(), moved, seed)
        except (NotAdmitted, NotOnSteppedTime, NotOurHouse, WritesLetters) as error:
            refuse(str(error))
        except (
            ApiRefused,
            ApiUnreachable,
            BrokerUnreachable,
            HouseNotWhole,
            NotStored,
            ServiceDidNotStart,
        ) as error:
            refuse(f"{scenario.scenario} could not be played to its end: {error}", code=1)


def anxin() -> list[str]:
    """The command that runs here, as a new process can start it."""
    beside = Path(sys.executable).with_name("anxin")
    found = str(beside) if beside.is_file() else shutil.which("anxin")
    if found is None:
        refuse("the command anxin is not installed beside this Python: python3 do.py setup")
    return [found]
