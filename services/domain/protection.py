"""Protection: whether a resident is watched over now, and if not, why, whose it is to mend and until
when.

Red with a running alert, amber as soon as something is missing that a call for help needs, else green. It
says only what is known: no promise is made where a device was never heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.domain.alerts import Alert
from services.domain.devices import Device, DeviceState, DeviceType
from services.domain.duty import Hole
from services.domain.people import Resident, Worker

CALLS_FOR_HELP = frozenset({DeviceType.CALL_BUTTON, DeviceType.FALL_DETECTOR})
LOW_BATTERY_PERCENT = 20.0
"""Below this a battery counts as low, in percent as the device says it. The house's own figure, no
standard's; the technician's guide names it.
"""
MENDED_WITHIN = timedelta(hours=24)
"""How long whoever owns a gap has to close it, from when it began. The house's own figure, no standard's: as
long as the routine policy gives whoever accepted.
"""


class ProtectionState(StrEnum):
    """Green, amber, red."""

    PROTECTED = "protected"
    UNPROTECTED = "unprotected"
    ALERT = "alert"


class ProtectionReason(StrEnum):
    """Why a resident is not simply protected."""

    RUNNING_ALERT = "running_alert"
    LEFT = "left"
    NO_CALL_DEVICE = "no_call_device"
    DEVICE_NEVER_LIVE = "device_never_live"
    DEVICE_SILENT = "device_silent"
    BATTERY_LOW = "battery_low"
    NOBODY_ASSIGNED = "nobody_assigned"
    ROSTER_HOLE = "roster_hole"
    """Nobody of the team is on duty now, or at some time in the hours to come."""


@dataclass(frozen=True, slots=True)
class Protection:
    """The state with its reasons; somebody owns every state that is not green, ``due_at`` is None where
    nobody knows since when, and ``hole_at`` is when the hole of the roster begins, where that is a reason.
    """

    state: ProtectionState
    reasons: tuple[ProtectionReason, ...] = ()
    owner_id: str | None = None
    due_at: datetime | None = None
    hole_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mending:
    """Who closes gaps now: the technicians, duty desk and managers on duty, in the order of asking."""

    technicians: tuple[Worker, ...] = ()
    duty_desk: tuple[Worker, ...] = ()
    managers: tuple[Worker, ...] = ()

    @property
    def owner_id(self) -> str | None:
        """Technician on duty, else duty desk, else manager."""
        return next((worker.id for worker in (*self.technicians, *self.duty_desk, *self.managers)), None)

    @property
    def roster_owner_id(self) -> str | None:
        """Whose it is where nothing is missing but somebody on duty: a manager, else the duty desk, to whom
        the hole is told; no technician fills it.
        """
        return next((worker.id for worker in (*self.managers, *self.duty_desk)), self.owner_id)


def has_low_battery(device: Device) -> bool:
    """Whether its battery is to be changed; of one that said nothing of it nobody knows."""
    return device.battery_percent is not None and device.battery_percent < LOW_BATTERY_PERCENT


def protection_of(
    resident: Resident,
    devices: Sequence[Device],
    running: Sequence[Alert],
    assigned: Worker | None,
    mending: Mending,
    roster_hole: Hole | None = None,
) -> Protection:
    """Judge one resident by the devices of their own and of their home and by their running alerts."""
    if running:
        first = min(running, key=lambda alert: (-alert.severity.rank, alert.opened_at, alert.number))
        due = min((alert.next_due_at for alert in running if alert.next_due_at), default=None)
        owner = first.holder_id or next(iter(first.owner_ids), None)
        return Protection(ProtectionState.ALERT, (ProtectionReason.RUNNING_ALERT,), owner, due)
    if resident.left_at is not None:
        return Protection(ProtectionState.UNPROTECTED, (ProtectionReason.LEFT,))
    gaps = list(_gaps(resident, devices, assigned))
    reasons = tuple(dict.fromkeys(reason for reason, _ in gaps))
    ends = [began_at + MENDED_WITHIN for _, began_at in gaps if began_at is not None]
    owner_id = mending.owner_id
    if roster_hole is not None:
        owner_id = owner_id if reasons else mending.roster_owner_id
        reasons = (*reasons, ProtectionReason.ROSTER_HOLE)
        ends.append(roster_hole.starts_at)  # it has to be filled before it begins
    if not reasons:
        return Protection(ProtectionState.PROTECTED)
    hole_at = roster_hole.starts_at if roster_hole is not None else None
    return Protection(ProtectionState.UNPROTECTED, reasons, owner_id, min(ends, default=None), hole_at)


def _gaps(
    resident: Resident, devices: Sequence[Device], assigned: Worker | None
) -> Iterable[tuple[ProtectionReason, datetime | None]]:
    in_use = [device for device in devices if device.state is not DeviceState.RETIRED]
    if not any(device.type in CALLS_FOR_HELP for device in in_use):
        yield ProtectionReason.NO_CALL_DEVICE, resident.enrolled_at
    for device in in_use:
        if device.state is DeviceState.REGISTERED:
            yield ProtectionReason.DEVICE_NEVER_LIVE, device.registered_at
        elif device.state is DeviceState.SILENT:
            yield ProtectionReason.DEVICE_SILENT, device.last_seen_at
        if has_low_battery(device):
            yield ProtectionReason.BATTERY_LOW, None
    if assigned is None or not assigned.active:
        yield ProtectionReason.NOBODY_ASSIGNED, resident.enrolled_at
