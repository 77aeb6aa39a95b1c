"""`anxin db`: the tables of the store, and the whole installation in one file and back."""

from __future__ import annotations

import typer

from services.wiring.cli import database_backup, database_restore
from services.wiring.cli.options import DataDir, refuse, settings_of

app = typer.Typer(help="The store: its tables, backups of it.", no_args_is_help=True)
app.command("backup")(database_backup.backup)
app.command("restore")(database_restore.restore)


@app.callback()
def database() -> None:
    """The store: its tables, backups of it."""


@app.command()
def upgrade(data_dir: DataDir = None) -> None:
    """Bring the store's tables to this version; nothing happens if they are there already."""
    from services.domain.ports import StoreUnavailable
    from services.storage import migrate
    from services.wiring.data_folder import FolderUnusable, made
    from services.wiring.opening import cannot_open

    settings = settings_of(data_dir=data_dir)
    try:
        made(settings.data_dir)
        done = migrate.upgrade(settings.store_url)
    except FolderUnusable as error:
        refuse(str(error), code=1)
    except (ValueError, StoreUnavailable, migrate.SchemaIsNewer) as error:
        refuse(str(cannot_open(settings, error)), code=1)
    if not done.changed:
        typer.echo(f"the tables are those of this version, revision {done.after} ({settings.data_dir})")
    elif done.before is None:
        typer.echo(f"the tables were made, revision {done.after} ({settings.data_dir})")
    else:
        typer.echo(
            f"the tables were brought from revision {done.before} to {done.after} ({settings.data_dir})"
        )
