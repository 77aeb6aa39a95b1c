"""Connection: when the house was at the broker and when it was not, as facts in the log of events.

Silence of a device means nothing while nobody listens, so the rules must know, also after a restart and in
another process. What is written is when it was lost and when it was there again. A process that was killed
wrote nothing: then the newest event that it stored is the last that is known of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from services.domain.events import Event, Origin
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.kinds import HOUSE_CONNECTED, HOUSE_DISCONNECTED
from services.domain.ports import Store, StoreUnavailable, Topic, UnitOfWork

log = logging.getLogger("anxin.ingest")


class Connection:
    """Notes each change of ``is_connected``; the first look of a process is one."""

    def __init__(self, store: Store, is_connected: Callable[[], bool]) -> None:
        self._store = store
        self._is_connected = is_connected
        self._was_connected: bool | None = None

    def look(self, now: datetime) -> None:
        """Write down what has changed since the last look; what could not be stored is tried again."""
        is_connected = self._is_connected()
        if is_connected is self._was_connected:
            return
        try:
            with self._store.writing() as uow:
                if self._was_connected is None:
                    self._say_when_it_ended(uow, now)
                if is_connected or self._was_connected:
                    kind = HOUSE_CONNECTED if is_connected else HOUSE_DISCONNECTED
                    self._say(uow, kind, now, now)
        except StoreUnavailable:
            return  # readiness says it
        self._was_connected = is_connected
        log.info("the house is %s the broker", "connected to" if is_connected else "not connected to")

    def _say_when_it_ended(self, uow: UnitOfWork, now: datetime) -> None:
        newest = uow.events.after(max(uow.events.last_seq() - 1, 0), 1)
        if newest:
            self._say(uow, HOUSE_DISCONNECTED, min(newest[-1].received_at, now), now)

    @staticmethod
    def _say(uow: UnitOfWork, kind: str, at: datetime, now: datetime) -> None:
        # time may stand while a process ends and begins: what was said before tells the two apart
        so_far = str(uow.events.last_seq())
        event_id = derived_id("evt", kind, format_instant(at), format_instant(now), so_far)
        uow.events.append([Event(event_id, kind, at, now, Origin.HOUSE, dedupe_key=event_id)])
        uow.wake_after(Topic.EVENTS)
