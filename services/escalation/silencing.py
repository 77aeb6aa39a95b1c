"""Silencing: what a silence does to an alert that runs when it begins, is changed, or is over; what ends a
silence by itself; and when the house speaks up about one.

A silence puts off and never forgets: what it silences has its end as the next deadline, and owners. A call
for help breaks it at once, and calls whoever would have been called by then without it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.domain.alerts import HOUSE, Alert, AlertState, ChangeReason, DeadlineKind
from services.domain.events import Event
from services.domain.findings import AWAY_OVERDUE, BUILT_IN, Finding, Severity, Trigger, found_by_house
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.notices import NoticeReason, Recipient
from services.domain.silences import Ending, Silence, SilenceKind
from services.escalation.assignments import BY_SEVERITY
from services.escalation.deadlines import deadlines_when_accepted, deadlines_when_arrived, without
from services.escalation.routing import relations_of, route
from services.escalation.scene import Move, Scene
from services.escalation.silence_policy import SilencePolicy
from services.escalation.stages import fall_silent, go_on_after_silence, put_off
from services.escalation.steps import begin_again
from services.titles.naming import titles_of

PRESSES = frozenset({"call_button.pressed"})
BED_KINDS = frozenset({"bed.entered", "bed.exited"})
ACTIVITY = PRESSES | BED_KINDS
"""What ends a silence or an absence by itself: somebody is at home and does something."""


def fitted(alert: Alert, scene: Scene, *, by: str = HOUSE) -> Move:
    """The alert as the silences have it now: silenced, put off, or told again; nothing where it is so
    already.
    """
    if not alert.is_running:
        return Move(alert)
    silence = scene.silence_over(alert)
    if silence is None:
        return go_on_after_silence(alert, scene, by=by) if alert.is_silenced else Move(alert)
    if not alert.is_silenced:
        return fall_silent(alert, scene, silence, by=by)
    return Move(put_off(alert, silence))


def break_silence(alert: Alert, scene: Scene) -> Move:
    """Somebody has called for help into a silenced alert: it goes on as if it had never been silenced."""
    if alert.state is AlertState.OPEN:
        missed = reached_by_now(alert, scene)
        return begin_again(alert, scene, ChangeReason.SILENCE_BROKEN, with_them=missed)
    left = without(alert, DeadlineKind.SILENCE)
    took_at = alert.accepted_at if alert.state is AlertState.ACCEPTED else alert.arrived_at
    following = deadlines_when_accepted if alert.state is AlertState.ACCEPTED else deadlines_when_arrived
    then = replace(scene, now=took_at or scene.now)
    return Move(replace(left, deadlines=(*left.deadlines, *following(left, then))))


def reached_by_now(alert: Alert, scene: Scene) -> tuple[Recipient, ...]:
    """Whom the steps would have called since the opening if nothing had been silenced, each once."""
    policy = scene.policy_of(alert)
    elapsed = scene.now - alert.opened_at
    people: dict[str, Recipient] = {}
    for index, step in enumerate(policy.steps):
        if index and (step.after is None or step.after > elapsed):
            break
        rounds = int((elapsed - step.after) / step.every) if step.after is not None and step.every else 0
        relations = relations_of(step, alert, rounds, is_first=index == 0)
        left_out = () if step.is_endless else alert.declined_by
        people |= {each.key: each for each in route(relations, scene, leave_out=left_out).recipients}
    return tuple(people.values())


def was_silenced(scene: Scene) -> bool:
    """Whether a silence has kept this alert from anybody at any time."""
    return any(notice.reason is NoticeReason.SILENCED for notice in scene.notices)


def ended_by(
    silence: Silence, event: Event, policy: SilencePolicy, lives_alone_in: str | None
) -> Ending | None:
    """How an event ends a silence or an absence by itself; None: it does not.

    ``lives_alone_in`` is the home of its resident where nobody else lives there: what nobody's device says
    there is theirs. Whoever leaves the bed soon after the beginning is just being fetched. A silence of a
    device is about the device, and no movement of a person ends it.
    """
    if not silence.is_running or silence.resident_id is None or silence.subject.startswith("device:"):
        return None
    if event.seq <= silence.after_seq or event.kind not in ACTIVITY:
        return None
    is_theirs = event.resident_id == silence.resident_id
    is_nobodys = event.resident_id is None and event.home_id is not None
    if not is_theirs and not (is_nobodys and event.home_id == lives_alone_in):
        return None
    if event.kind in PRESSES:
        return Ending.PRESS
    rules = policy.away if silence.kind is SilenceKind.AWAY else policy.silence
    counts_from = silence.since if event.kind == "bed.entered" else silence.since + rules.exit_counts_after
    return Ending.BED if event.occurred_at > counts_from else None


def first_due(silence: Silence, policy: SilencePolicy) -> datetime:
    """When the house has to look at a silence next: to warn of its end, else at that; of an absence at the
    instant at which somebody is to be asked.
    """
    before = policy.away.warn_before if silence.kind is SilenceKind.AWAY else policy.silence.warn_before
    warn_at = silence.until - before
    is_worth_it = silence.warned_at is None and warn_at > silence.since
    return warn_at if is_worth_it else end_due(silence, policy)


def end_due(silence: Silence, policy: SilencePolicy) -> datetime:
    """When the end of a silence is due, or of an absence the asking."""
    is_away = silence.kind is SilenceKind.AWAY
    return silence.until + policy.away.check_after if is_away else silence.until


def ends_soon(silence: Silence, policy: SilencePolicy, now: datetime) -> Silence:
    """The silence after somebody lay down: it ends as soon as what that ends is known to be over, so that
    nobody is called to a bed which is not empty any more.
    """
    until = min(silence.until, now + policy.silence.after_bed)
    return replace(silence, until=until, due_at=until, warned_at=now, ending=Ending.BED)


def over(silence: Silence, ending: Ending, at: datetime, by: str = HOUSE) -> Silence:
    """The silence after its end."""
    return replace(silence, due_at=None, ended_at=at, ended_by=by, ending=ending)


def overdue_finding(absence: Silence, at: datetime) -> Finding:
    """What makes somebody look where a resident is who is not back in time."""
    severity = Severity.MEDIUM
    found = found_by_house(
        AWAY_OVERDUE,
        overdue_id(absence),
        at=absence.due_at or at,
        raised_at=at,
        severity=severity,
        policy=BY_SEVERITY[severity],
        titles=titles_of(AWAY_OVERDUE),
        figures={"until": format_instant(absence.until), "reason": absence.reason},
    )
    return replace(
        found,
        trigger=Trigger.UNLESS,
        resident_id=absence.resident_id,
        home_id=absence.home_id,
        synthetic=absence.synthetic,
    )


def overdue_id(absence: Silence) -> str:
    """The id of that Finding: one for each end that was named."""
    return derived_id("fnd", BUILT_IN, AWAY_OVERDUE, absence.id, format_instant(absence.until))
