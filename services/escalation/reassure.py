"""Reassure: what the light or voice of a device tells the elder after a move of an alert.

Only devices that raised an alarm speak, and only native ones have the wire for it. A device never hears
that somebody is coming before somebody has said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.domain.alerts import Alert, AlertState
from services.domain.devices import Device, Ecosystem
from services.domain.findings import Finding
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.notices import DeviceCommand, ReassureState
from services.escalation.scene import Move, Scene

_STATE = {
    AlertState.OPEN: ReassureState.HEARD,
    AlertState.ACCEPTED: ReassureState.COMING,
    AlertState.ARRIVED: ReassureState.ARRIVED,
    AlertState.CLOSED: ReassureState.OVER,
}


def present_state(alert: Alert) -> ReassureState:
    """What a device of this alert should say now."""
    return _STATE[alert.state]


def speaking(alert: Alert, scene: Scene) -> tuple[Device, ...]:
    """The devices that raised an alarm of this alert and can be spoken to."""
    found = (scene.devices.get(each) for each in alert.calling_device_ids)
    return tuple(device for device in found if device is not None and _hears(device))


def reassured(before: Alert | None, move: Move, scene: Scene, *, joined: Finding | None = None) -> Move:
    """The move, with the commands that follow from it.

    Every device hears a new state; the device of a press that joined (the finding ``joined``) hears the
    present one again.
    """
    alert = move.alert
    if before is None or present_state(before) is not present_state(alert):
        told = speaking(alert, scene)
    else:
        pressed = {fact.device_id for fact in alert.facts if joined and fact.finding_id == joined.id}
        told = tuple(device for device in speaking(alert, scene) if device.id in pressed)
    cause = joined.id if joined else f"{alert.run}@{format_instant(scene.now)}"
    chain = joined.chain if joined else alert.chain
    commands = tuple(command_to(device, alert, scene.now, cause=cause, chain=chain) for device in told)
    return Move(alert, move.changes, move.notices, move.commands + commands)


def on_device_online(
    device: Device, running: Iterable[Alert], now: datetime, *, cause: str
) -> tuple[DeviceCommand, ...]:
    """What a device hears that has just come back: the present state of the newest running alert it raised.

    ``cause`` is the id of the `device.online` event.
    """
    raised = [alert for alert in running if alert.is_running and device.id in alert.calling_device_ids]
    if not raised or not _hears(device):
        return ()
    newest = max(raised, key=lambda alert: alert.opened_at)
    return (command_to(device, newest, now, cause=cause, chain=newest.chain),)


def command_to(
    device: Device, alert: Alert, now: datetime, *, cause: str, chain: str | None
) -> DeviceCommand:
    """One command, its id made from the alert, what brought it about and the device."""
    state = present_state(alert)
    return DeviceCommand(
        id=derived_id("cmd", alert.id, cause, state, device.id),
        device_id=device.id,
        external_id=device.external_id,
        state=state,
        created_at=now,
        alert_id=alert.id,
        chain=chain,
    )


def _hears(device: Device) -> bool:
    return device.ecosystem is Ecosystem.NATIVE
