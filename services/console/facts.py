"""Facts of the register: each change of a resident or device goes into the event log in the same
transaction.

A person may change a thing and change it back at one instant of a standing clock; so each such fact has
an id of its own, where the domain's derived ids would take the second for the first.
"""

from __future__ import annotations

from dataclasses import replace

from services.console.callers import Caller
from services.console.parts import Console
from services.domain.devices import Device
from services.domain.events import Event
from services.domain.people import Resident
from services.domain.ports import Topic, UnitOfWork
from services.domain.register import device_fact, resident_fact


def tell_of_resident(uow: UnitOfWork, parts: Console, who: Caller, kind: str, resident: Resident) -> None:
    """Store a `resident.enrolled`, `resident.changed` or `resident.left`."""
    zone = zone_of(uow, parts, resident)
    _store(uow, parts, resident_fact(kind, resident, parts.clock.now(), who.name, zone))


def tell_of_device(uow: UnitOfWork, parts: Console, who: Caller, kind: str, device: Device) -> None:
    """Store a `device.registered`, `device.changed` or `device.retired`."""
    _store(uow, parts, device_fact(kind, device, parts.clock.now(), who.name))


def zone_of(uow: UnitOfWork, parts: Console, resident: Resident) -> str:
    """The resident's own zone, else the home's, else the house's."""
    home = uow.homes.get(resident.home_id)
    return resident.timezone or (home.timezone if home else None) or parts.house.timezone.key


def _store(uow: UnitOfWork, parts: Console, fact: Event) -> None:
    fresh = parts.new_id("evt")
    uow.events.append([replace(fact, id=fresh, dedupe_key=fresh)])
    uow.wake_after(Topic.EVENTS)
