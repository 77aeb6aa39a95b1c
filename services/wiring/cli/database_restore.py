"""`anxin db restore`: an installation from a backup, where nothing is yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.wiring.cli.options import DataDir, refuse, settings_of


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup made by `anxin db backup`.")],
    data_dir: DataDir = None,
) -> None:
    """Put a backup into an empty data folder and an empty database, on either kind of store."""
    from services.wiring import restoring
    from services.wiring.cli.progress import bars

    settings = settings_of(data_dir=data_dir)
    try:
        with bars("check", "restore") as [checking, writing]:

            def total(rows: int) -> None:
                checking.total(rows)
                writing.total(rows)

            watching = restoring.Watching(total, checking.advance, writing.advance)
            manifest, goes_on = restoring.restore(settings, file, watching)
    except restoring.CannotRestore as error:
        refuse(str(error), code=1)
    typer.echo(
        f"{settings.data_dir}: {manifest.rows} rows of {len(manifest.tables)} tables and "
        f"{len(manifest.files)} files, as of {manifest.taken_at.isoformat(timespec='seconds')}"
    )
    typer.echo(f"running alerts that go on at the next start: {goes_on.running_alerts}")
    if goes_on.next_due_at is not None:
        typer.echo(f"the nearest deadline: {goes_on.next_due_at.isoformat(timespec='seconds')}")
    if "secret.key" not in manifest.files and not settings.secret_key:
        typer.echo(
            "no signing key is in it: if ANXIN_SECRET_KEY held it, set that again before the start", err=True
        )
