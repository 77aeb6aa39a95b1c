"""Looking at the rosters: hours to come in which nobody of a post is on duty become a Finding while there is
still time to fill them, at each of the looks that the policy of the rosters names and for as long as they
stand.

A chore of the alert loop. What people changed since is looked at as soon as it is written in the audit: a
hole that was filled ends at once, and one that begins before the next look is said at once. It never decides
who is told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from services.domain.duty import Hole, HoleReason
from services.domain.findings import (
    BUILT_IN,
    ROSTER_HOLE,
    Finding,
    FindingChange,
    FindingState,
    Severity,
    found_by_house,
)
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.ports import Store, UnitOfWork
from services.domain.posts import DUTY_DESK, StandingHole, UnmannedPost, posts_of, unmanned
from services.escalation.gathering import Gathering
from services.escalation.policies import ROSTERS, Looks
from services.escalation.quiet_hours import next_local
from services.notify.duty_changes import DutyChanges
from services.titles.naming import Word, titles_of

CURSOR = "alerts.roster-changes"
SEVERITY = Severity.MEDIUM
"""Nobody is in need yet, and somebody has to see to it today."""


class RosterWatch:
    """A chore of the alert loop."""

    def __init__(self, store: Store, gathering: Gathering) -> None:
        self._store = store
        self._gathering = gathering
        self._changes = DutyChanges()
        self._due_at: datetime | None = None
        self._is_known = False

    def look(self, uow: UnitOfWork, now: datetime) -> Callable[[], bool] | None:
        """A look at the rosters, if it is time or anything has changed."""
        if not self._is_known:
            self._due_at, self._is_known = _nearest(uow), True
        self._changes.read(uow, after=uow.cursors.get(CURSOR))
        if not self._changes.are_any and self._due_at is not None and self._due_at > now:
            return self._reads_on if self._changes.is_more else None
        looks = self._gathering.policies().looks
        return None if looks is None else partial(self._look, now, looks)

    def _reads_on(self) -> bool:
        return self._changes.is_more

    def next_due_at(self, uow: UnitOfWork) -> datetime | None:  # noqa: ARG002 - it is known since the last step
        """The next look, or the end of a hole that stands."""
        return self._due_at

    def _look(self, now: datetime, looks: Looks) -> bool:
        zone = self._gathering.house.timezone
        self._is_known = False  # until it is stored, whatever becomes of this transaction
        with self._store.writing() as uow:
            due_at = uow.roster_looks.next_due_at()
            following = next_look(now, looks, zone)
            found = _unmanned(uow, now, looks.ahead)
            before = uow.roster_looks.standing()
            stood = {hole.subject for hole in before}
            is_time = due_at is not None and due_at <= now
            new = [
                _finding(each, now, due_at if due_at is not None and is_time else now, looks, zone)
                for each in found
                if is_time or (each.post.subject not in stood and _is_pressing(each, following))
            ]
            uow.findings.add(new)
            still = {each.post.subject: each.first.ends_at for each in found}
            over = [hole for hole in before if hole.subject not in still]
            uow.findings.change(FindingChange(hole.finding_id, FindingState.ENDED, now) for hole in over)
            said = [(hole.subject, hole.finding_id) for hole in before]
            said += [(str(each.evidence.figures["subject"]), each.id) for each in new]
            uow.roster_looks.set_standing(
                StandingHole(subject, finding_id, still[subject])
                for subject, finding_id in said
                if subject in still
            )
            uow.roster_looks.set_due_at(following)
            uow.cursors.set(CURSOR, self._changes.read_until)
            nearest = _nearest(uow)
        self._due_at, self._is_known = nearest, True
        self._changes.seen()
        return bool(new or over) or self._changes.is_more


def next_look(now: datetime, looks: Looks, zone: ZoneInfo) -> datetime:
    """The first of the local times after ``now``."""
    just_after = now + timedelta(microseconds=1)
    return min(next_local(just_after, wall, zone) for wall in looks.at)


def _nearest(uow: UnitOfWork) -> datetime | None:
    due_at = uow.roster_looks.next_due_at()
    if due_at is None:
        return None
    return min([due_at, *(hole.ends_at for hole in uow.roster_looks.standing())])


def _unmanned(uow: UnitOfWork, now: datetime, ahead: timedelta) -> list[UnmannedPost]:
    plan = uow.people.plan(now - ahead, now + ahead)
    kept = plan.teams_with_roster(now + ahead)
    posts = posts_of(uow.teams.all(), uow.grids.all(), uow.workers.all(), kept.__contains__)
    return unmanned(plan, posts, now, ahead)


def _is_pressing(found: UnmannedPost, following: datetime) -> bool:
    """Whether it cannot wait for the next look. Where people are there and merely no way to reach them stands
    in the register yet, it can: a house that is being set up would call its managers for each entry.
    """
    return any(
        hole.starts_at < following and set(hole.reasons) != {HoleReason.NO_CHANNEL} for hole in found.holes
    )


def _finding(found: UnmannedPost, now: datetime, look_at: datetime, looks: Looks, zone: ZoneInfo) -> Finding:
    subject, hole, others = found.post.subject, found.first, len(found.holes) - 1
    return found_by_house(
        ROSTER_HOLE,
        derived_id("fnd", BUILT_IN, ROSTER_HOLE, subject, format_instant(look_at)),
        at=look_at,
        raised_at=now,
        severity=SEVERITY,
        policy=ROSTERS,
        titles=titles_of(
            ROSTER_HOLE,
            post=Word("duty_desk") if subject == DUTY_DESK else found.post.name,
            span=_span(hole, now, looks, zone),
            why=tuple(Word(reason.value) for reason in hole.reasons),
            more=Word("more", {"count": others}) if others else "",
        ),
        figures={
            "subject": subject,
            "team_id": found.post.team_id,
            "since": format_instant(hole.starts_at),
            "until": format_instant(hole.ends_at),
            "reasons": [reason.value for reason in hole.reasons],
            "holes": len(found.holes),
        },
    )


def _span(hole: Hole, now: datetime, looks: Looks, zone: ZoneInfo) -> Word:
    """From when to when, as far as the look can say. Since when one is there already helps nobody to fill it,
    and of an old one it is not known; of one that goes on beyond what is looked at, the end is not.
    """
    begins = "now" if hole.starts_at <= now else "from"
    ends = "on" if hole.ends_at >= now + looks.ahead else "to"
    known = {"until": hole.ends_at.astimezone(zone)}
    if begins == "from":
        known["since"] = hole.starts_at.astimezone(zone)
    return Word(f"{begins}_{ends}", known)
