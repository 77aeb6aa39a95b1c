"""Policy checks: what is wrong with a policy beyond the form of its keys, all of it at once.

A policy is refused that can run out of time or of people, lets a high matter wait, or puts its steps in an
order in which they cannot come. It judges whatever of a file could be read, so that one misspelt word does
not hide the other faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from services.domain.findings import Severity
from services.domain.instants import format_span
from services.escalation.assignments import BY_SEVERITY
from services.escalation.policies import ROSTERS, Accepted, Kind, Quiet, Relation, Step, Widening
from services.escalation.written import Span, Wait, Wall

ALWAYS_THERE = (Relation.DUTY_DESK, Relation.MANAGER, Relation.ADMIN)
"""Roles without which no house runs; anybody else may be nobody tonight."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: where, what stands there, what should."""

    field: str
    found: str
    expected: str
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class Readable:
    """As much of a policy file as could be read; None where a part could not."""

    name: str
    severity: Severity | None
    steps: Sequence[Step | None]
    quiet: Quiet | None
    looks: bool
    """It says when the rosters are looked at, whether that could be read or not."""
    accepted: Accepted | None
    channel_wait: timedelta | None
    extend_at_most: timedelta | None
    extend_in_all: timedelta | None

    @property
    def is_for_high(self) -> bool:
        """It says so, or it is what a high matter runs by unless something else is said."""
        return self.severity is Severity.HIGH or (
            self.severity is None and self.name == BY_SEVERITY[Severity.HIGH]
        )

    @property
    def may_become_high(self) -> bool:
        """Nothing in it keeps it from a high matter."""
        first = self.steps[0] if self.steps else None
        begins_at_once = first is not None and first.after == timedelta()
        waits = self.quiet is not None or any(step is not None and step.at is not None for step in self.steps)
        return self.is_for_high or (self.severity is None and begins_at_once and not waits)


def readable(tree: Mapping[str, Any]) -> Readable:
    """Read each part by itself."""
    steps = tree.get("steps")
    return Readable(
        name=str(tree.get("policy", "")),
        severity=_read(TypeAdapter(Severity), tree.get("severity")),
        steps=[_step(each) for each in steps] if isinstance(steps, list) else [],
        quiet=_read(TypeAdapter(Quiet), tree.get("quiet")),
        looks=tree.get("looks") is not None,
        accepted=_read(TypeAdapter(Accepted), tree.get("accepted")),
        channel_wait=_read(_WAIT, tree.get("channel_wait")),
        extend_at_most=_read(_WAIT, tree.get("extend_at_most")),
        extend_in_all=_read(_WAIT, tree.get("extend_in_all")),
    )


def judge(policy: Readable) -> Iterator[Wrong]:
    """Everything that is wrong, in the order of the file."""
    for check in _CHECKS:
        yield from check(policy)


def _never_ends(policy: Readable) -> Iterator[Wrong]:
    last = len(policy.steps) - 1
    for number, step in enumerate(policy.steps):
        if step is None:
            continue
        if number == last and not step.is_endless:
            expected = "a last step with `every` and without `times`, or the policy runs out of people"
            yield Wrong(f"steps.{number}", f"one that ends after {step.times or 1} times", expected)
        if number < last and step.is_endless:
            yield Wrong(f"steps.{number}", "`every` without `times`", _HIDES)


_HIDES = "`times`: an endless step hides those after it"


def _ends_at_somebody(policy: Readable) -> Iterator[Wrong]:
    last = policy.steps[-1] if policy.steps else None
    if last is None:
        return
    number = len(policy.steps) - 1
    if last.tell and not set(ALWAYS_THERE) & set(last.tell):
        expected = (
            f"{', '.join(ALWAYS_THERE)} among them: anybody else may be nobody tonight, and the policy runs "
            "out of people"
        )
        yield Wrong(f"steps.{number}.tell", _list(last.tell), expected)
    if policy.may_become_high and last.is_endless and last.widen is None:
        expected = (
            "`widen`: after some silent rounds somebody more is told, or the policy runs out of people; one "
            "that no high matter runs by says so: `severity: medium`"
        )
        yield Wrong(f"steps.{number}.widen", "nothing", expected)


def _tells_each_once(policy: Readable) -> Iterator[Wrong]:
    for number, step in enumerate(policy.steps):
        if step is None:
            continue
        if len(set(step.tell)) < len(step.tell):
            yield Wrong(f"steps.{number}.tell", _list(step.tell), "each of them once")
        if len(set(step.channels)) < len(step.channels):
            yield Wrong(f"steps.{number}.channels", f"[{', '.join(step.channels)}]", "each of them once")
        if step.widen is not None and step.widen.tell and set(step.widen.tell) <= set(step.tell):
            expected = "somebody whom the step does not tell already"
            yield Wrong(f"steps.{number}.widen.tell", _list(step.widen.tell), expected)
        if step.widen is not None and step.widen.tell and not step.repeats_after(step.widen.after_rounds):
            expected = "fewer rounds than the step has"
            yield Wrong(f"steps.{number}.widen.after_rounds", str(step.widen.after_rounds), expected)


