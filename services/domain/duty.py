"""Duty: who is on duty at an instant, who is next, and where nobody is. The one place that decides it.

It goes by the rosters, the single shifts, the swaps and the leaves of a stretch of time. A team that keeps
neither a roster nor shifts is on duty as a whole: a county that has not drawn one up yet must not lose a
press over it. Nobody who is switched off or on leave is ever on duty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from services.domain.people import Shift, Worker
from services.domain.rosters import Duty, Leave, Roster, Swap

_A_MOMENT = timedelta(microseconds=1)


class HoleReason(StrEnum):
    """Why nobody is there."""

    NOBODY = "nobody"
    """No member has a turn then."""
    ON_LEAVE = "on_leave"
    INACTIVE = "inactive"
    NO_CHANNEL = "no_channel"
    """Somebody has a turn whom nothing can reach."""


@dataclass(frozen=True, slots=True)
class Post:
    """What has to be manned at every hour: a team that looks after homes or keeps a roster, or the duty desk.

    ``subject`` is the one of the alert about it; ``members`` are all who could be there, inactive ones too.
    """

    subject: str
    name: str
    members: tuple[Worker, ...]
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch in which nobody of a post is on duty and can be reached."""

    starts_at: datetime
    ends_at: datetime
    reasons: tuple[HoleReason, ...]


@dataclass(frozen=True, slots=True)
class NowAndNext:
    """Who of a team is on duty at an instant, and whose turn begins next. ``as_a_whole``: it keeps no roster.

    ``absent`` have a turn and are on leave.
    """

    now: tuple[Worker, ...]
    absent: tuple[Worker, ...]
    turns: tuple[Duty, ...]
    next: tuple[Duty, ...]
    as_a_whole: bool


def has_channel(worker: Worker) -> bool:
    """Whether anything is known by which somebody could be reached."""
    return bool(worker.channels)


