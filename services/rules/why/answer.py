"""Answer: which of the noted decisions explain an instant, the weightiest first.

It orders what the engine said and adds what can be said of the instant itself: hours, time away, a rule that
is switched off. It decides nothing about events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.events import Json
from services.domain.findings import Finding, FindingChange, FindingState, Trigger
from services.domain.instants import NotAnInstant, format_instant, is_sensible, parse_instant, utc_of_local
from services.domain.kinds import ALARM_KINDS
from services.rules.because import Because
from services.rules.notes import Note
from services.rules.rulebook import BED_PAIR, Rule
from services.rules.why.rerun import Rerun

AROUND_FOR = timedelta(hours=6)
"""How far from the instant an event may lie and still be worth a word: half a night (assumed)."""
MOST_REASONS = 6
_MINUTE = timedelta(minutes=1)
_TO_THE_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)([Zz]|[+-]\d\d:\d\d|)", re.ASCII)

FOUND = frozenset({Because.FOUND, Because.STALE, Because.WITHDRAWN})
"""There is a Finding, and the instant lies in what it is about."""
_OVER = frozenset({Because.RESTING, Because.USED_UP})
_WEIGHT: Mapping[Because, int] = {
    **dict.fromkeys(FOUND, 0),
    Because.RESTING: 1,
    Because.USED_UP: 1,
    Because.TAKEN_BY: 1,
    Because.SETTLING: 3,
    Because.STILL_RUNNING: 3,
    Because.ALREADY_WATCHED: 5,
    Because.NO_CHANGE: 5,
}
_BLANKET, _CANDIDATE, _HOURS, _NEAR = 2, 4, 6, 7
_WITHOUT_EVENTS = frozenset({Trigger.MISSING, Trigger.QUOTA, Trigger.SILENT})
"""The triggers that find something where no event is: time alone goes on."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, the stretch of time that it is about (ends included), and what it rests on."""

    because: Because
    since: datetime
    until: datetime
    event_ids: tuple[str, ...] = ()
    figures: Mapping[str, Json] = field(default_factory=dict)
    finding_id: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """An instant; one that is given to the minute stands for the whole of that minute."""

    at: datetime

    @property
    def until(self) -> datetime:
        """The last instant that is meant."""
        on_the_minute = self.at.second == 0 and self.at.microsecond == 0
        return self.at + _MINUTE - timedelta(microseconds=1) if on_the_minute else self.at

    def meets(self, reason: Reason) -> bool:
        """Whether a reason is about the instant."""
        return reason.since <= self.until and self.at <= reason.until

    def distance_to(self, reason: Reason) -> timedelta:
        """How far off the stretch of a reason lies."""
        return max(reason.since - self.until, self.at - reason.until, timedelta(0))


def instant_asked(text: str, zone: ZoneInfo | None = None) -> datetime:
    """The instant that somebody asks about, as RFC 3339; the seconds may be left out, and without an offset
    it is the wall clock of ``zone``. `NotAnInstant` if it is none, or none that anybody can mean.
    """
    to_the_minute = _TO_THE_MINUTE.fullmatch(text)
    whole = text if to_the_minute is None else f"{to_the_minute[1]}:00{to_the_minute[2]}"
    asked = parse_instant(whole, zone)
    if not is_sensible(asked):
        raise NotAnInstant(text[:64])
    return asked


@dataclass(frozen=True, slots=True)
class Answer:
    """Why; the first reason is the weightiest. ``found`` = there is a Finding about the instant."""

    rule: Rule
    resident_id: str
    at: datetime
    found: bool
    reasons: tuple[Reason, ...]
    zone: ZoneInfo
    """Where the resident lives."""
    revision: int | None = None
    """The revision of the rulebook that was at work then; None where the rule was not."""
    content_hash: str | None = None
    revision_now: int | None = None
    """The one that is at work now; None where it was taken away."""


def answer(seen: Rerun, resident_id: str, at: datetime) -> Answer:
    """The reasons that explain the instant."""
    asked = Asked(at)
    noted = list(_noted(seen))
    meeting = _without_lesser([each for each in (*noted, *_after_findings(seen)) if asked.meets(each)])
    weighed = [(_WEIGHT.get(reason.because, _CANDIDATE), reason) for reason in meeting]
    weighed += [(_BLANKET, reason) for reason in _blankets(seen, asked)]
    if seen.rule.between is not None and all(each.because is not Because.OUTSIDE_HOURS for each in meeting):
        weighed += [(_HOURS, reason) for reason in _outside_hours(seen, asked)]
    weighed += [(_NEAR, reason) for reason in _nearest(noted, meeting, asked)]
    weighed.sort(key=lambda each: (each[0], asked.distance_to(each[1]), abs(each[1].since - at)))
    reasons = [reason for _, reason in weighed]
    on_the_way = any(reason.because in {Because.STILL_RUNNING, Because.SETTLING} for reason in meeting)
    waits_for_time = seen.rule.trigger in _WITHOUT_EVENTS and on_the_way
    if not waits_for_time and not any(
        weight in {_NEAR, _CANDIDATE} or weight < _BLANKET for weight, _ in weighed
    ):
        reasons.append(_nothing(seen, asked))
    found = any(reason.because in FOUND for reason in meeting)
    return Answer(_effective(seen), resident_id, at, found, tuple(reasons[:MOST_REASONS]), seen.standing.zone)


