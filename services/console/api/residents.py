"""Residents: elders who live at home, with who answers for them and whether they are watched over now.

Each change is told to the rules in the same transaction. A resident who left is kept; nobody is ever deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from services.console.api.fields import (
    Day,
    Id,
    Instant,
    Line,
    Name,
    PathId,
    Phone,
    Shape,
    Word,
    Zone,
    changes_of,
    unset,
)
from services.console.api.lists import IdFilter, Listed, Part, Synthetic, Wanted, listed
from services.console.api.people_shapes import AbsenceShape, ChannelFields, ContactShape, channels_of
from services.console.api.references import Known
from services.console.callers import Caller, Parts, Who
from services.console.facts import tell_of_resident
from services.console.gate import GuardedRoute
from services.console.problems import documented, not_found, unfit
from services.console.protections import Watch
from services.console.rights import SEES_ADDRESSES
from services.console.sight import Sight
from services.console.silencing import end_of_left
from services.console.writing import note, write
from services.domain.addresses import shown_to_its_own
from services.domain.homes import Home
from services.domain.instants import format_instant
from services.domain.people import Contact, Language, Resident
from services.domain.ports import UnitOfWork
from services.domain.protection import ProtectionReason, ProtectionState

router = APIRouter(prefix="/api/v1/residents", tags=["residents"], route_class=GuardedRoute)


GIVEN_AT_ONCE = frozenset({"name", "home_id", "enrolled_at"})
"""Fields of a new resident that have defaults of their own."""


class ContactFields(Shape):
    """Somebody of the family or the neighbourhood."""

    name: Name
    relation: Line = ""
    channels: Annotated[list[ChannelFields], Field(max_length=10)] = Field(default_factory=list)


class ResidentFields(Shape):
    """What a person says of a resident, but for the name."""

    birth_date: Day | None = None
    tags: Annotated[list[Word], Field(max_length=50)] | None = None
    language: Language | None = None
    timezone: Zone | None = None
    phone: Phone | None = None
    contacts: Annotated[list[ContactFields], Field(max_length=20)] | None = None
    assigned_worker_id: Id | None = None
    backup_worker_id: Id | None = None


class NewResident(ResidentFields):
    """A resident to be enrolled."""

    name: Name
    home_id: Id | None = Field(default=None, description="Left out: a home of their own is made.")
    enrolled_at: Instant | None = Field(default=None, description="Left out: now.")


class ResidentChanges(ResidentFields):
    """The changed fields of a resident."""

    name: Name = unset()
    home_id: Id = unset()
    enrolled_at: Instant = unset()
    left_at: Instant | None = None
    left_reason: Line | None = None


class ProtectionShape(Shape):
    """Whether somebody is watched over now."""

    state: ProtectionState
    reasons: list[ProtectionReason]
    owner_id: str | None
    due_at: Instant | None


class ResidentShape(Shape):
    """An elder who lives at home."""

    id: str
    home_id: str
    name: str
    birth_date: Day | None
    tags: list[str]
    language: Language | None
    timezone: str | None
    phone: str | None
    contacts: list[ContactShape]
    assigned_worker_id: str | None
    backup_worker_id: str | None
    enrolled_at: Instant
    left_at: Instant | None
    left_reason: str | None
    away: AbsenceShape | None
    protection: ProtectionShape
    synthetic: bool


def shape_of(resident: Resident, watch: Watch, who: Caller) -> ResidentShape:
    plain = {name: getattr(resident, name) for name in ResidentShape.model_fields if name != "protection"}
    if who.role not in SEES_ADDRESSES:
        plain["contacts"] = [_without_keys(contact) for contact in resident.contacts]
    return ResidentShape.model_validate({**plain, "protection": watch.protection(resident)})


def _without_keys(contact: Contact) -> Contact:
    channels = (replace(each, address=shown_to_its_own(each)) for each in contact.channels)
    return replace(contact, channels=tuple(channels))


@dataclass(frozen=True, slots=True)
class ResidentsWanted(Wanted):
    """By what residents are looked for."""

    home_id: IdFilter = None
    assigned_worker_id: IdFilter = None
    backup_worker_id: IdFilter = None
    synthetic: Synthetic = False


@router.get("")
def list_residents(
    parts: Parts, who: Who, part: Part, wanted: Annotated[ResidentsWanted, Depends()]
) -> Listed[ResidentShape]:
    with parts.store.reading() as uow:
        watch = Watch(uow, parts, parts.clock.now())
        return listed(
            uow.residents.page,
            wanted.filters,
            part,
            lambda resident: shape_of(resident, watch, who),
            Sight(uow, who).resident,
        )


@router.post("", status_code=201)
def enrol_resident(parts: Parts, who: Who, body: NewResident) -> ResidentShape:
    def work(uow: UnitOfWork) -> ResidentShape:
        at = parts.clock.now()
        _refer(uow, body)
        if body.home_id is None:
            home_id = uow.homes.add(Home(id=parts.new_id("hom"))).id
        else:
            Known(uow).home("home_id", body.home_id)
            home_id = body.home_id
        resident = Resident(
            id=parts.new_id("res"),
            home_id=home_id,
            name=body.name,
            enrolled_at=_enrolled(body.enrolled_at, at) or at,
        )
        fields = {name: value for name, value in _changes(body).items() if name not in GIVEN_AT_ONCE}
        resident = uow.residents.add(replace(resident, **fields))
        tell_of_resident(uow, parts, who, "resident.enrolled", resident)
        note(uow, parts, who, "resident.enrolled", ("resident", resident.id))
        return shape_of(resident, Watch(uow, parts, at), who)

    return write(parts, work)


@router.get("/{resident_id}")
def read_resident(parts: Parts, who: Who, resident_id: PathId) -> ResidentShape:
    with parts.store.reading() as uow:
        return shape_of(seen_resident(uow, who, resident_id), Watch(uow, parts, parts.clock.now()), who)


@router.patch("/{resident_id}", responses=documented(409))
def change_resident(parts: Parts, who: Who, resident_id: PathId, body: ResidentChanges) -> ResidentShape:
    def work(uow: UnitOfWork) -> ResidentShape:
        at = parts.clock.now()
        before = seen_resident(uow, who, resident_id)
        _refer(uow, body)
        Known(uow).home("home_id", body.home_id)
        if "enrolled_at" in body.model_fields_set:
            _enrolled(body.enrolled_at, at)
        resident = replace(before, **_changes(body))
        if resident.left_at is not None and resident.left_at < resident.enrolled_at:
            raise unfit("left_at", format_instant(resident.left_at), "an instant after enrolled_at")
        resident = uow.residents.save(resident)
        left_now = resident.left_at is not None and before.left_at is None
        if resident.left_at is not None and resident.left_at <= at:
            end_of_left(uow, parts, who, resident.id)
        tell_of_resident(uow, parts, who, "resident.left" if left_now else "resident.changed", resident)
        detail = ", ".join(sorted(body.model_fields_set))
        note(uow, parts, who, "resident.changed", ("resident", resident.id), detail)
        return shape_of(resident, Watch(uow, parts, at), who)

    return write(parts, work)


def seen_resident(uow: UnitOfWork, who: Caller, resident_id: str) -> Resident:
    resident = uow.residents.get(resident_id)
    if resident is None or not Sight(uow, who).resident(resident):
        raise not_found("resident")
    return resident


def _refer(uow: UnitOfWork, fields: ResidentFields) -> None:
    known = Known(uow)
    known.worker("assigned_worker_id", fields.assigned_worker_id)
    known.worker("backup_worker_id", fields.backup_worker_id)


def _enrolled(enrolled_at: datetime | None, at: datetime) -> datetime | None:
    if enrolled_at is not None and enrolled_at > at:
        raise unfit("enrolled_at", format_instant(enrolled_at), "an instant that is not ahead")
    return enrolled_at


def _changes(fields: ResidentFields) -> dict[str, Any]:
    changes = changes_of(fields)
    if "tags" in changes:
        changes["tags"] = changes["tags"] or ()
    if "contacts" in changes:
        changes["contacts"] = tuple(_contacts(fields.contacts or []))
    return changes


def _contacts(contacts: list[ContactFields]) -> Iterator[Contact]:
    names = [contact.name for contact in contacts]
    for number, contact in enumerate(contacts):
        if contact.name in names[:number]:  # told and heard by name: one of them would be called for both
            raise unfit(f"contacts.{number}.name", contact.name, "a name that no other contact has")
        yield Contact(contact.name, contact.relation, channels_of(contact.channels))
