"""The data folder: made readable by its owner only, and held by one house at a time, or by the services of
several processes together.

The hold is a lock of the kernel, so a house that was killed leaves none behind.
"""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import IO

HOUSE = "house"
"""The lock of `up`, which runs every service."""
PLACES = 16
"""Processes of one service that share a folder; more than a county needs on one machine."""


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


def kept(path: Path, make: Callable[[], str]) -> str:
    """The word that a file keeps, readable by its owner only; made once, whoever comes first."""
    if not path.exists():
        new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        new.touch(mode=0o600)
        new.write_text(make(), encoding="ascii")
        try:
            path.hardlink_to(new)
        except FileExistsError:
            pass  # another process was quicker, and its word counts
        finally:
            new.unlink()
    return path.read_text(encoding="ascii").strip()


def is_held(path: Path) -> bool:
    """Whether anybody holds the folder, alone or with others, without holding it any longer than it takes to
    ask. A folder that cannot be looked into counts as held by nobody.
    """
    try:
        with _lock_file(path, HOUSE).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _lock_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"


class DataFolder:
    """One process's hold on its data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._locks: list[IO[str]] = []

    def hold(self, service: str = HOUSE) -> int:
        """Take a place in the folder, making it if need be; `FolderInUse` if there is none.

        `up` has the folder to itself. Services of several processes share it; of each kind the first one has
        place 1, a second one place 2.
        """
        made(self.path)
        if service == HOUSE:
            if not self._lock(HOUSE, fcntl.LOCK_EX):
                raise FolderInUse(
                    f"{self.path} is in use by another 'anxin up'; end that one or choose another folder"
                )
            return 1
        if not self._lock(HOUSE, fcntl.LOCK_SH):
            raise FolderInUse(f"{self.path} is in use by 'anxin up'; end that one or choose another folder")
        for place in range(1, PLACES + 1):
            if self._lock(f"{service}-{place}", fcntl.LOCK_EX):
                return place
        self.let_go()
        raise FolderInUse(f"{self.path} is in use by {PLACES} of 'anxin {service}'; choose another folder")

    def let_go(self) -> None:
        """Give the folder free."""
        while self._locks:
            self._locks.pop().close()

    def _lock(self, name: str, how: int) -> bool:
        lock = _lock_file(self.path, name).open("w", encoding="ascii")
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._locks.append(lock)
        return True
