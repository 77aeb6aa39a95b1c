"""From the text of a rulebook to its rules: every fault in it is found, and one is enough to refuse it whole.

Which trigger a rule has follows from its keys; each trigger knows the keys that belong to it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.domain.devices import DeviceType
from services.domain.events import Json
from services.domain.findings import Severity, Trigger
from services.domain.instants import zone_named
from services.domain.kinds import KINDS
from services.rules.conditions import RESIDENT_FIELDS, event_fields
from services.rules.faults import Fault, RulebookFaults, nearest_of
from services.rules.nights import LEAST_KNOWN, NIGHT_SETTLE_FOR, Figure
from services.rules.periods import Period
from services.rules.rule_fields import Fields, one_of, shown_value
from services.rules.rulebook import ANY_MESSAGE, DEFAULT_GAP_FOR, PAIR_OF, Per, Rule, Rulebook
from services.rules.yaml_core import read_yaml

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
_WITHOUT_BETWEEN = frozenset({Trigger.MISSING, Trigger.SILENT, Trigger.QUOTA, Trigger.DRIFT})
_WITHOUT_WHERE = frozenset({Trigger.MISSING, Trigger.SILENT, Trigger.QUOTA, Trigger.DRIFT})
_PAIRS = ("bed.", "door.")


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
    head = Fields(given, file, "", faults)
    for key in given:
        if key not in _BOOK_KEYS:
            head.complain(key, "no such key", "a key that nobody knows", nearest_of(key, _BOOK_KEYS))
    if given.get("format") != FORMAT or isinstance(given.get("format"), bool):
        head.complain("format", str(FORMAT))
    name = given.get("rulebook")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        head.complain("rulebook", "a name of letters, digits and dashes")
        name = None
    zone = _zone(given, head)
    rules = _rules(given.get("rules"), name or "?", file, faults, head)
    if name is None:
        return None, faults
    content_hash = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Rulebook(name, content_hash, zone, tuple(rules)), faults


def _zone(given: Mapping[str, Json], head: Fields) -> str | None:
    zone = given.get("timezone")
    if "timezone" not in given:
        return None
    try:
        zone_named(str(zone))
    except ValueError:
        head.complain("timezone", "an IANA name such as Asia/Shanghai")
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
        fields = Fields(self.given, self.file, str(named) if named else f"number {self.number}", self.faults)
        self._check_id(fields)
        trigger = self._trigger(fields)
        self._check_keys(fields, trigger)
        if trigger is None:
            return None
        return self._rule(fields, trigger)

    def _check_id(self, fields: Fields) -> None:
        named = self.given.get("id")
        if not isinstance(named, str) or not _NAME.fullmatch(named):
            fields.complain("id", "a name of letters, digits and dashes")
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
        allowed = _COMMON | _OWN_KEYS[trigger] if trigger else _ALL_KEYS
        for key in self.given:
            if key not in _ALL_KEYS:
                fields.complain(key, "no such key", "a key that nobody knows", nearest_of(key, allowed))
            elif key not in allowed and not (trigger is None and key in _ALL_KEYS):
                fields.complain(key, f"no such key with the trigger '{trigger}'", f"the key {key}")
        if trigger in _WITHOUT_BETWEEN and "between" in self.given:
            fields.complain("between", f"no `between` with '{trigger}'")
        if trigger in _WITHOUT_WHERE and "where" in self.given:
            fields.complain("where", f"no `where` with '{trigger}'")

    def _rule(self, fields: Fields, trigger: Trigger) -> Rule | None:
        head = "on" if "on" in self.given else trigger.value
        is_any = trigger is Trigger.SILENT and self.given.get(head) == ANY_MESSAGE
        figure = fields.one_of("drift", Figure, Figure.NIGHT_EXITS) if trigger is Trigger.DRIFT else None
        kind = ANY_MESSAGE if is_any else figure.kind if figure else fields.kind(head)
        severity = fields.one_of("severity", Severity, Severity.MEDIUM)
        titles = fields.titles("title")
        rule_id = str(self.given.get("id"))
        is_quota = trigger is Trigger.QUOTA
        known_fields = {**(event_fields(kind) if kind and not is_any else {}), **RESIDENT_FIELDS}
        rule = Rule(
            rulebook=self.book,
            id=rule_id,
            trigger=trigger,
            kind=kind or "",
            severity=severity,
            policy=fields.text("policy") or DEFAULT_POLICY[severity],
            alert_kind=fields.text("alert") or rule_id,
            titles=titles or dict.fromkeys(("zh-CN", "bo", "en"), rule_id),
            why=fields.titles("why"),
            enabled=fields.boolean("enabled", default=True),
            per=Per.RESIDENT if is_quota else fields.one_of("per", Per, Per.RESIDENT),
            device_types=fields.words("device_types", [each.value for each in DeviceType]),
            between=fields.window("between") if trigger not in _WITHOUT_BETWEEN else None,
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
            gap_for=fields.span("gap") or DEFAULT_GAP_FOR,
            period=self._period(fields) if is_quota else None,
            at_least=fields.whole("at_least", 1) or 0,
            warn_days=fields.days("warn"),
            where=fields.condition("where", known_fields) if kind and trigger not in _WITHOUT_WHERE else None,
            figure=figure,
            over_days=fields.days("over", LEAST_KNOWN, MOST_OVER),
            beyond=fields.number("beyond", figure.most / figure.floor) if figure else None,
            for_residents=fields.condition("for_residents", RESIDENT_FIELDS),
        )
        self._check_together(fields, rule)
        return rule

    @property
    def _has_days(self) -> bool:
        return "for" in self.given and not isinstance(self.given["for"], str)

    def _watch_for(self, fields: Fields) -> timedelta | None:
        return fields.span("for") if "for" in self.given and not self._has_days else None

    def _days_field(self, fields: Fields, trigger: Trigger, kind: str | None) -> str | None:
        if not self._has_days:
            return None
        if trigger is not Trigger.UNLESS:
            fields.complain("for", "a span such as 20m")
            return None
        return fields.days_field("for", kind)

    def _period(self, fields: Fields) -> Period | None:
        if "per" not in self.given:
            fields.complain("per", "week, month, quarter or year")
            return None
        return fields.one_of("per", Period, Period.MONTH)

    def _check_together(self, fields: Fields, rule: Rule) -> None:
        check = {
            Trigger.COUNT: self._check_count,
            Trigger.UNLESS: self._check_unless,
            Trigger.MISSING: self._check_missing,
            Trigger.SILENT: self._check_silent,
            Trigger.QUOTA: self._check_quota,
            Trigger.DRIFT: self._check_drift,
        }.get(rule.trigger)
        if check is not None:
            check(fields, rule)
        if rule.settle_for is None or rule.trigger is Trigger.DRIFT:
            return
        if not any(kind.startswith(_PAIRS) for kind in rule.own_kinds):
            fields.complain("settle", "a trigger on bed.* or door.*, which alone settle")
        longest = rule.watch_for if rule.watch_for is not None else rule.within_for
        if longest is not None and rule.settle_for >= longest:
            fields.complain("settle", "less than `for` or `within`")

    def _check_count(self, fields: Fields, _rule: Rule) -> None:
        for key in {"count", "within"} - self.given.keys():
            fields.complain(key, "`count` and `within` together")

    def _check_unless(self, fields: Fields, _rule: Rule) -> None:
        if ("for" in self.given) == ("until" in self.given):
            found = "both" if "for" in self.given else "neither"
            fields.complain("for", "`for` or `until`, one of the two", found)

    def _check_silent(self, fields: Fields, _rule: Rule) -> None:
        if "for" not in self.given:
            fields.complain("for", "how long nothing may be heard")

    def _check_quota(self, fields: Fields, _rule: Rule) -> None:
        if "at_least" not in self.given:
            fields.complain("at_least", "how many of them a period must have")

    def _check_missing(self, fields: Fields, rule: Rule) -> None:
        for key in sorted({"from", "by"} - self.given.keys()):
            fields.complain(key, 'a wall time in quotes such as "10:00"')
        if rule.from_wall is not None and rule.from_wall == rule.by_wall:
            fields.complain("from", "another time than `by`")
        if rule.while_kind is not None and rule.while_kind not in PAIR_OF:
            fields.complain("while", one_of(sorted(PAIR_OF)))

    def _check_drift(self, fields: Fields, _rule: Rule) -> None:
        for key, expected in (("over", "how many local days, such as 28d"), ("beyond", "a number such as 3")):
            if key not in self.given:
                fields.complain(key, expected)
        if "settle" in self.given:
            fields.complain("settle", "no `settle` with 'drift', whose figures say what settles")
        if self.given.get("per") == Per.DEVICE:
            fields.complain("per", "resident: nights are of a bed with all its sensors")


def needs_device(kind: str) -> bool:
    """Whether only devices send events of this kind."""
    return bool(KINDS[kind].sent_by)


def keys_of(trigger: Trigger) -> frozenset[str]:
    """The keys that a rule with this trigger may have."""
    without = {"between"} if trigger in _WITHOUT_BETWEEN else set()
    without |= {"where"} if trigger in _WITHOUT_WHERE else set()
    return (_COMMON | _OWN_KEYS[trigger]) - without


def keys_of_a_rulebook() -> frozenset[str]:
    """The keys that a rulebook may have."""
    return _BOOK_KEYS
