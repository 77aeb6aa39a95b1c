"""Joining: what a Finding does to the running alert of its matter, or the alert that it opens.

A press that joins is a call of its own: somebody is always told, or was told of a joined press within the
last minute. A Finding of higher severity raises the alert and runs its policy at once. A Finding of
severity info, or one that no longer holds, tells nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.domain.alerts import (
    HOUSE,
    Alert,
    AlertChange,
    AlertFact,
    AlertState,
    ChangeReason,
    Deadline,
    DeadlineKind,
)
from services.domain.findings import Finding, FindingState, Severity, Trigger
from services.domain.identity import derived_id
from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState, Recipient
from services.escalation.assignments import Chosen, For
from services.escalation.deadlines import awaiting_answer
from services.escalation.reassure import reassured
from services.escalation.routing import HOUSE_DESK, HOUSE_RULES, recipient_of
from services.escalation.scene import Move, Scene, change
from services.escalation.silencing import break_silence, reached_by_now, was_silenced
from services.escalation.stages import call_failed, go_on_after_silence, open_again
from services.escalation.steps import begin, begin_again, tell
from services.escalation.telling import LAST_RESORT_KEY, again, notice_to, told_so_far
from services.escalation.testing import is_test, joined_in_test, open_test

UNKNOWN_ORIGIN = "house:unknown-origin"
"""The subject of what came from a device that nobody registered."""


def subject_of(finding: Finding) -> str:
    """Whose matter a Finding is. One of a rule that goes by device is the device's: two silent sensors of one
    home are two faults. Plain `on` always names its device, and is about whoever lives with it.
    """
    if finding.trigger is not Trigger.ON and finding.device_id:
        return f"device:{finding.device_id}"
    if finding.is_about_the_rules:
        return HOUSE_RULES
    if finding.is_about_a_roster or finding.is_about_pages:
        return str(finding.evidence.figures["subject"])
    if finding.is_about_the_desk:
        return HOUSE_DESK
    if finding.resident_id:
        return f"resident:{finding.resident_id}"
    return f"device:{finding.device_id}" if finding.device_id else UNKNOWN_ORIGIN


def raises_an_alert(finding: Finding) -> bool:
    """An alarm kind always does; the rest while it holds and matters more than ``info``."""
    if finding.is_alarm:
        return True
    return finding.severity is not Severity.INFO and finding.state is FindingState.HOLDS


def take_all_in(findings: Iterable[Finding], running: Alert | None, scene: Scene) -> Move | None:
    """Take in the Findings of one matter one after the other, each on what came of those before it."""
    move: Move | None = None
    for finding in findings:
        following = take_in(finding, running, scene)
        if following is None:
            continue
        move = following if move is None else move.then(following)
        running = following.alert
        scene = replace(scene, notices=(*scene.notices, *following.notices))
    return move


def take_in(finding: Finding, running: Alert | None, scene: Scene) -> Move | None:
    """Open a new alert for a Finding, or join it to the running one of its (kind, subject).

    None where it raises no alert, or is part of the running one already.
    """
    if not raises_an_alert(finding):
        return None
    if running is None:
        return open_alert(finding, scene)
    if any(fact.finding_id == finding.id for fact in running.facts):
        return None
    return join(finding, running, scene)


def open_alert(finding: Finding, scene: Scene) -> Move:
    """A new alert, and the first step of its policy; or the test that it is."""
    bare = _bare(finding, scene.now)
    chosen = scene.policies.chosen(bare.policy, bare.severity, scene.circle)
    alert = replace(bare, policy=chosen.policy)
    if scene.tester is not None:
        return open_test(alert, finding, scene.tester, scene)
    opened = change(alert, scene, ChangeReason.OPENED, from_state=None, **_because(finding), **_by(chosen))
    return reassured(None, Move(alert, (opened,)).then(begin(alert, scene)), scene)


def join(finding: Finding, alert: Alert, scene: Scene) -> Move:
    """The running alert with one more fact, and who hears of it."""
    before = alert
    alert = replace(alert, facts=(*alert.facts, _fact(finding, scene.now)))
    said = change(
        alert, scene, ChangeReason.JOINED, from_state=alert.state, presses=alert.presses, **_because(finding)
    )
    move = Move(alert, (said,))
    if is_test(alert):
        move = move.then(joined_in_test(finding, alert, scene))
    elif _severity(finding).rank > alert.severity.rank:
        move = move.then(_raise(finding, alert, scene))
    elif finding.is_alarm:
        move = move.then(_press(finding, alert, scene))
    elif finding.is_about_a_roster:
        move = move.then(_said_again(finding, alert, scene))
    elif alert.is_silenced and scene.silence_over(alert) is None:
        move = move.then(go_on_after_silence(alert, scene))  # what has joined is not what was silenced
    return reassured(before, move, scene, joined=finding if finding.is_alarm else None)


def take_in_unjudged(finding: Finding, running: Alert | None, now: datetime) -> Move | None:
    """The barest outcome, for a Finding on which every other decision here has failed: it is part of an
    alert.

    A new alert has a step that is due at once and the last resort as its owner, so that it cannot be
    forgotten.
    """
    if not raises_an_alert(finding):
        return None
    fact = _fact(finding, now)
    if running is not None:
        joined = replace(running, facts=(*running.facts, fact))
        if finding.is_alarm and running.is_silenced:
            joined = replace(joined, deadlines=(Deadline(DeadlineKind.STEP, now),))
        reason, before = ChangeReason.JOINED, running.state
    else:
        deadline = Deadline(DeadlineKind.STEP, now)
        bare = _bare(finding, now)
        joined = replace(bare, deadlines=(deadline,), owner_ids=(LAST_RESORT_KEY,))
        reason, before = ChangeReason.OPENED, None
    said = AlertChange(joined.id, now, HOUSE, before, joined.state, reason, detail=_because(finding))
    return Move(joined, (said,))


def _bare(finding: Finding, now: datetime) -> Alert:
    return Alert(
        id=derived_id("alt", finding.id),
        kind=finding.alert_kind,
        subject=subject_of(finding),
        severity=_severity(finding),
        policy=finding.policy,
        titles=finding.titles,
        opened_at=now,
        resident_id=finding.resident_id,
        device_id=finding.device_id,
        home_id=finding.home_id,
        run_started_at=now,
        facts=(_fact(finding, now),),
        chain=finding.chain,
        synthetic=finding.synthetic,
    )


def _by(chosen: Chosen) -> dict[str, Any]:
    """For whose sake another policy than the rule's was chosen, where one was."""
    return {} if chosen.for_ is For.RULE else {"policy": chosen.policy, "policy_for": chosen.for_.value}


