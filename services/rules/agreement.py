"""Agreement: whether the keys of a rule, each good by itself, agree with one another, so that it can ever
find anything and finds what it says.

It complains of what is wrong and changes nothing. What docs/rulebooks.md allows is allowed here,
however odd it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta

from notation.faults import one_of
from services.domain.devices import DeviceType
from services.domain.events import Json
from services.domain.findings import Trigger
from services.domain.kinds import ALARM_KINDS, KINDS
from services.rules.periods import Period
from services.rules.profile import senders_of
from services.rules.rule_fields import Fields
from services.rules.rulebook import ANY_MESSAGE, PAIR_OF, Per, Rule

_PAIRS = ("bed.", "door.")
LONGEST_DAYS = {Period.WEEK: 7, Period.MONTH: 31, Period.QUARTER: 92, Period.YEAR: 366}
_CLOCK_PUT_BACK = timedelta(hours=1)
"""How much longer than its wall times say a window is in a night in which the clock is put back."""
_DAY = timedelta(days=1)

Given = Mapping[str, Json]


def check_agreement(fields: Fields, rule: Rule, given: Given) -> None:
    """Complain of every key that disagrees with another."""
    _CHECKS.get(rule.trigger, _nothing)(fields, rule, given)
    _check_settle(fields, rule)
    if rule.kind:
        _check_devices(fields, rule)


def _nothing(fields: Fields, rule: Rule, given: Given) -> None:
    """A plain `on` has no keys of its own."""


def _count(fields: Fields, _rule: Rule, given: Given) -> None:
    for key in sorted({"count", "within"} - given.keys()):
        fields.complain(key, "`count` and `within` together")


def _unless(fields: Fields, rule: Rule, given: Given) -> None:
    if ("for" in given) == ("until" in given):
        found = "both" if "for" in given else "neither"
        fields.complain("for", "`for` or `until`, one of the two", found)
    if ends_outside(rule):
        fields.complain("for", "no longer than `between`, in which the time must be up")


def ends_outside(rule: Rule) -> bool:
    """Whether a watch of the rule can never end within the window in which it began."""
    if rule.between is None or rule.watch_for is None:
        return False
    open_for = _since_midnight(rule.between.end) - _since_midnight(rule.between.start)
    open_for += _DAY if open_for <= timedelta(0) else timedelta(0)
    return rule.watch_for > open_for + _CLOCK_PUT_BACK


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute)


def _silent(fields: Fields, rule: Rule, given: Given) -> None:
    if "for" not in given:
        fields.complain("for", "how long nothing may be heard")
    if rule.watch_for == timedelta(0):
        fields.complain("for", "longer than no time")


def _quota(fields: Fields, rule: Rule, given: Given) -> None:
    if "at_least" not in given:
        fields.complain("at_least", "how many of them a period must have")
    longest = LONGEST_DAYS[rule.period] if rule.period is not None else rule.warn_days
    if rule.warn_days is not None and longest is not None and rule.warn_days > longest:
        fields.complain("warn", f"no more days than a {rule.period} has, at most {longest}d")


def _missing(fields: Fields, rule: Rule, given: Given) -> None:
    for key in sorted({"from", "by"} - given.keys()):
        fields.complain(key, 'a wall time in quotes such as "10:00"')
    if rule.from_wall is not None and rule.from_wall == rule.by_wall:
        fields.complain("from", "another time than `by`")
    if rule.while_kind is not None and rule.while_kind not in PAIR_OF:
        fields.complain("while", one_of(sorted(PAIR_OF)))


def _drift(fields: Fields, _rule: Rule, given: Given) -> None:
    for key, expected in (("over", "how many local days, such as 28d"), ("beyond", "a number such as 3")):
        if key not in given:
            fields.complain(key, expected)
    if given.get("per") == Per.DEVICE:
        fields.complain("per", "resident: nights are of a bed with all its sensors")


_CHECKS: Mapping[Trigger, Callable[[Fields, Rule, Given], None]] = {
    Trigger.COUNT: _count,
    Trigger.UNLESS: _unless,
    Trigger.MISSING: _missing,
    Trigger.SILENT: _silent,
    Trigger.QUOTA: _quota,
    Trigger.DRIFT: _drift,
}


def _check_settle(fields: Fields, rule: Rule) -> None:
    if rule.settle_for is None or "settle" not in fields:
        return
    if not any(kind in PAIR_OF for kind in rule.own_kinds):
        fields.complain("settle", f"a trigger on {one_of(sorted(PAIR_OF))}, which alone settle")
    longest = rule.watch_for if rule.watch_for is not None else rule.within_for
    if longest is not None and rule.settle_for >= longest:
        fields.complain("settle", "less than `for` or `within`")


def _check_devices(fields: Fields, rule: Rule) -> None:
    """A rule must be able to see what it is about: from devices of these types, or of one device."""
    senders = senders_of(rule.kind)
    if rule.device_types and rule.kind not in ALARM_KINDS and not rule.device_types & senders:
        expected = f"a device that sends {rule.kind}: {one_of(sorted(senders))}"
        if not senders:
            expected = f"no `device_types`: {rule.kind} is recorded by people"
        fields.complain("device_types", expected, ", ".join(sorted(rule.device_types)))
    if rule.per is not Per.DEVICE or rule.trigger is Trigger.DRIFT:
        return
    for kind in (rule.kind, rule.unless, rule.while_kind):
        if kind and kind != ANY_MESSAGE and not KINDS[kind].sent_by:
            fields.complain("per", f"resident: {kind} is recorded by people, of no device")
            return
    shared = frozenset(DeviceType) & senders
    for kind in (rule.unless, rule.while_kind):
        if kind and not shared & senders_of(kind):
            fields.complain("per", f"resident: no device sends both {rule.kind} and {kind}")
