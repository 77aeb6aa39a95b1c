"""Restoring an installation from a backup: the data folder and the store, each of which has to be empty.

A mark lies in the folder from the first byte to the last, and no command works on a folder with that mark: a
restore that was interrupted is never taken for an installation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.domain.ports import StoreUnavailable
from services.storage.backup.form import BackupFile, BackupUnusable, Manifest, Progress
from services.storage.backup.restoring import NotEmpty, is_empty, restore_backup
from services.storage.migrate import SchemaIsNewer, refuse_newer
from services.storage.store import SqlStore
from services.wiring.data_folder import UNFINISHED, FolderUnusable
from services.wiring.kept_files import is_kept, put_back
from services.wiring.opening import CannotOpen, cannot_open
from services.wiring.settings import Settings
from services.wiring.signals import LocalSignals

LISTED = 500


class CannotRestore(Exception):
    """A backup that is not restored; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class GoesOn:
    """What the next start takes up again, as it stood when the backup was taken."""

    running_alerts: int
    next_due_at: datetime | None
    """The nearest deadline of an alert or of a notice."""


@dataclass(frozen=True, slots=True)
class Watching:
    """Whoever watches the work: told how many rows there are, and of each stretch how many more are done."""

    total: Progress = lambda _rows: None
    checked: Progress = lambda _rows: None
    written: Progress = lambda _rows: None


UNWATCHED = Watching()


def restore(settings: Settings, file: Path, watching: Watching = UNWATCHED) -> tuple[Manifest, GoesOn]:
    """Put a backup where nothing is yet; `CannotRestore`, and then nothing is there that looks usable."""
    try:
        with BackupFile(file) as backup:
            _refuse_strangers(backup.manifest)
            _refuse_what_is_there(settings)
            watching.total(backup.manifest.rows)
            backup.check(watching.checked)
            _write(settings, backup, watching.written)
            return backup.manifest, _what_goes_on(settings)
    except (BackupUnusable, SchemaIsNewer) as error:
        raise CannotRestore(f"{file} is not restored: {error}") from error
    except NotEmpty as error:
        raise CannotRestore(_not_empty(settings)) from error
    except (CannotOpen, FolderUnusable) as error:
        raise CannotRestore(str(error)) from error
    except (ValueError, StoreUnavailable) as error:
        raise CannotRestore(str(cannot_open(settings, error))) from error
    except OSError as error:
        raise CannotRestore(f"the data folder {settings.data_dir} cannot be written: {error}") from error


def _refuse_strangers(manifest: Manifest) -> None:
    refuse_newer(manifest.schema_revision)
    strangers = [name for name in manifest.files if not is_kept(name)]
    if strangers:
        raise BackupUnusable(f"it holds {strangers[0]}, which is no file of a data folder")


def _refuse_what_is_there(settings: Settings) -> None:
    data_dir = settings.data_dir
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise CannotRestore(
            f"the data folder {data_dir} is not empty: name a new one with --data-dir, or move that one away"
        )
    if settings.database_url and not is_empty(settings.store_url):
        raise NotEmpty


def _not_empty(settings: Settings) -> str:
    return f"the database of {settings.store_named} is not empty: make a new one and name that"


def _write(settings: Settings, backup: BackupFile, written: Progress) -> None:
    data_dir = settings.data_dir
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark = data_dir / UNFINISHED
    mark.touch()
    for name in backup.manifest.files:
        put_back(data_dir, name, backup.file(name))
    restore_backup(settings.store_url, backup, written)
    mark.unlink()


def _what_goes_on(settings: Settings) -> GoesOn:
    store = SqlStore(settings.store_url, LocalSignals())
    try:
        with store.reading() as uow:
            running, after = 0, 0
            while page := uow.alerts.page({"running": True}, after, LISTED).items:
                running, after = running + len(page), page[-1].number
            due = [uow.alerts.next_due_at(), uow.notices.next_due_at()]
            return GoesOn(running, min((each for each in due if each is not None), default=None))
    finally:
        store.close()
