"""The judge: holds what the house kept and what people received against what was pressed.

Pure. A fault is something *lost* (a press that is in no alert, a person of a step who was never told) or
something *doubled* (a press that is in two, a person who was told twice as if it were news). One webhook may
see one notice twice; that is no fault: it was sent again because nobody knew whether it had arrived.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.domain.alerts import Alert, AlertChange, ChangeReason
from services.domain.events import Event
from services.domain.notices import AttemptResult, Notice, NoticeKind, NoticeReason, NoticeState
from tests.soak.evidence import Evidence, Press

JOINED_AT_MOST_EVERY = timedelta(minutes=1)
"""How often joined presses may tell one person of one alert; the soak's policies say the same."""
TOO_LATE = frozenset({NoticeReason.ACCEPTED_ALREADY, NoticeReason.CLOSED_ALREADY})
"""Why somebody of a step need not be told any more: somebody else has it."""
CALLING = frozenset({ChangeReason.STEP_DUE, ChangeReason.NOBODY_TO_TELL})
"""Moves of an alert that name whom they call."""


class Kind(StrEnum):
    """The two ways to fail somebody."""

    LOST = "lost"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that must not be. ``cause`` is that of the press it goes back to."""

    kind: Kind
    cause: str
    words: str


NO_PRESS = "no press"
"""The cause of a fault that goes back to no press that was made."""


class _Case:
    """The evidence, by what is looked up in it."""

    def __init__(self, evidence: Evidence) -> None:
        kept = evidence.kept
        self.evidence = evidence
        self.pressed = {(press.device_id, press.id): press for press in evidence.presses}
        self.stored: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for event in kept.events:
            self.stored[event.device_id or "", event.device_event_id or ""].append(event)
        self.found: dict[str, list[str]] = defaultdict(list)
        for finding in kept.findings:
            for event_id in finding.evidence.event_ids if finding.is_alarm else ():
                self.found[event_id].append(finding.id)
        self.in_alerts: dict[str, list[str]] = defaultdict(list)
        for alert in kept.alerts:
            for fact in alert.facts:
                self.in_alerts[fact.finding_id].append(alert.id)
        self.notices: dict[str, list[Notice]] = defaultdict(list)
        for notice in kept.notices:
            self.notices[notice.alert_id].append(notice)
        self.delivered = {each.notice_id for each in kept.attempts if each.result is AttemptResult.DELIVERED}
        self.answered = {each.notice_id for each in evidence.rang if each.status < 300}
        self.opened_by: dict[str, Press] = {}
        by_event = {events[0].id: key for key, events in self.stored.items()}
        for event_id, findings in self.found.items():
            press = self.pressed.get(by_event.get(event_id, ("", "")))
            for alert_id in self.in_alerts.get(findings[0], ()) if press is not None else ():
                first = self.opened_by.get(alert_id)
                if press is not None and (first is None or press.sent_at < first.sent_at):
                    self.opened_by[alert_id] = press

    def cause(self, alert_id: str) -> str:
        press = self.opened_by.get(alert_id)
        return press.cause if press is not None else NO_PRESS

    def was_told(self, notice: Notice) -> bool:
        """Whether its person has it, as far as the house or their telephone knows."""
        return notice.state is NoticeState.SENT or notice.id in self.answered


def judge(evidence: Evidence) -> list[Fault]:
    """Every fault; none is the only good verdict."""
    case = _Case(evidence)
    faults: list[Fault] = []
    for press in evidence.presses:
        faults += _of_press(press, case)
    faults += _of_strangers(case)
    for alert in evidence.kept.alerts:
        faults += _of_alert(alert, case)
    return faults


# ---------------------------------------------------------------------------- presses


def _of_press(press: Press, case: _Case) -> Iterator[Fault]:
    """From the button to the alert: everything exactly once."""
    name = f"press {press.id} of {press.device_id}"
    if press.receipt not in ("stored", "duplicate"):
        yield Fault(Kind.LOST, press.cause, f"{name} got the receipt {press.receipt}")
    events = case.stored.get((press.device_id, press.id), [])
    yield from _once(len(events), press.cause, f"{name} is an event")
    for event in events[:1]:
        findings = case.found.get(event.id, [])
        yield from _once(len(findings), press.cause, f"{name} is found")
        for finding_id in findings[:1]:
            in_alerts = case.in_alerts.get(finding_id, [])
            yield from _once(len(in_alerts), press.cause, f"{name} is a fact of an alert")


def _once(times: int, cause: str, what: str) -> Iterator[Fault]:
    if times != 1:
        yield Fault(Kind.DOUBLED if times else Kind.LOST, cause, f"{what} {times} times")


def _of_strangers(case: _Case) -> Iterator[Fault]:
    """What came of nothing: events that no button sent, notices that rang and are not kept."""
    for (device_id, own_id), events in case.stored.items():
        if (device_id, own_id) not in case.pressed:
            yield Fault(
                Kind.DOUBLED, NO_PRESS, f"{len(events)} events of {device_id} {own_id}, never pressed"
            )
    kept = {notice.id for notice in case.evidence.kept.notices}
    for rang in {each.notice_id: each for each in case.evidence.rang}.values():
        if rang.notice_id not in kept:
            cause = case.cause(rang.alert_id)
            yield Fault(Kind.LOST, cause, f"notice {rang.notice_id} rang at {rang.person} and is not kept")
    if case.evidence.kept.commands_waiting:
        words = f"{case.evidence.kept.commands_waiting} commands to devices wait for ever"
        yield Fault(Kind.LOST, NO_PRESS, words)


# ---------------------------------------------------------------------------- people


def _of_alert(alert: Alert, case: _Case) -> Iterator[Fault]:
    notices = case.notices.get(alert.id, [])
    changes = case.evidence.kept.changes.get(alert.id, ())
    cause = case.cause(alert.id)
    said = [
        *_first_called(alert, changes, case),
        *_called(changes, notices, case),
        *_joined(changes, notices),
        *_told_twice(notices, case),
        *_unfinished(notices, case),
    ]
    for kind, words in said:
        yield Fault(kind, cause, f"alert {alert.number} {alert.id}: {words}")


Said = Iterator[tuple[Kind, str]]


def _first_called(alert: Alert, changes: Sequence[AlertChange], case: _Case) -> Said:
    """Whom the home's register names is called with the first step, whatever the house itself noted."""
    wanted = case.evidence.first_called.get(alert.resident_id or "", frozenset())
    told = next((_told_by(each) for each in changes if each.reason in CALLING), ())
    for person in sorted(wanted - set(told)):
        yield Kind.LOST, f"the first step did not call {person}"


