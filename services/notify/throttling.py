"""Throttling: how many messages that can wait a person, or one address at a carrier, gets within a time.

What is held back is sent when its turn comes, together with whatever else waits for the same person, and a
record of its own says that it was not told then, and why. A high alert and a call for help never ask here,
nor does anything but the call of an alert.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.findings import Severity
from services.domain.identity import derived_id
from services.domain.instants import NotASpan, format_instant, parse_span
from services.domain.notices import Attempt, Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.people import Channel, ChannelKind
from services.domain.ports import UnitOfWork
from services.escalation.bundling import held_back
from services.escalation.scene import is_urgent
from services.notify.attempts import channels_of, open_from

Kept = Mapping[Channel, datetime]
"""The channels over which a notice may not go yet, and from when on it may."""
_CAP = re.compile(r"([1-9][0-9]{0,5})/([0-9]+[smhd])")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages within any such time."""

    most: int
    within: timedelta

    @classmethod
    def parse(cls, text: str) -> Cap:
        """As the settings write it, e.g. ``12/1h``; `ValueError` in words."""
        found = _CAP.fullmatch(text)
        try:
            within = parse_span(found[2]) if found else timedelta()
        except NotASpan:
            within = timedelta()
        if found is None or not within:
            raise ValueError("expected a number of messages and a time, such as 12/1h")
        return cls(int(found[1]), within)

    def free_at(self, begun: Sequence[datetime], now: datetime) -> datetime | None:
        """When the next message may go, ``begun`` being when the newest went, the newest first; None: now."""
        if len(begun) < self.most:
            return None
        free_at = begun[self.most - 1] + self.within
        return free_at if free_at > now else None


@dataclass(frozen=True, slots=True)
class Throttle:
    """The caps of an installation: for one person over all channels, and for one address of a kind."""

    person: Cap | None = None
    address: Mapping[ChannelKind, Cap] = field(default_factory=dict)

    def keeps(self, uow: UnitOfWork, notice: Notice, now: datetime) -> Kept:
        """The channels of a notice that is about to be sent over which it may not go yet."""
        if not self._may_wait(uow, notice):
            return {}
        person = self._free_at(uow, self.person, notice.worker_id, now)
        kept: dict[Channel, datetime] = {}
        for channel in channels_of(notice):
            address = self._free_at(uow, self.address.get(channel.kind), channel, now)
            if person is not None or address is not None:
                kept[channel] = max(at for at in (person, address) if at is not None)
        return kept

    def _may_wait(self, uow: UnitOfWork, notice: Notice) -> bool:
        if self.person is None and not self.address:
            return False
        # By itself it says enough for nearly all: no call for help waits for a question to the store.
        if not can_wait(notice):
            return False
        alert = uow.alerts.brief(notice.alert_id)
        return alert is not None and not is_urgent(alert)

    @staticmethod
    def _free_at(
        uow: UnitOfWork, cap: Cap | None, to: Channel | str | None, now: datetime
    ) -> datetime | None:
        if cap is None or to is None:
            return None
        return cap.free_at(uow.notices.begun_to(to, now - cap.within, cap.most), now)


UNTHROTTLED = Throttle()


def can_wait(notice: Notice) -> bool:
    """Whether a notice is of a kind that a throttle may hold back, as far as it says itself."""
    is_for_somebody = notice.worker_id is not None or notice.contact is not None
    return (
        notice.kind is NoticeKind.ALERT
        and notice.severity is not Severity.HIGH
        and not notice.synthetic
        and is_for_somebody
        and notice.reason is not NoticeReason.LAST_RESORT
    )


def put_off(uow: UnitOfWork, notice: Notice, attempts: Sequence[Attempt], kept: Kept, now: datetime) -> bool:
    """Hold back a notice that only a throttle keeps from going further; False if none does.

    The record that it was not told now is made once, however often it is held back.
    """
    opens = open_from(notice, attempts, now)
    if not opens.keys() & kept.keys():
        return False
    until = min(max(at, kept.get(channel, at)) for channel, at in opens.items())
    uow.notices.save(held_back(notice, until))
    uow.notices.add([_record(notice, until, now)])
    return True


def _record(notice: Notice, until: datetime, now: datetime) -> Notice:
    return replace(
        notice,
        id=derived_id("ntc", notice.id, NoticeReason.THROTTLED),
        reason=NoticeReason.THROTTLED,
        state=NoticeState.NOT_SENT,
        created_at=now,
        next_attempt_at=None,
        text={"held": notice.id, "until": format_instant(until)},
        number=0,
    )
