"""From the text of a rulebook to its rules: every fault in it is found, and one is enough to refuse it whole.

Which trigger a rule has follows from its keys; each trigger knows the keys that belong to it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import available_timezones

from notation.faults import nearest_of, shown_value
from notation.yaml_core import read_yaml
from services.domain.devices import DeviceType
from services.domain.events import Json
from services.domain.findings import BUILT_IN, Severity, Trigger
from services.domain.instants import zone_named
from services.rules.agreement import check_agreement
from services.rules.conditions import RESIDENT_FIELDS, event_fields
from services.rules.faults import Fault, RulebookFaults
from services.rules.nights import LEAST_KNOWN, NIGHT_SETTLE_FOR, Figure
from services.rules.periods import Period
from services.rules.rule_fields import Fields
from services.rules.rulebook import ANY_MESSAGE, DEFAULT_GAP_FOR, Per, Rule, Rulebook

FORMAT = 1
MOST_OVER = 400
"""The greatest number of local days with which a night is compared: as far back as records may lie."""
DEFAULT_POLICY = {
    Severity.HIGH: "emergency",
    Severity.MEDIUM: "routine",
    Severity.LOW: "digest",
    Severity.INFO: "digest",
}
FLOOR = "floor"
"""The id of the built-in rule, which no rulebook may use."""

STORY = ".story"
"""How the name of a file of stories ends, before `.yaml`; no service takes one for a rulebook."""

NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""What rulebooks and rules may be called, as a pattern."""
_NAME = re.compile(NAME, re.ASCII)
_BOOK_KEYS = frozenset({"format", "rulebook", "timezone", "rules"})
_HEADS = ("on", "missing", "silent", "quota", "drift")
_COMMON = frozenset(
    {"id", "title", "why", "alert", "severity", "policy", "enabled", "for_residents", "where", "device_types"}
    | {"between", "settle", "per"}
)
_OWN_KEYS = {
    Trigger.ON: frozenset({"on"}),
    Trigger.COUNT: frozenset({"on", "count", "within"}),
    Trigger.UNLESS: frozenset({"on", "unless", "for", "until"}),
    Trigger.WHERE: frozenset({"on", "for", "gap"}),
    Trigger.MISSING: frozenset({"missing", "from", "by", "while"}),
    Trigger.SILENT: frozenset({"silent", "for"}),
    Trigger.QUOTA: frozenset({"quota", "at_least", "warn"}),
    Trigger.DRIFT: frozenset({"drift", "over", "beyond"}),
}
_ALL_KEYS = _COMMON.union(*_OWN_KEYS.values())
_WITHOUT: Mapping[Trigger, frozenset[str]] = {
    Trigger.MISSING: frozenset({"between", "where"}),
    Trigger.SILENT: frozenset({"between", "where", "settle"}),
    Trigger.QUOTA: frozenset({"between", "where", "settle"}),
    Trigger.DRIFT: frozenset({"between", "where", "settle"}),
}
"""Common keys that a trigger cannot have: it looks at whole days or at silence, and not at single events."""


def read_rulebook(text: str, file: str = "rulebook") -> Rulebook:
    """The rulebook in ``text``; `RulebookFaults` with every fault if there is any."""
    book, faults = read_what_is_good(text, file)
    if faults or book is None:
        raise RulebookFaults(faults)
    return book


def read_what_is_good(text: str, file: str) -> tuple[Rulebook | None, list[Fault]]:
    """The rules without a fault, and every fault; None if there is no name to know the rulebook by."""
    faults: list[Fault] = []
    given = read_yaml(text, lambda field, found, meant: faults.append(Fault(file, None, field, found, meant)))
    if not isinstance(given, dict):
        if not faults:
            faults.append(
                Fault(file, None, "file", shown_value(given), "the keys format, rulebook and rules")
            )
        return None, faults
    head = Fields(given, file, None, faults)
    for key in given:
        if key not in _BOOK_KEYS:
            head.complain(key, "a key of a rulebook", "a key that nobody knows", nearest_of(key, _BOOK_KEYS))
    if given.get("format") != FORMAT or isinstance(given.get("format"), bool):
        head.complain("format", str(FORMAT))
    name = given.get("rulebook")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        head.complain("rulebook", "a name of up to 64 letters, digits and dashes")
        name = None
    elif name == BUILT_IN:
        head.complain("rulebook", "another name: this one is that of the built-in rules")
        name = None
    elif name.endswith(STORY):
        head.complain("rulebook", f"a name that does not end in {STORY}: its file would be one of stories")
        name = None
    zone = _zone(given, head)
    rules = _rules(given.get("rules"), name or "?", file, faults, head)
    if name is None:
        return None, faults
    return Rulebook(name, content_hash_of(text), zone, tuple(rules)), faults


