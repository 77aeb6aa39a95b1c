"""`anxin up`: all services in one process, with everything embedded."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.wiring.cli.options import DataDir, refuse, settings_of
from services.wiring.cli.waiting import on_signals, wait_for
from services.wiring.demo import logins_of
from services.wiring.garbage import settle_down

if TYPE_CHECKING:
    from services.wiring.house import Ready

WORDS = """
  安心  Anxin is running.

  Open      {http}
  Sign in   {users}
  Password  {password}  (of each)

  Devices publish to {mqtt}; what happens is kept in {data_dir}.
  The password is new at each start: all sign in again, and one that somebody changed is gone.
  All people in it are invented. Ctrl-C ends it.
"""
BELOW = "\n            "
"""One login a line, under the first."""


def up(
    data_dir: DataDir = None,
    http_port: Annotated[int | None, typer.Option(help="Port of the console; 0 picks one.")] = None,
    mqtt_port: Annotated[int | None, typer.Option(help="Port of the broker; 0 picks one.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="With a demo community and a living scenario.")
    ] = False,
    open_mqtt: Annotated[
        bool,
        typer.Option("--open-mqtt", help="Let stock MQTT clients publish without credentials (loopback)."),
    ] = False,
    clock: Annotated[
        str, typer.Option(help="'system', or 'stepped': time stands still until it is moved.")
    ] = "system",
    now: Annotated[str | None, typer.Option(help="Where a stepped clock stands at first (RFC 3339).")] = None,
    welcome: Annotated[
        bool, typer.Option("--welcome", help="Speak to a person instead of a program.")
    ] = False,
) -> None:
    """Start everything; when it is ready, print one line of JSON: addresses, folder, demo logins."""
    from services.wiring import logs
    from services.wiring.ground import CannotStart
    from services.wiring.house import House, Wishes

    settings = settings_of(
        data_dir=data_dir,
        http_bind=None if http_port is None else f"127.0.0.1:{http_port}",
        mqtt_bind=None if mqtt_port is None else f"127.0.0.1:{mqtt_port}",
    )
    stepped_from = _start_of(clock, now)
    logs.set_up(for_a_person=welcome)
    ended = on_signals()
    house = House(settings, Wishes(demo=demo, open_mqtt=open_mqtt, stepped_from=stepped_from))
    try:
        ready = house.start()
    except CannotStart as error:
        refuse(*error.sentences, code=error.code)
    settle_down()
    _say(ready, welcome=welcome)
    wait_for(ended)
    unfinished = house.stop()
    if unfinished:
        refuse(f"did not end in time: {', '.join(unfinished)}", code=1)


def _start_of(clock: str, now: str | None) -> datetime | None:
    from services.domain.instants import NotAnInstant, parse_instant

    if clock not in ("system", "stepped"):
        refuse(f"--clock takes 'system' or 'stepped', not {clock!r}")
    if clock == "system":
        if now is not None:
            refuse("--now goes with --clock stepped")
        return None
    if now is None:
        refuse("--clock stepped needs --now, an RFC 3339 instant such as 2025-07-23T02:00:00+08:00")
    try:
        return parse_instant(now)
    except NotAnInstant:
        refuse(f"--now takes an RFC 3339 instant with an offset, not {now!r}")


def _say(ready: Ready, *, welcome: bool) -> None:
    if welcome:
        logins = ready.demo
        roles = logins_of(Path(ready.data_dir))
        typer.echo(
            WORDS.format(
                http=ready.http,
                mqtt=ready.mqtt,
                data_dir=Path(ready.data_dir),
                users=BELOW.join(f"{name:10} {roles[name].replace('_', ' ')}" for name in logins.users)
                if logins
                else "–",
                password=logins.password if logins else "–",
            )
        )
        return
    line: dict[str, object] = {
        "ready": True,
        "http": ready.http,
        "mqtt": ready.mqtt,
        "data_dir": ready.data_dir,
    }
    if ready.demo is not None:
        line["demo"] = {"users": list(ready.demo.users), "password": ready.demo.password}
    typer.echo(json.dumps(line, ensure_ascii=False))
