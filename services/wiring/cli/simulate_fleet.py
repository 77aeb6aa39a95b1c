"""`anxin simulate fleet`: many invented homes at once, over a real broker, into the real service, with what
became of every message. Exit codes: 0 all stored once and the rate held, 1 not, 2 a call that cannot be used
or a service at which nothing may be written.

It starts a service of its own, which ends with it; only with --attach does anything leave this machine.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.wiring.cli.options import check_writable, refuse, write_to
from services.wiring.cli.progress import bars

if TYPE_CHECKING:
    from devices.simulator.fleet.figures import Figures
    from devices.simulator.fleet.fleet import Asked, Switchboard
    from devices.simulator.fleet.places import Place

MOST_HOMES = 100_000
MOST_SECONDS = 3600.0
MAX = "max"
WIDTH = 120
"""Characters of a table that no terminal asks for."""
SECONDS_OF = {"s": 1, "m": 60, "h": 3600}


def fleet(
    *,
    homes: Annotated[
        int, typer.Option(min=1, max=MOST_HOMES, help="How many homes, of four devices each.")
    ] = 100,
    rate: Annotated[str, typer.Option(help="Messages a second, such as 1000/s, or max.")] = "100/s",
    presses: Annotated[str, typer.Option(help="Presses a second besides, such as 1/s.")] = "1/s",
    how_long: Annotated[str, typer.Option("--for", help="How long: 60s, 5m.")] = "60s",
    connections: Annotated[
        int, typer.Option(min=1, max=100, help="Connections of all devices; presses have one besides.")
    ] = 4,
    processes: Annotated[int, typer.Option(min=1, max=16, help="Processes that generate.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed says the same.")] = 1,
    only_broker: Annotated[
        bool,
        typer.Option("--only-broker", help="A broker to which nobody subscribes: what the generator can do."),
    ] = False,
    attach: Annotated[
        str | None,
        typer.Option("--attach", metavar="URL", help="Play at this running service instead of an own one."),
    ] = None,
    token: Annotated[
        str | None, typer.Option("--token", help="A bearer token of role admin at the service of --attach.")
    ] = None,
    mqtt: Annotated[
        str | None,
        typer.Option(
            "--mqtt",
            metavar="URL",
            envvar="ANXIN_FLEET_MQTT",
            help="Broker of --attach with an account for all devices, if it lets nobody in without.",
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures there as well.")
    ] = None,
) -> None:
    """Play many homes at a steady rate; count what was sent, acknowledged, stored, alerted, lost."""
    from rich.console import Console

    from devices.simulator.fleet.fleet import Asked
    from devices.simulator.fleet.table import show_end

    if (attach is None) != (token is None):
        refuse("--attach and --token belong together: where to play, and the right to do so")
    if only_broker and attach is not None:
        refuse("--only-broker plays at a broker of its own, and so goes with no --attach")
    if mqtt is not None and attach is None:
        refuse("--mqtt names the broker of the service of --attach")
    asked = Asked(
        _rate(rate, "--rate"),
        0.0 if only_broker else _rate(presses, "--presses"),
        _span(how_long),
        connections,
        processes,
        seed=seed,
    )
    if presses == MAX:
        refuse("--presses takes a number a second, such as 1/s: each calls somebody")
    check_writable(file)
    figures = _played(asked, homes, None if attach is None else (attach, str(token), mqtt), only_broker)
    if file is not None:
        write_to(file, (json.dumps(figures.as_dict(), indent=2) + "\n").encode())
    show_end(Console() if sys.stdout.isatty() else Console(width=WIDTH), figures)
    raise typer.Exit(1 if figures.faults() else 0)


def _rate(text: str, option: str) -> float:
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)(?:/(s|m|h))?", text)
    if text == MAX:
        return 0.0
    if match is None:
        refuse(f"{option} takes a number a second, such as 1000/s (or /m, /h), not {text!r}")
    value = float(match[1]) / SECONDS_OF[match[2] or "s"]
    if not value and option == "--rate":
        refuse("--rate is above 0, or max")
    return value


def _span(text: str) -> float:
    match = re.fullmatch(r"(\d{1,4}(?:\.\d{1,3})?)(s|m|h)", text)
    seconds = float(match[1]) * SECONDS_OF[match[2]] if match else 0.0
    if not 0 < seconds <= MOST_SECONDS:
        refuse(f"--for takes a length of up to an hour, such as 60s or 5m, not {text!r}")
    return seconds


def _played(
    asked: Asked, homes: int, attached: tuple[str, str, str | None] | None, only_broker: bool
) -> Figures:
    from rich.console import Console

    from devices.simulator.api import ApiRefused, ApiUnreachable
    from devices.simulator.attaching import NotAdmitted
    from devices.simulator.ending import asked_to_stop
    from devices.simulator.fleet.child import ChildSilent
    from devices.simulator.fleet.fleet import Fleet, Switchboard
    from devices.simulator.fleet.places import CannotPlay
    from devices.simulator.fleet.table import line, screen

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, as on Ctrl-C
    telephones = Switchboard()
    telephones.open()
    played: Fleet | None = None
    try:
        with _place(homes, attached, only_broker, telephones) as place, screen(Console(stderr=True)) as shown:
            # In order, with its table; asked twice, it ends at once.
            stop = asked_to_stop(twice_breaks_off=True)
            played = Fleet(place, asked, telephones, shown.show, stop)
            return played.play()
    except (NotAdmitted, CannotPlay) as error:
        refuse(str(error))
    except (ApiRefused, ApiUnreachable, ChildSilent) as error:
        refuse(f"the fleet could not be played to its end: {error}", code=1)
    except KeyboardInterrupt:
        so_far = played.figures if played is not None else None
        known = f"; so far {line(so_far, 'ended').strip()}" if so_far is not None else ", before it began"
        refuse(f"the fleet was ended before its end{known}", code=1)
    finally:
        telephones.close()


@contextmanager
def _place(
    homes: int, attached: tuple[str, str, str | None] | None, only_broker: bool, telephones: Switchboard
) -> Iterator[Place]:
    from devices.simulator.fleet.places import attached_house, own_house
    from devices.simulator.own_service import Service
    from services.wiring.lifeline import tied

    if only_broker:
        with _lonely_broker(homes) as place:
            yield place
        return
    with bars("homes") as (bar,):
        bar.total(homes)
        if attached is not None:
            url, token, mqtt = attached
            context: Any = attached_house(
                Service(url, token), mqtt, homes, telephones.address_of, lambda: bar.advance(1)
            )
        else:
            from services.wiring.fleet_homes import settle

            anxin = _anxin()
            context = own_house(
                tied([*anxin, "up"]),
                anxin,
                lambda folder, address_of: settle(folder, homes, "fleet", address_of, bar.advance),
                telephones.address_of,
                homes,
            )
        place = context.__enter__()
    try:
        yield place
    finally:
        context.__exit__(None, None, None)


@contextmanager
def _lonely_broker(homes: int) -> Iterator[Place]:
    from devices.simulator.fleet.places import Broker, Place
    from services.wiring.broker import EmbeddedBroker

    with tempfile.TemporaryDirectory(prefix="anxin-fleet-") as folder:
        broker = EmbeddedBroker(Path(folder) / "broker", open_mqtt=True)
        broker.start()
        try:
            yield Place(Broker.of(broker.url), "fleet", homes)
        finally:
            broker.stop()


def _anxin() -> list[str]:
    """The command that runs here, as a new process can start it."""
    beside = Path(sys.executable).with_name("anxin")
    found = str(beside) if beside.is_file() else shutil.which("anxin")
    if found is None:
        refuse("the command anxin is not installed beside this Python: python3 do.py setup")
    return [found]
