"""Devices: what stands in the homes, how it is known on the wire and with which password it comes in.

A password is shown once, when it is made. Retiring a device ends its credentials; a retired one stays
readable, and its name on the wire is free again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Data, Id, Instant, Name, PathId, Shape, changes_of, unset
from services.console.api.lists import IdFilter, Listed, Part, Synthetic, Wanted, WordFilter, listed
from services.console.api.references import Known
from services.console.callers import Caller, Parts, Who
from services.console.facts import tell_of_device
from services.console.gate import GuardedRoute
from services.console.parts import Console
from services.console.problems import Problem, documented, not_found, unfit
from services.console.sight import Sight
from services.console.writing import note, write
from services.domain.devices import NATIVE_ID, Device, DeviceState, DeviceType, Ecosystem
from services.domain.ports import UnitOfWork

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
    synthetic: bool


class MqttShape(Shape):
    """With what a native device comes in; shown once."""

    url: str
    username: str
    password: str


class NewDeviceShape(DeviceShape):
    """A device with the credentials that were just made; ``mqtt`` is null where it brings its own."""

    mqtt: MqttShape | None


def _shape_of(device: Device) -> DeviceShape:
    return DeviceShape.model_validate({name: getattr(device, name) for name in DeviceShape.model_fields})


def _shown_once(parts: Console, device: Device, password: str | None) -> NewDeviceShape:
    mqtt = None
    if password is not None:
        mqtt = MqttShape(url=parts.device_credentials.url, username=device.external_id, password=password)
    return NewDeviceShape(**_shape_of(device).model_dump(), mqtt=mqtt)


def _placed(uow: UnitOfWork, device: Device) -> Device:
    """The device with a home that fits its resident; what it refers to must be there."""
    known = Known(uow)
    resident = known.resident("resident_id", device.resident_id)
    home = known.home("home_id", device.home_id)
    gateway = known.device("gateway_id", device.gateway_id)
    if gateway is not None and (gateway.type is not DeviceType.GATEWAY or gateway.id == device.id):
        raise unfit("gateway_id", device.gateway_id, "the id of a device of type gateway")
    if resident is not None and home is not None and resident.home_id != home.id:
        raise unfit("home_id", home.id, f"the home of the resident, {resident.home_id}")
    return replace(device, home_id=resident.home_id) if resident is not None else device


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
    with parts.store.reading() as uow:
        return listed(uow.devices.page, wanted.filters, part, _shape_of, Sight(uow, who).device)


@router.post("", status_code=201, responses=documented(409))
def register_device(parts: Parts, who: Who, body: NewDevice) -> NewDeviceShape:
    _check_name(parts, body)
    device = replace(
        Device(parts.new_id("dev"), body.external_id, body.ecosystem, body.type),
        **{**changes_of(body), "registered_at": parts.clock.now()},
    )
    password, password_hash = _issued(parts, device)

    def work(uow: UnitOfWork) -> Device:
        stored = uow.devices.add(_placed(uow, replace(device, credential_hash=password_hash)))
        tell_of_device(uow, parts, who, "device.registered", stored)
        note(uow, parts, who, "device.registered", ("device", stored.id), stored.external_id)
        return stored

    stored = write(parts, work)
    parts.device_credentials.devices_changed()
    return _shown_once(parts, stored, password)


@router.get("/{device_id}")
def read_device(parts: Parts, who: Who, device_id: PathId) -> DeviceShape:
    with parts.store.reading() as uow:
        return _shape_of(_seen(uow, who, device_id))


@router.patch("/{device_id}", responses=documented(409))
def change_device(parts: Parts, who: Who, device_id: PathId, body: DeviceChanges) -> DeviceShape:
    changes = changes_of(body)
    retires = changes.pop("state", None) is not None

    def work(uow: UnitOfWork) -> Device:
        before = _seen(uow, who, device_id)
        if before.state is DeviceState.RETIRED:
            raise Problem(409, "retired", "The device is retired; register it anew.")
        if "resident_id" in changes and changes["resident_id"] and "home_id" not in changes:
            before = replace(before, home_id=None)
        device = _placed(uow, replace(before, **changes))
        if retires:
            device = replace(device, state=DeviceState.RETIRED, credential_hash=None)
        device = uow.devices.save(device)
        kind = "device.retired" if retires else "device.changed"
        tell_of_device(uow, parts, who, kind, device)
        note(uow, parts, who, kind, ("device", device.id), ", ".join(sorted(body.model_fields_set)))
        return device

    device = write(parts, work)
    if retires:
        parts.device_credentials.devices_changed()
    return _shape_of(device)


@router.post("/{device_id}/credentials", status_code=201, responses=documented(409))
def renew_credentials(parts: Parts, who: Who, device_id: PathId) -> NewDeviceShape:
    with parts.store.reading() as uow:
        seen = _seen(uow, who, device_id)
    if seen.ecosystem is not Ecosystem.NATIVE or seen.state is DeviceState.RETIRED:
        raise Problem(409, "no_credentials", "Only a native device that is in use has credentials here.")
    password, password_hash = _issued(parts, seen)
    return _shown_once(parts, _with_hash(parts, who, device_id, password_hash), password)


@router.delete("/{device_id}/credentials", status_code=204)
def revoke_credentials(parts: Parts, who: Who, device_id: PathId) -> Response:
    _with_hash(parts, who, device_id, None)
    return Response(status_code=204)


def _with_hash(parts: Console, who: Caller, device_id: str, password_hash: str | None) -> Device:
    def work(uow: UnitOfWork) -> Device:
        device = uow.devices.save(replace(_seen(uow, who, device_id), credential_hash=password_hash))
        action = "device.credentials_renewed" if password_hash else "device.credentials_revoked"
        note(uow, parts, who, action, ("device", device.id), device.external_id)
        return device

    device = write(parts, work)
    parts.device_credentials.devices_changed()
    return device


def _issued(parts: Console, device: Device) -> tuple[str | None, str | None]:
    return parts.device_credentials.issue(device) if device.ecosystem is Ecosystem.NATIVE else (None, None)


def _check_name(parts: Console, body: NewDevice) -> None:
    if body.ecosystem is Ecosystem.NATIVE and not NATIVE_ID.fullmatch(body.external_id):
        raise unfit("external_id", body.external_id, "1 to 64 of the characters A-Z a-z 0-9 . _ -")
    words = parts.device_credentials.carries(body.external_id)
    if words is not None:
        raise unfit("external_id", body.external_id, f"a name that the broker can carry: {words}")


def _seen(uow: UnitOfWork, who: Caller, device_id: str) -> Device:
    device = uow.devices.get(device_id)
    if device is None or not Sight(uow, who).device(device):
        raise not_found("device")
    return device
