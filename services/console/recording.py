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
from services.domain.identity import derived_id
from services.domain.instants import NotAnInstant, format_instant, parse_instant, zone_named
from services.domain.kinds import KINDS, RECORDED_KINDS
from services.domain.people import Absence, Resident
from services.domain.ports import Topic, UnitOfWork
from services.domain.silences import Ending, Silence, SilenceKind
from services.escalation import silence_keeping
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
    occurred_at = _occurred(said.occurred_at, now)
    resident, home_id = _about(uow, who, said)
    fresh = event_id or parts.new_id("evt")
    event = Event(
        id=fresh,
        kind=said.kind,
        occurred_at=occurred_at,
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
        _mark_away(uow, parts, who, resident, stored.event)
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


def _mark_away(uow: UnitOfWork, parts: Console, who: Caller, resident: Resident, event: Event) -> None:
    """`Resident.away` is what the newest of these events says; it is read from the register, not from the
    log. Beside it stands an absence with its deadlines (`domain.silences`).
    """
    away = resident.away
    ending = Ending.TAKEN_BACK
    if event.kind == "resident.away":
        away = Absence(
            since=event.occurred_at,
            until=_end_of_absence(parts, event.data.get("until"), event.occurred_at),
            reason=str(event.data.get("reason") or "").strip(),
            by=event.recorded_by or "",
        )
    elif event.kind == "resident.returned":
        away = None
        ending = Ending.RETURNED
    elif event.kind == "event.retracted":
        target = uow.events.get(str(event.data["event_id"]))
        if target is not None and away is not None and target.kind == "resident.away":
            away = None if target.occurred_at == away.since else away
    if away == resident.away:
        return
    uow.residents.save(replace(resident, away=away))
    now = parts.clock.now()
    for each in uow.silences.running_on([f"resident:{resident.id}"]):
        if each.kind is SilenceKind.AWAY:
            silence_keeping.end(uow, parts.gathering, each, ending, now, who.name)
    if away is not None and away.until is not None:
        silence_keeping.begin(uow, parts.gathering, _absence_of(resident, away, away.until, event), now)


def _absence_of(resident: Resident, away: Absence, until: datetime, event: Event) -> Silence:
    return Silence(
        id=derived_id("sil", event.id),
        subject=f"resident:{resident.id}",
        reason=away.reason,
        author=away.by,
        since=away.since,
        until=until,
        kind=SilenceKind.AWAY,
        resident_id=resident.id,
        home_id=resident.home_id,
        synthetic=resident.synthetic,
    )


def _end_of_absence(parts: Console, said: Json, since: datetime) -> datetime:
    """When somebody is expected back. Where nobody says it the policy does, so that no absence is forgotten;
    `Problem` 422 for what is no end of an absence.
    """
    policy = parts.gathering.silencing().away
    newest = max(since, parts.clock.now())
    if said is None:
        return newest + policy.end_unsaid
    try:
        end = parse_instant(str(said), zone_named(parts.house.timezone.key))
    except NotAnInstant:
        end = None
    if end is None or not since < end <= newest + policy.longest:
        expected = (
            f"an RFC 3339 instant at which they are expected back, after {format_instant(since)} and up to "
            f"{format_instant(newest + policy.longest)}; recorded once more with another end it is put off"
        )
        raise unfit("data.until", said, expected)
    return end
