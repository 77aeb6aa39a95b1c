"""When a story that does not say it is over: as soon as nothing that happened in it can be waited for any
longer by the rules that it names.

A story that ended earlier would call a rule silent that had no time to speak.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.domain.findings import Trigger
from services.rules.periods import span_holding
from services.rules.rulebook import Rule
from services.rules.windows import next_wall_time, same_wall_time

LATE_BATCH_FOR = timedelta(seconds=60)
"""How long after the last event of a batch an absence is still not raised (docs/rulebooks.md)."""
_NOON = time(12, 0)
"""When `drift` judges a night (docs/rulebooks.md)."""


def waits_until(rule: Rule, last: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The latest instant at which this rule may raise something about what happened up to ``last``.

    ``days`` is the greatest number of days that an event of the story carries.
    """
    spans = (rule.watch_for, rule.settle_for)
    ends = [last, *(last + span for span in spans if span is not None)]
    walls = [
        rule.until,
        rule.by_wall if rule.trigger is Trigger.MISSING else None,
        _NOON if rule.trigger is Trigger.DRIFT else None,
    ]
    ends += [next_wall_time(last, wall, zone) for wall in walls if wall is not None]
    if rule.days_field is not None:
        ends.append(same_wall_time(last, days, zone))
    if rule.period is not None:
        ends.append(span_holding(last, rule.period, zone).ends_at)
    return max(ends) + LATE_BATCH_FOR
