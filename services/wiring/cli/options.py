"""Options that several verbs share, and how a verb says that it cannot go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from services.domain.ports import Store
    from services.wiring.settings import Settings

PATIENCE = timedelta(seconds=30)
"""How long a command waits for a house that is writing; no call depends on it."""
USAGE = 2
"""The exit code of a call or a setting that cannot be used."""

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="Folder of the database, broker, rulebooks and policies [ANXIN_DATA_DIR]."
    ),
]


def refuse(*sentences: str, code: int = USAGE) -> NoReturn:
    """Say on standard error why a verb ends, and end it."""
    typer.echo("\n".join(f"anxin: {sentence}" for sentence in sentences), err=True)
    raise typer.Exit(code)


def text_of(file: Path, code: int = USAGE) -> str:
    """The text of a file that somebody named, or why it cannot be read and exit ``code``."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        refuse(f"{file}: cannot be read: {error.strerror or error}", code=code)
    except UnicodeDecodeError:
        refuse(f"{file}: cannot be read: it is no UTF-8 text", code=code)


def check_writable(*files: Path | None) -> None:
    """Refuse, before any work is done, files that could not be written after it; none is changed or left."""
    for file in files:
        if file is None:
            continue
        try:
            is_new = not file.exists()
            file.open("ab").close()
            if is_new:
                file.unlink()
        except OSError as error:
            refuse(f"{file}: cannot be written: {error.strerror or error}")


def write_to(file: Path, content: bytes, code: int = USAGE) -> None:
    """Write a file that somebody named, or say why it cannot be written and exit ``code``."""
    try:
        file.write_bytes(content)
    except OSError as error:
        refuse(f"{file}: cannot be written: {error.strerror or error}", code=code)


def settings_of(**options: object) -> Settings:
    """The settings, or every fault of theirs on standard error and exit 2."""
    from services.wiring.settings import BadSettings, read_settings

    try:
        return read_settings(**options)
    except BadSettings as error:
        refuse(*error.faults)


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """The store of an installation, with its tables as this version wants them."""
    from services.wiring.data_folder import FolderUnusable, made
    from services.wiring.opening import CannotOpen, open_store
    from services.wiring.signals import LocalSignals

    try:
        made(settings.data_dir)
        store = open_store(settings, LocalSignals(), PATIENCE)
    except (FolderUnusable, CannotOpen) as error:
        refuse(str(error), code=1)
    try:
        yield store
    finally:
        store.close()
