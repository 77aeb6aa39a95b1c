"""Posts: what has to be manned at every hour, and which of them have a hole ahead.

A post is a team that looks after a grid, as far as its people go to homes; any other team that keeps a
roster; and the duty desk, where every policy ends. It only says what is so; whom that is told, and when, is
decided by the policy of the rosters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.domain.circle import CARE_ROLES
from services.domain.duty import DutyPlan, Hole, Post, has_channel
from services.domain.homes import Grid
from services.domain.people import Role, Team, Worker

SUBJECT = "house:roster/"
"""What the subjects of alerts about rosters begin with."""
DUTY_DESK = f"{SUBJECT}duty-desk"


@dataclass(frozen=True, slots=True)
class UnmannedPost:
    """A post and its holes, by their start."""

    post: Post
    holes: tuple[Hole, ...]

    @property
    def first(self) -> Hole:
        """The nearest of them."""
        return self.holes[0]


@dataclass(frozen=True, slots=True)
class StandingHole:
    """A hole that was said by a Finding; over at ``ends_at`` if it is never filled."""

    subject: str
    finding_id: str
    ends_at: datetime


def posts_of(
    teams: Iterable[Team],
    grids: Iterable[Grid],
    workers: Sequence[Worker],
    keeps_roster: Callable[[str], bool],
) -> list[Post]:
    """Every post of the house.

    Desk people who are rostered as a team of their own are the duty desk, and that is said once. Where there
    is nobody at all for the desk there is no post: that is a matter of setting the house up, which the doctor
    names.
    """
    looked_after = {grid.team_id for grid in grids}
    found: list[Post] = []
    for team in teams:
        members = tuple(worker for worker in workers if worker.team_id == team.id)
        if team.id in looked_after:
            members = tuple(worker for worker in members if worker.role in CARE_ROLES)
        elif not keeps_roster(team.id) or all(worker.role is Role.DUTY_DESK for worker in members):
            continue
        found.append(Post(f"{SUBJECT}{team.id}", team.name, members, team.id))
    desk = tuple(worker for worker in workers if worker.role is Role.DUTY_DESK)
    if desk:
        found.append(Post(DUTY_DESK, "", desk))
    return found


def unmanned(plan: DutyPlan, posts: Sequence[Post], now: datetime, ahead: timedelta) -> list[UnmannedPost]:
    """The posts with a hole that is there now or begins within ``ahead``.

    Where nothing is known yet by which anybody of any post could be reached, that is no hole of a roster: the
    house is being set up, or shown, and the doctor says so.

    ``plan`` has to reach as far back as ahead: only so is it known since when nobody has been there. A hole
    that is older than that is said to begin then.
    """
    found: list[UnmannedPost] = []
    is_set_up = any(has_channel(worker) for post in posts for worker in post.members)
    reaches: Callable[[Worker], bool] = has_channel if is_set_up else _anybody
    for post in posts:
        holes = plan.holes(post, now - ahead, now + ahead, reaches=reaches)
        to_come = tuple(hole for hole in holes if hole.ends_at > now)
        if to_come:
            found.append(UnmannedPost(post, to_come))
    return found


def _anybody(_worker: Worker) -> bool:
    return True
