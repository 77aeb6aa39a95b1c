"""Differences between two rulebooks in plain words: which rules are new or gone, and which sentences of a
rule are others now.

It compares what the rules say, so a new order, a comment or a number written another way is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.domain.people import Language
from services.rules.rulebook import Rule, Rulebook
from services.rules.saying.sentences import heading_of, sentences_of
from services.rules.saying.words import words_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that is new, gone or another now; ``before`` and ``after`` are what only one of them says."""

    rule: str
    sort: str
    """``added``, ``removed`` or ``changed``."""
    heading: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def differences(before: Rulebook, after: Rulebook, language: Language) -> tuple[Difference, ...]:
    """What ``after`` says otherwise than ``before``, in the order of ``after``, what is gone at the end."""
    return tuple(_differences(before, after, language))


def difference_lines(before: Rulebook, after: Rulebook, language: Language) -> tuple[str, ...]:
    """The same as lines of text; one line where there is none."""
    words = words_of(language).differences
    lines: list[str] = []
    if before.timezone != after.timezone:
        zones = {"before": before.timezone, "after": after.timezone}
        lines.append(words["timezone"].format(**{k: v or words["timezone_house"] for k, v in zones.items()}))
    for each in differences(before, after, language):
        lines.append(words[each.sort].format(heading=each.heading))
        for name, sentences in (("before", each.before), ("after", each.after)):
            lines += ["    " + words[name].format(line=line) for line in sentences]
    return tuple(lines) or (words["nothing"],)


def _differences(before: Rulebook, after: Rulebook, language: Language) -> Iterator[Difference]:
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    for rule_id, rule in new.items():
        heading = heading_of(rule, language)
        if rule_id not in old:
            yield Difference(rule_id, "added", heading, after=sentences_of(rule, language))
        elif found := _changed(old[rule_id], rule, language):
            yield Difference(rule_id, "changed", heading, *found)
    for rule_id, rule in old.items():
        if rule_id not in new:
            yield Difference(rule_id, "removed", heading_of(rule, language))


def _changed(before: Rule, after: Rule, language: Language) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    old = (heading_of(before, language), *sentences_of(before, language))
    new = (heading_of(after, language), *sentences_of(after, language))
    gone: list[str] = []
    come: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[i:j]
            come += new[k:m]
    return (tuple(gone), tuple(come)) if gone or come else None