def _effective(seen: Rerun) -> Rule:
    """The rule with the resident's overrides as they were."""
    cases = seen.standing.cases
    return cases[0].rule if cases else seen.rule


def _noted(seen: Rerun) -> Iterable[Reason]:
    findings = {finding.id: finding for finding in seen.findings}
    named: set[str] = set()
    for note in seen.notes:
        finding = findings.get(note.finding_id or "")
        if note.because is Because.FOUND and finding is not None:
            if finding.id not in named:
                yield _found(note, finding, seen.changes)
            named.add(finding.id)
            continue
        figures = dict(note.figures)
        if finding is not None:
            figures |= {"at": format_instant(finding.at), "raised_at": format_instant(finding.raised_at)}
        reason = Reason(note.because, note.since, note.until, note.event_ids, figures, note.finding_id)
        taken_by = _taken_by(note, seen.findings)
        yield reason
        if taken_by is not None:
            by: dict[str, Json] = {"rule": taken_by.rule, "rulebook": taken_by.rulebook}
            yield replace(reason, because=Because.TAKEN_BY, figures=by, finding_id=taken_by.id)


def _found(note: Note, finding: Finding, changes: Iterable[FindingChange]) -> Reason:
    own = [change for change in changes if change.finding_id == finding.id]
    state = own[-1].state if own else finding.state
    figures: dict[str, Json] = {
        **finding.evidence.figures,
        "at": format_instant(finding.at),
        "raised_at": format_instant(finding.raised_at),
        "state": state.value,
        "finding_reason": finding.reason.value if finding.reason is not None else None,
        "prevented_by": finding.evidence.prevented_by,
    }
    if own:
        figures |= {"changed_at": format_instant(own[-1].at), "changed_by": own[-1].by_event_id}
    return Reason(
        Because.of(state),
        note.since,
        note.until,
        finding.evidence.event_ids,
        figures,
        finding.id,
    )


def _taken_by(note: Note, findings: Iterable[Finding]) -> Finding | None:
    """The Finding of another rule, or of the floor, that took the alarm this one passed over."""
    for finding in findings:
        if finding.is_alarm and note.event_ids and finding.evidence.event_ids == note.event_ids[:1]:
            return finding
    return None


def _after_findings(seen: Rerun) -> Iterable[Reason]:
    """What a Finding means for the time after it."""
    for finding in seen.findings:
        if finding.rule != seen.rule.id or finding.state is FindingState.STALE:
            continue
        figures = finding.evidence.figures
        said: dict[str, Json] = {
            "at": format_instant(finding.at),
            "raised_at": format_instant(finding.raised_at),
        }
        just_after = finding.at + timedelta(microseconds=1)
        if finding.trigger is Trigger.COUNT:
            first_at = finding.at - timedelta(seconds=figures["span_seconds"])
            until = first_at + (seen.rule.within_for or timedelta(0))
            ids = finding.evidence.event_ids
            yield Reason(Because.USED_UP, just_after, until, ids, {**said, **figures}, finding.id)
        if finding.trigger in {Trigger.UNLESS, Trigger.SILENT}:
            own = [change for change in seen.changes if change.finding_id == finding.id]
            if own and own[-1].state is FindingState.WITHDRAWN:
                continue
            ended_at = own[-1].at if own else None
            said["ended_at"] = None if ended_at is None else format_instant(ended_at)
            until = ended_at or max(seen.now, just_after)
            yield Reason(Because.RESTING, just_after, until, finding.evidence.event_ids, said, finding.id)


def _without_lesser(reasons: list[Reason]) -> list[Reason]:
    """Of sets that are not full only the fullest, of what rests or is used up only the newest, and of a
    Finding that is said already nothing more.
    """
    found = {reason.finding_id for reason in reasons if reason.because in FOUND}
    short = [each for each in reasons if each.because is Because.NOT_ENOUGH]
    over = [each for each in reasons if each.because in _OVER and each.finding_id not in found]
    fullest = max(short, key=lambda each: (each.figures["counted"], each.since), default=None)
    newest = max(over, key=lambda each: each.since, default=None)
    return [
        each
        for each in reasons
        if each in (fullest, newest) or (each.because is not Because.NOT_ENOUGH and each.because not in _OVER)
    ]


def _nearest(noted: list[Reason], meeting: list[Reason], asked: Asked) -> list[Reason]:
    """The nearest candidate before and after the instant, where they are near enough."""
    said = {reason.finding_id for reason in meeting} - {None}
    others = [reason for reason in noted if not asked.meets(reason) and reason.finding_id not in said]
    near = [reason for reason in others if asked.distance_to(reason) <= AROUND_FOR]
    before = [reason for reason in near if reason.until < asked.at]
    after = [reason for reason in near if reason.since > asked.until]
    return [
        min(side, key=lambda reason: (asked.distance_to(reason), _weight_near(reason)))
        for side in (before, after)
        if side
    ]


