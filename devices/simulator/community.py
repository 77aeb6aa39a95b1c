"""A community that lives: who gets up and lies down, whose battery is read, who presses, and when. Seeded
dice decide; the time is handed in and every message is handed out, so that nothing here touches a clock or
a wire.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

NIGHT_FROM, NIGHT_TO = 22, 6
FIRST_PRESS_AFTER = timedelta(seconds=2)
PRESSES_EVERY = (60.0, 180.0)
"""Seconds between two presses somewhere in the community."""
REST_AFTER_PRESS = timedelta(minutes=20)
"""Whoever pressed does not press again so soon: a board of one resident shows nothing."""
MOVES_EVERY = (4.0, 15.0)
"""Seconds between two bed movements somewhere in the community."""
NIGHT_IS_CALMER_BY = 20
"""One in so many movements happens at night: some seventy people who each get up once or twice."""
BACK_IN_BED_AFTER = (120.0, 600.0)
"""Seconds of a trip to the toilet."""
STAYS_OUT = 0.05
"""The share of trips at night from which nobody comes back by themselves."""
VITALS_EVERY = timedelta(minutes=10)
NAPS = 0.2
"""The share of movements by day that put somebody to bed."""
BATTERIES_WITHIN = 900.0
BATTERY_EVERY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Device:
    """A device of the community: its name on the wire, its type, and whose it is."""

    external_id: str
    type: str
    resident_id: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something that a device says now."""

    external_id: str
    kind: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


Chore = Callable[[datetime], Iterable[Message]]


class Community:
    """Ask it again and again for what is `due`; ``next_due_at`` says when there is more."""

    def __init__(
        self,
        devices: Sequence[Device],
        dice: Random,
        starts_at: datetime,
        zone: ZoneInfo,
        first: Collection[str] = (),
    ) -> None:
        """``first``: the residents of whom one makes the first press, so that whoever signs in to see a press
        sees one; nobody named: anyone.
        """
        self._first = frozenset(first)
        self._dice = dice
        self._zone = zone
        self._buttons = [device for device in devices if device.type == "call_button"]
        self._beds = [device for device in devices if device.type == "bed_sensor"]
        self._in_bed: set[str] = set()
        self._pressed_at: dict[str, datetime] = {}
        self._numbers = count()
        self._chores: list[tuple[datetime, int, Chore]] = []
        if self._buttons:
            self._plan(starts_at + FIRST_PRESS_AFTER, self._press)
        if self._beds:
            self._plan(starts_at, self._lie_as_the_hour_says)
            self._plan(starts_at + timedelta(seconds=MOVES_EVERY[1]), self._move)
        for device in devices:
            self._plan(starts_at + self._seconds(0, BATTERIES_WITHIN), self._battery_of(device))
        for bed in self._beds:
            self._plan(starts_at + self._seconds(0, VITALS_EVERY.total_seconds()), self._vitals_of(bed))
        heapify(self._chores)

    @property
    def next_due_at(self) -> datetime | None:
        return self._chores[0][0] if self._chores else None

    def due(self, now: datetime) -> list[Message]:
        """Everything that is said up to ``now``, in order; what was missed is said now."""
        messages: list[Message] = []
        while self._chores and self._chores[0][0] <= now:
            messages.extend(heappop(self._chores)[2](now))
        return messages

    def _plan(self, at: datetime, chore: Chore) -> None:
        heappush(self._chores, (at, next(self._numbers), chore))

    def _seconds(self, low: float, high: float) -> timedelta:
        return timedelta(seconds=self._dice.uniform(low, high))

    def _is_night(self, now: datetime) -> bool:
        hour = now.astimezone(self._zone).hour
        return hour >= NIGHT_FROM or hour < NIGHT_TO

    def _press(self, now: datetime) -> Iterable[Message]:
        self._plan(now + self._seconds(*PRESSES_EVERY), self._press)
        rested = [
            button
            for button in self._buttons
            if (pressed_at := self._pressed_at.get(button.external_id)) is None
            or now - pressed_at >= REST_AFTER_PRESS
        ]
        if rested:
            button = self._dice.choice(self._who_begins(rested))
            self._pressed_at[button.external_id] = now
            yield Message(button.external_id, "call_button.pressed", now)

    def _who_begins(self, rested: list[Device]) -> list[Device]:
        named = [button for button in rested if button.resident_id in self._first]
        return named if named and not self._pressed_at else rested

    def _lie_as_the_hour_says(self, now: datetime) -> Iterable[Message]:
        share = 0.95 if self._is_night(now) else 0.15
        for bed in self._beds:
            if self._dice.random() < share:
                yield self._enters(bed, now)

    def _move(self, now: datetime) -> Iterable[Message]:
        """Somebody gets up or lies down, as the hour makes it likely."""
        night = self._is_night(now)
        calmer_by = NIGHT_IS_CALMER_BY if night else 1
        self._plan(now + calmer_by * self._seconds(*MOVES_EVERY), self._move)
        bed = self._dice.choice(self._beds)
        if bed.external_id in self._in_bed:
            self._in_bed.discard(bed.external_id)
            if night and self._dice.random() >= STAYS_OUT:
                self._plan(now + self._seconds(*BACK_IN_BED_AFTER), self._return_to(bed))
            yield Message(bed.external_id, "bed.exited", now)
        elif night or self._dice.random() < NAPS:
            yield self._enters(bed, now)

    def _enters(self, bed: Device, now: datetime) -> Message:
        self._in_bed.add(bed.external_id)
        return Message(bed.external_id, "bed.entered", now)

    def _return_to(self, bed: Device) -> Chore:
        def chore(now: datetime) -> Iterable[Message]:
            if bed.external_id not in self._in_bed:
                yield self._enters(bed, now)

        return chore

    def _vitals_of(self, bed: Device) -> Chore:
        heart, breath = self._dice.uniform(54, 78), self._dice.uniform(12, 19)

        def chore(now: datetime) -> Iterable[Message]:
            self._plan(now + VITALS_EVERY, chore)
            if bed.external_id in self._in_bed:
                data = {
                    "heart_rate": round(heart + self._dice.gauss(0, 3), 1),
                    "respiration_rate": round(breath + self._dice.gauss(0, 0.8), 1),
                    "movement": round(min(1.0, self._dice.expovariate(20)), 2),
                }
                yield Message(bed.external_id, "bed.vitals", now, data)

        return chore

    def _battery_of(self, device: Device) -> Chore:
        percent = self._dice.randint(45, 100)

        def chore(now: datetime) -> Iterable[Message]:
            self._plan(now + BATTERY_EVERY, chore)
            yield Message(device.external_id, "device.battery", now, {"percent": percent})

        return chore
