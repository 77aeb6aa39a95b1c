"""The data folder: made readable by its owner only, and held by one house at a time.

The hold is a lock of the kernel, so a house that was killed leaves none behind.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO


class FolderUnusable(Exception):
    """A data folder that cannot be used; the words say why."""


class FolderInUse(FolderUnusable):
    """Another house works on this data folder."""


UNFINISHED = "restore.unfinished"
"""A file that lies in the folder while a backup is restored into it; one that was interrupted leaves it."""


def made(path: Path) -> Path:
    """The folder, made if need be and readable by its owner only; not one with half a backup in it."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FolderUnusable(f"the data folder {path} cannot be made: {error.strerror}") from error
    if (path / UNFINISHED).exists():
        raise FolderUnusable(
            f"a backup was not restored to its end into {path}: remove the folder and restore it again"
        )
    return path


class DataFolder:
    """One house's hold on its data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def hold(self) -> None:
        """Take the folder, making it if need be; `FolderInUse` if another house has it."""
        lock = (made(self.path) / "house.lock").open("w", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise FolderInUse(
                f"{self.path} is in use by another 'anxin up'; end that one or choose another folder"
            ) from error
        self._lock = lock

    def let_go(self) -> None:
        """Give the folder free."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
