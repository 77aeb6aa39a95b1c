"""Commands: what the lights and voices of devices are to say goes out to the broker, in order.

A command is noted as published after it was handed over; a crash in between publishes it twice, which a
light does not mind. Without a broker the commands wait.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from services.domain.chronicle import commands_published
from services.domain.crash_points import CrashPoint, Reached, goes_on
from services.domain.notices import DeviceCommand
from services.domain.ports import BrokerUnavailable, Publisher, Store, UnitOfWork
from services.domain.wire import command_topic

MOST_AT_ONCE = 100
Waiting = Sequence[DeviceCommand]


def waiting_in(uow: UnitOfWork) -> Waiting:
    """The commands that are waiting, as many as are published at once."""
    return uow.notices.commands_due(MOST_AT_ONCE)


def publish(
    waiting: Waiting,
    store: Store,
    publisher: Publisher,
    now: datetime,
    reached: Reached = goes_on,
) -> bool:
    """Publish commands that are waiting; True if any went out."""
    published: list[DeviceCommand] = []
    for command in waiting:
        try:
            publisher.publish(command_topic(command.external_id), payload_of(command))
        except BrokerUnavailable:
            break
        published.append(command)
    if not published:
        return False
    reached(CrashPoint.BEFORE_COMMAND_PUBLISHED)
    with store.writing() as uow:
        for command in published:
            uow.notices.command_published(command.id, now)
        uow.say_after(commands_published(published))
    reached(CrashPoint.AFTER_COMMAND_PUBLISHED)
    return True


def payload_of(command: DeviceCommand) -> bytes:
    """The command as it goes over the wire (docs/wire)."""
    return json.dumps({"command": "reassure", "state": command.state.value}).encode()
