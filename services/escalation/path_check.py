"""The path check: which tests it makes, and what an unanswered one leads to.

One quiet test for each channel of each person on duty, so that a telephone that is off, a password that has
expired or a robot that was deleted is known before somebody's call depends on it. Pure. It asks nobody for
anything; volunteers next door have no duty and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.domain.alerts import Alert, AlertState, ChangeReason
from services.domain.findings import Severity
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.people import Role, Worker
from services.domain.self_watch import PATH, REFUSED, PathCheck
from services.escalation.scene import House, Move, Scene, change
from services.escalation.steps import begin, has_failed
from services.escalation.withdrawing import over_by_itself
from services.titles.naming import titles_of

MOST_NAMED = 5
"""Channels that a title names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One channel that did not take its test."""

    name: str
    worker_id: str
    channel: str


def tests(check: PathCheck, on_duty: Iterable[Worker], house: House) -> list[Notice]:
    """The notices of a check that begins, to those who are on duty then."""
    now = check.begun_at or check.due_at
    return [
        Notice(
            id=derived_id("ntc", check.id, worker.id, channel.kind, channel.address),
            alert_id=check.id,
            kind=NoticeKind.TEST,
            reason=NoticeReason.PATH_CHECK,
            created_at=now,
            severity=Severity.LOW,
            language=worker.language,
            recipient_name=worker.name,
            worker_id=worker.id,
            channels=(channel,),
            text={
                "because": NoticeReason.PATH_CHECK.value,
                "channel": channel.kind.value,
                "since": format_instant(now),
                "zone": house.timezone.key,
            },
            next_attempt_at=now,
            synthetic=True,
        )
        for worker in on_duty
        if worker.role is not Role.NEIGHBOUR
        for channel in dict.fromkeys(worker.channels)
    ]


def refused(notices: Iterable[Notice]) -> list[Refused]:
    """The channels that did not take their test, once there is nothing more to wait for."""
    return [
        Refused(notice.recipient_name, notice.worker_id or "", notice.text.get("channel", ""))
        for notice in notices
        if has_failed(notice) or notice.state is NoticeState.DUE
    ]


def is_anybody_out_of_reach(notices: Sequence[Notice]) -> bool:
    """Whether no channel at all of somebody on duty took its test."""
    reached = {notice.worker_id for notice in notices if notice.state is NoticeState.SENT}
    return any(each.worker_id not in reached for each in refused(notices))


def report(check: PathCheck, notices: Sequence[Notice], now: datetime) -> Alert:
    """The alert of a check in which channels refused, not begun yet. It is low and waits for the morning,
    unless somebody on duty cannot be reached at all: that is for now.
    """
    grave = is_anybody_out_of_reach(notices)
    return Alert(
        id=derived_id("alt", check.id),
        kind=REFUSED,
        subject=PATH,
        severity=Severity.MEDIUM if grave else Severity.LOW,
        policy="routine" if grave else "digest",
        titles=titles_of(REFUSED, who=_named(refused(notices))),
        opened_at=now,
        run_started_at=now,
    )


def opened(alert: Alert, scene: Scene) -> Move:
    """The alert of `report`, with its first step."""
    return Move(alert, (change(alert, scene, ChangeReason.OPENED, from_state=None),)).then(
        begin(alert, scene)
    )


def found_again(running: Alert, new: Alert, scene: Scene) -> Move:
    """The alert that runs since an earlier night, as it stands after this one."""
    said = replace(running, titles=new.titles)
    return Move(said, (change(said, scene, ChangeReason.NOTED, from_state=running.state),))


def nothing_refused(running: Alert, scene: Scene) -> Move:
    """The alert of an earlier night after one in which all was well: over, unless somebody has it."""
    return over_by_itself(running, scene) if running.state is AlertState.OPEN else Move(running)


def _named(found: Sequence[Refused]) -> str:
    named = "、".join(f"{each.name} ({each.channel})" for each in found[:MOST_NAMED])
    more = len(found) - MOST_NAMED
    return named + (f" +{more}" if more > 0 else "")
