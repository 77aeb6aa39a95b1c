"""Steps: telling the people of a due step, and when the next one is.

An empty or wholly failed step goes on at once; the last one repeats until somebody has it and falls back
to manager, admin and last resort. It never leaves a running alert without an owner or without a next
deadline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.alerts import HOUSE, Alert, AlertChange, AlertState, ChangeReason, Deadline, DeadlineKind
from services.domain.instants import format_instant
from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState, Recipient
from services.domain.people import Language
from services.domain.silences import Silence
from services.escalation.bundling import gathering, is_bundled, is_for_the_digest
from services.escalation.policies import Policy, Relation
from services.escalation.quiet_hours import next_local, quiet_until
from services.escalation.routing import Route, last_resort, recipient_of, relations_of, route, spared
from services.escalation.scene import Move, Scene, change, is_urgent
from services.escalation.telling import (
    LAST_RESORT_KEY,
    STEP,
    is_call_of_a_step,
    key_of,
    notice_not_sent,
    notice_to,
)

NOBODY = Recipient("", Language.EN, ())
"""Without the loop-back nobody is told of the house's own press, and its notice says so."""


def begin(alert: Alert, scene: Scene, *, also: Sequence[Recipient] = ()) -> Move:
    """Run the policy from its first step: at once, or when that is due. ``also`` are told with it."""
    policy = scene.policy_of(alert)
    alert = replace(alert, run_started_at=scene.now, step=0, round=0, deadlines=(), owner_ids=())
    silence = scene.silence_over(alert)
    if silence is not None:
        return tell_nobody(alert, scene, silence, also)
    due_at = _first_due(policy, scene)
    ends_at = quiet_end(policy, alert, due_at, scene)
    if ends_at is not None:
        waiting = _waiting(replace(alert, run_started_at=ends_at), scene, ends_at, also)
        return _put_off(waiting, scene, NoticeReason.QUIET_HOURS)
    if due_at <= scene.now:
        return tell(alert, scene, also=also)
    waiting = _waiting(alert, scene, due_at, also)
    if policy.steps[0].at is None or not is_for_the_digest(alert):
        return Move(waiting)
    return _put_off(waiting, scene, NoticeReason.DIGEST)


def begin_again(
    alert: Alert,
    scene: Scene,
    reason: ChangeReason,
    *,
    include: Sequence[str] = (),
    with_them: Sequence[Recipient] = (),
    by: str = HOUSE,
    on_behalf_of: str | None = None,
    **detail: object,
) -> Move:
    """Take the alert back to open and run its policy again from the first step.

    ``include`` are workers who are told with the first step whoever they are, but whom it spares: who had it
    until now; ``with_them`` are told with it as well.
    """
    before = alert.state
    alert = replace(
        alert,
        state=AlertState.OPEN,
        accepted_at=None,
        accepted_by=None,
        arrived_at=None,
        handover_to=None,
        run=alert.run + 1,
    )
    asked = (scene.worker(each) for each in include if each != spared(alert))
    also = [recipient_of(worker) for worker in asked if worker is not None and worker.active]
    said = change(alert, scene, reason, from_state=before, by=by, on_behalf_of=on_behalf_of, **detail)
    return Move(alert, (said,)).then(begin(alert, scene, also=(*also, *with_them)))


def silenced(alert: Alert, scene: Scene, silence: Silence, *, from_state: AlertState, by: str) -> AlertChange:
    """What the alert's story says of a silence that it is under from now on."""
    return change(
        alert,
        scene,
        ChangeReason.SILENCED,
        from_state=from_state,
        by=by,
        silence_id=silence.id,
        author=silence.author,
        until=format_instant(silence.until),
        why=silence.reason,
    )