def _weight_near(reason: Reason) -> tuple[int, int]:
    counted = reason.figures.get("counted", 0)
    return _WEIGHT.get(reason.because, _CANDIDATE), -counted if isinstance(counted, int) else 0


def _blankets(seen: Rerun, asked: Asked) -> Iterable[Reason]:
    """What keeps the rule from watching at all at that instant."""
    rule, standing = seen.rule, seen.standing
    alarm = rule.is_plain_on and rule.kind in ALARM_KINDS
    unwatched = [case.unwatched_at(asked.at) for case in standing.cases]
    because = unwatched[0] if unwatched else Because.NO_DEVICE
    if all(unwatched) and because is not None and (not alarm or because is Because.DISABLED):
        yield _at(asked, because, _unwatched_by(because, seen))
    for fault in seen.faults[:1]:
        ids = (fault.event_id,) if fault.event_id else ()
        yield replace(_at(asked, Because.RULE_FAILED, {"error": fault.error}), event_ids=ids)
    if not standing.cases or all(unwatched):
        return
    case = standing.cases[0]
    if rule.trigger not in {Trigger.ON, Trigger.QUOTA} and case.touches_absence(asked.at, asked.at):
        yield _at(asked, Because.AWAY, case.absence(asked.at, asked.at))
    if standing.has_unknown_bed and rule.own_kinds & BED_PAIR:
        yield _at(asked, Because.BED_UNKNOWN, {})
    if rule.trigger is Trigger.SILENT and not standing.is_live:
        yield _at(asked, Because.DEVICE_NOT_LIVE, {})


def _unwatched_by(because: Because, seen: Rerun) -> dict[str, Json]:
    cases, rule = seen.standing.cases, seen.rule
    resident = cases[0].resident if cases else None
    if because is Because.DISABLED:
        return _switched_off_by(seen)
    if because is Because.NOT_MEANT and rule.for_residents is not None:
        return {"for_residents": rule.for_residents.text}
    if because in {Because.NO_DEVICE, Because.WRONG_DEVICE}:
        return {"kind": rule.kind}
    if resident is None:
        return {}
    instants = {Because.NOT_ENROLLED: resident.enrolled_at, Because.LEFT: resident.left_at}
    instant = instants.get(because)
    return {} if instant is None else {"since": format_instant(instant)}


def _switched_off_by(seen: Rerun) -> dict[str, Json]:
    """The rulebook, or the override: by whom, why and until when."""
    if not seen.rule.enabled or not seen.standing.overrides:
        return {"by": "rulebook"}
    newest = seen.standing.overrides[-1]
    said = newest.data
    return {
        "by": "override",
        "author": said.get("author") or newest.recorded_by,
        "reason": said.get("reason"),
        "set_at": format_instant(newest.received_at),
        "off_until": said.get("until"),
    }


def _outside_hours(seen: Rerun, asked: Asked) -> Iterable[Reason]:
    """The hours of the rule, where the instant lies outside."""
    if not seen.standing.cases:
        return
    case = seen.standing.cases[0]
    rule = case.rule
    if rule.hours is not None and not rule.hours.holds(asked.at, case.zone):
        start = rule.hours.start
        today = asked.at.astimezone(case.zone).date()
        days = (utc_of_local(today + timedelta(days=each), start, case.zone) for each in (0, 1))
        opens_at = next(instant for instant in days if instant > asked.at)
        figures = {**case.hours(asked.at), "opens_at": format_instant(opens_at)}
        yield _at(asked, Because.OUTSIDE_HOURS, figures)


def _nothing(seen: Rerun, asked: Asked) -> Reason:
    """There is no event that the rule could have looked at."""
    rule = seen.rule
    was_at_work = any(note.since <= asked.at for note in seen.notes)
    if rule.trigger is Trigger.MISSING and was_at_work and (hours := list(_outside_hours(seen, asked))):
        return hours[0]
    hours_now = _effective(seen).hours
    if rule.trigger is Trigger.MISSING and hours_now is not None and asked.at > seen.now:
        due_at = hours_now.end_at(asked.at, seen.standing.zone)
        return Reason(Because.STILL_RUNNING, asked.at, due_at, (), {"due_at": format_instant(due_at)})
    if rule.trigger in _WITHOUT_EVENTS:
        return _at(asked, Because.BEGAN_BEFORE, {})
    before = [event for event in seen.own_events if event.occurred_at <= asked.until]
    newest = max(before, key=lambda event: event.occurred_at, default=None)
    figures: dict[str, Json] = {
        "kind": rule.kind,
        "window_from": format_instant(asked.at - AROUND_FOR),
        "window_until": format_instant(asked.at + AROUND_FOR),
        "last_at": format_instant(newest.occurred_at) if newest is not None else None,
    }
    ids = (newest.id,) if newest is not None else ()
    return replace(_at(asked, Because.NO_EVENT, figures), event_ids=ids)


def _at(asked: Asked, because: Because, figures: Mapping[str, Json]) -> Reason:
    return Reason(because, asked.at, asked.until, (), figures)
