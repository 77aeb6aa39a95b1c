"""`silent`: a Finding when nothing was heard for so long, reckoned by when messages were received.

It starts when a device goes live, which is with its first message; `device.offline` is none. Time away counts
anew from the return. After a Finding it rests until the next message, which ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.events import Json
from services.domain.findings import FindingState
from services.domain.instants import format_instant
from services.domain.kinds import KINDS
from services.rules.because import Because
from services.rules.case import Case, Change, Outcome, Raise, Unmoved
from services.rules.rulebook import ANY_MESSAGE
from services.rules.signs import Sign

LATE_BATCH_FOR = timedelta(seconds=60)
"""How long after its reception a message keeps a deadline from being met."""


@dataclass(frozen=True, slots=True)
class SilentState:
    """The newest sign of life by its reception, and the Finding that waits for the next."""

    heard_at: datetime
    seq: int = 0
    event_id: str | None = None
    device_id: str | None = None
    finding_id: str | None = None


class Silent(Unmoved[SilentState]):
    """Nothing heard."""

    version = 1
    state_type = SilentState

    def begin(self, case: Case) -> SilentState | None:
        """What people record is waited for from enrolment on; a device has to speak first."""
        is_recorded = case.rule.kind != ANY_MESSAGE and not KINDS[case.rule.kind].sent_by
        return SilentState(case.now) if is_recorded else None

    def take(self, case: Case, state: SilentState | None, sign: Sign) -> Outcome[SilentState]:
        is_meant = case.rule.kind in {ANY_MESSAGE, sign.kind}
        if state is not None and not is_meant:
            return Outcome(state)
        changes: tuple[Change, ...] = ()
        if state is not None and state.finding_id is None:
            _note(case, state, Because.HEARD, sign.received_at, heard_again_at=sign.received_at)
        if state is not None and state.finding_id is not None:
            changes = (Change(state.finding_id, FindingState.ENDED, case.now, sign.event_id),)
        return Outcome(SilentState(sign.received_at, sign.seq, sign.event_id, sign.device_id), (), changes)

    def due_at(self, case: Case, state: SilentState) -> datetime | None:
        if state.finding_id is not None or not case.is_watched():
            return None
        end = _ends_at(case, state)
        if end is None:
            return None
        return max(end, state.heard_at + LATE_BATCH_FOR)

    def meet(self, case: Case, state: SilentState) -> Outcome[SilentState]:
        due_at, end = self.due_at(case, state), _ends_at(case, state)
        if due_at is None or end is None or due_at > case.now:
            return Outcome(state)
        found = Raise(
            finding_id=case.finding_id(end),
            at=end,
            raised_at=case.now,
            rests_on=((state.seq, state.event_id),) if state.event_id is not None else (),
            device_id=case.device.id if case.device is not None else state.device_id,
            figures={
                "heard_at": format_instant(state.heard_at),
                "silent_seconds": (end - state.heard_at).total_seconds(),
            },
        )
        case.note(Because.FOUND, state.heard_at, end, f"silence {state.seq}", finding_id=found.finding_id)
        return Outcome(replace(state, finding_id=found.finding_id), (found,))

    def look_ahead(self, case: Case, state: SilentState) -> None:
        end = _ends_at(case, state)
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


def _ends_at(case: Case, state: SilentState) -> datetime | None:
    """When the silence is long enough; None while the resident is away or if it began before enrolment."""
    silent_for = case.rule.watch_for
    resident = case.resident
    if silent_for is None or (resident is not None and not resident.is_enrolled_at(state.heard_at)):
        return None
    start = state.heard_at
    for since, until in resident.absences() if resident is not None and case.is_away_rule() else ():
        if since > start + silent_for:
            break
        if until is None:
            return None
        start = max(start, until)
    return start + silent_for
