"""People: whether somebody can be told at every hour of the next day, and for whom nobody would come first.

It goes by the same question as escalation, who is on duty at an instant, and names nobody but by their id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from services.domain.duty import DutyPlan, Hole, Post
from services.domain.people import Role, Worker
from services.domain.ports import UnitOfWork
from services.domain.posts import posts_of
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, named, ok, to_see_to
from services.wiring.doctor.thresholds import ROSTER_AHEAD


def rosters(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    workers, plan = uow.workers.all(), _plan(house, uow)
    kept = plan.teams_with_roster(house.now)
    if not kept:
        yield ok("rosters", "no team keeps one, so all members count as on duty")
    posts = posts_of(uow.teams.all(), uow.grids.all(), workers, kept.__contains__)
    members = {post.team_id: post.members for post in posts if post.team_id is not None}
    for team_id in kept - members.keys():
        members[team_id] = tuple(worker for worker in workers if worker.team_id == team_id)
    manned = [Post("", "", members[team_id], team_id) for team_id in sorted(members)]
    holes = [(str(post.team_id), gaps) for post in manned if (gaps := _holes(plan, post, house))]
    for team_id, gaps in holes:
        yield fault(
            "rosters",
            f"nobody of team {team_id} is on duty {_said(gaps, house)}",
            "Fill the hole on the page /rosters: a turn of somebody active, not on leave, with a channel.",
        )
    if kept and not holes:
        yield ok("rosters", f"{len(kept)} teams keep one, without a hole in the next 24 h")


def duty_desk(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    desk = tuple(worker for worker in uow.workers.all() if worker.role is Role.DUTY_DESK)
    gaps = _holes(_plan(house, uow), Post("", "", desk), house)
    if gaps:
        yield fault(
            "duty desk",
            f"nobody who can be reached sits there {_said(gaps, house)}",
            "Give somebody of the role duty_desk a channel and a turn: every policy ends at the duty desk.",
        )
    else:
        yield ok("duty desk", "somebody who can be reached at every hour of the next 24 h")


def channels(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    workers, plan = uow.workers.all(), _plan(house, uow)
    until = house.now + ROSTER_AHEAD
    turns = {house.now, *(duty.starts_at for duty in plan.duties(house.now, until))}
    present = {worker.id for at in turns if at < until for worker in plan.on_duty(workers, at)}
    without = [
        worker.id
        for worker in workers
        if worker.id in present and not any(map(house.reaches, worker.channels))
    ]
    if without:
        yield to_see_to(
            "channels",
            f"{named(without)} are on duty and cannot be reached",
            "Give each a channel of a kind that is set up here (the line on accounts says what lacks).",
        )
    else:
        yield ok("channels", f"each of the {len(present)} on duty in the next 24 h has one")


def _plan(house: Installation, uow: UnitOfWork) -> DutyPlan:
    return uow.people.plan(house.now, house.now + ROSTER_AHEAD)


def _holes(plan: DutyPlan, post: Post, house: Installation) -> list[Hole]:
    def reaches(worker: Worker) -> bool:
        return any(map(house.reaches, worker.channels))

    return plan.holes(post, house.now, house.now + ROSTER_AHEAD, reaches=reaches)


def residents(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    workers = {worker.id: worker for worker in uow.workers.all() if worker.active}
    living = [
        resident
        for resident in uow.residents.all()
        if not resident.synthetic and (resident.left_at is None or resident.left_at > house.now)
    ]
    alone = [one.id for one in living if one.assigned_worker_id not in workers]
    if not living:
        yield to_see_to("residents", "nobody is enrolled", "Enrol those whom the house is to watch over.")
    elif alone:
        yield to_see_to(
            "residents",
            f"{named(alone)} have no assigned worker who is active",
            "Assign one to each: until then their alerts begin at the next step of the policy.",
        )
    else:
        yield ok("residents", f"each of {len(living)} has an assigned worker")


def _said(gaps: Sequence[Hole], house: Installation) -> str:
    zone = ZoneInfo(house.settings.timezone)
    spans = [
        f"{hole.starts_at.astimezone(zone):%m-%d %H:%M} to {hole.ends_at.astimezone(zone):%m-%d %H:%M}"
        for hole in gaps
    ]
    return f"{named(spans, 3)} ({house.settings.timezone})"