def content_hash_of(text: str) -> str:
    """By which one text of a rulebook is told from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _zone(given: Mapping[str, Json], head: Fields) -> str | None:
    zone = given.get("timezone")
    if "timezone" not in given:
        return None
    try:
        zone_named(str(zone))
    except ValueError:
        nearest = nearest_of(str(zone), available_timezones())
        head.complain("timezone", "an IANA name such as Asia/Shanghai", nearest=nearest)
        return None
    return str(zone)


def _rules(given: Json, book: str, file: str, faults: list[Fault], head: Fields) -> list[Rule]:
    if not isinstance(given, list):
        head.complain("rules", "a list of rules")
        return []
    rules: list[Rule] = []
    seen: set[str] = set()
    for number, each in enumerate(given, start=1):
        before = len(faults)
        if not isinstance(each, dict):
            faults.append(Fault(file, f"number {number}", "rule", shown_value(each), "the keys of a rule"))
            continue
        rule = _RuleReader(each, book, file, number, seen, faults).read()
        if rule is not None and len(faults) == before:
            rules.append(rule)
    return rules


@dataclass(frozen=True, slots=True)
class _RuleReader:
    """Reads one rule."""

    given: Mapping[str, Json]
    book: str
    file: str
    number: int
    seen: set[str]
    faults: list[Fault]

    def read(self) -> Rule | None:
        named = self.given.get("id")
        is_named = isinstance(named, str) and _NAME.fullmatch(named)
        fields = Fields(
            self.given, self.file, str(named) if is_named else f"number {self.number}", self.faults
        )
        self._check_id(fields)
        trigger = self._trigger(fields)
        self._check_keys(fields, trigger)
        return self._rule(fields, trigger)

    def _check_id(self, fields: Fields) -> None:
        named = self.given.get("id")
        if not isinstance(named, str) or not _NAME.fullmatch(named):
            fields.complain("id", "a name of up to 64 letters, digits and dashes")
        elif named == FLOOR:
            fields.complain("id", "another name: this one is the built-in rule's")
        elif named in self.seen:
            fields.complain("id", "each id once in a rulebook", f"{named!r} a second time")
        else:
            self.seen.add(named)

    def _trigger(self, fields: Fields) -> Trigger | None:
        heads = [key for key in _HEADS if key in self.given]
        if len(heads) != 1:
            found = " and ".join(heads) or "none"
            fields.complain("trigger", "exactly one of on, missing, silent, quota, drift", found)
            return None
        if heads[0] != "on":
            return Trigger(heads[0])
        if "unless" in self.given:
            return Trigger.UNLESS
        if "count" in self.given or "within" in self.given:
            return Trigger.COUNT
        if "for" in self.given and "where" in self.given:
            return Trigger.WHERE
        if "for" in self.given:
            fields.complain("for", "`unless` or `where` beside `on` and `for`")
            return None
        return Trigger.ON

    def _check_keys(self, fields: Fields, trigger: Trigger | None) -> None:
        allowed = keys_of(trigger) if trigger else _ALL_KEYS
        for key in self.given:
            if key not in _ALL_KEYS:
                nearest = nearest_of(key, allowed) or nearest_of(key, _ALL_KEYS)
                fields.complain(key, "a key of a rule", "a key that nobody knows", nearest)
            elif key not in allowed:
                fields.complain(key, f"no `{key}` with the trigger '{trigger}'")

    def _matter(self, fields: Fields) -> tuple[str | None, Figure | None]:
        """The kind of event that the rule is about, and what `drift` measures; of several heads the last."""
        kind, figure = None, None
        for head in _HEADS:
            if head == "drift" and head in self.given:
                figure = fields.one_of(head, Figure, Figure.NIGHT_EXITS)
                kind = figure.kind
            elif head in self.given:
                kind = fields.kind(head, ANY_MESSAGE if head == "silent" else None)
        return kind, figure

    def _rule(self, fields: Fields, trigger: Trigger | None) -> Rule | None:
        """The rule. Without a trigger its keys are read all the same, for the faults in them."""
        kind, figure = self._matter(fields)
        severity = fields.one_of("severity", Severity, Severity.MEDIUM)
        titles = fields.titles("title")
        rule_id = str(self.given.get("id"))
        is_quota = trigger is Trigger.QUOTA
        known_fields = {**event_fields(None if kind == ANY_MESSAGE else kind), **RESIDENT_FIELDS}
        keys = keys_of(trigger) if trigger else _ALL_KEYS
        rule = Rule(
            rulebook=self.book,
            id=rule_id,
            trigger=trigger or Trigger.ON,
            kind=kind or "",
            severity=severity,
            policy=fields.text("policy") or DEFAULT_POLICY[severity],
            alert_kind=fields.text("alert") or rule_id,
            titles=titles or dict.fromkeys(("zh-CN", "bo", "en"), rule_id),
            why=fields.titles("why"),
            enabled=fields.boolean("enabled", default=True),
            per=fields.one_of("per", Per, Per.RESIDENT) if trigger and not is_quota else Per.RESIDENT,
            device_types=fields.words("device_types", [each.value for each in DeviceType]),
            between=fields.window("between") if "between" in keys else None,
            settle_for=NIGHT_SETTLE_FOR if figure is Figure.NIGHT_EXITS else fields.span("settle"),
            unless=fields.kind("unless"),
            watch_for=self._watch_for(fields),
            until=fields.wall("until"),
            days_field=self._days_field(fields, trigger, kind),
            count=fields.whole("count", 1),
            within_for=fields.span("within"),
            from_wall=fields.wall("from"),
            by_wall=fields.wall("by"),
            while_kind=fields.kind("while"),
            gap_for=fields.span("gap", least=timedelta(seconds=1)) or DEFAULT_GAP_FOR,
            period=self._period(fields) if is_quota else None,
            at_least=fields.whole("at_least", 1) or 0,
            warn_days=fields.days("warn"),
            where=fields.condition("where", known_fields) if "where" in keys else None,
            figure=figure,
            over_days=fields.days("over", LEAST_KNOWN, MOST_OVER),
            beyond=fields.number("beyond", figure.most / figure.floor) if figure else None,
            for_residents=fields.condition("for_residents", RESIDENT_FIELDS),
        )
        if trigger is None:
            return None
        check_agreement(fields, rule, self.given)
        return rule

    @property
    def _has_days(self) -> bool:
        return "for" in self.given and not isinstance(self.given["for"], str)

    def _watch_for(self, fields: Fields) -> timedelta | None:
        return fields.span("for") if "for" in self.given and not self._has_days else None

    def _days_field(self, fields: Fields, trigger: Trigger | None, kind: str | None) -> str | None:
        if not self._has_days:
            return None
        if trigger is not Trigger.UNLESS and trigger is not None:
            fields.span("for")
            return None
        return fields.days_field("for", kind)

    def _period(self, fields: Fields) -> Period | None:
        if "per" not in self.given:
            fields.complain("per", "week, month, quarter or year")
            return None
        return fields.one_of("per", Period, Period.MONTH)


def keys_of(trigger: Trigger) -> frozenset[str]:
    """The keys that a rule with this trigger may have."""
    return (_COMMON | _OWN_KEYS[trigger]) - _WITHOUT.get(trigger, frozenset())


def keys_of_a_rulebook() -> frozenset[str]:
    """The keys that a rulebook may have."""
    return _BOOK_KEYS
