"""`anxin ingest`, `rules`, `notify`, `console`: one service in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from services.wiring.cli.options import DataDir, refuse, settings_of
from services.wiring.cli.waiting import on_signals, wait_for
from services.wiring.garbage import settle_down

if TYPE_CHECKING:
    from services.wiring.settings import Settings

WORDS = {
    "ingest": "Take in what devices send; several share the load.",
    "notify": "Raise alerts, tell people and speak to devices; one process leads, each delivers.",
    "console": "Serve the API and the pages, and let devices in at the broker.",
}


def verb(name: str) -> Callable[..., None]:
    """The verb of one service, on PostgreSQL and a broker of its own."""

    def run(data_dir: DataDir = None) -> None:
        run_service(name, settings_of(data_dir=data_dir))

    run.__doc__ = f"{WORDS[name]} When it is ready, it prints one line of JSON."
    return run


def run_service(name: str, settings: Settings) -> None:
    """Run a service until a signal ends it."""
    from services.wiring import logs
    from services.wiring.ground import CannotStart
    from services.wiring.service import Service, ServiceName

    logs.set_up(for_a_person=False)
    ended = on_signals()
    service = Service(settings, ServiceName(name))
    try:
        ready = service.start()
    except CannotStart as error:
        refuse(*error.sentences, code=error.code)
    settle_down()
    typer.echo(json.dumps({"ready": True, **ready}, ensure_ascii=False))
    wait_for(ended)
    unfinished = service.stop()
    if unfinished:
        refuse(f"did not end in time: {', '.join(unfinished)}", code=1)
