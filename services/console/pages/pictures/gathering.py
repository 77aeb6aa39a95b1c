"""Gathering: reads what the pictures of one resident show, each kind once and with an end.

Of a fortnight only the bed's reports are read and for each night one reading, never all readings. Nothing
here decides what the events mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.console.pages.pictures.bed import (
    BED_KINDS,
    ENTERED,
    EXITED,
    OFFLINE,
    RETRACTED,
    VITALS,
    BedState,
    Spell,
    not_retracted,
    part_of,
    spells,
)
from services.domain.devices import Device, DeviceState
from services.domain.events import Event, Origin
from services.domain.instants import EPOCH, local, utc_of_local
from services.domain.kinds import ALARM_KINDS
from services.domain.ports import UnitOfWork

EVENING, MORNING = time(20), time(8)
"""The night of the pictures: early enough for who goes to bed with the sun, late enough for breakfast."""
NIGHTS = 14
DAY = timedelta(hours=24)
BEFORE, AFTER = timedelta(hours=9), timedelta(hours=3)
"""What is shown around an instant of the day: more of what led to it."""
READINGS_EVERY = timedelta(minutes=30)
"""One point of a line: 48 a day, which is what the width of a phone can tell apart."""

MOST_OF_A_KIND = 1500
"""Reports of one kind that are read for one picture: a sensor that flaps all night costs no more."""
MOST_READINGS = 3000
"""A day at one reading in half a minute."""
MOST_BEFORE = 20
"""Reports of each kind before the window that decide how it begins: enough for several sensors."""
MOST_DAYS_BEFORE = 60
"""So long somebody may have lain without an entry or an exit before nothing is known of their bed."""
MOST_RETRACTIONS = 500
STIR_KINDS = ("motion.detected", "door.opened", "leak.detected")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened at one instant."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """The mean of what a bed sensor measured within `READINGS_EVERY`, a minute; None was not measured."""

    at: datetime
    heart_rate: float | None
    respiration_rate: float | None


@dataclass(frozen=True, slots=True)
class Strip:
    """A window of time with what is known of it; ``zone`` is that of the resident's wall clock."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    pieces: tuple[Spell, ...]
    alarms: tuple[Moment, ...] = ()
    stirs: tuple[Moment, ...] = ()
    readings: tuple[Reading, ...] = ()
    at: datetime | None = None
    """The instant that the picture is about."""

    @property
    def says_anything(self) -> bool:
        """Whether anything at all is known of it."""
        known = any(each.state not in {BedState.UNKNOWN, BedState.AHEAD} for each in self.pieces)
        return known or bool(self.alarms or self.stirs or self.readings)

    @property
    def evening(self) -> date:
        """The local day on which it begins."""
        return local(self.since, self.zone).date()


def night_around(uow: UnitOfWork, resident_id: str, at: datetime, now: datetime, zone: ZoneInfo) -> Strip:
    """The night in which an instant lies; by day the hours around it."""
    since, until = night_of(at, zone) or (at - BEFORE, at + AFTER)
    events = _reports(uow, resident_id, since, until, now)
    return Strip(
        since,
        until,
        zone,
        spells(events, since, until, now),
        alarms=_moments(events, ALARM_KINDS, since, until),
        at=at,
    )


def last_day(uow: UnitOfWork, resident_id: str, now: datetime, zone: ZoneInfo) -> Strip:
    """The 24 hours that end now."""
    since = now - DAY
    events = _reports(uow, resident_id, since, now, now)
    vitals = uow.events.of_resident(resident_id, [VITALS], since, now, MOST_READINGS)
    stirs = uow.events.of_resident(resident_id, STIR_KINDS, since, now, MOST_OF_A_KIND)
    retractions = [each for each in events if each.kind == RETRACTED]
    return Strip(
        since,
        now,
        zone,
        spells([*events, *vitals], since, now, now),
        alarms=_moments(events, ALARM_KINDS, since, now),
        stirs=_moments([*stirs, *retractions], frozenset(STIR_KINDS), since, now),
        readings=means(not_retracted([*vitals, *retractions]), since),
    )


