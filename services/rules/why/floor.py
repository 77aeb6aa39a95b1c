"""Why the press floor took an alarm, or did not: it takes each one that no rule of severity high finds.

The floor is no rule of a rulebook, so nothing is noted; what the engine finds of each alarm says it all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.domain.events import Event
from services.domain.findings import BUILT_IN, Finding, Severity, Trigger
from services.domain.instants import format_instant
from services.domain.kinds import ALARM_KINDS
from services.rules.because import Because
from services.rules.engine import Engine, Result
from services.rules.intake import Intake
from services.rules.memory import Memory
from services.rules.reading import DEFAULT_POLICY, FLOOR
from services.rules.rulebook import Rule, Rulebook
from services.rules.why.answer import AROUND_FOR, Answer, Asked, Reason
from services.rules.why.rerun import concerns

THE_FLOOR = Rule(
    rulebook=BUILT_IN,
    id=FLOOR,
    trigger=Trigger.ON,
    kind="call_button.pressed",
    severity=Severity.HIGH,
    policy=DEFAULT_POLICY[Severity.HIGH],
    alert_kind=FLOOR,
    titles={},
)
"""The floor as an answer names it; it looks at every alarm kind."""


def why_floor(
    books: Sequence[Rulebook],
    zone: ZoneInfo,
    resident_id: str,
    at: datetime,
    events: Iterable[Event],
    lookup: Callable[[str], Event | None],
    now: datetime,
) -> Answer:
    """The answer for the floor; the events are in the order of storing."""
    engine = Engine([_with_alarms(book) for book in books], zone)
    memory, result = Memory(engine.forms), Result()
    intake = Intake(engine, lookup)
    for event in events:
        if event.received_at <= now and concerns(event, resident_id):
            intake.take(memory, event, result)
    asked = Asked(at)
    reasons = [
        _reason(found) for found in result.findings if found.is_alarm and found.severity is Severity.HIGH
    ]
    near = [reason for reason in reasons if asked.distance_to(reason) <= AROUND_FOR]
    near.sort(key=lambda reason: (asked.distance_to(reason), reason.because is not Because.FOUND))
    nothing = Reason(Because.NO_EVENT, at, asked.until, (), {"kind": THE_FLOOR.kind})
    return Answer(
        rule=THE_FLOOR,
        resident_id=resident_id,
        at=at,
        found=any(reason.because is Because.FOUND and asked.meets(reason) for reason in near),
        reasons=tuple(near[:2]) or (nothing,),
        zone=engine.zone_of(engine.rules[next(iter(engine.rules))], memory.profile(resident_id))
        if engine.rules
        else zone,
    )


def _with_alarms(book: Rulebook) -> Rulebook:
    kept = [rule for rule in book.rules if rule.is_plain_on and rule.kind in ALARM_KINDS]
    return replace(book, rules=tuple(kept))


def _reason(found: Finding) -> Reason:
    is_floor = found.rulebook == BUILT_IN
    at = format_instant(found.at)
    figures = {"at": at, "raised_at": at} if is_floor else {"rule": found.rule, "rulebook": found.rulebook}
    because = Because.FOUND if is_floor else Because.TAKEN_BY
    return Reason(because, found.at, found.at, found.evidence.event_ids, figures, found.id)
