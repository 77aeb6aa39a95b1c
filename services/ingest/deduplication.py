"""Which messages are one event: the only place where an event's dedupe key is made.

The same id with the same kind and time is a re-send; without a time within 1 h of the first. An alarm without
an id is one with the newest within 10 s. In doubt an alarm is new: it joins. What the store holds is asked
once a batch; the keys do the rest, so doing the work twice makes one event.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.events import Event, Json, Mark
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.kinds import ALARM_KINDS
from services.domain.values import value

SAME_ID_FOR = timedelta(hours=1)
"""How long an id without a time means the first event that bore it (docs/wire)."""
SAME_PRESS_FOR = timedelta(seconds=10)
"""How long a further alarm without an id is the same press."""


@value(frozen=True, slots=True)
class Claimed:
    """What a device said of an event, as far as it tells whether it said so before."""

    device_id: str
    kind: str
    received_at: datetime
    occurred_at: datetime
    own_id: str | None = None
    claim: str | None = None
    """The claimed instant in one spelling, or the claim as written where it is none."""
    data: Mapping[str, Json] | None = None
    is_alarm: bool = False
    message_number: int | None = None
    """Of the message that says so, the same at every try to store it; tells alarms apart that nothing else
    does.
    """


@value(frozen=True, slots=True)
class Verdict:
    """The event's dedupe key; equal keys are one event."""

    key: str
    is_id_reused: bool = False


class Sameness:
    """Judges the messages of one batch in their order, against the store and against one another.

    ``known`` holds the stored events by (device, its own id) for all ids of the batch, ``newest`` looks up
    the newest stored event of a kind from a device, ``next_number`` tells apart what nothing else does.
    """

    def __init__(
        self,
        known: Mapping[tuple[str, str], list[Event]],
        newest: Callable[[str, str], Event | None],
        next_number: Callable[[], int],
    ) -> None:
        self._known = {pair: list(events) for pair, events in known.items()}
        self._newest_stored = newest
        self._newest: dict[tuple[str, str], Event | None] = {}
        self._next_number = next_number

    def judge(self, claimed: Claimed) -> Verdict:
        """The key of a live message.

        What was only known as a copy that a broker kept is an event of its own once the device says it: whom
        nobody was sent to by the copy, somebody is sent to now.
        """
        if claimed.own_id is not None:
            bearers = self._known.get((claimed.device_id, claimed.own_id))
            if not bearers:
                return Verdict(_key_by_id(claimed, claimed.own_id))
            verdict = _by_id(claimed, claimed.own_id, bearers)
            return replace(verdict, key=_confirmed(verdict.key, bearers))
        if claimed.is_alarm and (same := self._within_ten_seconds(claimed)) is not None:
            return Verdict(same.dedupe_key)
        if claimed.claim is not None:
            newest = self.newest(claimed.device_id, claimed.kind) if claimed.is_alarm else None
            key = _key("claim", claimed, claimed.claim, _text(claimed))
            return Verdict(_confirmed(key, [newest] if newest else []))
        number = claimed.message_number if claimed.is_alarm else None
        number = self._next_number() if number is None else number
        return Verdict(_key("received", claimed, format_instant(claimed.received_at), number))

    def unconfirmed(self, claimed: Claimed, payload: bytes) -> str | None:
        """The key of a retained alarm that was never stored before; None if it was."""
        if claimed.own_id is not None:
            bearers = self._known.get((claimed.device_id, claimed.own_id), [])
            verdict = _by_id(claimed, claimed.own_id, bearers)
            if claimed.claim is None and any(event.kind == claimed.kind for event in bearers):
                return None
            return None if any(event.dedupe_key == verdict.key for event in bearers) else verdict.key
        if claimed.claim is not None:
            return _key("claim", claimed, claimed.claim, _text(claimed))
        if self.newest(claimed.device_id, claimed.kind) is not None:
            return None
        return derived_id("evt", "retained", claimed.device_id, claimed.kind, payload.hex())

    def made(self, event: Event) -> None:
        """Remember an event of this batch, which the store does not hold yet.

        One that happened before the newest may be a re-send of an older one, and never becomes the newest.
        """
        if event.device_id is None:
            return
        newest = self.newest(event.device_id, event.kind) if event.kind in ALARM_KINDS else None
        if newest is None or event.occurred_at > newest.occurred_at:
            self._newest[event.device_id, event.kind] = event
        if event.device_event_id is not None:
            self._known.setdefault((event.device_id, event.device_event_id), []).append(event)

    def newest(self, device_id: str, kind: str) -> Event | None:
        """The newest event of a kind from a device, of this batch or stored."""
        asked = (device_id, kind)
        if asked not in self._newest:
            self._newest[asked] = self._newest_stored(device_id, kind)
        return self._newest[asked]

    def _within_ten_seconds(self, claimed: Claimed) -> Event | None:
        newest = self.newest(claimed.device_id, claimed.kind)
        if newest is None or Mark.UNCONFIRMED in newest.marks:
            return None
        apart = max(
            abs(claimed.received_at - newest.received_at), abs(claimed.occurred_at - newest.occurred_at)
        )
        return newest if apart <= SAME_PRESS_FOR else None


def _by_id(claimed: Claimed, own_id: str, bearers: Sequence[Event]) -> Verdict:
    first = None
    if claimed.claim is None:
        first = next((event for event in bearers if _is_re_send(claimed, own_id, event)), None)
    key = first.dedupe_key if first else _key_by_id(claimed, own_id)
    is_known = any(event.dedupe_key == key for event in bearers)
    return Verdict(key, is_id_reused=bool(bearers) and not is_known)


def _key_by_id(claimed: Claimed, own_id: str) -> str:
    """The key of the first event that bears the id, as far as it is one with this one."""
    if claimed.claim is not None:
        return _key("id", claimed, own_id, claimed.claim)
    return _key("first", claimed, own_id, format_instant(claimed.received_at))


def _confirmed(key: str, stored: Iterable[Event]) -> str:
    """The key of what a device says itself, where ``key`` is that of an unconfirmed copy of it, or was."""
    said = derived_id("evt", "confirmed", key)
    is_a_copy = any(
        event.dedupe_key == said or (event.dedupe_key == key and Mark.UNCONFIRMED in event.marks)
        for event in stored
    )
    return said if is_a_copy else key


def _is_re_send(claimed: Claimed, own_id: str, event: Event) -> bool:
    """Whether an event is the first of an id without a time, and so young that the message repeats it."""
    return (
        event.dedupe_key == _key("first", claimed, own_id, format_instant(event.received_at))
        and claimed.received_at - event.received_at <= SAME_ID_FOR
    )


def _key(what: str, claimed: Claimed, *parts: str | int) -> str:
    return derived_id("evt", what, claimed.device_id, claimed.kind, *parts)


def _text(claimed: Claimed) -> str:
    """What an event without an id carries: two readings of one instant are two, two presses are one."""
    return "" if claimed.is_alarm else json.dumps(claimed.data, sort_keys=True)
