"""Links: for whom the one-tap link of a message speaks, and of which alerts.

A link lets one person do in their own name what concerns the alerts of one notice, and nothing else. It ends
with its time, and at once with whoever it was for: somebody deactivated, a contact whom nobody lists any
more, or no longer at an address that it went to. What may be done is decided by escalation, as for anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.console.answering.senders import is_same
from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, not_found
from services.domain.alerts import Alert
from services.domain.notices import Notice
from services.domain.people import Worker
from services.domain.ports import UnitOfWork
from services.escalation.bundling import alert_ids_of
from services.escalation.links import is_over, notice_of
from services.escalation.telling import key_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that holds: the notice, and the person that it was for, as they are now."""

    notice: Notice
    caller: Caller
    person: Worker

    @property
    def alert_ids(self) -> tuple[str, ...]:
        return alert_ids_of(self.notice)

    def alert(self, uow: UnitOfWork, alert_id: str) -> Alert:
        """One of its alerts; `Problem` 404 for any other."""
        alert = uow.alerts.get(alert_id) if alert_id in self.alert_ids else None
        if alert is None:
            raise not_found("alert")
        return alert


def opened(uow: UnitOfWork, parts: Console, token: str) -> Opened:
    """What a token opens now; `Problem` 404 for one that was not made here, 410 for one that has ended."""
    notice_id = notice_of(token, parts.house.link_key)
    notice = uow.notices.get(notice_id) if notice_id is not None else None
    if notice is None:
        raise Problem(404, "no_such_link", "This link was not made here, or what it names is not stored.")
    if is_over(notice, parts.house, parts.clock.now()):
        raise Problem(410, "link_over", "This link is too old.")
    person = person_of(uow, parts, notice)
    if person is None:
        raise Problem(410, "link_ended", "Whoever this link was for is told no more.")
    return Opened(notice, caller_of(person, "link"), person)


def person_of(uow: UnitOfWork, parts: Console, notice: Notice) -> Worker | None:
    """Whom a notice was for, as they are now: somebody who is active, or a contact who is listed with an
    address that it went to. A contact is a name in a list: once the address is another, whoever has the old
    one may be a stranger.
    """
    alert = uow.alerts.get(notice.alert_id)
    if alert is None or (notice.worker_id is None and notice.contact is None):
        return None
    scene = parts.gathering.around_alert(uow, alert, parts.clock.now())
    person = scene.worker(key_of(notice))
    if person is None or not person.active or (notice.contact is not None and not _went_to(person, notice)):
        return None
    return person


def _went_to(person: Worker, notice: Notice) -> bool:
    return any(is_same(one, other) for one in notice.channels for other in person.channels)


def caller_of(person: Worker, by: str) -> Caller:
    """Whoever was told as a caller; ``by`` is how they answered, for the audit."""
    return Caller(actor=f"{by}:{person.id}", role=person.role, worker=person)