def tell_nobody(
    alert: Alert, scene: Scene, silence: Silence, also: Sequence[Recipient] = (), *, by: str = HOUSE
) -> Move:
    """Nobody is told until the silence is over. Those of the first step own it meanwhile, and each of them is
    recorded as not told, because of the silence.
    """
    quiet = _waiting(alert, scene, silence.until, also, DeadlineKind.SILENCE)
    index = min(quiet.step, len(scene.policy_of(quiet).steps) - 1)
    found = _found(quiet, scene, (index, quiet.round))
    notices = (
        _notice(each, quiet, scene, (index, quiet.round), cause=f"silenced:{silence.id}")
        for each in found.recipients
    )
    words = {"silence_id": silence.id, "silence_reason": silence.reason}
    said = silenced(quiet, scene, silence, from_state=alert.state, by=by)
    return Move(
        quiet,
        (said,),
        tuple(
            replace(
                each,
                state=NoticeState.NOT_SENT,
                reason=NoticeReason.SILENCED,
                next_attempt_at=None,
                text={**each.text, **words},
            )
            for each in notices
        ),
    )


def step_due(alert: Alert, scene: Scene) -> Move:
    """Meet the deadline of the next step: tell it, or put it off to the end of the quiet hours."""
    ends_at = quiet_end(scene.policy_of(alert), alert, scene.now, scene)
    if ends_at is None:
        return tell(alert, scene)
    started_at = (alert.run_started_at or alert.opened_at) + (ends_at - scene.now)
    deadlines = (*_other_deadlines(alert), Deadline(DeadlineKind.STEP, ends_at))
    put_off = replace(alert, run_started_at=started_at, deadlines=deadlines)
    return _put_off(put_off, scene, NoticeReason.QUIET_HOURS)


def quiet_end(policy: Policy, alert: Alert, instant: datetime, scene: Scene) -> datetime | None:
    """When the quiet hours end that keep this alert from telling somebody at ``instant``; None: it may."""
    if policy.quiet is None or is_urgent(alert):
        return None
    return quiet_until(instant, policy.quiet, scene.zone())


def tell(alert: Alert, scene: Scene, *, also: Sequence[Recipient] = ()) -> Move:
    """Tell the next step that has somebody to tell, passing over empty ones."""
    silence = scene.silence_over(alert)
    if silence is not None:
        return tell_nobody(alert, scene, silence, also)
    policy = scene.policy_of(alert)
    move = Move(alert)
    while True:
        alert = move.alert
        index, rounds = min(alert.step, len(policy.steps) - 1), alert.round
        step = policy.steps[index]
        left_out = () if step.is_endless else alert.declined_by
        found = _found(alert, scene, (index, rounds), leave_out=left_out)
        move = move.then(_told(alert, scene, (index, rounds), found, also))
        also = ()
        if found.recipients:
            return move.then(_wait(move.alert, scene, policy, (index, rounds)))
        if step.is_endless:
            return move.then(_tell_anybody(move.alert, scene, (index, rounds), but={spared(alert)}))
        alert = replace(move.alert, step=index + 1, round=0)
        said = change(alert, scene, ChangeReason.STEP_EMPTY, from_state=alert.state, step=index)
        move = move.then(Move(alert, (said,)))


def go_on(alert: Alert, scene: Scene, reason: ChangeReason) -> Move:
    """The running step reached nobody, or all it reached declined: go on at once, however long its wait
    was; in quiet hours when they end.

    After the last step it is the managers' turn, then the admins', then the last resort's, until the next
    round.
    """
    if alert.is_silenced:
        return Move(alert)  # nobody is told before the silence is over, whoever cannot be reached or declines
    index, rounds = running_step(alert, scene)
    policy = scene.policy_of(alert)
    said = change(alert, scene, reason, from_state=alert.state, step=index)
    if not policy.steps[index].is_endless:
        following = replace(alert, step=index + 1, round=0)
        ends_at = quiet_end(policy, alert, scene.now, scene)
        told = tell(following, scene) if ends_at is None else _next_in_the_morning(following, scene, ends_at)
        return Move(alert, (said,)).then(told)
    tried = {
        key_of(notice)
        for notice in scene.notices
        if (notice.run, notice.step, notice.round) == (alert.run, index, rounds) and by_step(notice)
    }
    if LAST_RESORT_KEY in tried:
        return Move(alert)  # everybody was tried; the next round has its deadline
    return Move(alert, (said,)).then(
        _tell_anybody(alert, scene, (index, rounds), but={*tried, spared(alert)})
    )


