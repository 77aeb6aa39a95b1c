"""What the page of the rosters shows: a week of one team with its turns and its holes, who is on duty now and
next, and who is on leave, gathered from one moment of the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.callers import Caller
from services.console.pages.names import Names, Nobody
from services.console.parts import Console
from services.console.protections import Watch
from services.console.rights import CARE, STAFF
from services.console.rostering import NEXT_WITHIN
from services.domain.duty import DutyPlan, Hole, NowAndNext, Post
from services.domain.instants import local, start_of_day
from services.domain.people import Team, Worker
from services.domain.ports import UnitOfWork
from services.domain.posts import posts_of
from services.domain.rosters import Duty, Leave, Roster

WEEK = timedelta(days=7)
LEAVES_AHEAD = timedelta(days=60)
"""How far ahead leave is listed."""
MOST_ON_BOARD = 4
"""Teams whose duty fits in one line of the board."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn with names. ``key``: how a form names it. ``is_now``: it runs."""

    duty: Duty
    worker: str | Nobody
    instead_of: str | Nobody | None
    is_on_leave: bool
    is_now: bool
    key: str
    swap_id: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """What stands under a day: a turn, or the hole between two; ``goes_on``: it began on an earlier day."""

    turn: Turn | None = None
    hole: Hole | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    """The turns that begin on a local day, and the holes that do; what began before the week stands under its
    first. ``is_over``: it lies before today, and none of its turns runs on into today.
    """

    day: date
    is_today: bool
    is_over: bool
    turns: tuple[Turn, ...]
    holes: tuple[Hole, ...]
    holes_before: tuple[Hole, ...]
    """Those that began under an earlier day of the week and are not over when this one begins."""

    @property
    def rows(self) -> list[Row]:
        """All of it in the order in which it begins; a hole stands after the turn that leaves it."""
        rows = [(turn.duty.starts_at, 0, Row(turn=turn)) for turn in self.turns]
        rows += [(hole.starts_at, 1, Row(hole=hole)) for hole in self.holes]
        going_on = [Row(hole=hole, goes_on=True) for hole in self.holes_before]
        return going_on + [row for _, _, row in sorted(rows, key=lambda each: each[:2])]


@dataclass(frozen=True, slots=True)
class Present:
    """Who of a team is on duty now and who is next, in names."""

    team: Team
    now: tuple[str, ...]
    absent: tuple[str, ...]
    until: datetime | None
    next: tuple[str | Nobody, ...]
    next_at: datetime | None
    as_a_whole: bool


@dataclass(frozen=True, slots=True)
class RosterView:
    """All of the page."""

    now: datetime
    zone: ZoneInfo
    teams: tuple[Team, ...]
    present: Present | None
    monday: date
    days: tuple[DayOfWeek, ...]
    members: tuple[Worker, ...]
    leaves: tuple[tuple[Leave, str | Nobody], ...]
    rosters: tuple[Roster, ...]
    may_edit: bool
    may_record: bool

    @property
    def before(self) -> date:
        """The Monday of the week before."""
        return self.monday - WEEK

    @property
    def after(self) -> date:
        """The Monday of the next week."""
        return self.monday + WEEK

    @property
    def looked_until(self) -> datetime:
        """How far holes were looked for: one that reaches until then goes on for nobody knows how long."""
        return start_of_day(self.monday + 2 * WEEK, self.zone)

    @property
    def turns(self) -> list[Turn]:
        """Those of the week that are not over."""
        return [turn for day in self.days for turn in day.turns if turn.duty.ends_at > self.now]


def gather(uow: UnitOfWork, parts: Console, who: Caller, team_id: str, week: date | None) -> RosterView:
    """The week of a team; without one that of the caller's own, else of the first."""
    now, workers = parts.clock.now(), uow.workers.all()
    names, teams = Names(workers), uow.teams.all()
    own = who.worker.team_id if who.worker is not None else None
    team = next((each for wanted in (team_id, own) for each in teams if each.id == wanted), None)
    team = team or (teams[0] if teams else None)
    rosters = [each for each in uow.rosters.all() if team is not None and each.team_id == team.id]
    zone = next((each.zone for each in rosters if each.zone is not None), parts.house.timezone)
    day = week or local(now, zone).date()
    monday = day - timedelta(days=day.weekday())
    since, until = start_of_day(monday, zone), start_of_day(monday + WEEK, zone)
    plan = uow.people.plan(min(since - WEEK, now), max(until + WEEK, now + LEAVES_AHEAD))
    members = [worker for worker in workers if team is not None and worker.team_id == team.id]
    return RosterView(
        now=now,
        zone=zone,
        teams=tuple(teams),
        present=_present(plan, team, workers, names, now) if team else None,
        monday=monday,
        days=_days(uow, plan, team, workers, names, zone, monday, now) if team else (),
        members=tuple(worker for worker in members if worker.active),
        leaves=_leaves(plan, members, names, now) if who.role in CARE.roles else (),
        rosters=tuple(rosters),
        may_edit=who.role in STAFF.roles,
        may_record=who.role in CARE.roles,
    )


