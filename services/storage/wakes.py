"""Wakes between processes: on PostgreSQL a commit that wakes somebody here says so to the other processes,
and hears the same of theirs. What is said while nobody listens is lost, and that is harmless: a poll each
second is the truth. It must never hold up or fail a transaction of its own accord.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterable

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, make_url

from services.domain.ports import Signals, Topic

CHANNEL = "anxin_wakes"
PAUSES = (0.1, 0.5, 1.0, 2.0)
"""Seconds between attempts to connect; the last one for ever."""
LOOK_UP_SECONDS = 1.0
"""How often the listener looks whether it is to end."""
_LIMITS = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "application_name": "anxin wakes",
}
"""Seconds, but for the count: a server that is gone without a word is noticed within half a minute."""

log = logging.getLogger("anxin.wakes")


class Teller:
    """Says at a commit which topics it wakes. ``name`` tells one's own words from those of others."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)

    def tell(self, connection: Connection, woken: Iterable[Topic]) -> None:
        """Let the commit of this transaction wake the other processes; nothing is said if it rolls back."""
        topics = " ".join(topic.value for topic in woken)
        if topics and connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, f"{self.name} {topics}"))


class Listener:
    """A thread that wakes the signals of this process at the commits of others, and reconnects for ever.

    ``own_name`` is the `Teller`'s of this process, whose commits have woken everybody here already.
    """

    def __init__(self, url: str, signals: Signals, own_name: str) -> None:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._address = make_conninfo(address, **_LIMITS)
        self._signals = signals
        self._own_name = own_name
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="anxin-wakes", daemon=True)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def wait_until_listening(self, seconds: float) -> bool:
        """Wait for the connection; False if it does not stand in time."""
        return self._listening.wait(seconds)

    def stop(self, seconds: float) -> bool:
        """End; True if it did within ``seconds``."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pauses = iter(PAUSES)
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True) as connection:
                    connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
                    pauses = iter(PAUSES)
                    self._listen(connection)
            except psycopg.Error as error:
                log.warning("wakes of other processes are not heard for now: %s", str(error).strip())
            self._listening.clear()
            self._stopping.wait(next(pauses, PAUSES[-1]))

    def _listen(self, connection: psycopg.Connection) -> None:
        self._listening.set()
        for topic in Topic:  # what was said while nobody listened
            self._signals.wake(topic)
        while not self._stopping.is_set():
            for said in connection.notifies(timeout=LOOK_UP_SECONDS):
                self._hear(said.payload)
                if self._stopping.is_set():
                    return

    def _hear(self, payload: str) -> None:
        name, *topics = payload.split()
        if name == self._own_name:
            return
        for topic in Topic:
            if topic.value in topics:
                self._signals.wake(topic)
