"""`quota`: a Finding at the end of a local period in which too little was done, and a warning before it.

A period is judged in full or not at all, and again on each late addition or retraction until the period after
it is over. State keeps the events of two periods and what was found; it never keeps a deadline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.events import Json
from services.domain.findings import FindingReason, FindingState
from services.rules.because import Because
from services.rules.case import Case, Change, Outcome, Raise, Unmoved
from services.rules.periods import Span, span_holding
from services.rules.signs import Sign


@dataclass(frozen=True, slots=True)
class Counted:
    """An event that counts for the period in which it lies."""

    at: datetime
    seq: int
    event_id: str


@dataclass(frozen=True, slots=True)
class PeriodFinding:
    """What was found about the period that ends then."""

    finding_id: str
    period_ends_at: datetime
    at: datetime
    is_warning: bool
    state: FindingState
    raised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuotaState:
    """The facts of one rule and resident. Deadlines before ``since`` are not met."""

    since: datetime
    judged_until: datetime | None = None
    """The end of the last period that was judged."""
    warned_at: datetime | None = None
    """The warning instant that was judged last."""
    events: tuple[Counted, ...] = ()
    found: tuple[PeriodFinding, ...] = ()


class Quota(Unmoved[QuotaState]):
    """So many in each period."""

    version = 1
    state_type = QuotaState

    def begin(self, case: Case) -> QuotaState | None:
        return QuotaState(since=case.now)

    def take(self, case: Case, state: QuotaState | None, sign: Sign) -> Outcome[QuotaState]:
        state = state or QuotaState(since=case.now)
        if not _counts(case, sign):
            return Outcome(state)
        counted = Counted(sign.at, sign.seq, sign.event_id)
        events = tuple(sorted((*state.events, counted), key=lambda each: (each.at, each.seq)))
        return _judge_again(case, replace(state, events=events), _spans_of(case, sign), sign, was_added=True)

    def retract(self, case: Case, state: QuotaState, target: Sign) -> Outcome[QuotaState]:
        events = tuple(each for each in state.events if each.seq != target.seq)
        if len(events) == len(state.events):
            return Outcome(state)
        return _judge_again(case, replace(state, events=events), _spans_of(case, target), target)

    def turn(self, case: Case, state: QuotaState, cause: Sign) -> Outcome[QuotaState]:
        span = _next_span(case, state)
        return _judge_again(case, state, (span.before(), span), cause)

    def due_at(self, case: Case, state: QuotaState) -> datetime | None:
        if case.rule.period is None or case.resident is None:
            return None
        span = _next_span(case, state)
        warning = _warning_at(case, state, span)
        due_at = span.ends_at if warning is None else min(warning, span.ends_at)
        return None if case.resident.has_left_by(due_at) else due_at

    def meet(self, case: Case, state: QuotaState) -> Outcome[QuotaState]:
        raises: list[Raise] = []
        due_at = self.due_at(case, state)
        while due_at is not None and due_at <= case.now:
            span = _next_span(case, state)
            warning = _warning_at(case, state, span)
            if warning is not None and warning < span.ends_at:
                found = _judge(case, state, span, warning, FindingReason.WARN)
                state = replace(state, warned_at=warning)
            else:
                found = _judge(case, state, span, span.ends_at, None)
                state = _after_period(replace(state, judged_until=span.ends_at), span)
            if found is not None:
                raises.append(found)
                _note(case, state, span, found.at, Because.FOUND, found.finding_id)
                state = replace(state, found=(*state.found, _found(found, span)))
            due_at = self.due_at(case, state)
        return Outcome(state, tuple(raises))

    def look_ahead(self, case: Case, state: QuotaState) -> None:
        if self.due_at(case, state) is None:
            return
        span = _next_span(case, state)
        if _judge(case, state, span, span.ends_at, None) is not None:
            _note(case, state, span, span.ends_at, Because.STILL_RUNNING)


def _counts(case: Case, sign: Sign) -> bool:
    """Whether a sign is one that is counted; a rule that is switched off goes on counting, for the day it is
    on again.
    """
    enabled = replace(case, rule=replace(case.rule, enabled=True))
    return enabled.takes(sign)


def _next_span(case: Case, state: QuotaState) -> Span:
    """The earliest period that is not judged yet and does not end before ``since``."""
    period = case.rule.period
    if period is None:
        raise ValueError("a quota has a period")
    if state.judged_until is not None:
        return span_holding(state.judged_until, period, case.zone)
    span = span_holding(state.since, period, case.zone)
    before = span.before()
    return before if before.ends_at >= state.since else span


def _warning_at(case: Case, state: QuotaState, span: Span) -> datetime | None:
    """The warning instant of a period, None if there is none or it was judged or may not be."""
    if case.rule.warn_days is None or case.resident is None:
        return None
    warning = span.warns_at(case.rule.warn_days)
    enrolled_at = case.resident.enrolled_at
    if warning < state.since or enrolled_at is None or warning < enrolled_at or warning == state.warned_at:
        return None
    was_raised = any(each.is_warning and each.period_ends_at == span.ends_at for each in state.found)
    return None if was_raised else warning


def _judge(
    case: Case, state: QuotaState, span: Span, at: datetime, reason: FindingReason | None
) -> Raise | None:
    """What a period comes to at an instant. The warning of a period that begins as another ends is a Finding
    of its own beside that one's.
    """
    rests_on = _inside(state, span)
    unwatched = case.unwatched_at(case.now)
    if unwatched is not None or not period_counts(case, span):
        _note(case, state, span, at, unwatched or Because.PERIOD_NOT_COUNTED)
        return None
    if len(rests_on) >= case.rule.at_least:
        _note(case, state, span, at, Because.ENOUGH)
        return None
    return Raise(
        finding_id=case.finding_id(at, *([reason.value] if reason is FindingReason.WARN else [])),
        at=at,
        raised_at=case.now,
        rests_on=tuple(sorted((each.seq, each.event_id) for each in rests_on)),
        reason=reason,
        figures=_figures(case, rests_on, span),
    )


def _figures(case: Case, rests_on: list[Counted], span: Span) -> dict[str, Json]:
    return {
        "counted": len(rests_on),
        "at_least": case.rule.at_least,
        "missing": max(case.rule.at_least - len(rests_on), 0),
        "period_starts_on": span.first_day.isoformat(),
        "period_ends_before": span.next_day.isoformat(),
    }


def _note(
    case: Case,
    state: QuotaState,
    span: Span,
    at: datetime,
    because: Because,
    finding_id: str | None = None,
) -> None:
    if case.notes is None:
        return
    rests_on = _inside(state, span)
    watched_for = timedelta(0)
    if case.resident is not None:
        watched_for = case.resident.watched_for(span.starts_at, span.ends_at, case.now)
    case.note(
        because,
        span.starts_at,
        at,
        f"period {span.first_day} {at}",
        *(each.event_id for each in rests_on),
        finding_id=finding_id,
        due_at=at,
        watched_seconds=watched_for,
        period_seconds=span.ends_at - span.starts_at,
        **_figures(case, rests_on, span),
    )


def _found(new: Raise, span: Span) -> PeriodFinding:
    is_warning = new.reason is FindingReason.WARN
    return PeriodFinding(new.finding_id, span.ends_at, new.at, is_warning, FindingState.HOLDS, new.raised_at)


def _inside(state: QuotaState, span: Span) -> list[Counted]:
    starts_at, ends_at = span.starts_at, span.ends_at
    return [each for each in state.events if starts_at <= each.at < ends_at]


def period_counts(case: Case, span: Span) -> bool:
    """Whether the resident was enrolled and not away for at least half its seconds."""
    if case.resident is None:
        return False
    starts_at, ends_at = span.starts_at, span.ends_at
    return 2 * case.resident.watched_for(starts_at, ends_at, case.now) >= ends_at - starts_at


def _after_period(state: QuotaState, span: Span) -> QuotaState:
    """Forget what lies before the period that was just judged: nothing there is judged again."""
    oldest = span.starts_at - timedelta(days=2)
    return replace(
        state,
        events=tuple(each for each in state.events if each.at >= oldest),
        found=tuple(each for each in state.found if each.period_ends_at > oldest),
    )


def _spans_of(case: Case, sign: Sign) -> tuple[Span, ...]:
    """The period in which a sign lies."""
    return (span_holding(sign.at, case.rule.period, case.zone),) if case.rule.period is not None else ()


def _judge_again(
    case: Case, state: QuotaState, spans: Sequence[Span], cause: Sign, *, was_added: bool = False
) -> Outcome[QuotaState]:
    """What an addition, a retraction or other time away changes in what was found about these periods."""
    changes: list[Change] = []
    raises: list[Raise] = []
    for span in spans:
        if case.now > span.next().ends_at:
            continue
        found: list[PeriodFinding] = []
        for each in state.found:
            after = _state_now(case, state, span, each) if each.period_ends_at == span.ends_at else each.state
            if after is not each.state:
                changes.append(Change(each.finding_id, after, case.now, cause.event_id))
            found.append(replace(each, state=after))
        was_judged = state.judged_until is not None and span.ends_at <= state.judged_until
        is_found = any(each.period_ends_at == span.ends_at and not each.is_warning for each in found)
        if was_judged and not is_found and not was_added:
            new = _judge(case, state, span, span.ends_at, FindingReason.CORRECTED)
            if new is not None:
                raises.append(new)
                _note(case, state, span, new.at, Because.FOUND, new.finding_id)
                found.append(_found(new, span))
        state = replace(state, found=tuple(found))
    return Outcome(state, tuple(raises), tuple(changes))


def _state_now(case: Case, state: QuotaState, span: Span, found: PeriodFinding) -> FindingState:
    inside = _inside(state, span)
    is_short = len(inside) < case.rule.at_least
    counts = period_counts(replace(case, now=found.raised_at or found.at), span)
    if not found.is_warning:
        return FindingState.HOLDS if is_short and counts else FindingState.WITHDRAWN
    if found.state is FindingState.WITHDRAWN or (is_short and counts):
        return found.state
    in_time = [each for each in inside if each.at <= found.at]
    is_withdrawn = not counts or len(in_time) >= case.rule.at_least
    return FindingState.WITHDRAWN if is_withdrawn else FindingState.ENDED
