"""The story of an alert: each of its moves with who made it, and under it whom the house told then, over
which channel and with what result, and whom not and why.

What has one instant belongs together. The newest stands first; of a long story only that part is read which
is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.console.api.notices import address_seen_by
from services.console.callers import Caller
from services.console.pages.names import Names
from services.domain.addresses import FORMS, masked, shown_to_its_own
from services.domain.alerts import HOUSE, AlertChange, ChangeReason, Outcome
from services.domain.findings import Severity
from services.domain.instants import NotAnInstant, NotASpan, parse_instant, parse_span
from services.domain.notices import Attempt, Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.people import Channel
from services.domain.ports import UnitOfWork
from services.escalation.policies import Relation

MOST_MOMENTS = 12
"""Moments that the page shows at once; a night without an answer has hundreds."""

_GOOD = {ChangeReason.ACCEPTED, ChangeReason.ARRIVED, ChangeReason.CLOSED, ChangeReason.OVER_BY_ITSELF}
_WRONG = {
    ChangeReason.STEP_FAILED,
    ChangeReason.NOBODY_TO_TELL,
    ChangeReason.NOT_ARRIVED,
    ChangeReason.NOT_CLOSED,
    ChangeReason.NOT_ANSWERED_AGAIN,
    ChangeReason.PRESSED_AGAIN,
}


@dataclass(frozen=True, slots=True)
class Move:
    """One change of the alert. ``who`` is whose doing it was, None for the house; ``written_by`` somebody
    else who wrote it down for them.
    """

    reason: ChangeReason
    who: str | None
    written_by: str | None
    to: str | None
    taken_from: str | None
    note: str | None
    outcome: Outcome | None
    severity: Severity | None
    presses: int | None
    step: int | None
    round: int | None
    minutes: int | None
    answered: bool
    until: datetime | None = None
    """Of a silence: how long it holds the alert back."""
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One person of one notice; without a name the last resort, or the place where nobody is."""

    notice: Notice
    name: str
    relation: Relation | None
    tries: tuple[Attempt, ...]
    until: datetime | None = None
    """How long a throttle holds it back."""


@dataclass(frozen=True, slots=True)
class Group:
    """Notices of one kind and one moment."""

    kind: NoticeKind
    is_reminder: bool
    people: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """All that has one instant."""

    at: datetime
    moves: tuple[Move, ...]
    told: tuple[Group, ...]
    not_told: tuple[Told, ...]

    @property
    def mood(self) -> str:
        """How it looks in the timeline: ``good``, ``wrong``, ``not`` or plain."""
        reasons = {move.reason for move in self.moves}
        if reasons & _WRONG:
            return "wrong"
        if reasons & _GOOD:
            return "good"
        return "not" if not self.moves and not self.told else ""


@dataclass(frozen=True, slots=True)
class Story:
    """The moments, newest first, and how many earlier ones are not shown."""

    moments: tuple[Moment, ...]
    earlier: int
    told: int
    """How many people were told at all."""


