"""Lives as a history that `anxin rules replay` reads: how often a rulebook would find something among people
who live like this. Devices are perfect here; what happens on the way from a device to the house is left
out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from devices.simulator.lives.form import Life
from devices.simulator.lives.living import live_together

DEVICES = {"call_button": "button", "bed_sensor": "mat", "door_sensor": "door"}
"""The types that each person has, and what theirs are called."""
ALIVE_EVERY = timedelta(hours=12)


def history(
    lives: Mapping[str, Life],
    seed: int | str,
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    types: Collection[str] = tuple(DEVICES),
) -> Iterator[str]:
    """The lines of a history, in order of time."""
    enrolled_at = starts_at.isoformat()
    for name in lives:
        yield _line(type="resident", id=name, timezone=str(zone), enrolled_at=enrolled_at, tags=[])
        for kind in types:
            yield _line(type="device", id=f"{DEVICES[kind]}-{name}", resident=name, device_type=kind)
    zones, alive_at = dict.fromkeys(lives, zone), starts_at
    for act in live_together(lives, seed, starts_at, ends_at, zones, noticed_by=(*types, None)):
        while alive_at <= act.at:
            yield from _signs_of_life(lives, types, alive_at)
            alive_at += ALIVE_EVERY
        said = {"resident": act.resident, "received_at": act.at.isoformat()}
        if act.device_type is not None:
            said["device"] = f"{DEVICES[act.device_type]}-{act.resident}"
        yield _line(type="event", kind=act.kind, occurred_at=act.at.isoformat(), data=dict(act.data), **said)
    yield _line(type="end", received_at=ends_at.isoformat())


def _signs_of_life(lives: Mapping[str, Life], types: Collection[str], at: datetime) -> Iterator[str]:
    for name in lives:
        for kind in types:
            device = f"{DEVICES[kind]}-{name}"
            yield _line(
                type="event",
                kind="device.online",
                resident=name,
                device=device,
                occurred_at=at.isoformat(),
                data={},
            )


def _line(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)