def _because(finding: Finding) -> dict[str, str]:
    return {"finding_id": finding.id, "chain": finding.chain}


def _raise(finding: Finding, alert: Alert, scene: Scene) -> Move:
    holder = (alert.accepted_by,) if alert.accepted_by else ()
    severity = _severity(finding)
    chosen = scene.policies.chosen(finding.policy, severity, scene.circle)
    raised = replace(alert, severity=severity, policy=chosen.policy, titles=finding.titles, declined_by=())
    return begin_again(
        raised,
        scene,
        ChangeReason.SEVERITY_RAISED,
        include=holder,
        severity=raised.severity.value,
        **_by(chosen),
    )


def _said_again(finding: Finding, alert: Alert, scene: Scene) -> Move:
    """A hole that stands is said as often as somebody looks: having been told of it has not filled it."""
    holder = (alert.accepted_by,) if alert.accepted_by else ()
    anew = replace(alert, titles=finding.titles, declined_by=())
    return begin_again(anew, scene, ChangeReason.FOUND_AGAIN, include=holder)


def _press(finding: Finding, alert: Alert, scene: Scene) -> Move:
    if alert.is_silenced:
        broken = break_silence(alert, scene)
        if alert.state is AlertState.OPEN:
            return broken  # everybody is called anew, with those who would have been called by now
        alert = broken.alert
    if alert.state is AlertState.OPEN:
        return _tell_all_again(finding, alert, scene)
    if _arrived_long_ago(alert, scene):
        return open_again(alert, scene, ChangeReason.PRESSED_AGAIN)
    waiting = awaiting_answer(alert, scene)
    holder = scene.worker(alert.accepted_by)
    if holder is None or not holder.active:
        return open_again(waiting, scene, ChangeReason.NOT_ANSWERED_AGAIN)  # nobody would answer
    notice = _joined(finding, recipient_of(holder), waiting, scene)
    if notice.reason is NoticeReason.NO_CHANNEL:
        return Move(waiting, notices=(notice,)).then(
            call_failed(waiting, replace(scene, notices=(*scene.notices, notice)))
        )
    return Move(waiting, notices=(notice,))


