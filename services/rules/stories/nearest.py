"""The nearest thing that happened to a Finding that was expected and is not there.

In the order of nearness: the very one, but otherwise than expected; the same rule at another instant; the
same rule for another resident; another rule of the same alert kind; nothing at all, and then what was in its
way.
It is read off what was played; what was in the way is asked of the engine (`services/rules/why`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notation.times import written
from services.domain.events import Event
from services.domain.findings import Finding, FindingState
from services.domain.instants import format_span
from services.domain.kinds import KINDS
from services.rules.overrides import overridden
from services.rules.replay import Played
from services.rules.rulebook import BED_PAIR, PAIR_OF, Rule, Rulebook
from services.rules.signs import sign_of
from services.rules.stories.in_the_way import in_the_way
from services.rules.stories.story import Expectation, Story


class Nearness(StrEnum):
    """How near the nearest thing is."""

    OTHERWISE = "otherwise"
    """The same rule, resident and instant, but in another state, for another reason, at another lateness."""
    ANOTHER_INSTANT = "another_instant"
    ANOTHER_RESIDENT = "another_resident"
    ANOTHER_RULE = "another_rule"
    """Of the same alert kind."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest thing, in words for whoever wrote the story."""

    nearness: Nearness
    words: str
    finding: Finding | None = None


def nearest(
    expected: Expectation, story: Story, book: Rulebook, played: Played, left: Sequence[Finding]
) -> Nearest:
    """The nearest thing to ``expected`` among the Findings ``left`` that no other expectation has."""
    rule = next((each for each in book.rules if each.id == expected.rule), None)
    same_rule = [each for each in left if each.rule == expected.rule]
    own = [each for each in same_rule if each.resident_id == expected.resident]
    very = [each for each in own if each.at == expected.at]
    if very:
        return Nearest(Nearness.OTHERWISE, _otherwise(expected, very[0], story, played), very[0])
    if own:
        found = _closest(own, expected.at)
        words = _at_another_instant(expected, found, rule, story, played)
        if _is_far(found.at - expected.at, rule):
            words = f"{words}; not then: {in_the_way(expected, rule, story, book)}"
        return Nearest(Nearness.ANOTHER_INSTANT, words, found)
    if same_rule:
        found = _closest(same_rule, expected.at)
        return Nearest(
            Nearness.ANOTHER_RESIDENT,
            f"the same rule found it for {found.resident_id or 'nobody'}, at {_when(found.at, found, story)}",
            found,
        )
    kind = rule.alert_kind if rule is not None else None
    kinds = {kind} if kind else {each.floor_alert for each in KINDS.values() if each.is_alarm}
    others = [each for each in left if each.alert_kind in kinds and each.resident_id == expected.resident]
    never = in_the_way(expected, rule, story, book)
    if others:
        found = _closest(others, expected.at)
        words = f"raised by rule {found.rule} of the same alert kind {found.alert_kind} instead"
        shown = _when(found.at, found, story)
        return Nearest(Nearness.ANOTHER_RULE, f"{words}, at {shown}; {expected.rule} never: {never}", found)
    return Nearest(Nearness.NEVER, f"never: {never}")


def told_finding(found: Finding, story: Story, played: Played) -> str:
    """A Finding in a line."""
    about = found.resident_id or found.device_id or "nobody"
    state = played.states[found.id]
    shown = "" if state is FindingState.HOLDS else f", {state.value}"
    reason = f" ({found.reason.value})" if found.reason is not None else ""
    return f"{found.rule} for {about} at {_when(found.at, found, story)}{shown}{reason}"


def _is_far(apart: timedelta, rule: Rule | None) -> bool:
    """Whether what was found is another matter rather than the same one at a slightly other instant."""
    spans = (_NEAR_FOR, rule.watch_for, rule.within_for) if rule is not None else (_NEAR_FOR,)
    return abs(apart) > max(span for span in spans if span is not None)


_NEAR_FOR = timedelta(hours=1)
"""As far as an instant is taken for the one that was meant, unless the rule itself waits longer."""


def _otherwise(expected: Expectation, found: Finding, story: Story, played: Played) -> str:
    state = played.states[found.id]
    said = []
    if expected.device is not None and expected.device != found.device_id:
        said.append(f"found, but about device {found.device_id or 'none'}")
    is_wrong = state is not expected.state if expected.state else state in _NOT_TOLD
    if is_wrong:
        said.append(_in_state(found, state, story, played))
    if expected.reason is not None and expected.reason is not found.reason:
        said.append(f"found, but its reason is {found.reason.value if found.reason else 'none'}")
    late_for = found.raised_at - found.at
    if expected.late_seconds not in {None, late_for.total_seconds()}:
        raised = _when(found.raised_at, found, story)
        said.append(f"found, but {format_span(late_for)} late: it could be raised at {raised}")
    return "; ".join(said) or "found, and expected twice"


