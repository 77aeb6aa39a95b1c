"""Recording: what people say happened becomes an event, and what it says of a resident is written there
as well.

Only kinds that people record are taken, up to 400 days back and never ahead. An event is never changed: a
mistake is taken back by another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from services.console.api.references import Known
from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, fault_of, unfit
from services.console.sight import Sight
from services.domain.events import Event, Json, Origin
from services.domain.instants import NotAnInstant, format_instant, parse_instant, zone_named
from services.domain.kinds import KINDS, RECORDED_KINDS
from services.domain.people import Absence, Resident
from services.domain.ports import Topic, UnitOfWork
from services.escalation.permission import MAY_SPEAK_FOR_OTHERS

FURTHEST_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says happened."""

    kind: str
    resident_id: str | None
    occurred_at: datetime | None
    data: Mapping[str, Json]


def record(uow: UnitOfWork, parts: Console, who: Caller, said: Said, event_id: str | None = None) -> Event:
    """Store it as an event; `Problem` names what does not fit. ``event_id``: the id that it shall have, where
    whoever asks makes sure that it is new.
    """
    now = parts.clock.now()
    _check_data(said)
    _check_in_whose_name(who, said)
    resident, home_id = _about(uow, who, said)
    fresh = event_id or parts.new_id("evt")
    event = Event(
        id=fresh,
        kind=said.kind,
        occurred_at=_occurred(said.occurred_at, now),
        received_at=now,
        origin=Origin.PERSON,
        resident_id=resident.id if resident else None,
        home_id=home_id,
        data=_completed(said, resident),
        recorded_by=who.name,
        dedupe_key=fresh,
        synthetic=resident.synthetic if resident else False,
    )
    [stored] = uow.events.append([event])
    if resident is not None:
        _mark_away(uow, parts, resident, stored.event)
    uow.wake_after(Topic.EVENTS)
    return stored.event


def _completed(said: Said, resident: Resident | None) -> dict[str, Json]:
    """Who comes back comes from where they were: rules ask for that, and nobody has to say it twice."""
    data = dict(said.data)
    away = resident.away if resident is not None else None
    if said.kind == "resident.returned" and away is not None and away.reason and data.get("reason") is None:
        data["reason"] = away.reason
    return data


def _occurred(claimed: datetime | None, now: datetime) -> datetime:
    occurred_at = claimed or now
    if not now - FURTHEST_BACK <= occurred_at <= now:
        raise unfit(
            "occurred_at",
            format_instant(occurred_at),
            f"an instant from {format_instant(now - FURTHEST_BACK)} up to now, {format_instant(now)}",
        )
    return occurred_at


def _check_data(said: Said) -> None:
    if said.kind not in RECORDED_KINDS:
        raise unfit("kind", said.kind, f"one of {', '.join(sorted(RECORDED_KINDS))}")
    try:
        KINDS[said.kind].data.model_validate(dict(said.data))
    except ValidationError as error:
        faults = [fault_of({**each}, under="data") for each in error.errors()]
        raise Problem(422, "unfit", f"The data do not fit {said.kind}.", faults=faults) from error


def _check_in_whose_name(who: Caller, said: Said) -> None:
    """Who went is whoever says so, or somebody for whom they may speak."""
    went = said.data.get("worker_id")
    may_speak = who.role in MAY_SPEAK_FOR_OTHERS or who.speaks_for_role
    if went not in {None, who.worker_id} and not may_speak:
        raise Problem(
            403, "not_for_others", "Only the duty desk, a manager or an admin records what another did."
        )


def _about(uow: UnitOfWork, who: Caller, said: Said) -> tuple[Resident | None, str | None]:
    """Whom it is about; a retraction is about whom the event is about that it takes back."""
    known = Known(uow, Sight(uow, who))
    resident = known.resident("resident_id", said.resident_id)
    if said.kind != "event.retracted":
        if resident is None:
            raise unfit("resident_id", None, "the id of the resident it is about")
        return resident, resident.home_id
    event_id = str(said.data["event_id"])
    target = uow.events.get(event_id)
    if target is None or not Sight(uow, who).event(target) or KINDS[target.kind].is_register:
        raise unfit("data.event_id", event_id, "the id of an event")
    if target.kind == said.kind:
        raise unfit("data.event_id", event_id, "the id of an event that is no retraction itself")
    if resident is not None and resident.id != target.resident_id:
        raise unfit("resident_id", resident.id, f"the resident of that event, {target.resident_id}")
    about = uow.residents.get(target.resident_id) if target.resident_id else None
    return about, target.home_id


def _mark_away(uow: UnitOfWork, parts: Console, resident: Resident, event: Event) -> None:
    """`Resident.away` is what the newest of these events says; it is read from the register, not from the
    log.
    """
    away = resident.away
    if event.kind == "resident.away":
        away = Absence(
            since=event.occurred_at,
            until=_until(parts, event),
            reason=str(event.data.get("reason") or ""),
            by=event.recorded_by or "",
        )
    elif event.kind == "resident.returned":
        away = None
    elif event.kind == "event.retracted":
        target = uow.events.get(str(event.data["event_id"]))
        if target is not None and away is not None and target.kind == "resident.away":
            away = None if target.occurred_at == away.since else away
    if away != resident.away:
        uow.residents.save(replace(resident, away=away))


def _until(parts: Console, event: Event) -> datetime | None:
    text = event.data.get("until")
    if text is None:
        return None
    try:
        return parse_instant(str(text), zone_named(parts.house.timezone.key))
    except NotAnInstant as error:
        raise unfit("data.until", text, "an RFC 3339 instant") from error
