"""Links: for whom the one-tap link of a message speaks, and of which alerts.

A link lets one person do in their own name what concerns the alerts of one notice, and nothing else. It ends
with its time, and at once with whoever it was for: somebody deactivated, a contact whom nobody lists any
more, or no longer at an address that it went to. What may be done is decided by escalation, as for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.console.answering.senders import is_same
from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, not_found
from services.domain.alerts import Alert
from services.domain.notices import CONTACT, Notice
from services.domain.people import Channel, Worker
from services.domain.ports import UnitOfWork
from services.escalation.bundling import alert_ids_of
from services.escalation.links import OWN, Way, is_over, notice_named, token_of, way_of
from services.escalation.scene import Scene
from services.escalation.telling import key_of

OVER_A_SHARED_LINK = "over the shared link"
"""What the audit says beside who did it: they said themselves that it was they, or were signed in."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that holds: the notice, and the person for whom it speaks, as they are now. ``asks_again`` is
    the token that asks anew who they are, where they had to say it.
    """

    notice: Notice
    caller: Caller
    person: Worker
    asks_again: str = ""

    @property
    def alert_ids(self) -> tuple[str, ...]:
        return alert_ids_of(self.notice)

    def alert(self, uow: UnitOfWork, alert_id: str) -> Alert:
        """One of its alerts; `Problem` 404 for any other."""
        alert = uow.alerts.get(alert_id) if alert_id in self.alert_ids else None
        if alert is None:
            raise not_found("alert")
        return alert


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may have a link in hand, and the token by which it speaks for them."""

    worker: Worker
    token: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A link that holds and went where several read: it speaks for nobody before they say who they are. The
    one for whom the message was is the first of the people, if they are still told.
    """

    notice: Notice
    people: tuple[Person, ...]

    @property
    def alert_ids(self) -> tuple[str, ...]:
        return alert_ids_of(self.notice)


def opened(uow: UnitOfWork, parts: Console, token: str, signed_in: Caller | None = None) -> Opened | Shared:
    """What a token opens now, ``signed_in`` being whoever is signed in where it is opened; `Problem` 404 for
    one that was not made here, 410 for one that has ended.
    """
    notice_id = notice_named(token)
    notice = uow.notices.get(notice_id) if notice_id is not None else None
    alert = uow.alerts.get(notice.alert_id) if notice is not None else None
    scene = parts.gathering.around_alert(uow, alert, parts.clock.now()) if alert is not None else None
    way = way_of(token, parts.house.link_key, _ways(notice, scene)) if notice is not None else None
    if notice is None or way is None:
        raise Problem(404, "no_such_link", "This link was not made here, or what it names is not stored.")
    if is_over(notice, parts.house, parts.clock.now()):
        raise Problem(410, "link_over", "This link is too old.")
    told = _person(scene, notice) if scene is not None else None
    people = _people(told, scene, way.over)
    if not people or (way.chosen and way.chosen not in people):
        raise Problem(410, "link_ended", "Whoever this link was for is told no more.")
    if way.chosen:
        chosen = people[way.chosen]
        caller = replace(caller_of(chosen, "link"), way=OVER_A_SHARED_LINK)
        return Opened(notice, caller, chosen, _token(parts, notice, Way(way.over)))
    if told is not None and people.keys() == {told.id}:
        return Opened(notice, caller_of(told, "link"), told)
    if signed_in is not None and signed_in.worker is not None and signed_in.worker.id in people:
        return Opened(notice, replace(signed_in, way=OVER_A_SHARED_LINK), signed_in.worker)
    named = (Person(each, _token(parts, notice, Way(way.over, key))) for key, each in people.items())
    return Shared(notice, tuple(named))


def _token(parts: Console, notice: Notice, way: Way) -> str:
    return token_of(notice.id, parts.house.link_key, way) or ""


def _ways(notice: Notice, scene: Scene | None) -> Iterator[Way]:
    """All for which a link of this notice may have been sealed, the likelier first."""
    yield OWN
    yield from map(Way, notice.channels)
    everybody = [each.id for each in _known(scene)] if scene is not None else []
    for channel in notice.channels:
        yield from (Way(channel, key) for key in everybody)


def _people(told: Worker | None, scene: Scene | None, over: Channel | None) -> dict[str, Worker]:
    """Who may have a link in hand that went over a channel (None: to the person alone), by their keys:
    whoever the message was for, then all who are reached at that address, by name.
    """
    found = {told.id: told} if told is not None else {}
    if scene is None or over is None:
        return found
    others = [
        each for each in _known(scene) if each.active and any(is_same(one, over) for one in each.channels)
    ]
    for each in sorted(others, key=lambda each: (is_contact(each), each.name, each.id)):
        if not any(_is_listed_twice(each, other) for other in found.values()):
            found.setdefault(each.id, each)
    return found


def is_contact(person: Worker) -> bool:
    """Whether somebody is known by a list of contacts, and not as one of the house."""
    return person.id.startswith(CONTACT)


def _is_listed_twice(one: Worker, other: Worker) -> bool:
    """A neighbour may be of the house and a contact as well: under one name at one address that is one."""
    return one.name == other.name and is_contact(one) is not is_contact(other)


def _known(scene: Scene) -> Iterator[Worker]:
    """All of the house, and the contacts of the resident."""
    yield from scene.circle.workers
    resident = scene.circle.resident
    for name in dict.fromkeys(each.name for each in resident.contacts) if resident is not None else ():
        contact = scene.worker(f"{CONTACT}{name}")
        if contact is not None:
            yield contact


def person_of(uow: UnitOfWork, parts: Console, notice: Notice) -> Worker | None:
    """Whom a notice was for, as they are now: somebody who is active, or a contact who is listed with an
    address that it went to. A contact is a name in a list: once the address is another, whoever has the old
    one may be a stranger.
    """
    alert = uow.alerts.get(notice.alert_id)
    if alert is None:
        return None
    return _person(parts.gathering.around_alert(uow, alert, parts.clock.now()), notice)


def _person(scene: Scene, notice: Notice) -> Worker | None:
    if notice.worker_id is None and notice.contact is None:
        return None
    person = scene.worker(key_of(notice))
    if person is None or not person.active or (notice.contact is not None and not _went_to(person, notice)):
        return None
    return person


def _went_to(person: Worker, notice: Notice) -> bool:
    return any(is_same(one, other) for one in notice.channels for other in person.channels)


def caller_of(person: Worker, by: str) -> Caller:
    """Whoever was told as a caller; ``by`` is how they answered, for the audit."""
    return Caller(actor=f"{by}:{person.id}", role=person.role, worker=person)
