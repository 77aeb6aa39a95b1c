"""Trial: rulebooks over a stored log, by the one engine, with `received_at` as the clock.

It says which kinds of events it must be shown, and from how long before an instant, so that it knows at that
instant what live would have known. It keeps everything in memory, never writes, and a rule that fails is
named and takes no other with it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.events import Event
from services.domain.findings import Finding, FindingChange, Trigger
from services.domain.instants import microseconds
from services.domain.kinds import DEVICE_KINDS, KINDS
from services.rules.beds import OFFLINE
from services.rules.engine import Engine, Result, RuleFault
from services.rules.intake import Intake, Lookup
from services.rules.memory import Memory
from services.rules.rulebook import ANY_MESSAGE, BED_PAIR, DOOR_PAIR, Rule, Rulebook
from services.rules.signs import OLDEST_CLAIM

ALWAYS = timedelta(days=400 * 10)
"""How far back a kind is shown that a rule may rest on however long ago it was: the whole log."""
A_DAY = timedelta(days=1)
"""What is added to a rule's own spans: an override may lengthen them for one resident."""
PAIR_FOR = timedelta(days=14)
"""How far back beds and doors are shown; of what is older `standing_kinds` shows the newest."""
MOST_FAULTS = 200


_AFTER_ALL = 2**63 - 1
"""After every event of a log."""

When = tuple[int, int, int, str, str]
"""When in a pass something came: at which event; of what came after the last, in which round, at which
deadline (microseconds), of which rule and key.
"""
Told = tuple[When, Result]


@dataclass(slots=True)
class Tried:
    """What came of a pass, as far as it is told."""

    findings: dict[str, Finding] = field(default_factory=dict)
    """What was found, by id, in the order of finding; the states are those at the raising."""
    changes: list[FindingChange] = field(default_factory=list)
    """What was withdrawn or ended, in the order of taking in."""
    faults: list[RuleFault] = field(default_factory=list)

    def take(self, result: Result) -> None:
        """What came next."""
        for finding in result.findings:
            self.findings.setdefault(finding.id, finding)
        self.changes.extend(result.changes)
        for fault in result.faults:
            if len(self.faults) < MOST_FAULTS and fault not in self.faults:
                self.faults.append(fault)


def merged(shares: Sequence[Sequence[Told]]) -> Tried:
    """What came of a pass whose residents were shared out: as if one pass had gone over all of them. Nothing
    that the rules know of one resident ever depends on another.
    """
    tried = Tried()
    for _, result in heapq.merge(*shares, key=lambda told: told[0]):
        tried.take(result)
    return tried


class Trial:
    """One pass over the log; `take` every event in the order of storing, then `finish`."""

    def __init__(self, books: Sequence[Rulebook], zone: ZoneInfo, lookup: Lookup) -> None:
        self.tried = Tried()
        self.told: list[Told] = []
        """What came of it, each with when it came; for `merged`."""
        self._engine = Engine(books, zone)
        self._intake = Intake(self._engine, lookup)
        self._memory = Memory(self._engine.forms)
        self.kinds = frozenset(kind for kind in KINDS if self._intake.concerns_kind(kind))
        """The kinds of events that can come to anything."""

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule by its name."""
        return self._engine.rules

    def lead_times(self) -> dict[str, timedelta]:
        """How long before an instant each kind of event must be shown, for it to be known then as live."""
        found = {kind: A_DAY if kind in DEVICE_KINDS else ALWAYS for kind in self.kinds}
        for kind in self.kinds & (BED_PAIR | {OFFLINE}):
            found[kind] = PAIR_FOR
        for rule in self._engine.rules.values():
            for kind in self._kinds_of(rule):
                found[kind] = max(found[kind], _lead_time(rule, kind))
        return found

    def standing_kinds(self) -> frozenset[str]:
        """The kinds whose newest event says how things stand, however long ago it was."""
        return self.kinds & (BED_PAIR | DOOR_PAIR | {OFFLINE})

    def take(self, events: Iterable[Event]) -> None:
        """Take events in, in the order of storing."""
        result = Result()
        for event in events:
            self._intake.take(self._memory, event, result)
            if result.findings or result.changes or result.faults:
                self._keep((event.seq, 0, 0, "", ""), result)
                result = Result()

    def finish(self, until: datetime) -> None:
        """Meet every deadline up to ``until``."""
        turn = 0
        while due := [each for each in self._memory.due() if each[0] <= until]:
            for due_at, at in due:  # an override that ends may bring deadlines where there were none
                result = Result()
                self._engine.catch_up(self._memory, at, until, result, inclusive=True)
                self._keep((_AFTER_ALL, turn, microseconds(due_at), at.rule, at.key), result)
            turn += 1

    def _kinds_of(self, rule: Rule) -> Iterable[str]:
        if rule.trigger is Trigger.SILENT:
            kinds: Iterable[str] = self.kinds & DEVICE_KINDS if rule.kind == ANY_MESSAGE else {rule.kind}
        else:
            kinds = rule.own_kinds
        return [kind for kind in kinds if kind in DEVICE_KINDS]

    def _keep(self, when: When, result: Result) -> None:
        if len(self.tried.faults) == MOST_FAULTS:
            result.faults.clear()  # no more of them are ever told
        self.tried.take(result)
        if result.findings or result.changes or result.faults:
            self.told.append((when, result))


def _lead_time(rule: Rule, kind: str) -> timedelta:
    """How far back a kind that devices send must be shown for one rule."""
    if rule.trigger is Trigger.QUOTA or rule.days_field is not None:
        return ALWAYS
    if rule.over_days is not None:
        return rule.over_days * A_DAY + 2 * A_DAY + OLDEST_CLAIM
    own = (
        (rule.watch_for or timedelta()) + (rule.within_for or timedelta()) + (rule.settle_for or timedelta())
    )
    if rule.trigger in {Trigger.WHERE, Trigger.SILENT}:
        # What claims to be older than the newest is passed over, and silence goes by the reception.
        at_least = PAIR_FOR if kind in BED_PAIR and rule.trigger is Trigger.WHERE else timedelta()
        return max(own + rule.gap_for + A_DAY, at_least)
    return own + 2 * A_DAY + OLDEST_CLAIM