def _is_in_order(policy: Readable) -> Iterator[Wrong]:
    earlier: timedelta | None = None
    before = 0
    for number, step in enumerate(policy.steps):
        if step is None or step.after is None:
            continue
        if earlier is not None and step.after <= earlier:
            expected = (
                f"more than {format_span(earlier)}, where steps.{before} ends: steps stand in the order of "
                "`after`, and none begins before the one above is through"
            )
            yield Wrong(f"steps.{number}.after", format_span(step.after) or "0s", expected)
        rounds = step.every * (step.times - 1) if step.every and step.times else timedelta()
        earlier, before = step.after + rounds, number


def _waits_for_answers(policy: Readable) -> Iterator[Wrong]:
    if policy.channel_wait is None:
        return
    for number, step in enumerate(policy.steps):
        if step is not None and step.every is not None and step.every < policy.channel_wait:
            expected = (
                f"at least `channel_wait`, {format_span(policy.channel_wait)}: a send may still be going on"
            )
            yield Wrong(f"steps.{number}.every", format_span(step.every), expected)


def _does_not_let_high_wait(policy: Readable) -> Iterator[Wrong]:
    if not policy.is_for_high:
        return
    why = "a high matter runs by this policy and waits for no morning"
    if policy.quiet is not None:
        yield Wrong("quiet", f"{policy.quiet.from_:%H:%M} to {policy.quiet.until:%H:%M}", f"nothing: {why}")
    for number, step in enumerate(policy.steps):
        if step is not None and step.at is not None:
            yield Wrong(f"steps.{number}.at", f"{step.at:%H:%M}", f"`after`: {why}")
    first = policy.steps[0] if policy.steps else None
    if first is not None and first.after not in (None, timedelta()):
        yield Wrong("steps.0.after", format_span(first.after or timedelta()), f"0s: {why}")


def _is_quiet_for_a_while(policy: Readable) -> Iterator[Wrong]:
    if policy.quiet is not None and policy.quiet.from_ == policy.quiet.until:
        yield Wrong("quiet.until", f"{policy.quiet.until:%H:%M}", "another time than `from`")


def _looks_at_rosters(policy: Readable) -> Iterator[Wrong]:
    if policy.name == ROSTERS and not policy.looks:
        yield Wrong(
            "looks", "nothing", "when the rosters are looked at: `at` some local times, and how far `ahead`"
        )
    if policy.name != ROSTERS and policy.looks:
        yield Wrong("looks", "a value", f"nothing: the rosters are looked at by the policy {ROSTERS} alone")


def _extends_within(policy: Readable) -> Iterator[Wrong]:
    at_most, in_all = policy.extend_at_most, policy.extend_in_all
    if at_most is not None and in_all is not None and in_all < at_most:
        yield Wrong("extend_in_all", format_span(in_all), "no less than `extend_at_most`")


_CHECKS: tuple[Callable[[Readable], Iterator[Wrong]], ...] = (
    _tells_each_once,
    _is_in_order,
    _waits_for_answers,
    _never_ends,
    _ends_at_somebody,
    _does_not_let_high_wait,
    _is_quiet_for_a_while,
    _looks_at_rosters,
    _extends_within,
)
_WAIT: TypeAdapter[timedelta] = TypeAdapter(Wait)
_SPAN: TypeAdapter[timedelta] = TypeAdapter(Span)
_WALL: TypeAdapter[time] = TypeAdapter(Wall)
_RELATIONS: TypeAdapter[tuple[Relation, ...]] = TypeAdapter(tuple[Relation, ...])
_KINDS: TypeAdapter[tuple[Kind, ...]] = TypeAdapter(tuple[Kind, ...])
_TIMES: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(ge=1)])
_SOME_WAIT = timedelta(days=1)
"""Stands for a wait that is there and cannot be read: what hangs on its length is not judged."""


def _step(found: object) -> Step | None:
    """As much of a step as could be read; a part that is there and unreadable counts as there."""
    if not isinstance(found, dict):
        return None
    every = _read(_WAIT, found.get("every"))
    is_endless = "every" in found and "times" not in found
    widen = _read(TypeAdapter(Widening), found.get("widen"))
    return Step.model_construct(
        after=_read(_SPAN, found.get("after")),
        at=_read(_WALL, found.get("at")),
        tell=_read(_RELATIONS, found.get("tell")) or (),
        device_faults=(),
        channels=_read(_KINDS, found.get("channels")) or (),
        every=every or (_SOME_WAIT if is_endless else None),
        times=_read(_TIMES, found.get("times")),
        widen=widen or (Widening.model_construct(after_rounds=1, tell=()) if "widen" in found else None),
    )


def _read(form: TypeAdapter[T], found: object) -> T | None:
    try:
        return form.validate_python(found)
    except ValidationError:
        return None


def _list(relations: Sequence[Relation]) -> str:
    return f"[{', '.join(relations)}]"
