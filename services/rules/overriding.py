"""Overriding: somebody gives one key of one rule another value for one resident; and what became of that.

An override is in force until its own end, until another value of the same key takes its place, or until
somebody takes it back. It is a fact of the register, so that the rules learn of it in the order of storing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.domain.events import Event, Json
from services.domain.instants import LATEST_YEAR, is_sensible, parse_instant
from services.domain.kinds import ALARM_KINDS
from services.domain.people import Resident
from services.domain.ports import Topic, UnitOfWork
from services.domain.register import override_fact
from services.rules.intake import OVERRIDDEN
from services.rules.overrides import NotAnOverride, check_override, check_together
from services.rules.profile import Override
from services.rules.revising import By
from services.rules.rulebook import Rule

_PAGE = 500


class Ending(StrEnum):
    """How an override ended."""

    UNTIL = "until"
    REPLACED = "replaced"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Ordered:
    """One override as somebody ordered it; ``id`` and ``number`` are those of its event."""

    id: str
    number: int
    resident_id: str
    rule: str
    key: str
    value: Json
    author: str | None
    reason: str
    since: datetime
    until: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_reason: str | None = None
    ending: Ending | None = None

    @property
    def override(self) -> Override:
        """As the engine takes it."""
        return Override(self.rule, self.key, self.value, self.until)


def orders_of(events: Iterable[Event], now: datetime) -> list[Ordered]:
    """Every override that `rule.overridden` events ordered, in the order of storing, as it is at ``now``."""
    found: dict[str, Ordered] = {}
    running: dict[tuple[str, str, str], str] = {}
    for event in sorted(events, key=lambda each: each.seq):
        new = _ordered(event)
        place = (new.resident_id, new.rule, new.key)
        before = running.pop(place, None)
        if before is not None:
            found[before] = _ended_by(found[before], new)
        if new.value is not None:
            found[new.id] = new
            running[place] = new.id
    for each in running.values():
        found[each] = _ended_in_time(found[each], now)
    return list(found.values())


def in_force(orders: Iterable[Ordered]) -> Sequence[Ordered]:
    """Those that have not ended."""
    return [each for each in orders if each.ending is None]


def all_orders(uow: UnitOfWork, now: datetime, resident_id: str | None = None) -> list[Ordered]:
    """Every override that was ever ordered, for one resident or for all."""
    filters = {"kind": OVERRIDDEN} | ({} if resident_id is None else {"resident_id": resident_id})
    events: list[Event] = []
    after: int | None = 0
    while after is not None:
        page = uow.events.page(filters, after, _PAGE)
        events += page.items
        after = page.next
    return orders_of(events, now)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be so."""

    key: str
    value: Json
    until: datetime | None = None


def order(uow: UnitOfWork, rule: Rule, resident: Resident, wish: Wish, by: By, event_id: str) -> Ordered:
    """Store an override; one of the same key for the same resident ends with it. `NotAnOverride` says what
    cannot be.
    """
    if wish.until is not None and wish.until <= by.at:
        raise NotAnOverride("its end must lie ahead", "until")
    if wish.until is not None and not is_sensible(wish.until):
        raise NotAnOverride(f"its end must lie before the year {LATEST_YEAR}", "until")
    others = [
        each.override
        for each in in_force(all_orders(uow, by.at, resident.id))
        if (each.rule, each.key) != (rule.name, wish.key)
    ]
    if wish.value is None:
        raise NotAnOverride("nothing is no value; an override is taken back by ending it")
    check_override(rule, wish.key, wish.value)
    check_together(rule, [*others, Override(rule.name, wish.key, wish.value)])
    of = (rule.name, wish.key, wish.value)
    fact = override_fact(resident, of, by.at, by.author, by.reason, wish.until)
    return orders_of([_told(uow, fact, event_id)], by.at)[0]


def take_back(uow: UnitOfWork, running: Ordered, resident: Resident, by: By, event_id: str) -> Ordered:
    """End an override now; one that is over already stays as it is."""
    if running.ending is not None:
        return running
    of = (running.rule, running.key, None)
    _told(uow, override_fact(resident, of, by.at, by.author, by.reason), event_id)
    return next(each for each in all_orders(uow, by.at, resident.id) if each.id == running.id)


def remark_on(rule: Rule, key: str, value: Json) -> str | None:
    """What somebody might take an override for that it is not."""
    if key == "enabled" and value is False and rule.is_plain_on and rule.kind in ALARM_KINDS:
        return (
            "No override stops an alarm: while this rule is off for the resident, the built-in rule 'floor' "
            f"raises each {rule.kind}, as high and by the policy 'emergency'."
        )
    return None


def _told(uow: UnitOfWork, fact: Event, event_id: str) -> Event:
    """Store the fact under an id of its own: one may be said twice at one instant of a standing clock."""
    [stored] = uow.events.append([replace(fact, id=event_id, dedupe_key=event_id)])
    uow.wake_after(Topic.EVENTS)
    return stored.event


def _ordered(event: Event) -> Ordered:
    data = event.data
    until = data.get("until")
    return Ordered(
        id=event.id,
        number=event.seq,
        resident_id=event.resident_id or "",
        rule=str(data.get("rule")),
        key=str(data.get("key")),
        value=data.get("value"),
        author=event.recorded_by,
        reason=str(data.get("reason") or ""),
        since=event.received_at,
        until=parse_instant(until) if isinstance(until, str) else None,
    )


def _ended_by(order: Ordered, new: Ordered) -> Ordered:
    order = _ended_in_time(order, new.since)
    if order.ending is not None:
        return order
    how = Ending.TAKEN_BACK if new.value is None else Ending.REPLACED
    return replace(order, ended_at=new.since, ended_by=new.author, ended_reason=new.reason, ending=how)


def _ended_in_time(order: Ordered, now: datetime) -> Ordered:
    if order.until is None or now < order.until:
        return order
    return replace(order, ended_at=order.until, ending=Ending.UNTIL)
