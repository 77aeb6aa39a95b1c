"""`silent`: a Finding when nothing was heard for so long, reckoned by when messages were received.

Time in which the house was not at the broker does not count. It starts when a device goes live, which is with
its first message; `device.offline` is none. Time away counts anew from the return. After a Finding it rests
until the next message, which ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.events import Json
from services.domain.findings import FindingState
from services.domain.instants import format_instant
from services.domain.kinds import KINDS
from services.domain.values import value
from services.rules.because import Because
from services.rules.case import Case, Change, Outcome, Raise, Unmoved
from services.rules.connection import end_of
from services.rules.rulebook import ANY_MESSAGE
from services.rules.signs import Sign
from services.rules.withdrawing import absence_withdraws, withdrawal

LATE_BATCH_FOR = timedelta(seconds=60)
"""How long after its reception what set a deadline keeps it from being met."""
LOOKS_AGAIN_AFTER = timedelta(minutes=5)
"""How often a silence that would be long enough is looked at while the house is not at the broker."""
MOST_REMEMBERED = 8
"""How many older records are kept, for the case that the newest are taken back, and how many Findings, for
the case that it is told late that the resident was away.
"""


@dataclass(frozen=True, slots=True)
class Record:
    """Something that people recorded before the newest of its kind."""

    heard_at: datetime
    seq: int = 0
    event_id: str | None = None
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class FoundSilence:
    """A Finding that was made, and the time it judged."""

    finding_id: str
    since: datetime
    at: datetime
    state: FindingState

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The time that was judged, ends included."""
        return (self.since, self.at)


@value(frozen=True, slots=True)
class SilentState:
    """The newest sign of life by its reception, and the Finding that waits for the next."""

    heard_at: datetime
    seq: int = 0
    event_id: str | None = None
    device_id: str | None = None
    finding_id: str | None = None
    older: tuple[Record, ...] = ()
    """Of what people record: the records before. What a device sent it has sent, whoever takes it back."""
    found: tuple[FoundSilence, ...] = ()
    """The newest Findings, as far as they may be withdrawn."""


