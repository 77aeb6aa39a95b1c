"""What the page of a link shows: each alert of its notice, how it stands for whoever it was for, and what
they can do about it now.

Before somebody has an alert it shows no more than the message did; what unfolds after that is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.console.acting import Action
from services.console.answering.links import Opened, Shared, is_contact
from services.console.answering.unfolding import Details, may_unfold
from services.console.callers import Caller
from services.console.pages.alerts.offers import Offers, offers_of
from services.console.pages.alerts.subjects import called, is_of_the_house, outcomes_of
from services.console.pages.names import Names, Nobody
from services.console.parts import Console
from services.domain.alerts import Alert, AlertState, Outcome
from services.domain.people import Role, Worker
from services.domain.ports import UnitOfWork

NOBODY_ELSES = (Action.ACCEPT, Action.ARRIVE, Action.CLOSE, Action.DECLINE, Action.EXTEND, Action.REAL)
"""What a link offers: what one can say for oneself alone."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One alert."""

    alert: Alert
    who: tuple[str, ...]
    about: str | Nobody
    """What it is about where nobody is in need (`subjects`)."""
    of_the_house: bool
    """There is nobody to go to: it is to be seen to."""
    outcomes: tuple[Outcome, ...]
    grid: str
    address: str
    rooms: tuple[str, ...]
    since: datetime
    holder: str | Nobody | None
    mine: bool
    asked_to_take: bool
    i_declined: bool
    closed_by: str | Nobody | None
    first: Action | None
    offered: frozenset[Action]
    minutes: int | None
    """By how many minutes whoever has it can put the next question off."""
    may_unfold: bool
    details: Details | None = None

    @property
    def asks_how(self) -> bool:
        """To say how it ended is what comes next."""
        return self.first is Action.CLOSE


@dataclass(frozen=True, slots=True)
class LinkView:
    """All of the page."""

    now: datetime
    person: Worker
    is_contact: bool
    asks_again: str
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One name. ``role`` tells two of one name apart; None for a contact."""

    name: str
    role: Role | None
    token: str


@dataclass(frozen=True, slots=True)
class WhoView:
    """The question who somebody is, with what the message said."""

    now: datetime
    people: tuple[Choice, ...]
    matters: tuple[Matter, ...]

    @property
    def runs(self) -> bool:
        """There is still something to answer."""
        return any(each.alert.is_running for each in self.matters)


def view_of(
    uow: UnitOfWork, parts: Console, link: Opened, unfolded: Mapping[str, Details] | None = None
) -> LinkView:
    """The view as of now; ``unfolded`` are the details of those alerts that shall show them."""
    return LinkView(
        now=parts.clock.now(),
        person=link.person,
        is_contact=is_contact(link.person),
        asks_again=link.asks_again,
        matters=_matters(uow, parts, link, link.caller, unfolded or {}),
    )


def who_view_of(uow: UnitOfWork, parts: Console, link: Shared) -> WhoView:
    """What is shown to somebody who has not said who they are: nothing of it is offered to them yet."""
    choices = (
        Choice(each.worker.name, None if is_contact(each.worker) else each.worker.role, each.token)
        for each in link.people
    )
    return WhoView(parts.clock.now(), tuple(choices), _matters(uow, parts, link, _NOBODY, {}))


_NOBODY = Caller(actor="link", role=Role.NEIGHBOUR)


def _matters(
    uow: UnitOfWork, parts: Console, link: Opened | Shared, who: Caller, unfolded: Mapping[str, Details]
) -> tuple[Matter, ...]:
    found = (uow.alerts.get(each) for each in link.alert_ids)
    return tuple(_matter(uow, parts, who, each, unfolded) for each in found if each is not None)


def _matter(
    uow: UnitOfWork, parts: Console, who: Caller, alert: Alert, unfolded: Mapping[str, Details]
) -> Matter:
    scene = parts.gathering.around_alert(uow, alert, parts.clock.now())
    names, me = Names(scene.circle.workers), who.worker_id or ""
    offers = offers_of(alert, scene, who)
    home, grid = scene.circle.home, scene.circle.grid
    devices = [scene.devices.get(each) for each in alert.device_ids]
    device = uow.devices.get(alert.device_id) if alert.device_id else None
    offered = _mine(offers)
    return Matter(
        alert=alert,
        who=tuple(dict.fromkeys(each.name for each in scene.in_need(alert))),
        about=called(alert, device.external_id if device else None, uow.teams.get),
        of_the_house=is_of_the_house(alert),
        outcomes=outcomes_of(alert),
        grid=grid.name if grid else "",
        address=home.address if home else "",
        rooms=tuple(dict.fromkeys(each.place for each in devices if each and each.place)),
        since=alert.began_at,
        holder=names.of(alert.accepted_by) if alert.accepted_by else None,
        mine=alert.accepted_by == me,
        asked_to_take=alert.handover_to == me,
        i_declined=alert.state is AlertState.OPEN and me in alert.declined_by,
        closed_by=names.of(alert.closed_by) if alert.closed_by else None,
        first=offers.first if offers.first in offered else None,
        offered=offered,
        minutes=offers.minutes[0] if offers.minutes and Action.EXTEND in offered else None,
        may_unfold=may_unfold(alert, who),
        details=unfolded.get(alert.id),
    )


def _mine(offers: Offers) -> frozenset[Action]:
    mine = (offers.get(action) for action in NOBODY_ELSES)
    return frozenset(offer.action for offer in mine if offer is not None and offer.mine)
