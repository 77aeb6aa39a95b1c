"""`anxin db backup`: one instant of the installation in one file, while it runs or not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.wiring.cli.options import DataDir, refuse, settings_of


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; it must not exist yet.")],
    data_dir: DataDir = None,
) -> None:
    """Write the store, rulebooks, policies and keys as they are at one instant; the service may run."""
    from services.domain.ports import StoreUnavailable
    from services.storage.backup.taking import Wanted, take_backup
    from services.wiring.cli.progress import bars
    from services.wiring.clock import SystemClock
    from services.wiring.kept_files import kept_files
    from services.wiring.opening import cannot_open
    from services.wiring.version import version

    settings = settings_of(data_dir=data_dir)
    wanted = Wanted(version(), SystemClock(), lambda: kept_files(settings.data_dir))
    try:
        with bars("backup") as [bar]:
            manifest = take_backup(settings.store_url, file, wanted, total=bar.total, progress=bar.advance)
    except FileExistsError:
        refuse(f"{file} is there already; name another file")
    except (ValueError, StoreUnavailable) as error:
        refuse(str(cannot_open(settings, error)), code=1)
    except OSError as error:
        refuse(f"{error.filename or file} cannot be read or written: {error.strerror or error}", code=1)
    typer.echo(
        f"{file}: {manifest.rows} rows of {len(manifest.tables)} tables and {len(manifest.files)} files, "
        f"as of {manifest.taken_at.isoformat(timespec='seconds')}, revision {manifest.schema_revision}"
    )
    if settings.secret_key:
        typer.echo("the signing key is not in it: ANXIN_SECRET_KEY holds it; keep that too", err=True)
