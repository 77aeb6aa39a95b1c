"""Devices: what stands in the homes, how it is known on the wire and with which password it comes in.

A password is shown once, when it is made. Retiring a device ends its credentials; a retired one stays
readable, and its name on the wire is free again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from services.console import registering
from services.console.api.fields import Data, Id, Instant, Name, PathId, Shape, changes_of, unset
from services.console.api.lists import IdFilter, Listed, Part, Synthetic, Wanted, WordFilter, listed
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.parts import Console
from services.console.problems import documented
from services.console.sight import Sight
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem

router = APIRouter(prefix="/api/v1/devices", tags=["devices"], route_class=GuardedRoute)

ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class NewDevice(Shape):
    """A device to be registered by its label."""

    external_id: ExternalId
    ecosystem: Ecosystem = Ecosystem.NATIVE
    type: DeviceType
    home_id: Id | None = Field(default=None, description="Left out: the resident's home.")
    place: Name | None = None
    resident_id: Id | None = None
    gateway_id: Id | None = None
    mapping: Data = Field(default_factory=dict, description="What only the operator can know.")


class DeviceChanges(Shape):
    """The changed fields of a device; its name on the wire stays, and it can only be retired by hand."""

    type: DeviceType = unset()
    home_id: Id | None = None
    place: Name | None = None
    resident_id: Id | None = None
    gateway_id: Id | None = None
    mapping: Data = unset()
    state: Literal["retired"] = unset()


class WindowShape(Shape):
    """The next press is a test, told to one worker alone; null when that has come or the time is over."""

    worker_id: str
    opened_at: Instant
    until: Instant


class DeviceShape(Shape):
    """A registered device."""

    id: str
    external_id: str
    ecosystem: Ecosystem
    type: DeviceType
    home_id: str | None
    place: str | None
    resident_id: str | None
    gateway_id: str | None
    mapping: dict[str, object]
    state: DeviceState
    registered_at: Instant | None
    last_seen_at: Instant | None
    battery_percent: float | None
    test_window: WindowShape | None
    last_test_id: str | None = Field(description="The alert of the newest test.")
    synthetic: bool


class MqttShape(Shape):
    """With what a native device comes in; shown once."""

    url: str
    username: str
    password: str


class NewDeviceShape(DeviceShape):
    """A device with the credentials that were just made; ``mqtt`` is null where it brings its own."""

    mqtt: MqttShape | None


def shape_of(device: Device, now: datetime) -> DeviceShape:
    window = device.test_window
    is_open = window is not None and now < window.until
    shown = device if is_open else replace(device, test_window=None)
    return DeviceShape.model_validate({name: getattr(shown, name) for name in DeviceShape.model_fields})


def device_of(parts: Console, new: NewDevice) -> Device:
    """A device as it was asked for, not registered yet."""
    device = Device(parts.new_id("dev"), new.external_id, new.ecosystem, new.type)
    return replace(device, **{**changes_of(new), "registered_at": parts.clock.now()})


def mqtt_of(parts: Console, issued: registering.Issued) -> MqttShape | None:
    """With what the device comes in; None where it brings its own."""
    if issued.password is None:
        return None
    url = parts.device_credentials.url
    return MqttShape(url=url, username=issued.device.external_id, password=issued.password)


def _shown_once(parts: Console, issued: registering.Issued) -> NewDeviceShape:
    return NewDeviceShape(
        **shape_of(issued.device, parts.clock.now()).model_dump(), mqtt=mqtt_of(parts, issued)
    )


@dataclass(frozen=True, slots=True)
class DevicesWanted(Wanted):
    """By what devices are looked for."""

    home_id: IdFilter = None
    resident_id: IdFilter = None
    gateway_id: IdFilter = None
    external_id: WordFilter = None
    ecosystem: Annotated[Ecosystem | SkipJsonSchema[None], Query()] = None
    type: Annotated[DeviceType | SkipJsonSchema[None], Query()] = None
    state: Annotated[DeviceState | SkipJsonSchema[None], Query()] = None
    synthetic: Synthetic = False


@router.get("")
def list_devices(
    parts: Parts, who: Who, part: Part, wanted: Annotated[DevicesWanted, Depends()]
) -> Listed[DeviceShape]:
    now = parts.clock.now()
    with parts.store.reading() as uow:
        sight = Sight(uow, who).device
        return listed(uow.devices.page, wanted.filters, part, lambda each: shape_of(each, now), sight)


@router.post("", status_code=201, responses=documented(409))
def register_device(parts: Parts, who: Who, body: NewDevice) -> NewDeviceShape:
    return _shown_once(parts, registering.register(parts, who, device_of(parts, body)))


@router.get("/{device_id}")
def read_device(parts: Parts, who: Who, device_id: PathId) -> DeviceShape:
    with parts.store.reading() as uow:
        return shape_of(registering.seen(uow, who, device_id), parts.clock.now())


@router.patch("/{device_id}", responses=documented(409))
def change_device(parts: Parts, who: Who, device_id: PathId, body: DeviceChanges) -> DeviceShape:
    changes = changes_of(body)
    retires = changes.pop("state", None) is not None
    device = registering.change(parts, who, device_id, changes, retires=retires)
    return shape_of(device, parts.clock.now())


@router.post("/{device_id}/credentials", status_code=201, responses=documented(409))
def renew_credentials(parts: Parts, who: Who, device_id: PathId) -> NewDeviceShape:
    return _shown_once(parts, registering.renew(parts, who, device_id))


@router.delete("/{device_id}/credentials", status_code=204)
def revoke_credentials(parts: Parts, who: Who, device_id: PathId) -> Response:
    registering.revoke(parts, who, device_id)
    return Response(status_code=204)
