"""What was in the way of a Finding that never came: what the engine itself noted about it, in words for
whoever wrote the story.

The reason is that of `services/rules/why`, which listens to the engine; nothing is reckoned a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from notation.times import written
from services.domain.events import Event, Json
from services.domain.instants import NotAnInstant, format_span, parse_instant
from services.rules.because import SPANS, Because, Figures
from services.rules.history import read_history
from services.rules.profile import senders_of
from services.rules.rulebook import Rule, Rulebook
from services.rules.stories.playing import lines_of
from services.rules.stories.story import Expectation, Story
from services.rules.why.answer import Reason, answer
from services.rules.why.rerun import rerun

_LAST = "the last event that could have started it was {event}, "
WORDS: Mapping[Because, str] = {
    Because.FOUND: "it was found for {at}",
    Because.STALE: "it was found for {at}, too late to tell anybody",
    Because.WITHDRAWN: "it was found for {at} and withdrawn at {changed_at}",
    Because.RESTING: "it was found for {at}, and rests until that has ended",
    Because.USED_UP: "these events belong to what was found for {at}, and count once",
    Because.TAKEN_BY: "rule {rule} took this alarm",
    Because.STILL_RUNNING: "it waits until {due_at}, and the story ends before",
    Because.SETTLING: _LAST + "which has not settled yet (settle: {settle})",
    Because.NOT_ENOUGH: "only {counted} of {needed} within {within}, from {first_at} to {last_at}",
    Because.PREVENTED: _LAST + "ended by {by_event}, after {after}",
    Because.ALREADY_FOLLOWED: _LAST + "but {by_event} after {after} was known already",
    Because.ALREADY_WATCHED: _LAST + "while an earlier one was being watched",
    Because.ENDS_OUTSIDE_HOURS: _LAST + "whose wait would end outside between {between}",
    Because.RUN_TOO_SHORT: "the last run was {run} of {needed_for}, from {started_at} to {last_at}",
    Because.RUN_BROKEN: "the last run was {run} of {needed_for}, from {started_at} to {last_at}, then broken",
    Because.HAPPENED: "{event} lies between {window_from} and {window_until}",
    Because.IN_ANOTHER_STATE: "the last before then was the {by} of {by_at} (while: {needed})",
    Because.HEARD: "something was heard at {heard_at} and again after {silent} (for: {needed_for})",
    Because.ENOUGH: "{counted} of {at_least} lie in the period that is judged at {due_at}",
    Because.PERIOD_NOT_COUNTED: "less than half of that period was spent enrolled and at home",
    Because.AS_EVER: "the night was as ever: {figure}, where {median} is usual",
    Because.TOO_FEW_NIGHTS: "only {known_nights} of {needed_nights} nights before it are known",
    Because.OUTSIDE_BEFORE: "the night before was outside already, and the first alone is found",
    Because.BEGAN_BEFORE: "it is not judged then, or its window began before the story",
    Because.ALREADY_FOUND: "something is found for that instant already",
    Because.OUTSIDE_HOURS: _LAST + "passed over by between {between}",
    Because.NOT_MATCHING: _LAST + "for which where {where} does not hold ({values})",
    Because.FIELD_MISSING: _LAST + "passed over: it carries no {fields} (field_missing)",
    Because.NEVER_SETTLED: _LAST + "which did not settle: it held for {held} (settle: {settle})",
    Because.NO_CHANGE: _LAST + "which changed nothing: it was so before",
    Because.BED_UNKNOWN: "no sensor of the bed was heard from",
    Because.TOO_OLD: _LAST + "which came in behind newer ones",
    Because.TIME_REPLACED: _LAST + "whose claimed time cannot be true",
    Because.WRONG_DEVICE: _LAST + "from a device that the rule does not look at",
    Because.RETRACTED: _LAST + "which was taken back",
    Because.AWAY: "{resident} was away from {away_since}",
    Because.NOT_ENROLLED: "{resident} is not enrolled then",
    Because.LEFT: "{resident} has left by then",
    Because.NO_DEVICE: "{resident} has no device that sends {kind}: no {senders}",
    Because.DEVICE_NOT_LIVE: "no device had been heard by then, and silence counts from the first message on",
    Because.NOT_MEANT: "{resident} is none of those it is for: for_residents {for_residents}",
    Because.DISABLED: "the rule is switched off for {resident}",
    Because.NOT_AT_WORK: "there is no such rule then",
    Because.RULE_UNAVAILABLE: "the rule does not work: {error}",
    Because.RULE_FAILED: "the rule failed: {error}",
    Because.NOT_RAISED: "it should have been found for {at}",
    Because.IN_QUARANTINE: "a message could not be read",
    Because.NO_EVENT: "there is no {kind} of {resident} near then",
}
_LAST_BEFORE = "there is no {kind} of {resident} near then; the last before is that of {last_at}"
_NOT_THOSE_HOURS = "it watches {between} only"
_FLOOR = "the floor finds only alarm kinds, and only those that no rule of severity high takes"


def in_the_way(expected: Expectation, rule: Rule | None, story: Story, book: Rulebook) -> str:
    """The reason why this rule did not find it."""
    if rule is None or expected.resident is None:
        return _FLOOR
    events = [line.event for line in read_history(lines_of(story)) if line.event is not None]
    by_id = {event.id: event for event in reversed(events)}
    resident, at = expected.resident, expected.at
    seen = rerun([book], story.zone, rule, resident, at, events, by_id.get, story.ends_at)
    reasons = answer(seen, resident, at).reasons
    return _Said(rule, resident, story, by_id).words(min(reasons, key=_little))


def _little(reason: Reason) -> int:
    """How little a reason says where another one is there: an event says more than the hours of the rule."""
    if reason.because is Because.OUTSIDE_HOURS and not reason.event_ids:
        return _LITTLE.index(Because.OUTSIDE_HOURS)
    is_little = reason.because in _LITTLE and reason.because is not Because.OUTSIDE_HOURS
    return _LITTLE.index(reason.because) if is_little else -1


_LITTLE = (Because.NOT_MATCHING, Because.OUTSIDE_HOURS, Because.STILL_RUNNING, Because.TAKEN_BY)


class _Said:
    """Fills the words of a reason."""

    def __init__(self, rule: Rule, resident: str, story: Story, events: Mapping[str, Event]) -> None:
        self._rule = rule
        self._resident = resident
        self._story = story
        self._events = events

    def words(self, reason: Reason) -> str:
        words = WORDS[reason.because]
        if reason.because is Because.NO_EVENT and reason.figures.get("last_at"):
            words = _LAST_BEFORE
        if reason.because is Because.OUTSIDE_HOURS and not reason.event_ids:
            words = _NOT_THOSE_HOURS
        return words.format_map(Figures(self._figures(reason)))

    def _figures(self, reason: Reason) -> dict[str, str]:
        said = {
            name: self._figure(name, value) for name, value in reason.figures.items() if value is not None
        }
        for name, figure in SPANS.items():
            value = reason.figures.get(figure)
            if isinstance(value, int | float):
                said[name] = format_span(timedelta(seconds=value))
        shown = [self._event(self._events[each]) for each in reason.event_ids if each in self._events]
        said["event"] = shown[0] if shown else f"the {self._rule.kind} of {self._when(reason.since)}"
        said["by_event"] = shown[1] if len(shown) > 1 else f"a {said.get('by', self._rule.unless)}"
        said.setdefault("kind", self._rule.kind)
        if self._rule.within_for is not None:
            said.setdefault("within", format_span(self._rule.within_for))
        said["resident"] = self._resident
        said["senders"] = " or ".join(sorted(senders_of(self._rule.kind)))
        return said

    def _figure(self, name: str, value: Json) -> str:
        if isinstance(value, Mapping):
            return ", ".join(f"{key} is {each}" for key, each in value.items())
        if isinstance(value, Sequence) and not isinstance(value, str):
            return ", ".join(map(str, value))
        if name == "at" or name.endswith(("_at", "_since", "_from", "_until")):
            try:
                return self._when(parse_instant(str(value)))
            except NotAnInstant:
                return str(value)
        return str(value)

    def _when(self, instant: datetime) -> str:
        return written(instant, self._story.day, self._story.zone_of(self._resident))

    def _event(self, event: Event) -> str:
        late = event.received_at != event.occurred_at
        received = f" (received {self._when(event.received_at)})" if late else ""
        return f"the {event.kind} of {self._when(event.occurred_at)}{received}"
