"""Registering: what a device must be like to stand in a home, and what happens when it is registered,
changed, let in anew or retired. API and page go through here alike.

A password is handed out once, by whoever made it, and kept nowhere; a request that is repeated makes no
second device and no second password. A device whose name nobody can hear must never be taken for one that
protects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from services.console.callers import Caller
from services.console.facts import tell_of_device
from services.console.parts import Console
from services.console.problems import Fault, Problem, not_found
from services.console.sight import Sight
from services.console.silencing import end_of_moved
from services.console.writing import note, write
from services.domain.devices import NATIVE_ID, Device, DeviceState, DeviceType, Ecosystem
from services.domain.ports import AlreadyThere, Conflict, UnitOfWork
from services.domain.records import RememberedAnswer

NATIVE_NAME = "1 to 64 of the characters A-Z a-z 0-9 . _ -"
REGISTERED, CHANGED, RETIRED = "device.registered", "device.changed", "device.retired"
RENEWED, REVOKED = "device.credentials_renewed", "device.credentials_revoked"


class Misfit(StrEnum):
    """Why a device cannot be registered as it was described."""

    NOT_A_NATIVE_NAME = "not_a_native_name"
    NOT_CARRIED = "not_carried"
    NO_SUCH_RESIDENT = "no_such_resident"
    NO_SUCH_HOME = "no_such_home"
    NOT_THEIR_HOME = "not_their_home"
    NOT_A_GATEWAY = "not_a_gateway"


@dataclass(frozen=True, slots=True)
class DeviceFault(Fault):
    """A faulty field of a device, with its reason for who has a page to fill and no schema to read."""

    why: Misfit


@dataclass(frozen=True, slots=True)
class Issued:
    """A device and the password that was just made for it: None where it brings its own, and where the same
    was asked for before.
    """

    device: Device
    password: str | None
    is_repeated: bool = False


def seen(uow: UnitOfWork, who: Caller, device_id: str) -> Device:
    """The device, if there is one that the caller may see; else 404."""
    device = uow.devices.get(device_id)
    if device is None or not Sight(uow, who).device(device):
        raise not_found("device")
    return device


def register(parts: Console, who: Caller, device: Device, once: str | None = None) -> Issued:
    """Store a new device with its first credentials.

    `Problem` 422 names every field that does not fit, `AlreadyThere` a name that another one bears. ``once``
    is what a form has in it to be told from the next: the second time it is answered with the device of the
    first, and no password. Sent with another name, from a page that somebody went back to, it is another one.
    """
    key = _key_of(who, f"register {device.ecosystem.value} {device.external_id}", once)
    with parts.store.reading() as uow:
        repeated = _done_before(uow, key)
        if repeated is not None:
            return repeated
        placed = _checked(uow, parts, device)
        bearer = uow.devices.by_external_id(device.ecosystem.value, device.external_id)
        if bearer is not None and bearer.state is not DeviceState.RETIRED:
            # Said before a password is made: a broker that is away keeps the newest for each name.
            raise AlreadyThere("external_id")
    password, password_hash = _issued(parts, placed)

    def work(uow: UnitOfWork) -> Issued:
        repeated = _done_before(uow, key)
        if repeated is not None:
            return repeated
        stored = uow.devices.add(replace(_checked(uow, parts, device), credential_hash=password_hash))
        tell_of_device(uow, parts, who, REGISTERED, stored)
        note(uow, parts, who, REGISTERED, ("device", stored.id), stored.external_id)
        _remember(uow, parts, key, stored)
        return Issued(stored, password)

    issued = write(parts, work)
    if not issued.is_repeated:
        parts.device_credentials.devices_changed()
    return issued


def change(
    parts: Console, who: Caller, device_id: str, changes: Mapping[str, Any], *, retires: bool = False
) -> Device:
    """Change fields of a device, or retire it, which ends its credentials for good."""

    def work(uow: UnitOfWork) -> Device:
        before = seen(uow, who, device_id)
        if before.state is DeviceState.RETIRED:
            raise Problem(409, "retired", "The device is retired; register it anew.")
        hung = before.resident_id, before.home_id
        if changes.get("resident_id") and "home_id" not in changes:
            before = replace(before, home_id=None)
        device = _placed(uow, replace(before, **changes))
        if retires:
            device = replace(device, state=DeviceState.RETIRED, credential_hash=None)
        is_elsewhere = (device.resident_id, device.home_id) != hung
        if retires or is_elsewhere:
            device = replace(device, test_window=None)  # who hangs it elsewhere tests it anew
        device = uow.devices.save(device)
        if is_elsewhere:
            end_of_moved(uow, parts, who, device.id)
        kind = RETIRED if retires else CHANGED
        tell_of_device(uow, parts, who, kind, device)
        named = sorted({*changes, *(("state",) if retires else ())})
        note(uow, parts, who, kind, ("device", device.id), ", ".join(named))
        return device

    device = write(parts, work)
    if retires:
        parts.device_credentials.devices_changed()
    return device


def renew(parts: Console, who: Caller, device_id: str, once: str | None = None) -> Issued:
    """New credentials; the old ones end. ``once`` as in `register`."""
    key = _key_of(who, f"renew {device_id}", once)
    with parts.store.reading() as uow:
        device = seen(uow, who, device_id)
        repeated = _done_before(uow, key)
    if repeated is not None:
        return repeated
    if device.ecosystem is not Ecosystem.NATIVE or device.state is DeviceState.RETIRED:
        raise Problem(409, "no_credentials", "Only a native device that is in use has credentials here.")
    password, password_hash = _issued(parts, device)
    return _let_in(parts, who, device_id, password, password_hash, key)


def revoke(parts: Console, who: Caller, device_id: str) -> None:
    """End the credentials of a device, and a connection that stands."""
    _let_in(parts, who, device_id, None, None, None)


def _let_in(
    parts: Console,
    who: Caller,
    device_id: str,
    password: str | None,
    password_hash: str | None,
    key: str | None,
) -> Issued:
    def work(uow: UnitOfWork) -> Issued:
        repeated = _done_before(uow, key)
        if repeated is not None:
            return repeated
        device = uow.devices.save(replace(seen(uow, who, device_id), credential_hash=password_hash))
        action = RENEWED if password_hash else REVOKED
        note(uow, parts, who, action, ("device", device.id), device.external_id)
        _remember(uow, parts, key, device)
        return Issued(device, password)

    issued = write(parts, work)
    if not issued.is_repeated:
        parts.device_credentials.devices_changed()
    return issued


def misfits(uow: UnitOfWork, parts: Console, device: Device) -> list[DeviceFault]:
    """Everything about a device that keeps it from being registered, name and place alike."""
    return [*_name_faults(parts, device), *_place_faults(uow, device)]


def _checked(uow: UnitOfWork, parts: Console, device: Device) -> Device:
    return _fitting(uow, device, misfits(uow, parts, device))


def _placed(uow: UnitOfWork, device: Device) -> Device:
    """As `_checked` for one that has its name already."""
    return _fitting(uow, device, list(_place_faults(uow, device)))


def _fitting(uow: UnitOfWork, device: Device, faults: Sequence[DeviceFault]) -> Device:
    """The device in the home of its resident."""
    if faults:
        said = "; ".join(f"{fault.field}: expected {fault.expected}" for fault in faults)
        raise Problem(422, "unfit", f"{said}.", faults=faults)
    resident = uow.residents.get(device.resident_id) if device.resident_id else None
    return replace(device, home_id=resident.home_id) if resident is not None else device


def _name_faults(parts: Console, device: Device) -> Iterator[DeviceFault]:
    name = device.external_id
    if device.ecosystem is Ecosystem.NATIVE and not NATIVE_ID.fullmatch(name):
        yield DeviceFault("external_id", name, NATIVE_NAME, Misfit.NOT_A_NATIVE_NAME)
        return
    words = parts.device_credentials.carries(name)
    if words is not None:
        expected = f"a name that the broker can carry: {words}"
        yield DeviceFault("external_id", name, expected, Misfit.NOT_CARRIED)


def _place_faults(uow: UnitOfWork, device: Device) -> Iterator[DeviceFault]:
    """What a device refers to must be there, and fit together."""
    resident = uow.residents.get(device.resident_id) if device.resident_id else None
    home = uow.homes.get(device.home_id) if device.home_id else None
    gateway = uow.devices.get(device.gateway_id) if device.gateway_id else None
    if device.resident_id and resident is None:
        yield DeviceFault("resident_id", device.resident_id, "the id of a resident", Misfit.NO_SUCH_RESIDENT)
    if device.home_id and home is None:
        yield DeviceFault("home_id", device.home_id, "the id of a home", Misfit.NO_SUCH_HOME)
    if resident is not None and home is not None and resident.home_id != home.id:
        expected = f"the home of the resident, {resident.home_id}"
        yield DeviceFault("home_id", home.id, expected, Misfit.NOT_THEIR_HOME)
    if device.gateway_id and (
        gateway is None or gateway.type is not DeviceType.GATEWAY or gateway.id == device.id
    ):
        expected = "the id of a device of type gateway"
        yield DeviceFault("gateway_id", device.gateway_id, expected, Misfit.NOT_A_GATEWAY)


def _issued(parts: Console, device: Device) -> tuple[str | None, str | None]:
    return parts.device_credentials.issue(device) if device.ecosystem is Ecosystem.NATIVE else (None, None)


# ---------------------------------------------------------------------- once


def _key_of(who: Caller, what: str, once: str | None) -> str | None:
    return None if once is None else "\n".join((who.actor, what, hashlib.sha256(once.encode()).hexdigest()))


def _done_before(uow: UnitOfWork, key: str | None) -> Issued | None:
    before = uow.remembered.get(key) if key is not None else None
    device = uow.devices.get(before.body) if before is not None else None
    return None if device is None else Issued(device, None, is_repeated=True)


def _remember(uow: UnitOfWork, parts: Console, key: str | None, device: Device) -> None:
    """That it was done, and to which device; never with which password."""
    if key is None:
        return
    try:
        uow.remembered.add(RememberedAnswer(key, "", 201, device.id, parts.clock.now()))
    except AlreadyThere as error:
        raise Conflict from error
