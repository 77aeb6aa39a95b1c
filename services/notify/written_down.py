"""Written down: what was told without the store, as it stands in the store afterwards.

The alert is moved as it was decided then, at the instant at which people were told, so that its next steps
are due when they would have been. Each call is a notice with its attempts; a call that no notice of the move
stands for is recorded as one of its own. Written twice it is written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.alerts import Alert
from services.domain.chronicle import (
    attempt_ended,
    attempt_started,
    findings_raised,
    notice_concluded,
    notices_made,
)
from services.domain.findings import Finding
from services.domain.identity import derived_id
from services.domain.notices import Notice, NoticeKind, NoticeState
from services.domain.ports import Topic, UnitOfWork
from services.escalation.gathering import Gathering, store_move
from services.escalation.joining import subject_of, take_in
from services.escalation.scene import Move
from services.escalation.telling import key_of
from services.escalation.testing import taken_as_real
from services.escalation.without_store import OUT_OF_TURN, is_call, told
from services.notify.attempts import concluded, next_channel
from services.notify.outings import Seen

UNDER_WAY_FOR = timedelta(seconds=60)
"""How long a call that is under way from memory is nobody else's, as long as delivery's own lease."""

AsNotices = dict[str, Seen]
"""Notice id → the call that it stands for, as it was when it was written."""


def write_down(
    uow: UnitOfWork,
    gathering: Gathering,
    findings: Sequence[Finding],
    told_at: datetime,
    calls: Sequence[Seen],
    now: datetime,
) -> AsNotices:
    """Store what was decided at ``told_at`` on the Findings of one alarm, with these calls; answers what each
    of them is now.
    """
    written: AsNotices = {}
    left = list(calls)
    alerts: list[Alert] = []
    uow.say_after(findings_raised(uow.findings.add(findings)))
    uow.wake_after(Topic.FINDINGS)
    for finding in findings:
        alert = uow.alerts.with_fact(finding.id)
        if alert is None:
            alert = _moved(uow, gathering, finding, told_at, left, (written, now))
        elif alert.test is not None and alert.is_running:
            # Stored as a test by a commit that hung, while people were called to it as to any alarm.
            scene = gathering.around_alert(uow, alert, now)
            alert = store_move(uow, alert, taken_as_real(Move(alert), scene))
        alerts.append(alert)
    for call in left:
        _out_of_turn(uow, alerts, findings[0].id, call, (written, now))
    return written


def write_late(uow: UnitOfWork, notice_id: str, seen: Seen, now: datetime) -> None:
    """Write the end of a call that was under way when its notice was written."""
    notice = uow.notices.get(notice_id)
    if notice is None:
        return
    _write_attempts(uow, notice, seen)
    if notice.state is NoticeState.DUE:
        ended = _as_it_stands(notice, seen, now)
        uow.notices.save(ended)
        uow.say_after(notice_concluded(ended))
        uow.wake_after(Topic.NOTICES)


def _moved(
    uow: UnitOfWork,
    gathering: Gathering,
    finding: Finding,
    told_at: datetime,
    left: list[Seen],
    into: tuple[AsNotices, datetime],
) -> Alert:
    running = uow.alerts.running(finding.alert_kind, subject_of(finding))
    scene = gathering.around_findings(uow, [finding], running, told_at)
    move = take_in(finding, running, scene)
    if move is None:
        raise RuntimeError(f"the alarm {finding.id} raises no alert")
    move = taken_as_real(move, scene)
    calls = {planned.id: _taken(left, planned) for planned in move.notices if is_call(planned)}
    notices = tuple(
        planned if (seen := calls.get(planned.id)) is None else _standing(planned, seen, into)
        for planned in move.notices
    )
    alert = store_move(uow, running, replace(move, notices=notices))
    for planned in notices:
        if (seen := calls.get(planned.id)) is not None:
            _write_attempts(uow, planned, seen)
    return alert


def _taken(left: list[Seen], planned: Notice) -> Seen | None:
    """Take out the call that was this notice: of the same id, else to the same person.

    The snapshot may have been older than the alert that the alarm joins, and its ids others.
    """
    seen = next((each for each in left if each.call.id == planned.id), None)
    if seen is None:
        seen = next((each for each in left if key_of(each.call) == key_of(planned)), None)
    if seen is not None:
        left.remove(seen)
    return seen


def _out_of_turn(
    uow: UnitOfWork,
    alerts: Sequence[Alert],
    finding_id: str,
    seen: Seen,
    into: tuple[AsNotices, datetime],
) -> None:
    """A call that the stored alert does not make: its own notice says that it was made."""
    call = seen.call
    if all(alert.id != call.alert_id for alert in alerts):
        alert_id = alerts[0].id
        own_id = derived_id("ntc", alert_id, key_of(call), NoticeKind.ALERT, OUT_OF_TURN, finding_id)
        call = replace(call, id=own_id, alert_id=alert_id)
    known = uow.notices.get(call.id)
    if known is not None and known.state is not NoticeState.DUE:
        return
    standing = _standing(call, seen, into)
    if known is None:
        uow.say_after(notices_made(uow.notices.add([standing])))
    else:
        uow.notices.save(replace(standing, number=known.number))
    _write_attempts(uow, standing, seen)


def _standing(planned: Notice, seen: Seen, into: tuple[AsNotices, datetime]) -> Notice:
    written, now = into
    written[planned.id] = seen
    return _as_it_stands(planned, seen, now)


def _as_it_stands(planned: Notice, seen: Seen, now: datetime) -> Notice:
    """The notice of the store after the tries from memory: ended, under way, or delivery's to go on with."""
    notice, attempts = told(planned), seen.attempts
    if attempts and seen.is_under_way:
        return replace(notice, next_attempt_at=now + UNDER_WAY_FOR)
    if not attempts or next_channel(notice, attempts, now) is not None:
        return replace(notice, next_attempt_at=now)
    return concluded(notice, attempts, now)


def _write_attempts(uow: UnitOfWork, notice: Notice, seen: Seen) -> None:
    known = {each.id: each for each in uow.notices.attempts([notice.id])}
    for attempt in seen.attempts_of(notice.id):
        before = known.get(attempt.id)
        if before is None:
            uow.notices.start(attempt)
            uow.say_after(attempt_started(attempt, notice))
        if attempt.result is not None and (before is None or before.result is None):
            uow.notices.finish(attempt)
            uow.say_after(attempt_ended(attempt, notice))