def _called(changes: Sequence[AlertChange], notices: Sequence[Notice], case: _Case) -> Said:
    """Each recipient of each step has exactly one notice, and it was delivered unless it came too late."""
    is_over = any(each.reason in (ChangeReason.ACCEPTED, ChangeReason.CLOSED) for each in changes)
    for change in changes:
        if change.reason not in CALLING:
            continue
        at = (change.at, change.detail.get("step"), change.detail.get("round"))
        for person in _told_by(change):
            own = [
                notice
                for notice in notices
                if notice.kind is NoticeKind.ALERT
                and key_of(notice) == person
                and (notice.created_at, notice.step, notice.round) == at
            ]
            where = f"step {at[1]} round {at[2]} called {person}"
            if len(own) != 1:
                yield Kind.DOUBLED if own else Kind.LOST, f"{where} with {len(own)} notices"
                continue
            if own[0].state is NoticeState.NOT_SENT and own[0].reason in TOO_LATE and is_over:
                continue
            if own[0].state is not NoticeState.SENT:
                yield Kind.LOST, f"{where}, and the notice is {own[0].state} ({own[0].reason})"


def _joined(changes: Sequence[AlertChange], notices: Sequence[Notice]) -> Said:
    """A press that joins tells somebody, unless they were told of one within the last minute."""
    for change in changes:
        if change.reason is not ChangeReason.JOINED:
            continue
        own = [each for each in notices if each.created_at == change.at and each.kind in _CALLS]
        if not any(each.state is NoticeState.SENT or each.reason in TOO_LATE for each in own) and not any(
            each.reason is NoticeReason.TOLD_A_MOMENT_AGO and _was_told_before(each, notices) for each in own
        ):
            yield Kind.LOST, f"the press that joined at {change.at} told nobody"