class DutyPlan:
    """All that says who is on duty in some stretch of time; of each team that keeps shifts at least one."""

    def __init__(
        self,
        rosters: Iterable[Roster] = (),
        shifts: Iterable[Shift] = (),
        swaps: Iterable[Swap] = (),
        leaves: Iterable[Leave] = (),
    ) -> None:
        self.rosters = tuple(rosters)
        self.shifts = tuple(shifts)
        self.swaps = tuple(swaps)
        self.leaves = tuple(leaves)
        self._with_shifts = frozenset(shift.team_id for shift in self.shifts)
        self._instead = {swap.turn: swap.instead_id for swap in self.swaps}
        self._leaves_of: dict[str, list[Leave]] = defaultdict(list)
        for leave in self.leaves:
            self._leaves_of[leave.worker_id].append(leave)

    def duties(
        self, since: datetime, until: datetime, teams: Collection[str | None] | None = None
    ) -> list[Duty]:
        """All turns of which some part lies from ``since`` up to ``until``, after swaps, by their start.

        Turns of people on leave are among them: a leave takes nobody's name off the roster.
        """
        found = [
            duty
            for roster in self.rosters
            if teams is None or roster.team_id in teams
            for duty in _reckoned(roster, since, until)
        ]
        found += [
            Duty(shift.team_id, shift.worker_id, shift.starts_at, shift.ends_at, shift_id=shift.id)
            for shift in self.shifts
            if (teams is None or shift.team_id in teams) and shift.starts_at < until and shift.ends_at > since
        ]
        if self._instead:
            found = [self._swapped(duty) for duty in found]
        return sorted(found, key=lambda duty: (duty.starts_at, duty.ends_at, duty.team_id, duty.worker_id))

    def keeps_roster(self, team_id: str, at: datetime) -> bool:
        """Whether the team is on duty by turns; else it is as a whole."""
        return team_id in self.teams_with_roster(at)

    def teams_with_roster(self, at: datetime) -> frozenset[str]:
        """The teams that are on duty by turns at an instant."""
        begun = {roster.team_id for roster in self.rosters if (roster.begins_at or at) <= at}
        return self._with_shifts | begun

    def is_on_leave(self, worker_id: str, at: datetime) -> bool:
        """Whether somebody is on leave at an instant."""
        return any(leave.covers(at) for leave in self._leaves_of.get(worker_id, ()))

    def has_leave_in(self, duty: Duty) -> bool:
        """Whether whoever has a turn is on leave in any part of it."""
        return any(
            leave.starts_at < duty.ends_at and leave.ends_at > duty.starts_at
            for leave in self._leaves_of.get(duty.worker_id, ())
        )

    def on_leave(self, workers: Iterable[Worker], at: datetime) -> tuple[Worker, ...]:
        """Those of ``workers`` who are on leave at an instant."""
        return tuple(worker for worker in workers if self.is_on_leave(worker.id, at))

    def on_duty(self, workers: Iterable[Worker], at: datetime) -> tuple[Worker, ...]:
        """Those of ``workers`` who are on duty at an instant, in their order. Whoever is in no team always
        is.
        """
        has_turn = self._turns_at(at)
        return tuple(
            worker
            for worker in workers
            if worker.active and has_turn(worker) and not self.is_on_leave(worker.id, at)
        )

    def now_and_next(
        self, team_id: str, workers: Iterable[Worker], at: datetime, within: timedelta
    ) -> NowAndNext:
        """Who of a team is on duty, and whose turns begin next, as far as any begins ``within``."""
        members = [worker for worker in workers if worker.team_id == team_id and worker.active]
        has_turn = self._turns_at(at)
        meant = [worker for worker in members if has_turn(worker)]
        absent = self.on_leave(meant, at)
        as_a_whole = not self.keeps_roster(team_id, at)
        ahead = self.duties(at, at + within, [team_id])
        turns = tuple(duty for duty in ahead if duty.covers(at))
        coming = [duty for duty in ahead if duty.starts_at > at]
        following = tuple(duty for duty in coming if duty.starts_at == coming[0].starts_at)
        return NowAndNext(
            tuple(worker for worker in meant if worker not in absent), absent, turns, following, as_a_whole
        )

    def holes(
        self,
        post: Post,
        since: datetime,
        until: datetime,
        *,
        reaches: Callable[[Worker], bool] = has_channel,
    ) -> list[Hole]:
        """The stretches from ``since`` up to ``until`` in which nobody of a post is on duty and reached.

        Those that meet are one, with the reasons of both.
        """
        teams = {worker.team_id for worker in post.members} | {post.team_id}
        duties = self.duties(since, until, teams)
        found: list[Hole] = []
        cuts = [since, *sorted(self._turning_points(post, duties, since, until)), until]
        for begins_at, ends_at in pairwise(cuts):
            reasons = self._why_nobody(post, self._turns_of(duties, begins_at), begins_at, reaches)
            if not reasons:
                continue
            since = begins_at
            if found and found[-1].ends_at == begins_at:
                before = found.pop()
                since, reasons = before.starts_at, {*before.reasons, *reasons}
            found.append(Hole(since, ends_at, tuple(sorted(reasons))))
        return found

    # ------------------------------------------------------------------ below

    def _swapped(self, duty: Duty) -> Duty:
        instead = self._instead.get(duty.turn)
        if instead is None or instead == duty.worker_id:
            return duty
        return replace(duty, worker_id=instead, instead_of=duty.worker_id)

    def _turns_at(self, at: datetime) -> Callable[[Worker], bool]:
        return self._turns_of(self.duties(at, at + _A_MOMENT), at)

    def _turns_of(self, duties: Sequence[Duty], at: datetime) -> Callable[[Worker], bool]:
        working = {(duty.team_id, duty.worker_id) for duty in duties if duty.covers(at)}
        kept = self.teams_with_roster(at)

        def has_turn(worker: Worker) -> bool:
            team_id = worker.team_id
            return team_id is None or team_id not in kept or (team_id, worker.id) in working

        return has_turn

    def _turning_points(
        self, post: Post, duties: Sequence[Duty], since: datetime, until: datetime
    ) -> set[datetime]:
        """The instants between at which it may change who is there."""
        points = {at for duty in duties for at in (duty.starts_at, duty.ends_at)}
        points |= {
            at
            for worker in post.members
            for leave in self._leaves_of.get(worker.id, ())
            for at in (leave.starts_at, leave.ends_at)
        }
        points |= {roster.begins_at for roster in self.rosters if roster.begins_at is not None}
        return {at for at in points if since < at < until}

    def _why_nobody(
        self,
        post: Post,
        has_turn: Callable[[Worker], bool],
        at: datetime,
        reaches: Callable[[Worker], bool],
    ) -> set[HoleReason]:
        """Empty where somebody is there."""
        reasons: set[HoleReason] = set()
        for worker in post.members:
            if not has_turn(worker):
                continue
            if not worker.active:
                reasons.add(HoleReason.INACTIVE)
            elif self.is_on_leave(worker.id, at):
                reasons.add(HoleReason.ON_LEAVE)
            elif not reaches(worker):
                reasons.add(HoleReason.NO_CHANNEL)
            else:
                return set()
        return reasons or {HoleReason.NOBODY}


def _reckoned(roster: Roster, since: datetime, until: datetime) -> list[Duty]:
    """The turns of a roster; of one that cannot be reckoned none, which is a hole, and no alarm waits for
    it.
    """
    try:
        return list(roster.duties(since, until))
    except (ArithmeticError, TypeError, ValueError):
        return []
