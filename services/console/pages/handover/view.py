"""What the hand-over's page shows, with people called by their names; gathered from one moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.console.callers import Caller
from services.console.pages.alerts.owners import Owners, calls_by_alert, owners_of
from services.console.pages.alerts.subjects import is_of_the_house
from services.console.pages.names import Names, Nobody
from services.console.parts import Console
from services.console.shift_desk import Ending, ShiftState, Unprotected, desk_people, look, notes_taken
from services.domain.alerts import Alert
from services.domain.handovers import Handover, ShiftNote
from services.domain.people import Worker
from services.domain.ports import UnitOfWork
from services.domain.protection import Protection

Called = str | Nobody


@dataclass(frozen=True, slots=True)
class Running:
    """A running alert: whom it is about, and whose it is now."""

    alert: Alert
    who: str
    address: str
    holder: Called | None
    told: tuple[Owners, ...]
    of_the_house: bool
    """There is nobody to go to."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Somebody who is not protected."""

    of: Unprotected
    address: str


@dataclass(frozen=True, slots=True)
class Gap:
    """People who are not protected for the same reasons, with whose that is to mend. ``due_at`` is None where
    it is not the same for all of them.
    """

    protection: Protection
    owner: Called | None
    due_at: datetime | None
    people: tuple[Exposed, ...]


@dataclass(frozen=True, slots=True)
class Back:
    """A silence or an absence that ends in the coming shift, with who asked for it."""

    ending: Ending
    by: Called


@dataclass(frozen=True, slots=True)
class Written:
    """A note, with whose it is."""

    note: ShiftNote
    by: Called


@dataclass(frozen=True, slots=True)
class Past:
    """A hand-over that was, with both named and the notes that it took along."""

    handover: Handover
    giver: Called
    taker: Called
    notes: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class HandoverView:
    """All of the page. ``giver`` is whom the form proposes as handing over: who took over last."""

    state: ShiftState
    running: tuple[Running, ...]
    gaps: tuple[Gap, ...]
    back: tuple[Back, ...]
    notes: tuple[Written, ...]
    before: tuple[Past, ...]
    coming: tuple[Called, ...]
    people: Sequence[Worker]
    giver: str
    is_of_the_desk: bool
    """Whether whoever looks can take over in their own name."""


def gather(uow: UnitOfWork, parts: Console, who: Caller) -> HandoverView:
    """What is to be handed over now."""
    state = look(uow, parts)
    names = Names(uow.workers.all())
    residents = {each.id: each for each in uow.residents.all()}
    homes = {each.id: each for each in uow.homes.all()}
    people, calls = desk_people(uow), calls_by_alert(uow, state.running)

    def address(home_id: str | None) -> str:
        home = homes.get(home_id or "")
        return home.address if home else ""

    def running(alert: Alert) -> Running:
        resident = residents.get(alert.resident_id or "")
        return Running(
            alert,
            resident.name if resident else "",
            address(resident.home_id if resident else alert.home_id),
            names.of(alert.accepted_by) if alert.accepted_by else None,
            owners_of(alert, calls.get(alert.id, ()), names),
            is_of_the_house(alert),
        )

    def gap(alike: list[Unprotected]) -> Gap:
        of_all = alike[0].protection
        due = {each.protection.due_at for each in alike}
        return Gap(
            of_all,
            names.of(of_all.owner_id) if of_all.owner_id else None,
            of_all.due_at if len(due) == 1 else None,
            tuple(Exposed(each, address(each.resident.home_id)) for each in alike),
        )

    def past(each: Handover) -> Past:
        notes = tuple(Written(note, names.of(note.author)) for note in notes_taken(uow, each))
        return Past(each, names.of(each.from_worker_id), names.of(each.taken_over_by), notes)

    return HandoverView(
        state=state,
        running=tuple(running(alert) for alert in state.running),
        gaps=tuple(gap(alike) for alike in _alike(state.unprotected)),
        back=tuple(Back(each, names.of(each.silence.author)) for each in state.ending),
        notes=tuple(Written(each, names.of(each.author)) for each in state.notes),
        before=tuple(past(each) for each in state.before),
        coming=tuple(names.of(each) for each in (state.coming.worker_ids if state.coming else ())),
        people=people,
        giver=_giver(state, people, who),
        is_of_the_desk=any(each.id == who.worker_id for each in people),
    )


def _alike(unprotected: Iterable[Unprotected]) -> list[list[Unprotected]]:
    """Together those with the same gap; the smallest first, so that nobody stands behind a long list."""
    found: dict[object, list[Unprotected]] = {}
    for each in unprotected:
        gap = each.protection
        found.setdefault((gap.reasons, gap.owner_id, gap.hole_at), []).append(each)
    return sorted(found.values(), key=len)


def _giver(state: ShiftState, people: Sequence[Worker], who: Caller) -> str:
    """Who took over last, else the one who sits there; nobody where that is whoever looks."""
    last = state.before[0].taken_over_by if state.before else None
    likely = [last, *(worker.id for worker in state.on_duty)]
    known = {worker.id for worker in people}
    return next((each for each in likely if each in known and each != who.worker_id), "")