_NOT_TOLD = frozenset({FindingState.WITHDRAWN, FindingState.STALE})


def _in_state(found: Finding, state: FindingState, story: Story, played: Played) -> str:
    change = next(
        (each for each in reversed(played.changes) if each.finding_id == found.id and each.state is state),
        None,
    )
    if change is None:
        reason = f" ({found.reason.value})" if found.reason else ""
        tail = ", so nobody was told" if state is FindingState.STALE else ""
        raised = _when(found.raised_at, found, story)
        return f"found, but {state.value}{reason} when it was raised at {raised}{tail}"
    by = next((each for each in played.events if each.id == change.by_event_id), None)
    cause = f" by {_event(by, story)}" if by is not None else ""
    return f"found, but {state.value} at {_when(change.at, found, story)}{cause}"


def _at_another_instant(
    expected: Expectation, found: Finding, rule: Rule | None, story: Story, played: Played
) -> str:
    apart = found.at - expected.at
    side = "later" if apart > timedelta(0) else "earlier"
    said = f"{_length(abs(apart))} {side}, at {_when(found.at, found, story)}"
    because = _because(expected, found, rule, story, played)
    return f"{said}, {because}" if because else said


def _because(
    expected: Expectation, found: Finding, rule: Rule | None, story: Story, played: Played
) -> str | None:
    if expected.at == found.raised_at:
        return "which is its exact `at`; what was expected is when it could be raised (`late:`)"
    rests_on = [each for each in played.events if each.seq in found.evidence.event_seqs]
    received = next((each for each in rests_on if _is_judged_by_reception(each, expected, found)), None)
    if received is not None:
        return f"because {_event(received, story)} is judged by when it was received"
    if rule is None:
        return None
    profile = played.profiles.get(expected.resident or "")
    if profile is not None and overridden(rule, profile.overrides) != rule:
        keys = ", ".join(
            f"{each.key}: {each.value}" for each in profile.overrides if each.rule in {rule.id, rule.name}
        )
        return f"because of the override {keys} for {expected.resident}"
    return _other_start(expected, found, rule, story, played, rests_on)


def _is_judged_by_reception(event: Event, expected: Expectation, found: Finding) -> bool:
    late_for = sign_of(event).at - event.occurred_at
    return bool(late_for) and late_for == found.at - expected.at


def _other_start(
    expected: Expectation,
    found: Finding,
    rule: Rule,
    story: Story,
    played: Played,
    rests_on: Sequence[Event],
) -> str | None:
    """It was reckoned from another event than whoever wrote the story had in mind."""
    if not rests_on:
        return None
    last = rests_on[-1]
    meant_at = sign_of(last).at - (found.at - expected.at)
    meant = next(
        (
            each
            for each in played.events
            if each.kind == rule.kind
            and each.resident_id == expected.resident
            and each not in rests_on
            and sign_of(each).at == meant_at
        ),
        None,
    )
    if meant is None:
        return f"reckoned from {_event(last, story)}"
    back = _changed_back(meant, rule, played.events)
    if back is not None and rule.settle_for is not None:
        stood_for = _length(sign_of(back).at - meant_at)
        return (
            f"because of settle: {_event(meant, story)} stood for {stood_for} only "
            f"(settle: {format_span(rule.settle_for)}), so {_event(last, story)} counts"
        )
    told = f"reckoned from {_event(last, story)}, not from {_event(meant, story)}"
    is_of_one_bed = meant.kind in BED_PAIR and meant.device_id != last.device_id
    return f"{told}: another sensor of the bed still felt somebody" if is_of_one_bed else told


def _changed_back(meant: Event, rule: Rule, events: Iterable[Event]) -> Event | None:
    """The event that undid a change before it could settle, None if it settled or need not."""
    if rule.settle_for is None:
        return None
    pair = PAIR_OF.get(meant.kind, frozenset()) - {meant.kind}
    at = sign_of(meant).at
    return next(
        (
            each
            for each in events
            if each.kind in pair
            and each.resident_id == meant.resident_id
            and at <= sign_of(each).at < at + rule.settle_for
        ),
        None,
    )


def _closest(found: Sequence[Finding], at: datetime) -> Finding:
    return min(found, key=lambda each: abs(each.at - at))


def _when(instant: datetime, found: Finding, story: Story) -> str:
    return written(instant, story.day, story.zone_of(found.resident_id))


def _event(event: Event, story: Story) -> str:
    zone = story.zone_of(event.resident_id)
    shown = f"the {event.kind} of {written(event.occurred_at, story.day, zone)}"
    if event.received_at != event.occurred_at:
        shown += f" (received {written(event.received_at, story.day, zone)})"
    return shown


def _length(span: timedelta) -> str:
    return format_span(span)
