"""The register's facts as events: enrolled, left, registered, retired, overridden.

The rules have one input, the event log in the order of storing; so what changes whom they watch comes in as
an Event too. These functions make those Events; whoever changes the register stores them in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.domain.devices import Device
from services.domain.events import Event, Json, Origin
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.people import Resident


def resident_fact(kind: str, resident: Resident, at: datetime, by: str, timezone: str) -> Event:
    """A `resident.enrolled`, `resident.changed` or `resident.left` with the whole profile that rules may look
    at.
    """
    return _fact(
        kind,
        at,
        by,
        {
            "timezone": timezone,
            "enrolled_at": format_instant(resident.enrolled_at),
            "left_at": format_instant(resident.left_at) if resident.left_at else None,
            "tags": list(resident.tags),
            "birth_date": resident.birth_date.isoformat() if resident.birth_date else None,
        },
        resident_id=resident.id,
        home_id=resident.home_id,
        synthetic=resident.synthetic,
    )


def device_fact(kind: str, device: Device, at: datetime, by: str) -> Event:
    """A `device.registered`, `device.changed` or `device.retired` with what rules may look at."""
    return _fact(
        kind,
        at,
        by,
        {"type": device.type.value, "place": device.place, "resident_id": device.resident_id},
        resident_id=device.resident_id,
        device_id=device.id,
        home_id=device.home_id,
        synthetic=device.synthetic,
    )


def override_fact(
    resident: Resident,
    of: tuple[str, str, Json],
    at: datetime,
    by: str,
    reason: str,
    until: datetime | None = None,
) -> Event:
    """A `rule.overridden`: ``of`` is a rule, a key of it and the value that it has for one resident, up to
    ``until`` where that is given; the value None takes the override back.
    """
    rule, key, value = of
    ends = {} if until is None else {"until": format_instant(until)}
    return _fact(
        "rule.overridden",
        at,
        by,
        {"rule": rule, "key": key, "value": value, "reason": reason, **ends},
        resident_id=resident.id,
        home_id=resident.home_id,
        synthetic=resident.synthetic,
    )


def _fact(
    kind: str,
    at: datetime,
    by: str,
    data: Mapping[str, Json],
    *,
    resident_id: str | None = None,
    device_id: str | None = None,
    home_id: str | None = None,
    synthetic: bool = False,
) -> Event:
    key = derived_id("evt", kind, resident_id, device_id, format_instant(at), sorted(data.items(), key=str))
    return Event(
        id=key,
        kind=kind,
        occurred_at=at,
        received_at=at,
        origin=Origin.HOUSE,
        resident_id=resident_id,
        device_id=device_id,
        home_id=home_id,
        data=data,
        recorded_by=by,
        dedupe_key=key,
        synthetic=synthetic,
    )
