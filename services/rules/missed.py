"""Missed: what becomes of deadlines that nobody was there to meet, because the house itself was down.

They wait until what the broker kept is in, and are then met at one instant, which says how late that is. Of
several of one rule and key only the newest is told; the others stand in its evidence, so that a long outage
is one matter and none of it is lost. It never touches a press.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.domain.events import Json
from services.domain.findings import FindingReason, Trigger
from services.domain.instants import format_instant
from services.rules.case import Raise
from services.rules.key_state import Step
from services.rules.rulebook import Rule

MISSED = "missed"
"""The figure of a Finding that names the earlier deadlines of its rule and key, ascending."""

_ABSENCES = frozenset({Trigger.UNLESS, Trigger.MISSING, Trigger.SILENT, Trigger.QUOTA, Trigger.DRIFT})
"""Triggers that find by a deadline. The others find events, each of which is a matter of its own."""


@dataclass(frozen=True, slots=True)
class Absence:
    """The house came back at ``since``; at ``over_at`` what it had missed was in, None = that is awaited."""

    since: datetime
    over_at: datetime | None = None

    def met_at(self, due_at: datetime, until: datetime) -> datetime | None:
        """When a deadline is met that comes up while time is told up to ``until``; None: not yet.

        An event that was received before ``since`` was taken in while the house was there: what was due
        before it is met as ever.
        """
        if until < self.since:
            return due_at
        if self.over_at is None:
            return None
        return max(due_at, self.over_at)


def told_late(rule: Rule, step: Step) -> Step:
    """The step, of whose missed deadlines only the newest is told, and as late."""
    raises = step.raises
    if rule.trigger in _ABSENCES and len(raises) > 1:
        newest = max(raises, key=lambda each: each.at)
        others = sorted((each for each in raises if each is not newest), key=lambda each: each.at)
        named: Json = [_named(each) for each in others]
        raises = (replace(newest, figures={**newest.figures, MISSED: named}),)
    return replace(step, raises=tuple(_late(each) for each in raises))


def _named(new: Raise) -> dict[str, Json]:
    return {"at": format_instant(new.at), "event_ids": [event_id for _, event_id in new.rests_on]}


def _late(new: Raise) -> Raise:
    """A Finding that holds no longer, or that warns, says so rather than that it is late."""
    return new if new.reason is not None else replace(new, reason=FindingReason.LATE)
