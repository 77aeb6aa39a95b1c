"""Hand-overs of the duty desk: who took a shift over from whom, what ran then, and what one shift writes down
for the next.

Also when a shift of the desk begins, as its roster says it: where somebody stays on, nothing is handed over.
Nouns and sums only; who is told of a shift that nobody took over is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from services.domain.duty import DutyPlan
from services.domain.findings import BUILT_IN, SHIFT_NOT_TAKEN_OVER
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.people import Role, Worker
from services.domain.rosters import Duty


@dataclass(frozen=True, slots=True)
class Handover:
    """A shift of the desk changed hands.

    ``running`` are the alerts that ran, ``unprotected`` the residents who were not protected; both as they
    were shown to whoever took over. ``recorded_by`` is the actor as the audit calls them.
    """

    id: str
    from_worker_id: str
    taken_over_by: str
    taken_over_at: datetime
    recorded_by: str
    note: str = ""
    running: tuple[str, ...] = ()
    unprotected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShiftNote:
    """What somebody at the desk writes down for whoever comes next; kept as it was written."""

    id: str
    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class DeskShift:
    """One turn of the desk: from a change of hands up to the next."""

    starts_at: datetime
    ends_at: datetime
    worker_ids: tuple[str, ...]


def desk_duties(plan: DutyPlan, workers: Iterable[Worker], since: datetime, until: datetime) -> list[Duty]:
    """The duties of those who sit at the desk, of rosters and single shifts alike, as they are after swaps.

    A leave takes nobody's name off: a turn that nobody will sit has to be taken over all the same.
    """
    team_of = {each.id: each.team_id for each in workers if each.role is Role.DUTY_DESK}
    duties = plan.duties(since, until, set(team_of.values()))
    return [duty for duty in duties if team_of.get(duty.worker_id) == duty.team_id]


def desk_shifts(duties: Iterable[Duty], overlap: timedelta) -> list[DeskShift]:
    """The turns of a desk with these duties, ascending.

    A turn begins where shifts begin and nobody who sits there stays on for longer than ``overlap``: two who
    overlap by a quarter of an hour hand over in it.
    """
    roster = sorted(duties, key=lambda duty: (duty.starts_at, duty.worker_id))
    starts = sorted({duty.starts_at for duty in roster})
    changes = [
        at for at in starts if not any(each.starts_at < at < each.ends_at - overlap for each in roster)
    ]
    found = []
    for at, following in zip_longest(changes, changes[1:]):
        crew = [
            each for each in roster if at <= each.starts_at and (not following or each.starts_at < following)
        ]
        ends_at = max(duty.ends_at for duty in crew)
        workers = tuple(dict.fromkeys(duty.worker_id for duty in crew))
        found.append(DeskShift(at, min(ends_at, following) if following else ends_at, workers))
    return found


def newest_begun(turns: Sequence[DeskShift], now: datetime) -> DeskShift | None:
    """The turn that began last, whether it is over by now or not."""
    return max(
        (turn for turn in turns if turn.starts_at <= now), key=lambda turn: turn.starts_at, default=None
    )


def is_taken_over(turn: DeskShift, newest: Handover | None, may_begin_before: timedelta) -> bool:
    """Whether the newest hand-over is one of this turn, or of a later one."""
    return newest is not None and newest.taken_over_at >= turn.starts_at - may_begin_before


def finding_id_of(turn: DeskShift) -> str:
    """The id of the Finding that nobody took this turn over."""
    return derived_id("fnd", BUILT_IN, SHIFT_NOT_TAKEN_OVER, format_instant(turn.starts_at))
