"""Beds and doors: several sensors merged to one bed, and what of it has settled, each with when it is known.

Merged first, settled after. The merged state is worked forward in the order of storing, so this is one pass
over the list and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.oracle.facts import Fact, Story

IN, OUT, OFFLINE = "bed.entered", "bed.exited", "device.offline"


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
    """Fold the reports of one bed into its changes, a change at its own instant."""
    says: dict[str, Fact] = {}
    newest_at: datetime | None = None
    merged: str | None = None
    changes: list[Fact] = []
    for fact in story.facts:
        if fact.device is None or fact.is_replaced or fact.resident != resident:
            continue
        if fact.kind == OFFLINE and fact.device in says and fact.order > says[fact.device].order:
            says[fact.device] = replace(says[fact.device], kind=OFFLINE)
        if fact.kind not in {IN, OUT} or not _is_of(story, fact, fact.device, resident, place):
            continue
        if not story.is_enrolled(resident, fact.occurred_at, fact.known):
            continue
        before = says.get(fact.device)
        if before is not None and fact.occurred_at < before.occurred_at:
            continue
        says[fact.device] = fact
        heard = [
            each.kind
            for device, each in says.items()
            if each.kind != OFFLINE and _is_of(story, fact, device, resident, place)
        ]
        now = IN if IN in heard else OUT
        at = max(fact.occurred_at, newest_at or fact.occurred_at)
        newest_at = at
        if now != merged:
            changes.append(replace(fact, kind=now, occurred_at=at, line_at=fact.occurred_at))
        merged = now
    return changes


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
        after = changes[number + 1] if number + 1 < len(changes) else None
        is_broken = (
            after is not None
            and after.known < pending.known
            and after.occurred_at < change.occurred_at + settle_for
        )
        if is_broken or pending.known[0] > story.until or story.is_retracted(change, pending.known):
            continue
        if not found or found[-1].kind != change.kind:
            found.append(pending)
    return found
