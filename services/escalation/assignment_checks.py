"""Assignment checks: what is wrong with the choice of policies: names that are not there, a policy that lets
a high matter wait, replacements that go in a circle. All of it at once.

What grids and residents there are only the store knows; without it their names are taken as they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.domain.findings import Severity
from services.domain.homes import Grid
from services.domain.people import Resident
from services.escalation.assignments import Assignments, Choice
from services.escalation.policies import Policies
from services.escalation.policy_checks import Wrong
from services.escalation.policy_faults import nearest

_GRADES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


@dataclass(frozen=True, slots=True)
class Known:
    """By which words grids and residents may be named: ids, and names that only one bears."""

    grids: Mapping[str, str]
    residents: Mapping[str, str]
    """A word → what bears it; more than one: how many."""


def known_of(grids: Iterable[Grid], residents: Iterable[Resident]) -> Known:
    """What the registers hold."""
    return Known(
        _words((grid.id, grid.name) for grid in grids), _words((one.id, one.name) for one in residents)
    )


def judge_assignments(assignments: Assignments, policies: Policies, known: Known | None) -> Iterator[Wrong]:
    """Everything that is wrong, in the order of the file."""
    for severity in _GRADES:
        name = assignments.severity.of(severity)
        if name is not None:
            yield from _policy(f"severity.{severity.value}", name, severity, policies)
    for field, lines, words in (
        ("grids", assignments.grids, known.grids if known else None),
        ("residents", assignments.residents, known.residents if known else None),
    ):
        for who, choice in lines.items():
            if words is not None and words.get(who) != ONE:
                yield _not_one(f"{field}.{who}", who, words)
            yield from _choice(f"{field}.{who}", choice, policies)
    handover = assignments.shift_handover
    if handover is not None:
        yield from _policy("shift_handover.policy", handover.policy, None, policies)


ONE = "one"
_SEVERAL = "several"


def _words(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found = list(pairs)
    counted = Counter(name for _, name in found)
    names = {name: ONE if count == 1 else _SEVERAL for name, count in counted.items()}
    return {**names, **{thing_id: ONE for thing_id, _ in found}}


def _not_one(field: str, who: str, words: Mapping[str, str]) -> Wrong:
    if words.get(who) == _SEVERAL:
        return Wrong(field, f"{who}, whom several are called", "the id, for the name is not one's alone")
    there = ", ".join(sorted(words)[:6]) or "there is none yet"
    return Wrong(field, who, f"the name or id of one that is registered ({there})", nearest(who, words))


def _choice(field: str, choice: Choice, policies: Policies) -> Iterator[Wrong]:
    known = policies.names()
    keys = (*(grade.value for grade in _GRADES), *known)
    for key, name in choice.items():
        if key not in keys:
            yield Wrong(f"{field}.{key}", key, "a severity, or a policy that is replaced", nearest(key, keys))
        severity = Severity(key) if key in _GRADES else None
        yield from _policy(f"{field}.{key}", name, severity, policies)
        replaced = policies.get(key)
        taken = policies.get(name)
        if replaced is not None and taken is not None and replaced.wakes_people and not taken.wakes_people:
            yield Wrong(f"{field}.{key}", name, f"a policy that wakes people, as {key} does")
    yield from _circles(field, choice)


def _policy(field: str, name: str, severity: Severity | None, policies: Policies) -> Iterator[Wrong]:
    known = policies.names()
    policy = policies.get(name)
    if policy is None:
        yield Wrong(field, name, f"a policy that is there ({', '.join(known)})", nearest(name, known))
    elif severity is Severity.HIGH and not policy.wakes_people:
        expected = (
            "one that begins at once, without quiet hours and steps `at` a time: a high matter never waits"
        )
        yield Wrong(field, name, expected)


def _circles(field: str, choice: Choice) -> Iterator[Wrong]:
    told: set[str] = set()
    for start in choice:
        path: list[str] = [start]
        while path[-1] in choice and choice[path[-1]] not in path:
            path.append(choice[path[-1]])
        back = choice.get(path[-1])
        if back == start and start not in told:
            told |= set(path)
            expected = "no circle: a policy that replaces another is not replaced itself"
            yield Wrong(f"{field}.{start}", _arrows([*path, start]), expected)


def _arrows(names: Sequence[str]) -> str:
    return " → ".join(names)
