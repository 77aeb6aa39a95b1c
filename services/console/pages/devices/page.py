"""One device: the steps until it protects somebody, live; how it stands; and what is done to it: moved, let
in anew, retired.

Whoever may see devices sees it; only who fits them sees what to do, and the credentials of a device are
shown to whoever made them and then to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console import registering
from services.console.api.fields import PathId, Shape
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.devices.advice import advice_for, task_of
from services.console.pages.devices.clues import Clue, clues_for
from services.console.pages.devices.form import (
    ECOSYSTEM_NAMES,
    MOST_MATCHES,
    Surroundings,
    credentials_page,
    found,
    surroundings,
)
from services.console.pages.devices.listing import Search
from services.console.pages.devices.steps import PROOFS, Way, way_of
from services.console.pages.devices.terms import Advice, Task
from services.console.pages.rendering import page
from services.console.parts import Console
from services.console.protections import Watch
from services.console.rights import FITTING
from services.console.testing import HowTested, how_tested
from services.domain.alerts import Alert
from services.domain.devices import Device, DeviceState
from services.domain.homes import Home
from services.domain.kinds import ALARM_KINDS
from services.domain.people import Resident
from services.domain.ports import UnitOfWork
from services.domain.protection import ProtectionReason, ProtectionState, has_low_battery

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

ASKED_EACH = 1000
ASKED_EACH_LATER = 10_000
"""Milliseconds between two looks of a page that waits."""
WAITS_FOR = timedelta(minutes=15)
"""How long a page that waits asks often; it was left open by then."""


@dataclass(frozen=True, slots=True)
class DeviceView:
    """All of the page."""

    now: datetime
    after: int
    device: Device
    resident: Resident | None
    home: Home | None
    gateway: Device | None
    first_told: str | None
    tested: HowTested
    way: Way
    clues: tuple[Clue, ...]
    gaps: tuple[ProtectionReason, ...]
    """What else the resident lacks."""
    may_fit: bool
    is_heard_here: bool
    """Whether this house can read what devices of this ecosystem say."""

    @property
    def waits(self) -> bool:
        """Whether something is still to come that a technician waits for."""
        return self.may_fit and self.device.state is not DeviceState.RETIRED and not self.way.is_whole

    @property
    def waited(self) -> timedelta:
        return self.now - self.way.waiting_since

    @property
    def every(self) -> int:
        """Milliseconds until the page asks again."""
        return ASKED_EACH if self.waited < WAITS_FOR else ASKED_EACH_LATER

    @property
    def task(self) -> Task:
        return task_of(self.device, self.way.now)

    @property
    def advice(self) -> tuple[Advice, ...]:
        return advice_for(self.device, self.way.now, self.waited)

    @property
    def is_low(self) -> bool:
        return has_low_battery(self.device)

    @property
    def calls(self) -> bool:
        """Whether what it sends calls people."""
        return not ALARM_KINDS.isdisjoint(PROOFS[self.device.type].values())

    @property
    def tester(self) -> str:
        """Who is told of the test that is open or waits."""
        return self.tested.tester.name if self.tested.tester else ""

    @property
    def test_waits(self) -> Alert | None:
        """The test that was pressed and waits for its answer."""
        newest = self.tested.newest
        return newest if newest is not None and newest.is_running and newest.test is not None else None

    @property
    def test_became_real(self) -> bool:
        """Whether the newest test runs on as a call for help."""
        newest = self.tested.newest
        return newest is not None and newest.is_running and newest.test is None

    @property
    def is_still_running(self) -> bool:
        """Whether the alert of its last alarm waits for somebody to close it."""
        return self.way.call is not None and self.way.call.alert.is_running


class MoveForm(Shape):
    """Where a device goes; an empty resident is nobody in particular."""

    resident: str = ""
    home: str = ""
    place: str = ""
    other_place: str = ""
    gateway: str = ""


class OnceForm(Shape):
    """What tells a form that comes twice from two forms."""

    once: str = ""


@router.get("/devices/{device_id}")
def show_device(
    request: Request, parts: Parts, who: Who, device_id: PathId, again: Annotated[str, Query()] = ""
) -> Response:
    with parts.store.reading() as uow:
        view = _gathered(uow, parts, who, device_id)
    return page(request, "device.html", view=view, again=bool(again), ecosystem_names=ECOSYSTEM_NAMES)


@router.get("/devices/{device_id}/move")
def show_move(
    request: Request,
    parts: Parts,
    who: Who,
    device_id: PathId,
    search: Search | None = None,
    resident: Annotated[str, Query(max_length=64)] = "",
    home: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    with parts.store.reading() as uow:
        device = registering.seen(uow, who, device_id)
        if search is not None:
            matches = found(uow, parts, search)
            return page(
                request,
                "device_choose.html",
                matches=matches[:MOST_MATCHES],
                more=len(matches) > MOST_MATCHES,
                search=search,
                kept={},
                to=f"/devices/{device.id}/move?",
                unknown=False,
            )
        chosen = bool(resident or home)
        around = surroundings(
            uow,
            parts,
            resident if chosen else device.resident_id or "",
            home if chosen else device.home_id or "",
        )
    if around is None:
        return RedirectResponse(f"/devices/{device.id}/move?search=", 303)
    return page(request, "device_move.html", device=device, around=around, same=_is_same(device, around))


@router.post("/devices/{device_id}/move")
def take_move(parts: Parts, who: Who, device_id: PathId, form: Annotated[MoveForm, Form()]) -> Response:
    if not (form.resident or form.home):
        # A form that came without its home would leave a button whose press is nobody's.
        return RedirectResponse(f"/devices/{device_id}/move?search=", 303)
    place = " ".join((form.other_place or form.place).split())
    changes = {
        "resident_id": form.resident or None,
        "home_id": form.home or None,
        "place": place[:200] or None,
        "gateway_id": form.gateway or None,
    }
    if form.resident:
        del changes["home_id"]
    registering.change(parts, who, device_id, changes)
    return RedirectResponse(f"/devices/{device_id}", 303)


@router.get("/devices/{device_id}/credentials")
def ask_for_credentials(request: Request, parts: Parts, who: Who, device_id: PathId) -> Response:
    with parts.store.reading() as uow:
        device = registering.seen(uow, who, device_id)
    return page(request, "device_renew.html", device=device, once=parts.new_id("once"))


@router.post("/devices/{device_id}/credentials")
def make_credentials(
    request: Request, parts: Parts, who: Who, device_id: PathId, form: Annotated[OnceForm, Form()]
) -> Response:
    issued = registering.renew(parts, who, device_id, once=form.once or None)
    return credentials_page(request, parts, issued)


@router.get("/devices/{device_id}/retire")
def ask_to_retire(request: Request, parts: Parts, who: Who, device_id: PathId) -> Response:
    with parts.store.reading() as uow:
        view = _gathered(uow, parts, who, device_id)
    return page(request, "device_retire.html", view=view)


@router.post("/devices/{device_id}/retire")
def retire(parts: Parts, who: Who, device_id: PathId) -> Response:
    registering.change(parts, who, device_id, {}, retires=True)
    return RedirectResponse(f"/devices/{device_id}", 303)


def _gathered(uow: UnitOfWork, parts: Console, who: Caller, device_id: str) -> DeviceView:
    now = parts.clock.now()
    device = registering.seen(uow, who, device_id)
    resident = uow.residents.get(device.resident_id) if device.resident_id else None
    assigned = (
        uow.workers.get(resident.assigned_worker_id) if resident and resident.assigned_worker_id else None
    )
    way = way_of(uow, device, now)
    may_fit = who.role in FITTING.roles
    return DeviceView(
        now=now,
        after=uow.alerts.last_change(),
        device=device,
        resident=resident,
        home=uow.homes.get(device.home_id) if device.home_id else None,
        gateway=uow.devices.get(device.gateway_id) if device.gateway_id else None,
        first_told=assigned.name if assigned and assigned.active else None,
        tested=how_tested(uow, parts, device),
        way=way,
        clues=clues_for(uow, parts, device, way, now) if may_fit and not way.is_whole else (),
        gaps=_gaps(uow, parts, resident, now),
        may_fit=may_fit,
        is_heard_here=device.ecosystem in parts.ecosystems,
    )


def _gaps(
    uow: UnitOfWork, parts: Console, resident: Resident | None, now: datetime
) -> tuple[ProtectionReason, ...]:
    if resident is None:
        return ()
    protection = Watch(uow, parts, now).protection(resident, [])
    return protection.reasons if protection.state is ProtectionState.UNPROTECTED else ()


def _is_same(device: Device, around: Surroundings) -> bool:
    return device.home_id == around.home.id
