"""Overrides: which keys of a rule may have another value for one resident, and what values they may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from notation.faults import nearest_of, shown_value
from services.domain.events import Json
from services.domain.findings import Trigger
from services.rules.agreement import LONGEST_DAYS, ends_outside
from services.rules.profile import Override
from services.rules.rule_fields import MOST_COUNTED, days_from, span_from, wall_from
from services.rules.rulebook import Rule


class NotAnOverride(ValueError):
    """A key that cannot be overridden, or a value or an end that it cannot have; ``field`` says which."""

    def __init__(self, said: str, field: str = "value") -> None:
        super().__init__(said)
        self.field = field


def _count(value: Json) -> int | None:
    return (
        value
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_COUNTED
        else None
    )


def _switch(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


_WALL, _SPAN = "a wall time such as 11:30", "a span such as 90s, 40m or 2h"
_WHOLE = f"a whole number from 1 to {MOST_COUNTED}"
_EXPECTED: Mapping[str, str] = {
    "by": _WALL,
    "from": _WALL,
    "for": _SPAN,
    "count": _WHOLE,
    "within": _SPAN,
    "at_least": _WHOLE,
    "warn": "local days such as 7d",
    "enabled": "true or false",
}

_KEYS: Mapping[str, tuple[str, Callable[[Json], object | None]]] = {
    "by": ("by_wall", wall_from),
    "from": ("from_wall", wall_from),
    "for": ("watch_for", span_from),
    "count": ("count", _count),
    "within": ("within_for", span_from),
    "at_least": ("at_least", _count),
    "warn": ("warn_days", days_from),
    "enabled": ("enabled", _switch),
}


def check_override(rule: Rule, key: str, value: Json) -> None:
    """Raise `NotAnOverride` unless this key of this rule may have this value; None takes an override back."""
    if key not in _KEYS:
        nearest = nearest_of(key, _KEYS)
        meant = f"; did you mean {nearest!r}?" if nearest else ""
        raise NotAnOverride(f"the key {key!r} cannot be overridden{meant}", "key")
    field, read = _KEYS[key]
    if value is None:
        return
    if read(value) is None:
        raise NotAnOverride(f"{shown_value(value)} is no value for {key!r}, expected {_EXPECTED[key]}")
    has_it = getattr(rule, field) is not None or (key == "for" and rule.days_field is not None)
    if key in {"warn", "at_least"}:
        has_it = rule.period is not None
    if key != "enabled" and not has_it:
        raise NotAnOverride(f"the rule {rule.id} has no {key!r} to override", "key")


def check_together(rule: Rule, overrides: Iterable[Override]) -> None:
    """Raise `NotAnOverride` if the rule makes no sense with these overrides, as a rulebook that says so would
    be refused.
    """
    own = overridden(rule, overrides)
    if own.from_wall is not None and own.from_wall == own.by_wall:
        raise NotAnOverride("`from` and `by` would be the same time")
    longest = own.watch_for if own.watch_for is not None else own.within_for
    if own.settle_for is not None and longest is not None and own.settle_for >= longest:
        raise NotAnOverride("it would not be longer than the rule's `settle`")
    if own.trigger is Trigger.SILENT and own.watch_for == timedelta(0):
        raise NotAnOverride("`for` would be no time at all")
    if own.trigger is Trigger.UNLESS and ends_outside(own):
        raise NotAnOverride("`for` would be longer than the rule's `between`: nothing would ever be found")
    if own.period is not None and own.warn_days is not None and own.warn_days > LONGEST_DAYS[own.period]:
        raise NotAnOverride(f"`warn` would be more days than a {own.period} has")


def overridden(rule: Rule, overrides: Iterable[Override]) -> Rule:
    """The rule as it holds for a resident with these overrides; one that makes no sense is passed over."""
    values: dict[str, object] = {}
    for override in overrides:
        if override.rule in {rule.id, rule.name} and override.key in _KEYS:
            field, read = _KEYS[override.key]
            value = read(override.value)
            if value is not None:
                values[field] = value
                if override.key == "for":
                    values["days_field"] = None
    return rule.with_overrides(values)
