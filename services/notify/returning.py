"""Returning: a device that comes back online hears what its light should say now (docs/wire).

A chore of the alert loop. It reads `device.online` events of the log, each once. A device without a running
alarm hears nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from services.domain.events import Event
from services.domain.ports import Store, Topic, UnitOfWork
from services.escalation.reassure import on_device_online

CURSOR = "alerts.devices-online"
BATCH = 50


class Returning:
    """What was looked through without finding any is remembered in memory only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looked_until = 0

    def look(self, uow: UnitOfWork, now: datetime) -> Callable[[], bool] | None:
        """Which devices came back, to be greeted."""
        newest = uow.events.last_seq()
        if newest <= self._looked_until:
            return None
        after = max(self._looked_until, uow.cursors.get(CURSOR))
        events = uow.events.page({"kind": "device.online"}, after, BATCH).items
        if not events:
            self._looked_until = newest
            return None

        def greet() -> bool:
            self._greet(events, now)
            self._looked_until = events[-1].seq
            return True

        return greet

    def next_due_at(self, uow: UnitOfWork) -> datetime | None:  # noqa: ARG002 - whatever is stored
        """No instant of its own: it waits for events."""
        return None

    def _greet(self, events: Sequence[Event], now: datetime) -> None:
        with self._store.writing() as uow:
            for event in events:
                device = uow.devices.get(event.device_id) if event.device_id else None
                if device is None:
                    continue
                running = uow.alerts.running_with_device(device.id)
                commands = on_device_online(device, running, now, cause=event.id)
                if commands:
                    uow.notices.add_commands(commands)
                    uow.wake_after(Topic.NOTICES)
            uow.cursors.set(CURSOR, events[-1].seq)
