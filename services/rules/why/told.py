"""Told: why, over a history as a replay is fed with it, without a service and without a database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from notation.faults import nearest_of
from services.domain.events import Event
from services.domain.instants import NotAnInstant, zone_named
from services.rules.history import read_history
from services.rules.reading import FLOOR, read_rulebook
from services.rules.replay import DEFAULT_ZONE
from services.rules.rulebook import Rule, Rulebook
from services.rules.why.answer import Answer, answer, instant_asked
from services.rules.why.floor import THE_FLOOR, why_floor
from services.rules.why.rerun import rerun


class UnknownRule(ValueError):
    """No rule is called so; names the nearest one."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.nearest = nearest_of(name, known)
        meant = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        super().__init__(f"no rule is called {name!r}{meant}")


class UnknownResident(ValueError):
    """The history has nobody of that id."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        nearest = nearest_of(name, known)
        meant = f"; did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"the history has no resident {name!r}{meant}")


def is_floor(name: str) -> bool:
    """Whether somebody asks about the press floor."""
    return name in {FLOOR, THE_FLOOR.name}


def rule_named(name: str, books: Iterable[Rulebook]) -> Rule:
    """The rule of that id, or of that ``rulebook/id``; `UnknownRule` if there is none."""
    rules = [rule for book in books for rule in book.rules]
    for rule in rules:
        if name in {rule.id, rule.name}:
            return rule
    raise UnknownRule(name, [rule.id for rule in rules])


def why_in_history(
    rulebook_text: str,
    lines: Iterable[str],
    rule_name: str,
    resident_id: str,
    at: str,
    *,
    file: str = "rulebook",
    zone: ZoneInfo = DEFAULT_ZONE,
) -> Answer:
    """The answer. An instant without an offset is read in that zone.

    Raises `RulebookFaults`, `HistoryFault`, `UnknownRule`, `UnknownResident`, `NotAnInstant`.
    """
    book = read_rulebook(rulebook_text, file)
    rule = None if is_floor(rule_name) else rule_named(rule_name, [book])
    events: list[Event] = []
    now: datetime | None = None
    for line in read_history(lines):
        now = line.received_at
        if line.event is not None:
            events.append(line.event)
        if line.type == "end":
            break
    residents = {event.resident_id: event for event in events if event.kind == "resident.enrolled"}
    if resident_id not in residents:
        raise UnknownResident(resident_id, [each for each in residents if each is not None])
    named = residents[resident_id].data.get("timezone") or book.timezone
    own_zone = zone_named(named) if named else zone
    asked_at = instant_asked(at, own_zone)
    by_id: dict[str, Event] = {}
    for event in events:
        by_id.setdefault(event.id, event)
    if now is None:
        raise NotAnInstant(at)
    if rule is None:
        return why_floor([book], zone, resident_id, asked_at, events, by_id.get, now)
    seen = rerun([book], zone, rule, resident_id, asked_at, events, by_id.get, now)
    found = answer(seen, resident_id, asked_at)
    return replace(found, revision=book.revision, content_hash=book.content_hash, revision_now=book.revision)