def _arrived_long_ago(alert: Alert, scene: Scene) -> bool:
    """Whoever arrived so long ago may have left and forgotten to say so: the room may be empty."""
    if alert.state is not AlertState.ARRIVED or alert.arrived_at is None:
        return False
    return scene.now >= alert.arrived_at + scene.policy_of(alert).pressed_again.arrived_counts_for


def _tell_all_again(finding: Finding, alert: Alert, scene: Scene) -> Move:
    told = [again(notice, scene) for notice in told_so_far(scene.notices)]
    if was_silenced(scene):
        known = {each.key for each in told}
        told += [each for each in reached_by_now(alert, scene) if each.key not in known]
    notices = tuple(_joined(finding, each, alert, scene) for each in told)
    move = Move(alert, notices=notices)
    heard = any(
        notice.state is NoticeState.DUE or notice.reason is NoticeReason.TOLD_A_MOMENT_AGO
        for notice in notices
    )
    # Nobody was told yet, or nobody of them can be any more: a press does not wait for the next step.
    return move if heard else move.then(tell(alert, scene))


def _joined(finding: Finding, recipient: Recipient, alert: Alert, scene: Scene) -> Notice:
    notice = notice_to(
        recipient,
        alert,
        scene,
        kind=NoticeKind.JOINED,
        reason=NoticeReason.JOINED,
        cause=finding.id,
        extra={"because": "joined", "holder": scene.name_of(alert.accepted_by)},
    )
    notice = replace(notice, chain=finding.chain)
    # What comes of unknown origin may be somebody else's call each time; ingest lets through one a topic.
    is_one_caller = alert.subject != UNKNOWN_ORIGIN
    if notice.state is NoticeState.DUE and is_one_caller and _told_a_moment_ago(recipient, alert, scene):
        return replace(
            notice, state=NoticeState.NOT_SENT, reason=NoticeReason.TOLD_A_MOMENT_AGO, next_attempt_at=None
        )
    return notice


def _told_a_moment_ago(recipient: Recipient, alert: Alert, scene: Scene) -> bool:
    since = scene.now - scene.policy_of(alert).pressed_again.tell_at_most_every
    return any(
        notice.kind is NoticeKind.JOINED
        and notice.state in (NoticeState.DUE, NoticeState.SENT)
        and notice.created_at > since
        and (notice.worker_id, notice.contact) == (recipient.worker_id, recipient.contact)
        for notice in scene.notices
    )


def _severity(finding: Finding) -> Severity:
    """An alarm that comes as mere information still raises an alert."""
    if finding.is_alarm and finding.severity is Severity.INFO:
        return Severity.HIGH
    return finding.severity


def _fact(finding: Finding, now: datetime) -> AlertFact:
    return AlertFact(
        finding_id=finding.id,
        at=finding.at,
        joined_at=now,
        state=finding.state,
        is_alarm=finding.is_alarm,
        device_id=finding.device_id,
    )