def on_board(watch: Watch, who: Caller, now: datetime) -> tuple[Present, ...]:
    """Who is on duty, for one line of the board: of the caller's own team, else of the first few posts."""
    keeps = watch.plan.teams_with_roster(now).__contains__
    posts = {post.team_id for post in posts_of(watch.teams, watch.grids, watch.workers, keeps)} - {None}
    own = who.worker.team_id if who.worker is not None else None
    wanted = [team for team in watch.teams if team.id in ({own} if own in posts else posts)]
    names = Names(watch.workers)
    return tuple(_present(watch.plan, team, watch.workers, names, now) for team in wanted[:MOST_ON_BOARD])


def _present(plan: DutyPlan, team: Team, workers: Sequence[Worker], names: Names, now: datetime) -> Present:
    found: NowAndNext = plan.now_and_next(team.id, workers, now, NEXT_WITHIN)
    present = {worker.id for worker in found.now}
    running = [duty.ends_at for duty in found.turns if duty.worker_id in present]
    return Present(
        team,
        tuple(worker.name for worker in found.now),
        tuple(worker.name for worker in found.absent),
        min(running, default=None),
        tuple(names.of(duty.worker_id) for duty in found.next),
        found.next[0].starts_at if found.next else None,
        found.as_a_whole,
    )


def _days(
    uow: UnitOfWork,
    plan: DutyPlan,
    team: Team,
    workers: Sequence[Worker],
    names: Names,
    zone: ZoneInfo,
    monday: date,
    now: datetime,
) -> tuple[DayOfWeek, ...]:
    since, until = start_of_day(monday, zone), start_of_day(monday + WEEK, zone)
    swaps = {swap.turn: swap.id for swap in plan.swaps}
    turns = [
        Turn(
            duty,
            names.of(duty.worker_id),
            names.of(duty.instead_of) if duty.instead_of else None,
            plan.has_leave_in(duty),
            duty.covers(now),
            key_of(duty),
            swaps.get(duty.turn),
        )
        for duty in plan.duties(since, until, [team.id])
    ]
    kept = plan.teams_with_roster(now) | plan.teams_with_roster(until)
    posts = posts_of(uow.teams.all(), uow.grids.all(), workers, kept.__contains__)
    post = next((each for each in posts if each.team_id == team.id), None)
    holes = _holes(plan, post, now, since, until) if post is not None else []
    today = local(now, zone).date()
    is_this_week = monday <= today < monday + WEEK

    def of_day(day: date) -> DayOfWeek:
        begun = tuple(turn for turn in turns if _begins_on(turn.duty.starts_at, since, zone) == day)
        return DayOfWeek(
            day,
            day == today,
            is_this_week and day < today and not any(turn.duty.ends_at > now for turn in begun),
            begun,
            tuple(hole for hole in holes if _begins_on(hole.starts_at, since, zone) == day),
            tuple(
                hole
                for hole in holes
                if _begins_on(hole.starts_at, since, zone) < day and hole.ends_at > start_of_day(day, zone)
            ),
        )

    return tuple(of_day(monday + timedelta(days=number)) for number in range(7))


def _holes(plan: DutyPlan, post: Post, now: datetime, since: datetime, until: datetime) -> list[Hole]:
    """Those of a week that are not over, with their own ends: a week cuts none off."""
    begins_at = max(since - WEEK, now)
    found = plan.holes(post, begins_at, until + WEEK) if until > now else []
    return [hole for hole in found if hole.ends_at > since and hole.starts_at < until]


def _begins_on(at: datetime, since: datetime, zone: ZoneInfo) -> date:
    """The day under which it stands; what began before the week stands under its first."""
    return local(max(at, since), zone).date()


def key_of(duty: Duty) -> str:
    """How a form names a turn."""
    if duty.shift_id is not None:
        return f"shift|{duty.shift_id}"
    return f"{duty.roster_id}|{duty.day}|{duty.instead_of or duty.worker_id}"


def _leaves(
    plan: DutyPlan, members: Sequence[Worker], names: Names, now: datetime
) -> tuple[tuple[Leave, str | Nobody], ...]:
    own = {worker.id for worker in members}
    found = [leave for leave in plan.leaves if leave.worker_id in own and leave.ends_at > now]
    return tuple(
        (leave, names.of(leave.worker_id)) for leave in sorted(found, key=lambda each: each.starts_at)
    )
