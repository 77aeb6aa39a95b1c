"""Owners: who has to see to an alert that nobody has yet, and whether they are told of it now, or until when
that waits.

Who waits for the morning, for the end of a silence or a while was not failed to be reached, and no page may
say that they are told now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.console.pages.names import Names, Nobody
from services.domain.alerts import Alert, AlertState, DeadlineKind
from services.domain.notices import Notice, NoticeReason, NoticeState
from services.domain.ports import UnitOfWork
from services.escalation.steps import has_failed
from services.escalation.telling import CALLS, key_of

_FOR_THE_MORNING = {NoticeReason.DIGEST, NoticeReason.QUIET_HOURS}
_TOLD_BY_ANOTHER = {NoticeReason.BUNDLED, NoticeReason.DUPLICATE, NoticeReason.TOLD_A_MOMENT_AGO}
"""Why a call does not go out by itself to somebody who is told all the same."""


class ToldWhen(StrEnum):
    """When an owner is told."""

    NOW = "now"
    HELD = "held"
    IN_THE_MORNING = "in_the_morning"
    AFTER_THE_SILENCE = "after_the_silence"


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who has to see to it; ``until`` is how long that waits, ``missed`` where they are told now and
    nothing reached them.
    """

    name: str | Nobody
    when: ToldWhen = ToldWhen.NOW
    until: datetime | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Owners:
    """Those who are told at the same time; ``until`` is None of those who are told now."""

    when: ToldWhen
    until: datetime | None
    people: tuple[Owner, ...]


def calls_by_alert(uow: UnitOfWork, alerts: Iterable[Alert]) -> dict[str, list[Notice]]:
    """What `owners_of` asks of those of some alerts that nobody has, by the alert; one question."""
    calls: dict[str, list[Notice]] = defaultdict(list)
    for notice in uow.notices.newest_calls(each.id for each in alerts if each.state is AlertState.OPEN):
        calls[notice.alert_id].append(notice)
    return calls


def owners_of(alert: Alert, notices: Iterable[Notice], names: Names) -> tuple[Owners, ...]:
    """The owners who did not say that they cannot go, those who are told now first. ``notices`` are those of
    the alert, or of each person the newest call and what says that it is held back.
    """
    newest: dict[str, Notice] = {}
    held: set[str | None] = set()
    for notice in notices:
        if notice.reason is NoticeReason.THROTTLED:
            held.add(notice.text.get("held"))  # another one is the call
        elif notice.kind in CALLS:
            newest[key_of(notice)] = notice
    found: dict[tuple[ToldWhen, datetime | None], list[Owner]] = {}
    for key in alert.owner_ids:
        if key not in alert.declined_by:
            owner = _owner(names.of(key), newest.get(key), alert, held)
            found.setdefault((owner.when, owner.until), []).append(owner)
    order = list(ToldWhen)
    in_order = sorted(
        found.items(), key=lambda each: (order.index(each[0][0]), each[0][1] or alert.opened_at)
    )
    return tuple(Owners(when, until, tuple(people)) for (when, until), people in in_order)


def _owner(name: str | Nobody, call: Notice | None, alert: Alert, held: Collection[str | None]) -> Owner:
    if alert.is_silenced and (call is None or call.reason is NoticeReason.SILENCED):
        return Owner(name, ToldWhen.AFTER_THE_SILENCE, _due_at(alert, DeadlineKind.SILENCE))
    if call is None and not (alert.step or alert.round):
        return Owner(name, ToldWhen.HELD, _due_at(alert, DeadlineKind.STEP))  # the first step is to come
    if call is None or call.reason in _TOLD_BY_ANOTHER:
        return Owner(name)
    if has_failed(call):
        return Owner(name, missed=True)
    if call.state is NoticeState.DUE and call.id in held:
        return Owner(name, ToldWhen.HELD, call.next_attempt_at)
    if call.state is not NoticeState.NOT_SENT:
        return Owner(name)
    if call.reason in _FOR_THE_MORNING:
        return Owner(name, ToldWhen.IN_THE_MORNING, _due_at(alert, DeadlineKind.STEP))
    return Owner(name, missed=True)


def _due_at(alert: Alert, kind: DeadlineKind) -> datetime | None:
    return next((each.due_at for each in alert.deadlines if each.kind is kind), None)
