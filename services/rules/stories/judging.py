"""Judging a story: each Finding that was expected is there, and nothing is there that must not be.

A rule that a story expects something of is held to it exactly: whatever else it finds is a failure too. Rules
that are not named may find what they like, unless the story says `nothing_else`: a book has rules on silence
and on whole months that speak in every long story, and a new rule must not break old stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notation.times import written
from services.domain.findings import Finding, FindingState
from services.rules.replay import Played
from services.rules.rulebook import Rulebook
from services.rules.stories.nearest import Nearness, nearest, told_finding
from services.rules.stories.playing import play_story
from services.rules.stories.story import Expectation, Prohibition, Story

TOLD = frozenset({FindingState.HOLDS, FindingState.ENDED})
"""How a Finding may stand that was expected without a word about its state: it was rightly raised."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is not as the story says, and the line of the file that says so."""

    line: int
    message: str
    nearness: Nearness | None = None
    """For what was expected and is not there: the nearest thing that happened."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one story."""

    story: Story
    failures: tuple[Failure, ...]
    findings: int
    """How many Findings there were in all."""


def try_story(story: Story, book: Rulebook) -> Verdict:
    """Play a story and judge it."""
    return judge(story, book, play_story(story, book))


def judge(story: Story, book: Rulebook, played: Played) -> Verdict:
    """Hold what was found beside what the story says."""
    left = list(played.findings)
    failures = []
    missed = []
    for each in story.expected:
        found = next((found for found in left if _is_as_expected(each, found, played)), None)
        if found is None:
            missed.append(each)
        else:
            left.remove(found)
    for each in missed:
        near = nearest(each, story, book, played, left)
        failures.append(Failure(each.line, f"expected {_asked(each, story)}: {near.words}", near.nearness))
        if near.finding in left:
            left.remove(near.finding)  # it is told already
    failures += _found_though_not_wanted(story, left, played)
    return Verdict(story, tuple(sorted(failures, key=lambda each: each.line)), len(played.findings))


def _is_as_expected(expected: Expectation, found: Finding, played: Played) -> bool:
    state = played.states[found.id]
    return (
        (found.rule, found.resident_id, found.at) == (expected.rule, expected.resident, expected.at)
        and (expected.device is None or expected.device == found.device_id)
        and (state in TOLD if expected.state is None else state is expected.state)
        and (expected.reason is None or expected.reason is found.reason)
        and expected.late_seconds in {None, (found.raised_at - found.at).total_seconds()}
    )


def _found_though_not_wanted(story: Story, left: Sequence[Finding], played: Played) -> Iterable[Failure]:
    exact = {each.rule for each in story.expected}
    for found in left:
        words = told_finding(found, story, played)
        forbidding = next((each for each in story.forbidden if _forbids(each, found)), None)
        if forbidding is not None:
            yield Failure(forbidding.line, f"must not be found: {words}")
        elif found.rule in exact:
            yield Failure(story.line, f"found as well, and not expected: {words}")
        elif story.nothing_else:
            yield Failure(story.line, f"nothing else was to be found: {words}")


def _forbids(prohibition: Prohibition, found: Finding) -> bool:
    return (
        prohibition.rule == found.rule
        and prohibition.resident in {None, found.resident_id}
        and (prohibition.from_at is None or prohibition.from_at <= found.at)
        and (prohibition.until_at is None or found.at <= prohibition.until_at)
    )


def _asked(expected: Expectation, story: Story) -> str:
    about = expected.resident or expected.device or "nobody"
    at = written(expected.at, story.day, story.zone_of(expected.resident))
    state = f", {expected.state.value}" if expected.state else ""
    reason = f", {expected.reason.value}" if expected.reason else ""
    late = f", {expected.late_seconds:.0f}s late" if expected.late_seconds is not None else ""
    return f"{expected.rule} for {about} at {at}{state}{reason}{late}"
