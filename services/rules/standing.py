"""Standing: how a resident stands in a quota now, for whoever plans the next visit.

It is reckoned by the very functions by which the rule is judged when its period ends, so that a page and a
Finding never say two things. It finds nothing and remembers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.domain.events import Event
from services.rules.case import Case
from services.rules.kinds.quota import period_counts
from services.rules.overrides import overridden
from services.rules.periods import Span, span_holding
from services.rules.profile import Profile
from services.rules.rulebook import Rule
from services.rules.signs import sign_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What was done in the period that holds the present, and what the rule asks for in it."""

    span: Span
    done: int
    at_least: int
    """0 where the rule asks for nothing: it is not meant for the resident, or this period does not count."""

    @property
    def missing(self) -> int:
        """How many are still owed."""
        return max(self.at_least - self.done, 0)


def standing(
    rule: Rule, profile: Profile, zone: ZoneInfo, events: Iterable[Event], now: datetime
) -> Standing:
    """How ``profile`` stands in a `quota` rule; ``events`` are theirs that were not taken back. A rule
    of another trigger: ValueError.
    """
    if rule.period is None:
        raise ValueError(f"{rule.name} is no quota")
    span = span_holding(now, rule.period, zone)
    own = overridden(rule, profile.overrides_at(now))
    case = Case(own, profile.resident_id, zone, now, profile.resident_id, profile)
    counting = replace(case, rule=replace(own, enabled=True))  # what was done is done, asked for or not
    done = sum(
        span.starts_at <= sign.at < span.ends_at and counting.takes(sign) for sign in map(sign_of, events)
    )
    is_asked = case.is_watched() and period_counts(case, span)
    return Standing(span, done, own.at_least if is_asked else 0)