def running_step(alert: Alert, scene: Scene) -> tuple[int, int]:
    """The step and round that was told last in this run; the next one where none was."""
    told = [
        (notice.step, notice.round) for notice in scene.notices if notice.run == alert.run and by_step(notice)
    ]
    last = len(scene.policy_of(alert).steps) - 1
    return max(told, default=(min(alert.step, last), alert.round))


def has_failed(notice: Notice) -> bool:
    """Every channel was tried and none took it; it may still be tried again."""
    return notice.state is NoticeState.FAILED or (
        notice.state is NoticeState.DUE and notice.reason is NoticeReason.EVERY_CHANNEL_FAILED
    )


def keys(recipients: Iterable[Recipient]) -> tuple[str, ...]:
    """The keys of some recipients, each once."""
    return tuple(dict.fromkeys(recipient.key for recipient in recipients))


def by_step(notice: Notice) -> bool:
    return is_call_of_a_step(notice) and (notice.state is not NoticeState.NOT_SENT or is_bundled(notice))


def _found(alert: Alert, scene: Scene, at_step: tuple[int, int], *, leave_out: Sequence[str] = ()) -> Route:
    """Whom a step means in its round, and whom not; never whom the alert spares."""
    index, rounds = at_step
    relations = relations_of(scene.policy_of(alert).steps[index], alert, rounds, is_first=index == 0)
    return route(relations, scene, leave_out=leave_out, spare=spared(alert))


def _told(
    alert: Alert, scene: Scene, at_step: tuple[int, int], found: Route, also: Sequence[Recipient]
) -> Move:
    people = {recipient.key: recipient for recipient in (*found.recipients, *also)}
    index, rounds = at_step
    notices = tuple(_notice(each, alert, scene, at_step) for each in people.values()) + tuple(
        notice_not_sent(missed, alert, scene, cause=STEP, at_step=at_step) for missed in found.not_told
    )
    if not people:
        return Move(alert, notices=notices)
    alert = replace(alert, owner_ids=keys(people.values()))
    said = change(
        alert, scene, ChangeReason.STEP_DUE, from_state=alert.state, step=index, round=rounds, told=[*people]
    )
    return Move(alert, (said,), notices)


def _notice(
    recipient: Recipient,
    alert: Alert,
    scene: Scene,
    at_step: tuple[int, int],
    *,
    reason: NoticeReason = NoticeReason.STEP,
    cause: str = STEP,
) -> Notice:
    step = scene.policy_of(alert).steps[at_step[0]]
    notice = notice_to(
        replace(recipient, channels=step.ordered(recipient.channels)),
        alert,
        scene,
        kind=NoticeKind.ALERT,
        reason=reason,
        cause=cause,
        at_step=at_step,
        extra={"because": STEP},
    )
    at_a_local_time = scene.policy_of(alert).steps[at_step[0]].at is not None
    return gathering(notice, alert, at_a_local_time=at_a_local_time)


def _tell_anybody(alert: Alert, scene: Scene, at_step: tuple[int, int], *, but: Collection[str]) -> Move:
    people = anybody(scene, but=but)
    is_last = people[0].key == LAST_RESORT_KEY
    reason = NoticeReason.LAST_RESORT if is_last else NoticeReason.STEP
    notices = tuple(_notice(each, alert, scene, at_step, reason=reason) for each in people)
    alert = replace(alert, owner_ids=keys(people))
    said = change(
        alert,
        scene,
        ChangeReason.NOBODY_TO_TELL if is_last else ChangeReason.STEP_DUE,
        from_state=alert.state,
        step=at_step[0],
        round=at_step[1],
        told=[each.key for each in people],
    )
    following = _wait(alert, scene, scene.policy_of(alert), at_step)
    return Move(alert, (said,), notices).then(following)