class Silent(Unmoved[SilentState]):
    """Nothing heard."""

    version = 1
    state_type = SilentState

    def begin(self, case: Case) -> SilentState | None:
        """What people record is waited for from enrolment on; a device has to speak first."""
        if not _is_recorded(case) or case.resident is None or case.resident.enrolled_at is None:
            return None
        return SilentState(max(case.now, case.resident.enrolled_at))

    def take(self, case: Case, state: SilentState | None, sign: Sign) -> Outcome[SilentState]:
        is_meant = case.rule.kind in (ANY_MESSAGE, sign.kind)
        if state is not None and not is_meant:
            return Outcome(state)
        changes: tuple[Change, ...] = ()
        if state is not None and state.finding_id is None:
            _note(case, state, Because.HEARD, sign.received_at, heard_again_at=sign.received_at)
        found = state.found if state is not None else ()
        if state is not None and state.finding_id is not None:
            changes = (Change(state.finding_id, FindingState.ENDED, case.now, sign.event_id),)
            found = tuple(
                replace(each, state=FindingState.ENDED) if each.finding_id == state.finding_id else each
                for each in found
            )
        older = (*state.older, _record(state))[-MOST_REMEMBERED:] if state and _is_recorded(case) else ()
        new = SilentState(sign.received_at, sign.seq, sign.event_id, sign.device_id, older=older, found=found)
        return Outcome(new, (), changes)

    def retract(self, case: Case, state: SilentState, target: Sign) -> Outcome[SilentState]:
        if not _is_recorded(case) or target.kind != case.rule.kind:
            return Outcome(state)
        if target.seq != state.seq or not state.older:
            older = tuple(each for each in state.older if each.seq != target.seq)
            return Outcome(replace(state, older=older))
        *older_still, newest = state.older
        return Outcome(
            replace(
                state,
                heard_at=newest.heard_at,
                seq=newest.seq,
                event_id=newest.event_id,
                device_id=newest.device_id,
                older=tuple(older_still),
            )
        )

    def turn(self, case: Case, state: SilentState, cause: Sign) -> Outcome[SilentState]:
        gone = [each for each in state.found if absence_withdraws(case, each)]
        if not gone:
            return Outcome(state)
        found = tuple(
            replace(each, state=FindingState.WITHDRAWN) if each in gone else each for each in state.found
        )
        changes = tuple(withdrawal(case, each, cause) for each in gone)
        rests = None if state.finding_id in {each.finding_id for each in gone} else state.finding_id
        return Outcome(replace(state, finding_id=rests, found=found), (), changes)

    def due_at(self, case: Case, state: SilentState) -> datetime | None:
        silence = None if state.finding_id is not None else _silence(case, state)
        if silence is None or case.unwatched_at(max(case.now, silence.due_at)) is not None:
            return None
        if state.found and any(each.at == silence.at for each in state.found):
            return None  # a Finding is unique by rule, key, trigger and instant
        return silence.due_at

    def meet(self, case: Case, state: SilentState) -> Outcome[SilentState]:
        due_at, silence = self.due_at(case, state), _silence(case, state)
        if due_at is None or silence is None or due_at > case.now:
            return Outcome(state)
        new = Raise(
            finding_id=case.finding_id(silence.at),
            at=silence.at,
            raised_at=case.now,
            rests_on=((state.seq, state.event_id),) if state.event_id is not None else (),
            device_id=case.device.id if case.device is not None else state.device_id,
            figures={
                "heard_at": format_instant(state.heard_at),
                "silent_seconds": (silence.at - state.heard_at).total_seconds(),
            },
        )
        found = FoundSilence(new.finding_id, silence.since, silence.at, FindingState.HOLDS)
        case.note(
            Because.FOUND, state.heard_at, silence.at, f"silence {state.seq}", finding_id=new.finding_id
        )
        kept = (*state.found, found)[-MOST_REMEMBERED:]
        return Outcome(replace(state, finding_id=new.finding_id, found=kept), (new,))

    def look_ahead(self, case: Case, state: SilentState) -> None:
        silence = _silence(case, state)
        end = None if silence is None else silence.at
        if state.finding_id is None and end is not None:
            unwatched = case.unwatched_at(case.now)
            _note(case, state, unwatched or Because.STILL_RUNNING, max(end, case.now), due_at=end)
        elif state.finding_id is None:
            absence = case.absence(state.heard_at, case.now)
            because = Because.AWAY if absence else Because.BEGAN_BEFORE
            _note(case, state, because, case.now, **absence)


def _note(case: Case, state: SilentState, because: Because, until: datetime, **figures: Json) -> None:
    if case.notes is None:
        return
    case.note(
        because,
        state.heard_at,
        until,
        f"silence {state.seq}",
        state.event_id,
        heard_at=state.heard_at,
        silent_seconds=until - state.heard_at,
        needed_seconds=case.rule.watch_for,
        device_id=state.device_id,
        **figures,
    )


@value(frozen=True, slots=True)
class _Silence:
    """From when a silence is reckoned, when it is long enough, and when that may be said."""

    since: datetime
    at: datetime
    due_at: datetime


def _silence(case: Case, state: SilentState) -> _Silence | None:
    """None while the resident is away or if it began before enrolment."""
    silent_for = case.rule.watch_for
    resident = case.resident
    if silent_for is None or (resident is not None and not resident.is_enrolled_at(state.heard_at)):
        return None
    start = told_at = state.heard_at
    was_away = resident is not None and bool(resident.turns) and case.is_away_rule()
    for since, until in resident.absences() if resident is not None and was_away else ():
        end = end_of(start, silent_for, case.gaps)
        if end is not None and since > end:
            break
        if until is None:
            return None
        if until > start and resident is not None:
            start, told_at = until, max(told_at, resident.told_of_return(until) or until)
    at = end_of(start, silent_for, case.gaps) or case.now + LOOKS_AGAIN_AFTER
    return _Silence(start, at, max(at, told_at + LATE_BATCH_FOR))


def _is_recorded(case: Case) -> bool:
    """Whether the rule waits for what people record."""
    return case.rule.kind != ANY_MESSAGE and not KINDS[case.rule.kind].sent_by


def _record(state: SilentState) -> Record:
    return Record(state.heard_at, state.seq, state.event_id, state.device_id)
