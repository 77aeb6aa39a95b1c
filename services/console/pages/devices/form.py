"""Registering a device by a form: whose it is, then where it stands, what it is and what its label says; at
last its credentials, once.

What was typed is never lost: a fault is said at its field, all else stays. The password stands in the answer
to the form and nowhere else; a form that comes a second time leads to the device of the first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from services.console import registering
from services.console.api.devices import NewDevice, device_of, mqtt_of
from services.console.api.fields import Shape
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.devices.faults import FormFault, device_faults, faults_of_device, faults_of_schema
from services.console.pages.devices.listing import Search, fits
from services.console.pages.devices.square_code import code_of, is_of_this_machine
from services.console.pages.devices.steps import way_of
from services.console.pages.devices.terms import FormFaultKind
from services.console.pages.rendering import page
from services.console.parts import Console
from services.console.problems import Problem
from services.console.protections import Watch
from services.console.registering import Issued
from services.console.sight import matching
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.homes import Home
from services.domain.people import Resident
from services.domain.ports import AlreadyThere, UnitOfWork
from services.domain.protection import ProtectionReason

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

MOST_MATCHES = 24

ECOSYSTEM_NAMES: Mapping[Ecosystem, str] = MappingProxyType(
    {
        Ecosystem.NATIVE: "Anxin",
        Ecosystem.ZIGBEE2MQTT: "Zigbee2MQTT",
        Ecosystem.CHIRPSTACK_V4: "ChirpStack v4",
        Ecosystem.THE_THINGS_STACK_V3: "The Things Stack v3",
        Ecosystem.TASMOTA: "Tasmota",
        Ecosystem.SHELLY_GEN1: "Shelly Gen1",
        Ecosystem.SHELLY_GEN2: "Shelly Gen2",
        Ecosystem.ESPHOME: "ESPHome",
        Ecosystem.HA_DISCOVERY: "Home Assistant discovery",
        Ecosystem.HOMIE_5: "Homie 5",
        Ecosystem.OPENMQTTGATEWAY: "OpenMQTTGateway",
        Ecosystem.SPARKPLUG_B: "Sparkplug B",
        Ecosystem.ALIYUN: "Aliyun IoT",
        Ecosystem.TUYA: "Tuya",
        Ecosystem.HUAWEI_IOTDA: "Huawei IoTDA",
        Ecosystem.TENCENT_IOT: "Tencent IoT",
        Ecosystem.GENERIC: "MQTT",
    }
)
"""Names of makers and projects, which are the same in every language."""


class DeviceForm(Shape):
    """What the form says; an empty field says nothing."""

    once: str = ""
    resident: str = ""
    home: str = ""
    place: str = ""
    other_place: str = ""
    type: str = ""
    ecosystem: str = Ecosystem.NATIVE.value
    label: str = ""
    gateway: str = ""
    mapping: str = ""

    @property
    def where(self) -> str:
        """The place in the home, as chosen or as typed."""
        return " ".join((self.other_place or self.place).split())


@dataclass(frozen=True, slots=True)
class Match:
    """A home, or one who lives there, of whom a search found."""

    resident: Resident | None
    home: Home
    grid: str
    lacks_call: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the form offers around the home that was chosen."""

    now: datetime
    resident: Resident | None
    home: Home
    grid: str
    neighbours: tuple[Resident, ...]
    devices: tuple[Device, ...]
    gateways: tuple[Device, ...]