def story_of(
    uow: UnitOfWork,
    who: Caller,
    alert_id: str,
    notices: Sequence[Notice],
    names: Names,
    *,
    whole: bool,
) -> Story:
    """The story, its newest part or the ``whole``; addresses as the caller may see them."""
    changes: dict[datetime, list[AlertChange]] = defaultdict(list)
    for change in uow.alerts.changes(alert_id):
        changes[change.at].append(change)
    by_moment: dict[datetime, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_moment[notice.created_at].append(notice)
    instants = sorted(changes.keys() | by_moment.keys(), reverse=True)
    shown = instants if whole else instants[:MOST_MOMENTS]
    read = [notice for instant in shown for notice in by_moment.get(instant, ())]
    tries: dict[str, list[Attempt]] = defaultdict(list)
    by_id = {notice.id: notice for notice in read}
    for attempt in uow.notices.attempts(by_id):
        seen = address_seen_by(who, by_id[attempt.notice_id], attempt)
        tries[attempt.notice_id].append(replace(seen, address=_shortly(Channel(seen.channel, seen.address))))
    return Story(
        moments=tuple(
            _moment(instant, changes.get(instant, ()), by_moment.get(instant, ()), tries, names)
            for instant in shown
        ),
        earlier=len(instants) - len(shown),
        told=len({notice.recipient_name for notice in notices if notice.state is NoticeState.SENT}),
    )


def _shortly(channel: Channel) -> str:
    """Where it went, for a page: of an address of the web the host alone, which is all that says anything,
    and no key for anybody.
    """
    if channel.kind in FORMS:
        return shown_to_its_own(channel)
    _, mark, rest = masked(channel).partition("://")
    return rest.removesuffix("/…") if mark else channel.address


def _moment(
    at: datetime,
    changes: Iterable[AlertChange],
    notices: Iterable[Notice],
    tries: Mapping[str, Sequence[Attempt]],
    names: Names,
) -> Moment:
    groups: dict[tuple[NoticeKind, bool], list[Told]] = defaultdict(list)
    not_told: list[Told] = []
    held = {
        notice.text.get("held"): _instant(notice.text, "until")
        for notice in notices
        if notice.reason is NoticeReason.THROTTLED
    }
    for notice in notices:
        told = Told(
            notice, *_called(notice), tuple(tries.get(notice.id, ())), held.get(notice.text.get("held", ""))
        )
        if notice.id in held and notice.state is NoticeState.DUE and not told.tries:
            continue  # the record that it is held back says so, and until when
        if notice.state is NoticeState.NOT_SENT and not told.tries:
            not_told.append(told)
        else:
            groups[notice.kind, notice.reason is NoticeReason.REMINDER].append(told)
    return Moment(
        at=at,
        moves=tuple(_move(change, names) for change in changes),
        told=tuple(Group(kind, reminder, tuple(people)) for (kind, reminder), people in groups.items()),
        not_told=tuple(not_told),
    )


def _called(notice: Notice) -> tuple[str, Relation | None]:
    """The name of who is meant; for a place where nobody is, what place."""
    relation = notice.text.get("relation")
    if notice.worker_id is None and relation in set(Relation):
        return "", Relation(relation)
    return notice.recipient_name, None


def _move(change: AlertChange, names: Names) -> Move:
    detail = change.detail
    by = None if change.by == HOUSE else change.by
    person = change.on_behalf_of or _text(detail, "accepted_by") or _text(detail, "declined_by")
    person = person or _text(detail, "author") or by
    writer = by if by != person else None
    minutes = _minutes(_text(detail, "extended_for"))
    return Move(
        reason=change.reason,
        who=names.of(person) if person else None,
        written_by=names.of(writer) if writer else None,
        to=names.of(to) if (to := _text(detail, "to")) else None,
        taken_from=names.of(before) if (before := _text(detail, "handed_over_by")) else None,
        note=_text(detail, "note") or _text(detail, "why"),
        outcome=Outcome(outcome) if (outcome := _text(detail, "outcome")) in set(Outcome) else None,
        severity=Severity(grave) if (grave := _text(detail, "severity")) in set(Severity) else None,
        presses=_number(detail, "presses"),
        step=_number(detail, "step"),
        round=_number(detail, "round"),
        minutes=minutes,
        answered=detail.get("answered") is True,
        until=_instant(detail, "until"),
    )


def _text(detail: Mapping[str, object], key: str) -> str | None:
    value = detail.get(key)
    return value if isinstance(value, str) and value else None


def _number(detail: Mapping[str, object], key: str) -> int | None:
    value = detail.get(key)
    return value if isinstance(value, int) else None


def _instant(detail: Mapping[str, object], key: str) -> datetime | None:
    said = _text(detail, key)
    try:
        return parse_instant(said) if said else None
    except NotAnInstant:
        return None


def _minutes(span: str | None) -> int | None:
    try:
        return int(parse_span(span).total_seconds()) // 60 if span else None
    except NotASpan:
        return None
