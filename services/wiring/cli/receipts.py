"""`anxin receipts`: the addresses to enter at each carrier, so that it says what became of messages."""

from __future__ import annotations

import typer

from services.wiring.cli.options import DataDir, refuse, settings_of


def receipts(data_dir: DataDir = None) -> None:
    """Print the address, with its token, at which each carrier of this installation brings receipts."""
    from services.notify.receipts import token_for
    from services.wiring.ways_out import carriers

    settings = settings_of(data_dir=data_dir)
    if not settings.public_url:
        refuse("ANXIN_PUBLIC_URL must be set: carriers bring receipts to the address of the console")
    try:
        key = settings.key()
    except OSError as error:
        refuse(
            f"the data folder {settings.data_dir} keeps no key that can be read or made: "
            f"{error.strerror or error}; name the folder of the installation by --data-dir or ANXIN_DATA_DIR"
        )
    base = settings.public_url.rstrip("/")
    for kind in carriers(settings):
        typer.echo(f"{kind.value}: {base}/api/v1/receipts/{kind.value}?token={token_for(key, kind)}")
