"""Unavailable: what is wrong with the rulebooks and the rules is kept in the store, where every process finds
it, and whoever manages the house is told of a rule that cannot work.

A text that is refused while the one before goes on takes nothing away and calls nobody. A rule is well again
when it has worked for whomever it failed for, or when another text of it is at work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.domain.findings import (
    BUILT_IN,
    RULE_UNAVAILABLE,
    Finding,
    FindingChange,
    FindingState,
    Severity,
    found_by_house,
)
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.ports import UnitOfWork
from services.domain.records import StandingFault
from services.rules.engine import Result, RuleFault
from services.rules.reading import DEFAULT_POLICY
from services.rules.shelf import Shelf
from services.titles.naming import titles_of

_SEVERITY = Severity.MEDIUM
"""Someone may be less well looked after than they think, and everybody sleeps: the policy is `routine`."""


@dataclass(frozen=True, slots=True)
class Lame:
    """A rule that cannot work, by its rulebook and id, and since when."""

    rulebook: str | None
    rule: str
    since: datetime

    @property
    def finding_id(self) -> str:
        """The id of its Finding."""
        return derived_id("fnd", BUILT_IN, RULE_UNAVAILABLE, self.name, format_instant(self.since))

    @property
    def name(self) -> str:
        return f"{self.rulebook}/{self.rule}" if self.rulebook else self.rule


def standing_faults(shelf: Shelf, failing: Iterable[RuleFault], now: datetime) -> list[StandingFault]:
    """Everything that is wrong now, as if it had come up at ``now``."""
    found = [
        StandingFault(
            None, fault.file, fault.rule, fault.field, fault.found, fault.expected, now, fault.nearest
        )
        for fault in shelf.faults
    ]
    for each in shelf.books:
        works_in_part = each.book.revision == 0
        found += [
            StandingFault(
                each.book.name,
                fault.file,
                fault.rule,
                fault.field,
                fault.found,
                fault.expected,
                now,
                fault.nearest,
                is_unavailable=works_in_part and fault.rule is not None,
            )
            for fault in each.faults
        ]
    for failed in failing:
        if failed.is_passing:
            continue
        book, _, rule = failed.rule.rpartition("/")
        words = ("running", failed.error, "a rule that works")
        found.append(StandingFault(book or None, None, rule, *words, now, is_unavailable=True))
    return list(dict.fromkeys(found))


def say(uow: UnitOfWork, faults: Sequence[StandingFault], now: datetime, result: Result) -> None:
    """Keep what is wrong; a Finding for each rule that cannot work from now on, an end for each that can
    again.
    """
    before = uow.rulebooks.faults()
    was_lame = _lame(before)
    since = {lame.name: lame.since for lame in was_lame.values()}
    known = {replace(fault, since=now): fault.since for fault in before}
    kept = []
    for fault in faults:
        began = known.get(replace(fault, since=now), now)
        if fault.is_unavailable and fault.rule is not None:
            name = f"{fault.rulebook}/{fault.rule}" if fault.rulebook else fault.rule
            began = since.setdefault(name, now)
        kept.append(replace(fault, since=began))
    uow.rulebooks.set_faults(kept)
    is_lame = _lame(kept)
    result.findings.extend(_finding(is_lame[name]) for name in is_lame if name not in was_lame)
    result.changes.extend(
        FindingChange(was_lame[name].finding_id, FindingState.ENDED, now)
        for name in was_lame
        if name not in is_lame
    )


def _lame(faults: Iterable[StandingFault]) -> dict[str, Lame]:
    found: dict[str, Lame] = {}
    for fault in faults:
        if fault.is_unavailable and fault.rule is not None:
            lame = Lame(fault.rulebook, fault.rule, fault.since)
            found.setdefault(lame.name, lame)
    return found


def _finding(lame: Lame) -> Finding:
    return found_by_house(
        RULE_UNAVAILABLE,
        lame.finding_id,
        at=lame.since,
        raised_at=lame.since,
        severity=_SEVERITY,
        policy=DEFAULT_POLICY[_SEVERITY],
        titles=titles_of(RULE_UNAVAILABLE, rule=lame.name),
        figures={"rule": lame.name},
    )
