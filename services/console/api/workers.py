"""Workers: everybody who can be told, with the channels over which each is reached.

Who is switched off while they hold something or are to be told of it hands it on at once. Addresses are
shown whole to their owner and to those who keep the register, masked to everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Flag, Id, Name, PathId, PersonsRole, Shape, changes_of, unset
from services.console.api.lists import FlagFilter, IdFilter, Listed, Part, Wanted, listed
from services.console.api.people_shapes import ChannelFields, ChannelShape, channels_of
from services.console.api.references import Known
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.handing_on import hand_on
from services.console.problems import documented, not_found
from services.console.rights import SEES_ADDRESSES
from services.console.writing import note, write
from services.domain.addresses import masked, shown_to_its_own
from services.domain.people import Language, Role, Worker
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/workers", tags=["workers"], route_class=GuardedRoute)

Channels = Annotated[list[ChannelFields], Field(max_length=10)]
GridIds = Annotated[list[Id], Field(max_length=100)]
RoleFilter = Annotated[Role | SkipJsonSchema[None], Query()]


class NewWorker(Shape):
    """Somebody who can be told."""

    name: Name
    role: PersonsRole
    language: Language = Language.ZH_CN
    team_id: Id | None = None
    grid_ids: GridIds = Field(default_factory=list)
    channels: Channels = Field(default_factory=list, description="In order of preference.")
    active: Flag = True


class WorkerChanges(Shape):
    """The changed fields of a worker."""

    name: Name = unset()
    role: PersonsRole = unset()
    language: Language = unset()
    team_id: Id | None = None
    grid_ids: GridIds | None = None
    channels: Channels | None = None
    active: Flag = unset()


class WorkerShape(Shape):
    """Somebody who can be told."""

    id: str
    name: str
    role: Role
    language: Language
    team_id: str | None
    grid_ids: list[str]
    channels: list[ChannelShape]
    active: bool


def shape_of(worker: Worker, who: Caller) -> WorkerShape:
    shape = WorkerShape.model_validate(worker)
    if who.role in SEES_ADDRESSES:
        return shape
    shown = shown_to_its_own if who.worker_id == worker.id else masked
    channels = [ChannelShape(kind=each.kind, address=shown(each)) for each in worker.channels]
    return shape.model_copy(update={"channels": channels})


def _fields(uow: UnitOfWork, body: NewWorker | WorkerChanges) -> dict[str, Any]:
    known = Known(uow)
    known.team("team_id", body.team_id)
    for number, grid_id in enumerate(body.grid_ids or []):
        known.grid(f"grid_ids.{number}", grid_id)
    fields = changes_of(body)
    if "grid_ids" in fields:
        fields["grid_ids"] = tuple(dict.fromkeys(body.grid_ids or []))
    if "channels" in fields:
        fields["channels"] = channels_of(body.channels or [])
    return fields


@dataclass(frozen=True, slots=True)
class WorkersWanted(Wanted):
    """By what workers are looked for."""

    role: RoleFilter = None
    team_id: IdFilter = None
    active: FlagFilter = None


@router.get("")
def list_workers(
    parts: Parts, who: Who, part: Part, wanted: Annotated[WorkersWanted, Depends()]
) -> Listed[WorkerShape]:
    with parts.store.reading() as uow:
        return listed(uow.workers.page, wanted.filters, part, lambda worker: shape_of(worker, who))


@router.post("", status_code=201)
def create_worker(parts: Parts, who: Who, body: NewWorker) -> WorkerShape:
    def work(uow: UnitOfWork) -> Worker:
        fields = _fields(uow, body)
        worker = uow.workers.add(replace(Worker(parts.new_id("wrk"), body.name, body.role), **fields))
        note(uow, parts, who, "worker.created", ("worker", worker.id))
        return worker

    return shape_of(write(parts, work), who)


@router.get("/{worker_id}")
def read_worker(parts: Parts, who: Who, worker_id: PathId) -> WorkerShape:
    with parts.store.reading() as uow:
        worker = uow.workers.get(worker_id)
        if worker is None:
            raise not_found("worker")
        return shape_of(worker, who)


@router.patch("/{worker_id}", responses=documented(409))
def change_worker(parts: Parts, who: Who, worker_id: PathId, body: WorkerChanges) -> WorkerShape:
    def work(uow: UnitOfWork) -> Worker:
        before = uow.workers.get(worker_id)
        if before is None:
            raise not_found("worker")
        worker = uow.workers.save(replace(before, **_fields(uow, body)))
        if before.active and not worker.active:
            hand_on(uow, parts, worker, who.name)
        detail = ", ".join(sorted(body.model_fields_set))
        note(uow, parts, who, "worker.changed", ("worker", worker.id), detail)
        return worker

    return shape_of(write(parts, work), who)
