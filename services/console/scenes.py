"""Scenes: gathers the present around an alert for escalation to decide on, and stores what it decided.

The decision is escalation's alone. Move, notices and commands are stored in the transaction that the
scene was read in, so that nothing of it can be lost in between.
"""

from __future__ import annotations

from services.console.parts import Console
from services.domain.alerts import Alert
from services.domain.devices import Device
from services.domain.ports import Topic, UnitOfWork
from services.escalation.scene import Move, Scene


def scene_of(uow: UnitOfWork, parts: Console, alert: Alert) -> Scene:
    """Everything that may be looked at for this alert, read now."""
    now = parts.clock.now()
    return Scene(
        now=now,
        house=parts.house,
        policies=parts.policies(),
        circle=uow.people.circle(
            resident_id=alert.resident_id, device_id=alert.device_id, home_id=alert.home_id, at=now
        ),
        devices=_devices_of(uow, alert),
        notices=tuple(uow.notices.of_alert(alert.id)),
    )


def carry_out(uow: UnitOfWork, move: Move) -> Alert:
    """Store all of a move; a move that is nothing stores nothing. `Conflict` if somebody was quicker."""
    if move.is_nothing:
        return move.alert
    alert = uow.alerts.save(move.alert, move.changes)
    uow.notices.add(move.notices)
    uow.notices.add_commands(move.commands)
    uow.wake_after(Topic.ALERTS)
    uow.wake_after(Topic.NOTICES)
    return alert


def _devices_of(uow: UnitOfWork, alert: Alert) -> dict[str, Device]:
    ids = dict.fromkeys([alert.device_id, *(fact.device_id for fact in alert.facts)])
    found = (uow.devices.get(device_id) for device_id in ids if device_id is not None)
    return {device.id: device for device in found if device is not None}
