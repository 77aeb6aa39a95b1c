"""What the engine knows of a resident: zone, enrolment, devices, time away, overrides.

Made from the register's facts and from `resident.away` and `resident.returned` alone, in the order of
storing. It decides who is watched and which time was spent at home; it never looks into the register itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.domain.devices import DeviceType
from services.domain.events import Event, Json
from services.domain.instants import parse_instant
from services.domain.kinds import KINDS
from services.rules.rulebook import ANY_MESSAGE

VERSION = 1
_SENT_BY: dict[str, frozenset[str]] = {
    **{kind: frozenset(info.sent_by) for kind, info in KINDS.items()},
    ANY_MESSAGE: frozenset(DeviceType),
}


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A registered device."""

    id: str
    type: str
    place: str | None = None
    resident_id: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody went away, or came back."""

    at: datetime
    seq: int
    away: bool
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """Another value of one key of one rule. From ``until`` on the rule's own holds again; None = no end."""

    rule: str
    key: str
    value: Json
    until: datetime | None = None

    def holds_at(self, instant: datetime) -> bool:
        """Whether it has not ended yet."""
        return self.until is None or instant < self.until


@dataclass(frozen=True, slots=True)
class Profile:
    """One resident. ``enrolled_at`` None = never enrolled: then only alarm kinds count."""

    resident_id: str
    home_id: str | None = None
    timezone: str | None = None
    enrolled_at: datetime | None = None
    left_at: datetime | None = None
    tags: tuple[str, ...] = ()
    birth_date: str | None = None
    synthetic: bool = False
    devices: tuple[KnownDevice, ...] = ()
    turns: tuple[Turn, ...] = ()
    overrides: tuple[Override, ...] = ()

    def device(self, device_id: str | None) -> KnownDevice | None:
        for device in self.devices:  # at every event, so no generator
            if device.id == device_id:
                return device
        return None

    def senders_of(self, kind: str) -> tuple[str, ...]:
        """The ids of the registered devices that can send this kind."""
        sent_by = senders_of(kind)
        return tuple(device.id for device in self.devices if device.type in sent_by)

    def has_sender_of(self, kind: str) -> bool:
        """Whether a device that can send this kind is registered; kinds that people record need none."""
        sent_by = senders_of(kind)
        for device in self.devices:  # as above
            if device.type in sent_by:
                return True
        return not sent_by

    def is_enrolled_at(self, instant: datetime) -> bool:
        """Whether what happened at an instant counts for more than alarm kinds."""
        return (
            self.enrolled_at is not None
            and self.enrolled_at <= instant
            and (self.left_at is None or instant < self.left_at)
        )

    def has_left_by(self, instant: datetime) -> bool:
        """Whether the rules have ended by then; a leaving that is only planned ends nothing yet."""
        return self.left_at is not None and self.left_at <= instant

    def absences(self) -> list[tuple[datetime, datetime | None]]:
        """The times away, [since, until), ascending; None = still away."""
        found: list[tuple[datetime, datetime | None]] = []
        since: datetime | None = None
        for turn in sorted(self.turns, key=lambda turn: (turn.at, turn.seq)):
            if turn.away and since is None:
                since = turn.at
            elif not turn.away and since is not None:
                found.append((since, turn.at))
                since = None
        if since is not None:
            found.append((since, None))
        return found

    def told_of_return(self, at: datetime) -> datetime | None:
        """When it was told that the resident came back at that instant."""
        return next((turn.received_at for turn in self.turns if turn.at == at and not turn.away), None)

    def was_away_in(self, start: datetime, end: datetime) -> bool:
        """Whether a window, ends included, touches time away."""
        if not self.turns:
            return False
        return any(since <= end and (until is None or start < until) for since, until in self.absences())

    def watched_for(self, start: datetime, end: datetime, now: datetime) -> timedelta:
        """How much of [start, end) was spent enrolled and not away; time to come counts as watched."""
        first = max(start, self.enrolled_at or end)
        last = end if self.left_at is None or self.left_at > now else min(end, self.left_at)
        total = max(last - first, timedelta(0))
        for since, until in self.absences():
            away_until = now if until is None else min(until, now)
            total -= max(min(away_until, last) - max(since, first), timedelta(0))
        return total

    def with_turn(self, turn: Turn) -> Profile:
        return replace(self, turns=(*self.turns, turn))

    def without_turn(self, seq: int) -> Profile:
        return replace(self, turns=tuple(turn for turn in self.turns if turn.seq != seq))

    def with_device(self, device: KnownDevice) -> Profile:
        others = tuple(each for each in self.devices if each.id != device.id)
        return replace(self, devices=(*others, device))

    def without_device(self, device_id: str) -> Profile:
        return replace(self, devices=tuple(each for each in self.devices if each.id != device_id))

    def with_override(self, override: Override) -> Profile:
        others = tuple(
            each for each in self.overrides if (each.rule, each.key) != (override.rule, override.key)
        )
        return replace(self, overrides=others if override.value is None else (*others, override))

    def overrides_at(self, instant: datetime) -> tuple[Override, ...]:
        """The overrides that have not ended by an instant."""
        return tuple(each for each in self.overrides if each.holds_at(instant))

    def next_end(self) -> datetime | None:
        """When the next of the overrides ends; the deadline of this state."""
        return min((each.until for each in self.overrides if each.until is not None), default=None)

    def without_ended(self, instant: datetime) -> Profile:
        return replace(self, overrides=self.overrides_at(instant))

    def with_fact(self, event: Event) -> Profile:
        """The profile after a `resident.enrolled`, `resident.changed` or `resident.left`."""
        data = event.data
        enrolled = data.get("enrolled_at")
        left = data.get("left_at")
        left_at = parse_instant(left) if isinstance(left, str) else None
        return replace(
            self,
            home_id=event.home_id or self.home_id,
            timezone=data.get("timezone", self.timezone),
            enrolled_at=parse_instant(enrolled)
            if isinstance(enrolled, str)
            else self.enrolled_at or event.occurred_at,
            left_at=left_at or (event.occurred_at if event.kind == "resident.left" else None),
            tags=tuple(data.get("tags", self.tags) or ()),
            birth_date=data.get("birth_date", self.birth_date),
            synthetic=event.synthetic,
        )


def senders_of(kind: str) -> frozenset[str]:
    """The types of devices that send a kind, or anything at all; none for what people record."""
    return _SENT_BY[kind]


def condition_values(profile: Profile) -> dict[str, object]:
    """The fields of a resident that conditions may name."""
    return {
        "resident.id": profile.resident_id,
        "resident.home_id": profile.home_id,
        "resident.timezone": profile.timezone,
        "resident.birth_date": profile.birth_date,
        "resident.tags": list(profile.tags),
    }