_CALLS = (NoticeKind.ALERT, NoticeKind.JOINED)


def _was_told_before(notice: Notice, notices: Sequence[Notice]) -> bool:
    since = notice.created_at - JOINED_AT_MOST_EVERY
    return any(
        each.kind is NoticeKind.JOINED
        and key_of(each) == key_of(notice)
        and since < each.created_at <= notice.created_at
        and (each.state is NoticeState.SENT or each.reason in TOO_LATE)
        for each in notices
    )


def _told_twice(notices: Sequence[Notice], case: _Case) -> Said:
    told = [notice for notice in notices if case.was_told(notice)]
    steps = Counter(
        (notice.run, notice.step, notice.round, key_of(notice))
        for notice in told
        if notice.kind is NoticeKind.ALERT and notice.text.get("because") == "step"
    )
    for (run, step, round_, person), times in steps.items():
        if times > 1:
            yield Kind.DOUBLED, f"run {run} step {step} round {round_} told {person} {times} times"
    for person, own in _by_person(notices):
        yield from _joined_too_often(person, own)
        yield from _stood_down_twice(person, own, case)


def _joined_too_often(person: str, own: Iterable[Notice]) -> Said:
    """Of those that the house counts as sent: one that was given up after a crash, because somebody had the
    alert, may have rung all the same, and nobody knew.
    """
    last: datetime | None = None
    for notice in own:
        if notice.kind is not NoticeKind.JOINED or notice.state is not NoticeState.SENT:
            continue
        if last is not None and notice.created_at - last < JOINED_AT_MOST_EVERY:
            yield Kind.DOUBLED, f"joined presses told {person} twice in {notice.created_at - last}"
        last = notice.created_at


def _stood_down_twice(person: str, own: Iterable[Notice], case: _Case) -> Said:
    """Whoever heard that they are not needed hears it again only after another call."""
    is_called = True
    for notice in own:
        if notice.kind is not NoticeKind.STAND_DOWN:
            is_called = True
        elif case.was_told(notice):
            if not is_called:
                yield Kind.DOUBLED, f"{person} was told to stand down twice"
            is_called = False


def _unfinished(notices: Sequence[Notice], case: _Case) -> Said:
    """Nothing is due for ever, and what counts as sent is known at the other end."""
    for notice in notices:
        what = f"the {notice.kind} notice {notice.id} to {notice.recipient_name}"
        if notice.state is NoticeState.DUE:
            yield Kind.LOST, f"{what} is due for ever"
        elif notice.state is NoticeState.FAILED:
            yield Kind.LOST, f"{what} failed"
        elif notice.state is NoticeState.SENT and notice.id not in case.delivered:
            yield Kind.LOST, f"{what} is sent without a delivered attempt"
        elif notice.state is NoticeState.SENT and notice.id not in case.answered:
            yield Kind.LOST, f"{what} is sent and never rang"


def _by_person(notices: Sequence[Notice]) -> Iterable[tuple[str, list[Notice]]]:
    people: dict[str, list[Notice]] = defaultdict(list)
    for notice in sorted(notices, key=lambda each: each.number):
        people[key_of(notice)].append(notice)
    return people.items()


def key_of(notice: Notice) -> str:
    """Who a notice is for, in the words of the alert's moves."""
    return notice.worker_id or (f"contact:{notice.contact}" if notice.contact else "last_resort")


def _told_by(change: AlertChange) -> tuple[str, ...]:
    told = change.detail.get("told")
    return tuple(str(person) for person in told) if isinstance(told, list | tuple) else ()
