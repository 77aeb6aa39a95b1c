"""What every oracle reads first: the lines of a history as facts, and whether a fact counts.

It judges the claim of a time, says who is enrolled and away, what was taken back and which number an override
set, each as of a Moment. It never looks at what comes after the Moment it is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.events import Json
from services.domain.instants import parse_instant, zone_named
from services.domain.kinds import ALARM_KINDS, DEVICE_KINDS, KINDS, RECORDED_KINDS

CLAIM_BACK_FOR = timedelta(days=7)
CLAIM_AHEAD_FOR = timedelta(minutes=2)
TURNS = ("resident.away", "resident.returned")
RECORD_BACK_FOR = timedelta(days=400)

Moment = tuple[datetime, int, datetime, int]
"""A point in the order of things: (the clock, 0 for an event or 1 for a deadline, the deadline, the line)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line that brings an event; ``seq`` is its number."""

    seq: int
    id: str
    kind: str
    occurred_at: datetime
    received_at: datetime
    resident: str | None = None
    device: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    is_replaced: bool = False
    settled_at: datetime | None = None
    """The end of its settling (``occurred_at`` + d), for a settled change."""
    line_at: datetime | None = None
    """What the line itself said of ``occurred_at``, where the fact says another."""

    @property
    def order(self) -> tuple[datetime, int]:
        """What *later* and *newest* compare."""
        return (self.occurred_at, self.seq)

    @property
    def known(self) -> Moment:
        """From when on it is known."""
        if self.settled_at is None:
            return (self.received_at, 0, self.received_at, self.seq)
        return (max(self.settled_at, self.received_at), 1, self.settled_at, self.seq)


@dataclass(frozen=True, slots=True)
class Register:
    """What a resident or device line said."""

    seq: int
    received_at: datetime
    resident: str | None
    device: str | None = None
    type: str | None = None
    place: str | None = None
    enrolled_at: datetime | None = None
    left_at: datetime | None = None
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A number of a rule that differs for one resident."""

    seq: int
    received_at: datetime
    resident: str
    rule: str
    key: str
    value: Json

    @property
    def known(self) -> Moment:
        """From when on it is known."""
        return (self.received_at, 0, self.received_at, self.seq)


@dataclass(frozen=True, slots=True)
class Story:
    """A whole history: ``facts`` in the order of storing, without those that never count."""

    facts: tuple[Fact, ...]
    registers: tuple[Register, ...]
    overrides: tuple[Override, ...]
    until: datetime
    """Up to when deadlines are met, itself included."""
    zone: ZoneInfo

    def zone_of(self, resident: str) -> ZoneInfo:
        """The zone of a resident."""
        own = [each.zone for each in self.registers if each.resident == resident and each.zone is not None]
        return own[-1] if own else self.zone

    def residents(self) -> list[str]:
        """Everybody who is ever enrolled."""
        return sorted({each.resident for each in self.registers if each.enrolled_at and each.resident})

    def is_enrolled(self, resident: str | None, at: datetime, moment: Moment) -> bool:
        """Whether at ``at`` somebody was enrolled and had not left, as it was known at ``moment``."""
        lines = [
            each
            for each in self.registers
            if each.resident == resident and each.enrolled_at is not None and _is_before(each, moment)
        ]
        if not lines or lines[-1].enrolled_at is None:
            return False
        left_at = lines[-1].left_at
        return lines[-1].enrolled_at <= at and (left_at is None or at < left_at)

    def device_at(self, device: str | None, moment: Moment) -> Register | None:
        """What a device is and whose, as last said; None if it is not registered, or retired."""
        said = [each for each in self.registers if each.device == device and _is_before(each, moment)]
        if device is None or not said:
            return None
        retired = any(
            fact.kind == "device.retired"
            and fact.device == device
            and fact.seq > said[-1].seq
            and fact.known <= moment
            for fact in self.facts
        )
        return None if retired else said[-1]

    def is_watched(self, resident: str, kinds: Iterable[str], types: Sequence[str], moment: Moment) -> bool:
        """Whether somebody has a device of a type that sends one of ``kinds``; of kinds of people always."""
        sent = [KINDS[kind] for kind in kinds if kind in DEVICE_KINDS]
        if not sent:
            return True
        wanted = {each.value for kind in sent for each in kind.sent_by if not types or each.value in types}
        for device in {each.device for each in self.registers if each.device}:
            now = self.device_at(device, moment)
            if now is not None and now.resident == resident and now.type in wanted:
                return True
        return False

    def is_retracted(self, fact: Fact, moment: Moment) -> bool:
        """Whether a fact was taken back by then."""
        return any(
            each.kind == "event.retracted"
            and each.data.get("event_id") == fact.id
            and each.seq > fact.seq
            and each.known <= moment
            for each in self.facts
        )

    def times_away(self, resident: str, moment: Moment) -> list[tuple[datetime, datetime | None]]:
        """[left home, came back) as it was known; None for the end of one that lasts."""
        turns = sorted(
            (
                fact
                for fact in self.facts
                if fact.kind in {"resident.away", "resident.returned"}
                and fact.resident == resident
                and fact.known <= moment
                and not self.is_retracted(fact, moment)
            ),
            key=lambda fact: fact.order,
        )
        times: list[tuple[datetime, datetime | None]] = []
        for turn in turns:
            is_away = bool(times) and times[-1][1] is None
            if turn.kind == "resident.away" and not is_away:
                times.append((turn.occurred_at, None))
            elif turn.kind == "resident.returned" and is_away:
                times[-1] = (times[-1][0], turn.occurred_at)
        return times

    def touches_away(self, resident: str, first: datetime, last: datetime, moment: Moment) -> bool:
        """Whether [first, last] touches a time away, as it was known."""
        return any(
            begin <= last and (end is None or end > first) for begin, end in self.times_away(resident, moment)
        )

    def is_told_away(self, resident: str, first: datetime, last: datetime, since: Moment) -> bool:
        """Whether at some Moment after ``since`` it was known that [first, last] touches a time away."""
        return any(
            self.touches_away(resident, first, last, fact.known)
            for fact in self.turns()
            if fact.known > since
        )

    def turns(self) -> list[Fact]:
        """What tells of time away, and what takes that back."""
        told = {fact.id: fact for fact in self.facts if fact.kind in TURNS}
        back = {fact.seq for fact in self.facts if fact.data.get("event_id") in told}
        return [fact for fact in self.facts if fact.kind in TURNS or fact.seq in back]

    def number(self, rule: str, key: str, resident: str | None, usual: Json, moment: Moment) -> Json:
        """The value of ``key`` for a resident, as it stood."""
        said = [
            each.value
            for each in self.overrides
            if each.rule == rule and each.key == key and each.resident == resident and each.known <= moment
        ]
        return said[-1] if said else usual


