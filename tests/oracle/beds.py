"""Beds and doors: several sensors merged to one bed, and what of it has settled, each with when it is known.

Merged first, settled after. The merged state is worked forward in the order of storing, so this is one pass
over the list and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.oracle.facts import Fact, Register, Story

IN, OUT, OFFLINE = "bed.entered", "bed.exited", "device.offline"
UNKNOWN, MOVED = "unknown", "moved"


def beds_of(story: Story, resident: str) -> list[list[Fact]]:
    """The merged changes of each bed of a resident, in the order of storing."""
    places = sorted(
        {
            each.place or ""
            for each in story.registers
            if each.resident == resident and each.type == "bed_sensor"
        }
    )
    return [_merged(story, resident, place) for place in places]


def _merged(story: Story, resident: str, place: str) -> list[Fact]:
    """Fold the lines about one bed into its changes; going `UNKNOWN` is one that is no event for rules."""
    says: dict[str, str] = {}
    newest: dict[str, datetime] = {}
    newest_at: datetime | None = None
    merged = UNKNOWN
    changes: list[Fact] = []
    for fact in _lines(story):
        device = fact.device or ""
        if fact.kind in {IN, OUT}:
            is_old = device in newest and fact.occurred_at < newest[device]
            if is_old or not _concerns(story, fact, resident, place):
                continue
            says[device], newest[device] = fact.kind, fact.occurred_at
        elif device in says and not fact.is_replaced:
            del says[device]
            if fact.kind == MOVED:
                newest.pop(device, None)
        else:
            continue
        at = max(fact.occurred_at, newest_at or fact.occurred_at)
        now = IN if IN in says.values() else OUT
        if fact.kind not in {IN, OUT}:
            now = merged if says else UNKNOWN
        else:
            newest_at = at
        if now != merged:
            changes.append(replace(fact, kind=now, occurred_at=at, line_at=fact.occurred_at))
        merged = now
    return changes


def _lines(story: Story) -> list[Fact]:
    """What sensors say and what is said of them; a sensor is unheard once that is stored, whenever it was."""
    said = [
        Fact(each.seq, "", MOVED, each.received_at, each.received_at, device=each.device)
        for each in story.registers
        if each.device is not None and _is_another(story, each)
    ]
    facts = [fact for fact in story.facts if fact.kind in {IN, OUT, OFFLINE}]
    return sorted([*facts, *said], key=lambda fact: fact.seq)


def _is_another(story: Story, register: Register) -> bool:
    """Whether a line says something else of a device than the one before it."""
    before = [each for each in story.registers if each.device == register.device and each.seq < register.seq]
    if not before:
        return False
    last = before[-1]
    return (last.type, last.place, last.resident) != (register.type, register.place, register.resident)


def _concerns(story: Story, fact: Fact, resident: str, place: str) -> bool:
    return (
        fact.device is not None
        and not fact.is_replaced
        and fact.resident == resident
        and _is_of(story, fact, fact.device, resident, place)
        and story.is_enrolled(resident, fact.occurred_at, fact.known)
    )


def _is_of(story: Story, fact: Fact, device: str, resident: str, place: str) -> bool:
    register = story.device_at(device, fact.known)
    return (
        register is not None
        and register.type == "bed_sensor"
        and register.resident == resident
        and (register.place or "") == place
    )


def doors_of(story: Story, resident: str) -> list[list[Fact]]:
    """What each door of a resident said anew, in the order of storing: a door settles by itself."""
    devices = sorted({each.device for each in story.registers if each.device and each.type == "door_sensor"})
    return [_changes(story, resident, device) for device in devices]


def _changes(story: Story, resident: str, device: str) -> list[Fact]:
    newest: Fact | None = None
    changes: list[Fact] = []
    for fact in story.facts:
        if fact.device != device or fact.resident != resident or fact.is_replaced:
            continue
        if fact.kind not in {"door.opened", "door.closed"}:
            continue
        if not story.is_enrolled(resident, fact.occurred_at, fact.known):
            continue
        if newest is not None and fact.occurred_at < newest.occurred_at:
            continue
        if newest is None or newest.kind != fact.kind:
            changes.append(fact)
        newest = fact
    return changes


def settled(story: Story, changes: Sequence[Fact], settle_for: timedelta) -> list[Fact]:
    """Those changes that held through [t, t+d), as was known at t+d, and left the last settled state."""
    found: list[Fact] = []
    for number, change in enumerate(changes):
        pending = replace(change, settled_at=change.occurred_at + settle_for)
        is_broken = any(
            after.kind != change.kind
            and after.known < pending.known
            and after.occurred_at < change.occurred_at + settle_for
            for after in changes[number + 1 :]
        )
        if is_broken or pending.known[0] > story.until or story.is_retracted(change, pending.known):
            continue
        if change.kind != UNKNOWN and (not found or found[-1].kind != change.kind):
            found.append(pending)
    return found
