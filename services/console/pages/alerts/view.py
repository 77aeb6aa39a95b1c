"""The view of one alert: who, what, where, how it stands, what is offered, what it rests on and its story,
gathered from one moment of the store for whoever looks.

Nothing is on it that the interface would keep from the same person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.console.callers import Caller
from services.console.pages.alerts.evidence import Evidence, evidence_of
from services.console.pages.alerts.offers import Offers, offers_of
from services.console.pages.alerts.owners import Owners, owners_of
from services.console.pages.alerts.story import Story, story_of
from services.console.pages.alerts.subjects import called, is_of_the_house, team_of_roster
from services.console.pages.due import is_later
from services.console.pages.names import Names, Nobody
from services.console.pages.pictures.gathering import Strip, night_around
from services.console.parts import Console
from services.console.problems import not_found
from services.console.sight import Sight
from services.domain.alerts import Alert, AlertState, DeadlineKind
from services.domain.notices import Notice, NoticeReason, NoticeState
from services.domain.people import Resident
from services.domain.ports import UnitOfWork
from services.escalation.routing import HOUSE_DESK, spared
from services.escalation.scene import Scene
from services.escalation.steps import step_due
from services.escalation.telling import key_of


@dataclass(frozen=True, slots=True)
class Person:
    """Who is in need; ``link`` where the caller may see more of them."""

    name: str
    resident_id: str
    phone: str | None
    link: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is, and how one gets in."""

    address: str
    rooms: tuple[str, ...]
    phone: str | None
    key_place: str | None


@dataclass(frozen=True, slots=True)
class Next:
    """A deadline: what comes then, and for whom if nobody moves."""

    kind: DeadlineKind
    due_at: datetime
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertView:
    """All of the page."""

    now: datetime
    after: int
    alert: Alert
    people: tuple[Person, ...]
    place: Place
    about: str | Nobody
    """What it is about where nobody is in need (`subjects`)."""
    of_the_house: bool
    """There is nobody to go to: it is to be seen to."""
    roster_of: str | None
    """The team, by its id, on whose roster it is mended: a hole, or somebody who is called too often."""
    is_shift: bool
    """A shift of the duty desk is to be taken over."""
    since: datetime
    holder: str | None
    mine: bool
    asked_to_take: bool
    asked_other: str | None
    owners: tuple[Owners, ...]
    declined: tuple[str, ...]
    i_declined: bool
    """Who looks said that they cannot go, and others are asked."""
    is_later: bool
    """The countdown may be small."""
    deadlines: tuple[Next, ...]
    without_store: bool
    closed_by: str | None
    took: timedelta | None
    offers: Offers
    evidence: Evidence
    story: Story
    night: Strip | None
    """The bed in the night of the alert; None where this caller may not see it, or there is nobody's."""
    unfolded: tuple[Alert, ...] = ()
    """The alert itself, where the page shows what only whoever goes has to know."""


def view_of(
    uow: UnitOfWork, parts: Console, who: Caller, alert_id: str, *, whole_story: bool = False
) -> AlertView:
    """The view as of now; a `Problem` (404) where there is no such alert for this caller."""
    sight = Sight(uow, who)
    alert = uow.alerts.get(alert_id)
    if alert is None or not sight.alert(alert):
        raise not_found("alert")
    now = parts.clock.now()
    notices = tuple(uow.notices.of_alert(alert_id))
    scene = replace(parts.gathering.around_alert(uow, alert, now), notices=notices)
    names = Names(scene.circle.workers)
    evidence = evidence_of(uow, parts, sight, alert, {each.id: each.place for each in scene.devices.values()})
    me = who.worker_id
    device = uow.devices.get(alert.device_id) if alert.device_id else None
    return AlertView(
        now=now,
        after=uow.alerts.last_change(),
        alert=alert,
        people=tuple(_person(each, sight) for each in scene.in_need(alert)),
        place=_place(alert, scene, sight),
        about=called(alert, device.external_id if device else None, uow.teams.get),
        of_the_house=is_of_the_house(alert),
        roster_of=_roster_of(uow, alert),
        is_shift=alert.subject == HOUSE_DESK,
        since=alert.began_at,
        holder=names.of(alert.accepted_by) if alert.accepted_by else None,
        mine=me is not None and alert.accepted_by == me,
        asked_to_take=me is not None and alert.handover_to == me,
        asked_other=names.of(alert.handover_to) if alert.handover_to and alert.handover_to != me else None,
        owners=owners_of(alert, notices, names),
        declined=tuple(names.of(each) for each in alert.declined_by),
        i_declined=alert.state is AlertState.OPEN and me in alert.declined_by,
        is_later=is_later(alert, now),
        deadlines=_deadlines(alert, scene, names),
        without_store=evidence.without_store or _told_from_memory(scene.notices),
        closed_by=names.of(alert.closed_by) if alert.closed_by else None,
        took=alert.closed_at - alert.opened_at if alert.closed_at else None,
        offers=offers_of(alert, scene, who),
        evidence=evidence,
        story=story_of(uow, who, alert_id, scene.notices, names, whole=whole_story),
        night=_night(uow, alert, scene, sight),
        unfolded=tuple(sight.unfolded.values()),
    )


def _person(resident: Resident, sight: Sight) -> Person:
    return Person(resident.name, resident.id, resident.phone, sight.resident(resident))


def _roster_of(uow: UnitOfWork, alert: Alert) -> str | None:
    worker = uow.workers.get(spared(alert))
    team = uow.teams.get(team_of_roster(alert) or (worker.team_id if worker else None) or "")
    return team.id if team else None


def _place(alert: Alert, scene: Scene, sight: Sight) -> Place:
    """Where the key is unfolds for whoever goes; of what is over the telephone is for who sees the home."""
    home = scene.circle.home
    devices = (scene.devices.get(each) for each in alert.device_ids)
    rooms = tuple(dict.fromkeys(device.place for device in devices if device and device.place))
    if home is None:
        return Place("", rooms, None, None)
    if not (alert.is_running or sight.home(home)):
        return Place(home.address, rooms, None, None)
    return Place(home.address, rooms, home.phone, home.key_place if sight.unfolds(alert) else None)


def _night(uow: UnitOfWork, alert: Alert, scene: Scene, sight: Sight) -> Strip | None:
    resident = scene.circle.resident
    if resident is None or alert.synthetic or not sight.resident(resident):
        return None
    return night_around(uow, resident.id, alert.began_at, scene.now, scene.zone())


def _deadlines(alert: Alert, scene: Scene, names: Names) -> tuple[Next, ...]:
    """What comes when, the nearest first; with whom the next step tells."""
    return tuple(
        Next(
            each.kind,
            each.due_at,
            _next_told(alert, scene, each.due_at, names) if each.kind is DeadlineKind.STEP else (),
        )
        for each in sorted(alert.deadlines, key=lambda each: each.due_at)
    )


def _next_told(alert: Alert, scene: Scene, due_at: datetime, names: Names) -> tuple[str, ...]:
    """Whom the next step will tell, as far as can be said now: the decision itself is asked."""
    told = step_due(alert, replace(scene, now=due_at)).notices
    keys = dict.fromkeys(key_of(notice) for notice in told if notice.state is NoticeState.DUE)
    return tuple(names.of(key) for key in keys)


def _told_from_memory(notices: Iterable[Notice]) -> bool:
    return any(notice.reason is NoticeReason.TOLD_WITHOUT_STORE for notice in notices)