def anybody(scene: Scene, *, but: Collection[str]) -> tuple[Recipient, ...]:
    """The managers, else the admins, else the last resort: never empty. Of the house's own press nobody but
    the loop-back.
    """
    if scene.is_own:
        return route((Relation.EMERGENCY_CONTACT,), scene).recipients or (NOBODY,)
    for relation in (Relation.MANAGER, Relation.ADMIN):
        found = route((relation,), scene).recipients
        left = tuple(each for each in found if each.key not in but)
        if left:
            return left
    return (last_resort(scene),)


def _wait(alert: Alert, scene: Scene, policy: Policy, told: tuple[int, int]) -> Move:
    """Set the deadline of what comes after a step that was told now."""
    index, rounds = told
    step = policy.steps[index]
    if step.repeats_after(rounds + 1):
        following = (index, rounds + 1)
        due_at = _repeat_due(policy, index, scene)
    else:
        following = (index + 1, 0)
        due_at = _step_due(policy, index + 1, alert, scene)
    deadlines = (*_other_deadlines(alert), Deadline(DeadlineKind.STEP, due_at))
    return Move(replace(alert, step=following[0], round=following[1], deadlines=deadlines))


def _waiting(
    alert: Alert,
    scene: Scene,
    due_at: datetime,
    also: Sequence[Recipient],
    kind: DeadlineKind = DeadlineKind.STEP,
) -> Alert:
    """The alert before its first step: those who will be told own it already."""
    owners = (*also, *_found(alert, scene, (0, 0)).recipients) or anybody(scene, but={spared(alert)})
    return replace(alert, deadlines=(Deadline(kind, due_at),), owner_ids=keys(owners))


def _next_in_the_morning(alert: Alert, scene: Scene, ends_at: datetime) -> Move:
    """The next step is told when the quiet hours end, and whoever it is owns the alert until then."""
    owners = _found(alert, scene, (alert.step, 0)).recipients or anybody(scene, but={spared(alert)})
    deadlines = (*_other_deadlines(alert), Deadline(DeadlineKind.STEP, ends_at))
    started_at = (alert.run_started_at or alert.opened_at) + (ends_at - scene.now)
    waiting = replace(alert, run_started_at=started_at, deadlines=deadlines, owner_ids=keys(owners))
    return _put_off(waiting, scene, NoticeReason.QUIET_HOURS)


def _other_deadlines(alert: Alert) -> tuple[Deadline, ...]:
    return tuple(each for each in alert.deadlines if each.kind is not DeadlineKind.STEP)


def _first_due(policy: Policy, scene: Scene) -> datetime:
    step = policy.steps[0]
    if step.at is not None:
        return next_local(scene.now, step.at, scene.zone())
    return scene.now + (step.after or timedelta())


def _step_due(policy: Policy, index: int, alert: Alert, scene: Scene) -> datetime:
    step = policy.steps[index]
    if step.at is not None:
        return _next_morning(policy, index, scene)
    started_at = alert.run_started_at or alert.opened_at
    return max(started_at + (step.after or timedelta()), scene.now)


def _repeat_due(policy: Policy, index: int, scene: Scene) -> datetime:
    step = policy.steps[index]
    if step.at is not None:
        return _next_morning(policy, index, scene)
    return scene.now + (step.every or timedelta(days=1))


def _next_morning(policy: Policy, index: int, scene: Scene) -> datetime:
    wall = policy.steps[index].at
    just_after = scene.now + timedelta(microseconds=1)
    return just_after if wall is None else next_local(just_after, wall, scene.zone())


_CAUSES = {NoticeReason.QUIET_HOURS: "quiet", NoticeReason.DIGEST: "digest"}


def _put_off(alert: Alert, scene: Scene, reason: NoticeReason) -> Move:
    """Record who would be told now and is not, because it is night or waits for the morning."""
    at_step = (min(alert.step, len(scene.policy_of(alert).steps) - 1), alert.round)
    found = _found(alert, scene, at_step)
    return Move(
        alert,
        notices=tuple(
            replace(
                _notice(each, alert, scene, at_step, cause=_CAUSES[reason]),
                state=NoticeState.NOT_SENT,
                reason=reason,
                next_attempt_at=None,
            )
            for each in found.recipients
        ),
    )
