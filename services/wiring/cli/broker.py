"""`anxin broker`: what a broker of its own needs before its first start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.wiring.cli.options import refuse, settings_of

app = typer.Typer(help="A broker of its own.", no_args_is_help=True)


@app.callback()
def broker() -> None:
    """A broker of its own."""


@app.command()
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where Mosquitto's dynamic security starts.")],
) -> None:
    """Make the accounts of ANXIN_MQTT_URL and ANXIN_MQTT_ADMIN_URL; a file that is there stays as it is."""
    from services.ingest.mqtt_session import BrokerAddress
    from services.wiring.broker_accounts import first_accounts

    settings = settings_of()
    accounts = []
    for name, url in (
        ("ANXIN_MQTT_URL", settings.mqtt_url),
        ("ANXIN_MQTT_ADMIN_URL", settings.mqtt_admin_url or settings.mqtt_url),
    ):
        address = BrokerAddress.parse(url) if url else None
        if address is None or not address.username or not address.password:
            refuse(f"{name} must name the broker with user and password: mqtt://USER:PASSWORD@HOST:PORT")
        accounts.append((address.username, address.password))
    if file.exists():
        typer.echo(f"{file} is there already and stays as it is")
        return
    new = file.with_name(f"{file.name}.new")
    try:
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(first_accounts(accounts[0], accounts[1]), encoding="utf-8")
        new.replace(file)
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}", code=1)
    typer.echo(f"{file} holds the first accounts")
