"""Unfolding: what only whoever goes has to know: where the key is, whom to ring, what to mind.

It is shown to the holder of a running alert alone, and each time it is shown by a link the audit says to
whom, of which alert, when; for those who are signed in once for each time they have it, since their pages
look again and again. It is never in a message.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.callers import Caller
from services.console.parts import Console
from services.console.writing import note, write
from services.domain.alerts import Alert
from services.domain.instants import format_instant
from services.domain.ports import AlreadyThere, Conflict, StoreUnavailable, UnitOfWork
from services.domain.records import RememberedAnswer
from services.escalation.scene import Scene

UNFOLDED = "alert.unfolded"
"""The action in the audit."""
NOTES_SINCE = timedelta(days=62)
"""How far back a visit's note is looked for: visits are owed twice a month."""
MOST_VISITS = 100

log = logging.getLogger("anxin.console")


@dataclass(frozen=True, slots=True)
class VisitNote:
    """What somebody wrote after a visit."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class InNeed:
    """One person who lives there."""

    name: str
    phone: str | None
    tags: tuple[str, ...]
    visit_note: VisitNote | None


@dataclass(frozen=True, slots=True)
class Details:
    """What unfolds."""

    key_place: str | None
    phone: str | None
    people: tuple[InNeed, ...]


def may_unfold(alert: Alert, who: Caller) -> bool:
    """Whether somebody goes there now."""
    return alert.is_running and who.worker_id is not None and alert.accepted_by == who.worker_id


def details_of(uow: UnitOfWork, alert: Alert, scene: Scene) -> Details:
    """What whoever goes has to know."""
    home = scene.circle.home
    return Details(
        key_place=home.key_place if home else None,
        phone=home.phone if home else None,
        people=tuple(
            InNeed(each.name, each.phone, each.tags, _newest_note(uow, each.id, scene.now))
            for each in scene.in_need(alert)
        ),
    )


def _newest_note(uow: UnitOfWork, resident_id: str, now: datetime) -> VisitNote | None:
    wanted = {"resident_id": resident_id, "kind": "visit.completed", "since": now - NOTES_SINCE}
    visits = uow.events.page(wanted, 0, MOST_VISITS).items
    notes = (VisitNote(each.occurred_at, str(each.data.get("note") or "").strip()) for each in visits)
    return max((each for each in notes if each.text), key=lambda each: each.at, default=None)


def write_down(uow: UnitOfWork, parts: Console, who: Caller, alert: Alert, how: str) -> None:
    """Into the audit: it was shown to them now."""
    if not alert.synthetic:
        note(uow, parts, who, UNFOLDED, ("alert", alert.id), how)


def write_down_once(parts: Console, who: Caller, alerts: Iterable[Alert], how: str) -> None:
    """As `write_down`, once for each time that somebody has an alert. A store that cannot be written to just
    now is no reason to keep the key from whoever stands at the door.
    """
    for alert in alerts:
        had_since = format_instant(alert.accepted_at or alert.opened_at)
        key = f"{who.actor}\n{UNFOLDED}\n{alert.id}\n{had_since}"
        with parts.store.reading() as uow:
            if uow.remembered.get(key) is not None:
                continue

        def work(uow: UnitOfWork, key: str = key, alert: Alert = alert) -> None:
            try:
                uow.remembered.add(RememberedAnswer(key, "", 200, "", parts.clock.now()))
            except AlreadyThere:
                return
            write_down(uow, parts, who, alert, how)

        try:
            write(parts, work)
        except (StoreUnavailable, Conflict) as error:
            log.warning(
                "it could not be written down that %s saw the details of %s: %s", who.actor, alert.id, error
            )