@router.get("/devices/new")
def show_form(
    request: Request,
    parts: Parts,
    search: Search = "",
    resident: Annotated[str, Query(max_length=64)] = "",
    home: Annotated[str, Query(max_length=64)] = "",
    label: Annotated[str, Query(max_length=200)] = "",
    type: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    form = DeviceForm(once=parts.new_id("once"), resident=resident, home=home, label=label, type=type)
    with parts.store.reading() as uow:
        around = surroundings(uow, parts, resident, home)
        if around is not None:
            return _form_page(request, parts, around, form, {})
        matches = found(uow, parts, search)
    kept = {name: value for name, value in (("label", label), ("type", type)) if value}
    return page(
        request,
        "device_choose.html",
        matches=matches[:MOST_MATCHES],
        more=len(matches) > MOST_MATCHES,
        search=search,
        kept=kept,
        to="/devices/new?" + (urlencode(kept) + "&" if kept else ""),
        unknown=bool(resident or home),
    )


@router.post("/devices")
def take_form(request: Request, parts: Parts, who: Who, form: Annotated[DeviceForm, Form()]) -> Response:
    wanted, faults = _read(parts, form)
    issued = None
    if wanted is not None:
        try:
            issued = registering.register(parts, who, wanted, once=form.once or None)
        except AlreadyThere:
            faults = _taken(parts, wanted)
        except Problem as problem:
            faults = faults_of_device(device_faults(problem))
    if issued is not None:
        return credentials_page(request, parts, issued)
    with parts.store.reading() as uow:
        around = surroundings(uow, parts, form.resident, form.home)
        if around is None:
            kept = urlencode({"label": form.label, "type": form.type})
            return RedirectResponse(f"/devices/new?{kept}", 303)
        return _form_page(request, parts, around, form, faults, 422)


def credentials_page(request: Request, parts: Console, issued: Issued) -> Response:
    """The credentials that were just made; where there are none, on to the device itself."""
    mqtt = mqtt_of(parts, issued)
    device = issued.device
    if mqtt is None:
        again = "?again=true" if issued.is_repeated else ""
        return RedirectResponse(f"/devices/{device.id}{again}", 303)
    now = parts.clock.now()
    with parts.store.reading() as uow:
        way = way_of(uow, device, now)
        after = uow.alerts.last_change()
    return page(
        request,
        "device_credentials.html",
        201,
        device=device,
        mqtt=mqtt,
        code=code_of(mqtt),
        is_of_this_machine=is_of_this_machine(mqtt.url),
        way=way,
        now=now,
        after=after,
    )


def found(uow: UnitOfWork, parts: Console, search: str) -> list[Match]:
    """Homes and those who live there, by name, address and grid; first those who cannot call yet."""
    homes = {home.id: home for home in uow.homes.all()}
    grids = {grid.id: grid.name for grid in uow.grids.all()}
    watch = Watch(uow, parts, parts.clock.now(), devices=uow.devices.all())
    matches = []
    lived_in = set()
    for resident in uow.residents.all():
        if resident.synthetic:
            continue  # the house's own, who lives in no home
        home = homes[resident.home_id]
        lived_in.add(home.id)
        grid = grids.get(home.grid_id or "", "")
        if resident.left_at is not None:
            continue
        if fits(search, f"{resident.name} {home.address} {grid}".casefold()):
            reasons = watch.protection(resident, []).reasons
            matches.append(Match(resident, home, grid, ProtectionReason.NO_CALL_DEVICE in reasons))
    for home in homes.values():
        grid = grids.get(home.grid_id or "", "")
        if home.id not in lived_in and fits(search, f"{home.address} {grid}".casefold()):
            matches.append(Match(None, home, grid))
    return sorted(matches, key=lambda match: (not match.lacks_call, match.grid, match.home.address))


def surroundings(uow: UnitOfWork, parts: Console, resident_id: str, home_id: str) -> Surroundings | None:
    """What is around a resident, or in a home; None where there is no such one."""
    resident = uow.residents.get(resident_id) if resident_id else None
    home = uow.homes.get(resident.home_id if resident else home_id)
    if home is None:
        return None
    grid = uow.grids.get(home.grid_id) if home.grid_id else None
    here = [each for each in matching(uow.devices, home_id=home.id) if each.state is not DeviceState.RETIRED]
    gateways = [
        each
        for each in matching(uow.devices, type=DeviceType.GATEWAY)
        if each.state is not DeviceState.RETIRED
    ]
    neighbours = [each for each in matching(uow.residents, home_id=home.id) if each.left_at is None]
    return Surroundings(
        now=parts.clock.now(),
        resident=resident,
        home=home,
        grid=grid.name if grid else "",
        neighbours=tuple(neighbours),
        devices=tuple(here),
        gateways=tuple(sorted(gateways, key=lambda each: (each.home_id != home.id, each.external_id))),
    )


def _form_page(
    request: Request,
    parts: Console,
    around: Surroundings,
    form: DeviceForm,
    faults: Mapping[str, FormFault],
    status: int = 200,
) -> Response:
    return page(
        request,
        "device_new.html",
        status,
        around=around,
        form=form,
        faults=faults,
        types=tuple(DeviceType),
        heard=sorted(parts.ecosystems, key=list(Ecosystem).index),
        unheard=[each for each in Ecosystem if each not in parts.ecosystems],
        ecosystem_names=ECOSYSTEM_NAMES,
    )


def _read(parts: Console, form: DeviceForm) -> tuple[Device | None, Mapping[str, FormFault]]:
    """The device that the form describes, or the faults of its fields: all of them at once."""
    faults: dict[str, FormFault] = {}
    said: dict[str, object] = {
        "external_id": form.label.strip(),
        "ecosystem": form.ecosystem,
        "type": form.type,
        "resident_id": form.resident or None,
        "home_id": None if form.resident else form.home or None,
        "gateway_id": form.gateway or None,
    }
    if form.where:
        said["place"] = form.where
    if form.mapping.strip():
        said["mapping"] = _mapping(form.mapping)
        if said["mapping"] is None:
            faults["mapping"] = FormFault(FormFaultKind.NOT_A_MAPPING)
            del said["mapping"]
    try:
        new = NewDevice.model_validate(said)
    except ValidationError as error:
        faults |= faults_of_schema(error, label=form.label.strip())
        return None, _faults_of_name(parts, form) | faults
    if faults:
        return None, _faults_of_name(parts, form) | faults
    return device_of(parts, new), faults


def _faults_of_name(parts: Console, form: DeviceForm) -> dict[str, FormFault]:
    """What is wrong with the label, where something else is wrong as well."""
    if not form.label.strip() or form.ecosystem not in set(Ecosystem):
        return {}
    stand_in = Device("", form.label.strip(), Ecosystem(form.ecosystem), DeviceType.OTHER)
    with parts.store.reading() as uow:
        faults = faults_of_device(registering.misfits(uow, parts, stand_in))
        bearer = uow.devices.by_external_id(stand_in.ecosystem.value, stand_in.external_id)
    is_taken = bearer is not None and bearer.state is not DeviceState.RETIRED
    return faults or (dict(_taken(parts, stand_in)) if is_taken else {})


def _mapping(text: str) -> dict[str, object] | None:
    try:
        mapping = json.loads(text)
    except ValueError:
        return None
    return mapping if isinstance(mapping, dict) else None


def _taken(parts: Console, wanted: Device) -> Mapping[str, FormFault]:
    """Another device bears that name: which, and where it is."""
    with parts.store.reading() as uow:
        bearer = uow.devices.by_external_id(wanted.ecosystem.value, wanted.external_id)
        home = uow.homes.get(bearer.home_id) if bearer and bearer.home_id else None
        resident = uow.residents.get(bearer.resident_id) if bearer and bearer.resident_id else None
    where = (resident.name if resident else "", home.address if home else "", bearer.place if bearer else "")
    words = " · ".join(part for part in where if part)
    return {"label": FormFault(FormFaultKind.TAKEN, words, f"/devices/{bearer.id}" if bearer else "")}
