"""The desk of the rulebooks: the folder in which people save them, as the house writes into it.

A file is written whole or not at all, and never over what somebody saved meanwhile. A hidden file beside the
rulebooks says which revision each of them held when it was last in step with the store; so a file that was
saved is told from one that lags behind, on whichever machine the folder is.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from services.domain.records import FileMark

NOTES = ".in-step.json"
"""The hidden file. Without it a file with an older revision's text counts as one that lags behind."""

_MARKS = TypeAdapter(dict[str, FileMark])

log = logging.getLogger("anxin.rules")


class FolderDesk:
    """One folder of rulebooks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def marks(self) -> Mapping[str, FileMark] | None:
        try:
            return _MARKS.validate_json((self._folder / NOTES).read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            log.warning("%s cannot be read; it is made anew", self._folder / NOTES)
            return None

    def write(self, texts: Mapping[str, str | None], found: Mapping[str, str]) -> None:
        for name, text in texts.items():
            path = self._folder / name
            if _text_of(path) != found.get(name):
                continue  # saved a moment ago: the next look sees that
            if text is None:
                path.unlink(missing_ok=True)
            else:
                _replace(path, text)

    def note(self, marks: Mapping[str, FileMark]) -> None:
        text = _MARKS.dump_json(dict(sorted(marks.items())), indent=1).decode()
        if _text_of(self._folder / NOTES) != text:
            _replace(self._folder / NOTES, text)


def _text_of(path: Path) -> str | None:
    """The text of a file as `shipped.texts_in` reads it; None if there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with new.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
