"""`anxin db`: the tables of the store."""

from __future__ import annotations

import typer

from services.wiring.cli.options import DataDir, settings_of, store_of

app = typer.Typer(help="The store's tables.", no_args_is_help=True)


@app.callback()
def database() -> None:
    """The store's tables."""


@app.command()
def upgrade(data_dir: DataDir = None) -> None:
    """Bring the store's tables to this version; nothing happens if they are there already."""
    settings = settings_of(data_dir=data_dir)
    with store_of(settings):
        typer.echo(f"the tables are those of this version ({settings.data_dir})")
