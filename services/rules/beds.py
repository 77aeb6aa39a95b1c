"""Beds: several sensors of one resident in one place, merged into one state that is occupied, empty or
unknown.

The merged state is worked forward only, in the order of storing; what leaves it as it is is no event for
rules. Going unheard never makes an exit, the next entry or exit does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.domain.values import value
from services.rules.profile import KnownDevice
from services.rules.signs import Sign

ENTERED = "bed.entered"
EXITED = "bed.exited"
VITALS = "bed.vitals"
OFFLINE = "device.offline"
BED_SENSOR = "bed_sensor"
"""The type of device of which beds are made."""


@value(frozen=True, slots=True)
class Sensor:
    """One sensor of a bed: what it said last, and whether it is heard from."""

    device_id: str
    occupied: bool
    heard: bool
    newest_at: datetime
    newest_seq: int


@value(frozen=True, slots=True)
class Trouble:
    """What speaks for a fault of a bed's sensors, and the Findings of it that still hold."""

    restless_since: datetime | None = None
    """The first of the newest changes of which none has held."""
    changed_at: datetime | None = None
    unsteady: str | None = None
    opposed_since: datetime | None = None
    contradiction: str | None = None


@value(frozen=True, slots=True)
class Bed:
    """One bed. ``state`` is the kind of the merged state's last change, None while it is unknown."""

    place: str
    state: str | None = None
    newest_at: datetime | None = None
    sensors: tuple[Sensor, ...] = ()
    trouble: Trouble = Trouble()


@value(frozen=True, slots=True)
class PairChange:
    """A bed or a door is now in another state; ``kind`` None = unknown. ``sign`` is what brought it about."""

    source: str
    kind: str | None
    sign: Sign


def source_of(place: str | None) -> str:
    """By what name the changes of the bed in a place are known."""
    return f"bed:{place or ''}"


def among(known: tuple[Bed, ...], bed: Bed) -> tuple[Bed, ...]:
    """A resident's beds, with this one as it is now."""
    return (*(each for each in known if each.place != bed.place), bed)


def sensors_of(source: str, devices: Iterable[KnownDevice]) -> tuple[str, ...]:
    """The ids of the sensors that are one bed."""
    return tuple(
        device.id for device in devices if device.type == BED_SENSOR and source_of(device.place) == source
    )


def take_report(bed: Bed, sign: Sign) -> tuple[Bed, PairChange | None]:
    """An entry or exit that one of the bed's sensors reports."""
    device_id = sign.device_id or ""
    before = next((sensor for sensor in bed.sensors if sensor.device_id == device_id), None)
    if before is not None and sign.order < (before.newest_at, before.newest_seq):
        return bed, None
    now = Sensor(device_id, sign.kind == ENTERED, heard=True, newest_at=sign.at, newest_seq=sign.seq)
    sensors = (*(sensor for sensor in bed.sensors if sensor.device_id != device_id), now)
    at = sign.at if bed.newest_at is None else max(sign.at, bed.newest_at)
    merged = ENTERED if any(sensor.occupied for sensor in sensors if sensor.heard) else EXITED
    after = replace(bed, sensors=sensors, newest_at=at, state=merged)
    if merged == bed.state:
        return after, None
    return after, PairChange(source_of(bed.place), merged, replace(sign, kind=merged, at=at))


def take_silence(bed: Bed, device_id: str, sign: Sign) -> tuple[Bed, PairChange | None]:
    """One of the bed's sensors is not heard from any more, or no longer belongs to the bed."""
    sensors = tuple(
        replace(sensor, heard=False) if sensor.device_id == device_id else sensor for sensor in bed.sensors
    )
    known = bed.state is not None and any(sensor.heard for sensor in sensors)
    after = replace(bed, sensors=sensors, state=bed.state if known else None)
    if known or bed.state is None:
        return after, None
    at = sign.at if bed.newest_at is None else max(sign.at, bed.newest_at)
    return after, PairChange(source_of(bed.place), None, replace(sign, at=at))


def forget_sensor(bed: Bed, device_id: str) -> Bed:
    """The bed without a sensor that was taken away."""
    return replace(bed, sensors=tuple(sensor for sensor in bed.sensors if sensor.device_id != device_id))
