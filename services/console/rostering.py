"""Rostering: what has to be so before a roster, a swap or a leave is stored, for the API and the pages alike.

A fault is said of its field. What is stored wakes the alerts: a hole that was filled, or one that was opened,
is seen at once. It never decides who is on duty; the plan does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.console.api.references import Known
from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import not_found, unfit
from services.console.writing import note
from services.domain.duty import DutyPlan, NowAndNext
from services.domain.instants import format_instant
from services.domain.people import Shift, Worker
from services.domain.ports import Topic, UnitOfWork
from services.domain.rosters import REST, Duty, Leave, Roster, Swap

LONGEST_LEAVE = timedelta(days=400)
"""A year and what is left of the one before; longer ones are slips of the keyboard."""
NEXT_WITHIN = timedelta(days=8)
"""How far ahead the next turn is looked for: past a week in which a team does not work."""


@dataclass(frozen=True, slots=True)
class WantedSwap:
    """A swap as it is asked for: a turn of a roster by its day, or a single shift."""

    instead_id: str
    worker_id: str | None = None
    roster_id: str | None = None
    day: date | None = None
    shift_id: str | None = None
    reason: str = ""


def changed(
    uow: UnitOfWork, parts: Console, caller: Caller, action: str, what: tuple[str, str], detail: str = ""
) -> None:
    """Say in the audit what was done, and let whoever watches the rosters look at once."""
    note(uow, parts, caller, action, what, detail)
    uow.wake_after(Topic.ALERTS)


def checked_roster(uow: UnitOfWork, roster: Roster) -> Roster:
    """The roster, if it can be kept; `Problem` 422 names the first field that cannot."""
    Known(uow).team("team_id", roster.team_id)
    names = [shift.name for shift in roster.shifts]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise unfit(f"shifts.{number}.name", name, "a name that no other shift of the roster has")
    for number, name in enumerate(roster.cycle):
        if name != REST and name not in names:
            raise unfit(f"cycle.{number}", name, "the name of one of the shifts, or nothing for a free day")
    if all(name == REST for name in roster.cycle):
        raise unfit("cycle", list(roster.cycle), "a day on which somebody works")
    for number, worker_id in enumerate(roster.members):
        worker = Known(uow).worker(f"members.{number}", worker_id)
        if worker is None or worker.team_id != roster.team_id:
            raise unfit(f"members.{number}", worker_id, "a member of the team")
        if worker_id in roster.members[:number]:
            raise unfit(f"members.{number}", worker_id, "each member once")
    if roster.ends_on is not None and roster.ends_on < roster.starts_on:
        raise unfit("ends_on", roster.ends_on.isoformat(), "a day not before starts_on")
    return roster


def add_swap(uow: UnitOfWork, parts: Console, caller: Caller, wanted: WantedSwap) -> Swap:
    """Store who does a turn instead of whom, if there is such a turn and they can."""
    turn = _turn(uow, wanted)
    instead = Known(uow).worker("instead_id", wanted.instead_id)
    _refuse_whoever_cannot(uow, turn, instead)
    swap = uow.swaps.add(
        Swap(
            parts.new_id("swp"),
            turn.team_id,
            turn.instead_of or turn.worker_id,
            wanted.instead_id,
            caller.actor,
            parts.clock.now(),
            turn.roster_id,
            turn.day,
            turn.shift_id,
            wanted.reason,
        )
    )
    changed(uow, parts, caller, "swap.created", ("swap", swap.id))
    return swap


def checked_leave(uow: UnitOfWork, leave: Leave) -> Leave:
    """The leave, if it is one."""
    Known(uow).worker("worker_id", leave.worker_id)
    if leave.ends_at <= leave.starts_at:
        raise unfit("ends_at", format_instant(leave.ends_at), "an instant after starts_at")
    if leave.ends_at - leave.starts_at > LONGEST_LEAVE:
        raise unfit("ends_at", format_instant(leave.ends_at), f"at most {LONGEST_LEAVE.days} days of leave")
    return leave


def now_and_next(uow: UnitOfWork, team_id: str, at: datetime) -> tuple[DutyPlan, NowAndNext]:
    """Who of a team is on duty at an instant, and who is next; and the plan that says so."""
    plan = uow.people.plan(at, at + NEXT_WITHIN)
    workers = uow.workers.having("team_id", [team_id])
    return plan, plan.now_and_next(team_id, workers, at, NEXT_WITHIN)


def _turn(uow: UnitOfWork, wanted: WantedSwap) -> Duty:
    """The turn that is meant, as it stands now."""
    if wanted.shift_id is not None:
        shift = uow.shifts.get(wanted.shift_id)
        if shift is None:
            raise unfit("shift_id", wanted.shift_id, "the id of a shift")
        if wanted.worker_id not in (None, shift.worker_id):
            raise unfit("worker_id", wanted.worker_id, "the worker whose shift it is")
        return _as_it_stands(uow, shift)
    roster = uow.rosters.get(wanted.roster_id or "")
    if roster is None:
        raise unfit("roster_id", wanted.roster_id, "the id of a roster, or a shift_id")
    if wanted.day is None:
        raise unfit("day", None, "the local day on which the turn begins")
    mine = [shift for worker, shift in roster.turns_on(wanted.day) if worker == wanted.worker_id]
    zone = roster.zone
    if not mine or zone is None:
        raise unfit("worker_id", wanted.worker_id, "a worker who has a turn of the roster on that day")
    noon = datetime.combine(wanted.day, mine[0].starts, zone)
    plan = uow.people.plan(noon - timedelta(days=2), noon + timedelta(days=3))
    for duty in plan.duties(noon - timedelta(days=2), noon + timedelta(days=3), [roster.team_id]):
        if duty.turn == (roster.id, wanted.day, None, wanted.worker_id):
            return duty
    raise unfit("day", wanted.day.isoformat(), "a day on which the wall clock does not skip the turn")


def _as_it_stands(uow: UnitOfWork, shift: Shift) -> Duty:
    for duty in uow.people.plan(shift.starts_at, shift.ends_at).duties(shift.starts_at, shift.ends_at):
        if duty.shift_id == shift.id:
            return duty
    raise not_found("shift")


def _refuse_whoever_cannot(uow: UnitOfWork, turn: Duty, instead: Worker | None) -> None:
    if instead is None or not instead.active or instead.team_id != turn.team_id:
        raise unfit("instead_id", instead.id if instead else None, "an active member of the team")
    if instead.id == turn.worker_id:
        raise unfit("instead_id", instead.id, "somebody else than who has the turn")
    plan: DutyPlan = uow.people.plan(turn.starts_at, turn.ends_at)
    if any(
        duty.worker_id == instead.id
        for duty in plan.duties(turn.starts_at, turn.ends_at)
        if duty.turn != turn.turn
    ):
        raise unfit("instead_id", instead.id, "somebody who has no other turn at that time")
    if any(leave.worker_id == instead.id for leave in plan.leaves):
        raise unfit("instead_id", instead.id, "somebody who is not on leave at that time")