def told(lines: Sequence[Mapping[str, Json]], zone: ZoneInfo) -> Story:
    """Read the lines of a history (as `anxin rules replay` is fed them) up to its ``end``."""
    facts: list[Fact] = []
    registers: list[Register] = []
    overrides: list[Override] = []
    instants = [_instant(line) for line in lines]
    now = next(each for each in instants if each is not None)
    for seq, (line, instant) in enumerate(zip(lines, instants, strict=True), start=1):
        now = instant or now
        match line["type"]:
            case "resident" | "device":
                registers.append(_register(seq, line, now))
            case "override":
                overrides.append(
                    Override(seq, now, line["resident"], line["rule"], line["key"], line["value"])
                )
            case "event" | "away" | "returned":
                fact = judged(_fact(seq, line, now))
                if fact is not None:
                    facts.append(fact)
            case "end":
                break
    return Story(tuple(facts), tuple(registers), tuple(overrides), now, zone)


def judged(fact: Fact) -> Fact | None:
    """The fact at the time that counts; None for a record whose time no person can claim."""
    behind = fact.received_at - fact.occurred_at
    if fact.kind in ALARM_KINDS:
        return replace(fact, occurred_at=fact.received_at, line_at=fact.occurred_at)
    if fact.kind in DEVICE_KINDS and not -CLAIM_AHEAD_FOR <= behind <= CLAIM_BACK_FOR:
        return replace(fact, occurred_at=fact.received_at, line_at=fact.occurred_at, is_replaced=True)
    if fact.kind in RECORDED_KINDS and not timedelta(0) <= behind <= RECORD_BACK_FOR:
        return None
    return fact


def _fact(seq: int, line: Mapping[str, Json], now: datetime) -> Fact:
    turn = {"away": "resident.away", "returned": "resident.returned"}
    occurred = line.get("occurred_at")
    return Fact(
        seq=seq,
        id=str(line.get("id") or seq),
        kind=turn.get(line["type"]) or line["kind"],
        occurred_at=parse_instant(occurred) if occurred else now,
        received_at=now,
        resident=line.get("resident"),
        device=line.get("device"),
        data=line.get("data") or {},
    )


def _register(seq: int, line: Mapping[str, Json], now: datetime) -> Register:
    if line["type"] == "device":
        return Register(
            seq, now, line.get("resident"), line["id"], line["device_type"], line.get("place") or ""
        )
    zone = line.get("timezone")
    enrolled = line.get("enrolled_at")
    enrolled_at = parse_instant(enrolled) if enrolled else datetime.min.replace(tzinfo=now.tzinfo)
    left = line.get("left_at")
    return Register(
        seq,
        now,
        line["id"],
        enrolled_at=enrolled_at,
        left_at=parse_instant(left) if left else None,
        zone=zone_named(zone) if zone else None,
    )


def _instant(line: Mapping[str, Json]) -> datetime | None:
    text = line.get("received_at") or line.get("occurred_at")
    return parse_instant(text) if text else None


def _is_before(each: Register, moment: Moment) -> bool:
    return (each.received_at, 0, each.received_at, each.seq) <= moment
