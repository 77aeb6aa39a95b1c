"""Keeping silences: begins, moves and ends one in an open transaction, with all that follows for the alerts
that run and for whoever is to know.

Loop and console go through here alike, so that a silence that ends by itself, by its time or by somebody's
word ends in the same way. A `Conflict` means to look again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.domain.alerts import HOUSE
from services.domain.events import Event, Origin
from services.domain.findings import FindingChange, FindingState
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.ports import Topic, UnitOfWork
from services.domain.records import AuditEntry
from services.domain.silences import Ending, Silence, SilenceKind
from services.escalation.about_silences import warnings, words_of_the_end
from services.escalation.gathering import Gathering, store_move
from services.escalation.scene import Scene
from services.escalation.silencing import (
    PRESSES,
    end_due,
    ends_soon,
    first_due,
    fitted,
    over,
    overdue_finding,
    overdue_id,
)


def begin(uow: UnitOfWork, gathering: Gathering, silence: Silence, now: datetime) -> Silence:
    """Store a new one with its first deadline, and silence what runs."""
    due_at = first_due(silence, gathering.silencing())
    stored = uow.silences.add(replace(silence, after_seq=uow.events.last_seq(), due_at=due_at))
    _fit(uow, gathering, stored, now, stored.author)
    uow.wake_after(Topic.ALERTS)
    return stored


def move_end(
    uow: UnitOfWork, gathering: Gathering, silence: Silence, until: datetime, now: datetime, by: str
) -> Silence:
    """Let a running one end at another instant; whoever was warned of the old end is warned of the new."""
    moved = replace(silence, until=until, warned_at=None, ending=None, after_seq=uow.events.last_seq())
    stored = uow.silences.save(replace(moved, due_at=first_due(moved, gathering.silencing())))
    _fit(uow, gathering, stored, now, by)
    uow.wake_after(Topic.ALERTS)
    return stored


def end(
    uow: UnitOfWork, gathering: Gathering, silence: Silence, ending: Ending, now: datetime, by: str = HOUSE
) -> Silence:
    """End a running one now. What it silenced is told, and nobody is asked any more where somebody is."""
    ended = uow.silences.save(over(silence, ending, now, by))
    if silence.overdue_at is not None:
        uow.findings.change([FindingChange(overdue_id(silence), FindingState.ENDED, now)])
        uow.wake_after(Topic.FINDINGS)
    _fit(uow, gathering, ended, now, by)
    if ending is Ending.BED:  # of a press people are told as ever, and of nothing beside it
        uow.notices.add(words_of_the_end(ended, _around(uow, gathering, ended, now)))
        uow.wake_after(Topic.NOTICES)
    uow.wake_after(Topic.ALERTS)
    return ended


def end_by_itself(
    uow: UnitOfWork, gathering: Gathering, silence: Silence, ending: Ending, event: Event, now: datetime
) -> None:
    """End one because of what happened in the home. Of an absence the house records the return, so that the
    rules watch again. A silence waits until an entry into the bed has ended whatever it ends.
    """
    if silence.kind is SilenceKind.SILENCE and ending is Ending.BED:
        if silence.ending is None:
            soon = ends_soon(silence, gathering.silencing(), now)
            _fit(uow, gathering, uow.silences.save(soon), now, HOUSE)
        return
    end(uow, gathering, silence, ending, now)
    _note(uow, silence, f"{silence.kind.value}.ended_by_itself", f"{event.kind} {event.id}", now)
    resident = uow.residents.get(silence.resident_id or "")
    if silence.kind is not SilenceKind.AWAY or resident is None:
        return
    returned_id = derived_id("evt", silence.id, "resident.returned")
    data = {"reason": resident.away.reason} if resident.away and resident.away.reason else {}
    uow.events.append(
        [
            Event(
                id=returned_id,
                kind="resident.returned",
                occurred_at=min(event.received_at if event.kind in PRESSES else event.occurred_at, now),
                received_at=now,
                origin=Origin.HOUSE,
                resident_id=resident.id,
                home_id=resident.home_id,
                data={**data, "because": event.kind, "event_id": event.id},
                recorded_by=HOUSE,
                dedupe_key=returned_id,
                synthetic=resident.synthetic,
            )
        ]
    )
    if resident.away is not None:
        uow.residents.save(replace(resident, away=None))
    uow.wake_after(Topic.EVENTS)


def meet(uow: UnitOfWork, gathering: Gathering, silence: Silence, now: datetime) -> None:
    """Meet the deadline of a running one: warn of its end, end it, or let somebody look where they are."""
    policy = gathering.silencing()
    if silence.kind is SilenceKind.AWAY and _has_left(uow, silence, now):
        end(uow, gathering, silence, Ending.TAKEN_BACK, now)  # nobody looks for who is gone for good
    elif silence.warned_at is None and now < silence.until:
        uow.notices.add(warnings(silence, _around(uow, gathering, silence, now)))
        uow.wake_after(Topic.NOTICES)
        uow.silences.save(replace(silence, warned_at=now, due_at=end_due(silence, policy)))
    elif now < end_due(silence, policy):
        uow.silences.save(replace(silence, due_at=end_due(silence, policy)))
    elif silence.kind is SilenceKind.AWAY:
        uow.findings.add([overdue_finding(silence, now)])
        uow.silences.save(replace(silence, due_at=None, overdue_at=now))
        _note(uow, silence, "away.overdue", format_instant(silence.until), now)
        uow.wake_after(Topic.FINDINGS)
    else:
        ending = silence.ending or Ending.TIME
        end(uow, gathering, silence, ending, now)
        action = "silence.ended_by_itself" if ending.is_by_itself else "silence.over"
        _note(uow, silence, action, format_instant(silence.until), now)


def _has_left(uow: UnitOfWork, silence: Silence, now: datetime) -> bool:
    resident = uow.residents.get(silence.resident_id or "")
    return resident is not None and resident.left_at is not None and resident.left_at <= now


def _fit(uow: UnitOfWork, gathering: Gathering, silence: Silence, now: datetime, by: str) -> None:
    """Every running alert that it may be about, as the silences have it from now on."""
    if silence.kind is SilenceKind.AWAY:
        return
    running = []
    if silence.device_id is not None:
        running += uow.alerts.running_with_device(silence.device_id)
    elif silence.resident_id is not None:
        running += uow.alerts.running_for([silence.resident_id]).get(silence.resident_id, [])
    for alert in running:
        scene = gathering.around_alert(uow, alert, now)
        store_move(uow, alert, fitted(alert, scene, by=by))


def _around(uow: UnitOfWork, gathering: Gathering, silence: Silence, now: datetime) -> Scene:
    """The people around whatever is silenced."""
    circle = uow.people.circle(
        resident_id=silence.resident_id, device_id=silence.device_id, home_id=silence.home_id, at=now
    )
    device = uow.devices.get(silence.device_id) if silence.device_id else None
    devices = {device.id: device} if device is not None else {}
    return Scene(now, gathering.house, gathering.policies(), circle, devices)


def _note(uow: UnitOfWork, silence: Silence, action: str, detail: str, now: datetime) -> None:
    """What the house did by itself, in the audit."""
    if silence.synthetic:
        return
    uow.audit.add(
        AuditEntry(
            id=derived_id("aud", silence.id, action, format_instant(now)),
            at=now,
            actor=HOUSE,
            role=HOUSE,
            action=action,
            object_kind="silence",
            object_id=silence.id,
            detail=detail,
        )
    )
