"""What is published in a measurement: which device says what, and when, as CONTRACTS has it on the wire.

Pure: a job makes the same messages each time. Every message has an id of its own, so that the rows can be
counted afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bench.clock import SECOND

OF = 500
READINGS, BEDS, MOTIONS, DOORS = 425, 455, 480, 499
"""Of so many messages of the realistic mix, up to which place they are of which sort; the rest are presses.
"""


class Mix(StrEnum):
    """Of what the messages are."""

    TELEMETRY = "telemetry"
    """Readings of bed sensors alone."""
    REALISTIC = "realistic"
    """Of 500: 425 readings of beds, 30 entries and exits, 25 of motion, 19 of doors, 1 press."""
    EXITS = "exits"
    """One bed exit a home: each starts a watch."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a publisher is asked to do.

    ``count`` messages of ``mix``, spread evenly over all ``homes``, at ``rate`` a second; rate 0: as fast as
    the broker acknowledges. Besides, ``presses`` at ``press_rate`` a second, each in a home of its own from
    ``first_press_home`` on. ``occurred_before`` is how many seconds before the start of the publisher the
    first event claims to have happened. At most ``window`` messages a connection are unacknowledged.
    """

    port: int
    run: str
    homes: int
    count: int = 0
    mix: Mix = Mix.TELEMETRY
    rate: float = 0.0
    presses: int = 0
    press_rate: float = 1.0
    first_press_home: int = 0
    first_home: int = 0
    occurred_before: float = 0.0
    connections: int = 4
    window: int = 1000
    seconds: float = 120.0
    """After so long the publisher gives up, whatever is left."""

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Job:
        fields = json.loads(text)
        return cls(**(fields | {"mix": Mix(fields["mix"])}))


@dataclass(frozen=True, slots=True)
class Said:
    """One message: when it is due after the start (ns), by which device, and what it says."""

    due: int
    device: str
    payload: bytes


def background(job: Job, start: datetime) -> Iterator[Said]:
    """The messages of a job but its presses."""
    apart = SECOND / job.rate if job.rate else 0.0
    step = timedelta(microseconds=max(int(apart / 1000), 20))
    occurred_at = start - timedelta(seconds=job.occurred_before)
    stride = _stride(job.homes)
    out_of_bed: set[int] = set()
    for number in range(job.count):
        home = job.first_home + number * stride % job.homes
        device, kind, data = _one_of(job.mix, number, home, out_of_bed)
        at = (occurred_at if job.mix is Mix.EXITS else occurred_at + number * step).isoformat()
        text = f'{{"id":"{job.run}-{number}","kind":"{kind}","occurred_at":"{at}","data":{data}}}'
        yield Said(int(number * apart), device, text.encode())


def press(run: str, number: int, at: datetime) -> bytes:
    """The payload of a press."""
    said = {"id": f"{run}-p{number}", "kind": "call_button.pressed", "occurred_at": at.isoformat()}
    return json.dumps(said | {"data": {}}, separators=(",", ":")).encode()


def ids(job: Job) -> set[str]:
    """The ids of everything that a job publishes."""
    return {f"{job.run}-{number}" for number in range(job.count)} | {
        f"{job.run}-p{number}" for number in range(job.presses)
    }


def _stride(homes: int) -> int:
    """Homes in an order that visits all of them and never two neighbours."""
    return next((step for step in (7919, 104729, 17, 7, 3) if homes % step), 1)


def _one_of(mix: Mix, number: int, home: int, out_of_bed: set[int]) -> tuple[str, str, str]:
    """Device, kind and data of one message."""
    if mix is Mix.EXITS:
        return f"bed-{home}", "bed.exited", "{}"
    place = number % OF
    if mix is Mix.TELEMETRY or place < READINGS:
        heart, breath = 55 + number % 30, 12 + number % 6
        return (
            f"bed-{home}",
            "bed.vitals",
            f'{{"heart_rate":{heart},"respiration_rate":{breath},"movement":0.1}}',
        )
    if place < BEDS:
        out_of_bed ^= {home}
        return f"bed-{home}", "bed.exited" if home in out_of_bed else "bed.entered", "{}"
    if place < MOTIONS:
        return f"motion-{home}", "motion.detected", "{}"
    if place < DOORS:
        return f"door-{home}", "door.opened" if number % 2 else "door.closed", "{}"
    return f"button-{home}", "call_button.pressed", "{}"
