"""`anxin doctor`: looks at the whole installation and says what to do. Exit codes: 0, 1 with any fault."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from services.wiring.cli.options import DataDir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.wiring.doctor.judgement import Judgement

WORDS = {"ok": ("ok", None), "to_see_to": ("to see to", "yellow"), "fault": ("fault", "red")}


def doctor(
    data_dir: DataDir = None,
    http_port: Annotated[int | None, typer.Option(help="Port of the console of a running service.")] = None,
    mqtt_port: Annotated[int | None, typer.Option(help="Port of its broker.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer one JSON object, for machines.")] = False,
) -> None:
    """Check settings, folder, disk, store, broker, people, texts and the running service; change nothing."""
    from services.wiring.doctor.examination import has_fault

    found = _shown(
        _judgements(
            data_dir=data_dir,
            http_bind=None if http_port is None else f"127.0.0.1:{http_port}",
            mqtt_bind=None if mqtt_port is None else f"127.0.0.1:{mqtt_port}",
        ),
        as_json=as_json,
    )
    raise typer.Exit(1 if has_fault(found) else 0)


def _judgements(**options: object) -> Iterator[Judgement]:
    from services.wiring.clock import SystemClock, stopwatch
    from services.wiring.doctor.examination import examine
    from services.wiring.doctor.judgement import fault
    from services.wiring.settings import BadSettings, read_settings

    try:
        settings = read_settings(**options)
    except BadSettings as error:
        for each in error.faults:
            yield fault("settings", each, "Correct it; nothing else can be looked at before.")
        return
    yield from examine(settings, os.environ, SystemClock().now(), stopwatch)


def _shown(judgements: Iterable[Judgement], *, as_json: bool) -> list[Judgement]:
    """Say each as soon as it is known: some take seconds."""
    found = []
    for each in judgements:
        found.append(each)
        if not as_json:
            word, colour = WORDS[each.state]
            typer.secho(f"{word:<10}", fg=colour, nl=False)
            typer.echo(f"{each.check:<20}{each.found}")
            if each.to_do:
                typer.echo(f"{'':<30}→ {each.to_do}")
    if as_json:
        listed = [
            {"check": each.check, "state": each.state.value, "found": each.found, "to_do": each.to_do}
            for each in found
        ]
        typer.echo(json.dumps({"ok": all(each.state != "fault" for each in found), "checks": listed}))
    return found
