"""Silences: alerts about one home or one device that are made and not told for some time, each with a reason,
an author and an end; and absences, which end likewise. No call for help is ever among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import SAYS_SOMETHING, Id, Instant, PathId, Shape, Word
from services.console.api.lists import FlagFilter, IdFilter, Listed, Part, Synthetic, Wanted, listed
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented
from services.console.sight import Sight
from services.console.silencing import Wish, end, move_end, seen_silence, silence
from services.console.writing import write
from services.domain.silences import Ending, Silence, SilenceKind

router = APIRouter(prefix="/api/v1/silences", tags=["silences"], route_class=GuardedRoute)

Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=SAYS_SOMETHING)]


class NewSilence(Shape):
    """Silence a resident or a device, all of it or one kind of alert. It needs a reason and an end."""

    resident_id: Id | None = None
    device_id: Id | None = None
    alert_kind: Word | None = Field(default=None, description="Left out: every kind but calls for help.")
    until: Instant
    reason: Reason


class ChangedSilence(Shape):
    """Another end, from now on."""

    until: Instant
    reason: Reason


class SilenceShape(Shape):
    """A silence or an absence. It holds from `since` up to and without `until`, unless it ends before;
    `ending` says how it ended. `author` is who asked for it.
    """

    id: str
    kind: SilenceKind
    subject: str
    alert_kind: str | None
    resident_id: str | None
    device_id: str | None
    reason: str
    author: str
    since: Instant
    until: Instant
    running: bool
    warned_at: Instant | None
    overdue_at: Instant | None
    ended_at: Instant | None
    ended_by: str | None
    ending: Ending | None
    synthetic: bool


def shape_of(found: Silence) -> SilenceShape:
    names = SilenceShape.model_fields.keys() - {"running"}
    return SilenceShape(**{name: getattr(found, name) for name in names}, running=found.is_running)


@dataclass(frozen=True, slots=True)
class SilencesWanted(Wanted):
    """By what silences are looked for."""

    resident_id: IdFilter = None
    device_id: IdFilter = None
    kind: Annotated[SilenceKind | SkipJsonSchema[None], Query()] = None
    running: FlagFilter = None
    synthetic: Synthetic = False


@router.get("")
def list_silences(
    parts: Parts, who: Who, part: Part, wanted: Annotated[SilencesWanted, Depends()]
) -> Listed[SilenceShape]:
    """Those that run and those that are over, in the order in which they were made."""
    with parts.store.reading() as uow:
        sight = Sight(uow, who)
        return listed(
            uow.silences.page,
            wanted.filters,
            part,
            shape_of,
            lambda found: sight.place(found.resident_id, found.home_id),
        )


@router.post("", status_code=201)
def make_silence(parts: Parts, who: Who, body: NewSilence) -> SilenceShape:
    wish = Wish(body.resident_id, body.device_id, body.alert_kind, body.until, body.reason)
    return write(parts, lambda uow: shape_of(silence(uow, parts, who, wish)))


@router.get("/{silence_id}")
def read_silence(parts: Parts, who: Who, silence_id: PathId) -> SilenceShape:
    with parts.store.reading() as uow:
        return shape_of(seen_silence(uow, who, silence_id))


@router.patch("/{silence_id}", responses=documented(409))
def change_silence(parts: Parts, who: Who, silence_id: PathId, body: ChangedSilence) -> SilenceShape:
    """Let it end later or sooner, at most as far ahead from now as the caller may silence at all."""
    return write(parts, lambda uow: shape_of(move_end(uow, parts, who, silence_id, body.until, body.reason)))


@router.delete("/{silence_id}", responses=documented(409))
def lift_silence(parts: Parts, who: Who, silence_id: PathId) -> SilenceShape:
    """End it now: what it silenced and still holds is told at once. Repeated, nothing happens."""
    return write(parts, lambda uow: shape_of(end(uow, parts, who, silence_id)))