def fortnight(uow: UnitOfWork, resident_id: str, now: datetime, zone: ZoneInfo) -> tuple[Strip, ...]:
    """The last nights, the newest first; one that has begun counts."""
    today = local(now, zone).date()
    newest = today if now >= utc_of_local(today, EVENING, zone) else today - timedelta(days=1)
    nights = [_night(newest - timedelta(days=back), zone) for back in range(NIGHTS)]
    since, until = nights[-1][0], nights[0][1]
    events = _reports(uow, resident_id, since, until, now)
    signs = [
        sign
        for start, end in nights
        for sign in uow.events.of_resident(resident_id, [VITALS], start, end, limit=1)
    ]
    known = spells([*events, *signs], since, until, now)
    return tuple(
        Strip(start, end, zone, part_of(known, start, end), _moments(events, ALARM_KINDS, start, end))
        for start, end in nights
    )


def night_of(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """The night in which an instant lies; None by day."""
    day = local(at, zone).date()
    for evening in (day - timedelta(days=1), day):
        since, until = _night(evening, zone)
        if since <= at < until:
            return since, until
    return None


def _night(evening: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return (
        utc_of_local(evening, EVENING, zone),
        utc_of_local(evening + timedelta(days=1), MORNING, zone),
    )


def _reports(
    uow: UnitOfWork, resident_id: str, since: datetime, until: datetime, now: datetime
) -> list[Event]:
    """What happened within a window, with what decides its beginning and what took some of it back."""
    before = uow.events.of_resident(resident_id, BED_KINDS, EPOCH, since, MOST_BEFORE)
    within = uow.events.of_resident(
        resident_id, (*BED_KINDS, *sorted(ALARM_KINDS)), since, until, MOST_OF_A_KIND
    )
    retractions = uow.events.of_resident(resident_id, [RETRACTED], EPOCH, now + DAY, MOST_RETRACTIONS)
    before += _signs_before(uow, resident_id, before, since)
    silent = [_silence(device) for device in uow.devices.of_resident(resident_id)]
    return [*before, *within, *retractions, *(each for each in silent if each is not None)]


def _signs_before(uow: UnitOfWork, resident_id: str, before: list[Event], since: datetime) -> list[Event]:
    """For somebody who has lain for days when a window begins: one reading a day since their last entry."""
    last_at = max((each.occurred_at for each in before if each.kind in {ENTERED, EXITED}), default=since)
    days = min((since - last_at) // DAY, MOST_DAYS_BEFORE)
    return [
        sign
        for back in range(days + 1 if days else 0)
        for sign in uow.events.of_resident(
            resident_id, [VITALS], since - (back + 1) * DAY, since - back * DAY, limit=1
        )
    ]


def _silence(device: Device) -> Event | None:
    """A device that the register calls silent is not heard since it was last seen."""
    if device.state is not DeviceState.SILENT or device.last_seen_at is None:
        return None
    at = device.last_seen_at
    return Event(f"silent:{device.id}", OFFLINE, at, at, Origin.HOUSE, device_id=device.id)


def _moments(
    events: list[Event], kinds: frozenset[str], since: datetime, until: datetime
) -> tuple[Moment, ...]:
    return tuple(
        Moment(each.kind, each.occurred_at)
        for each in not_retracted(events)
        if each.kind in kinds and since <= each.occurred_at < until
    )


def means(vitals: list[Event], since: datetime) -> tuple[Reading, ...]:
    """Readings in equal steps from ``since``; a step without any is left out."""
    steps: dict[int, list[Event]] = {}
    for each in vitals:
        steps.setdefault((each.occurred_at - since) // READINGS_EVERY, []).append(each)
    return tuple(
        Reading(
            since + (step + 0.5) * READINGS_EVERY,
            _mean(within, "heart_rate"),
            _mean(within, "respiration_rate"),
        )
        for step, within in sorted(steps.items())
    )


def _mean(events: list[Event], name: str) -> float | None:
    values = [each.data[name] for each in events if isinstance(each.data.get(name), int | float)]
    return sum(values) / len(values) if values else None
