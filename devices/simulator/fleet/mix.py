"""What a fleet says: which device of which home, of what kind, in which order. The same job says the same
each time.

Pure but for the instant, which is handed in: an id carries when its message was handed to the kernel, so that
whoever sees it again anywhere on this machine knows how long it took, and nobody has to keep a list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from random import Random

from devices.simulator.ecosystems.native import ROOT

TYPES = ("bed_sensor", "call_button", "motion_sensor", "door_sensor")
"""The devices of every home."""
SHARES = {"vitals": 840, "bed": 70, "motion": 50, "door": 35, "battery": 5}
"""Of a thousand messages; presses come besides, at a rate of their own."""
KIND_OF_PRESS = "call_button.pressed"


@dataclass(frozen=True, slots=True)
class Job:
    """What one generator is asked to do: ``rate`` messages and ``presses`` presses a second for ``seconds``;
    rate 0: as fast as the broker acknowledges. It plays each home of which ``home % of == number``. Names
    of devices begin with ``prefix``, ids with ``run``. At most ``window`` messages of a connection
    are unacknowledged.
    """

    run: str
    prefix: str
    host: str
    port: int
    homes: int
    rate: float
    seconds: float
    presses: float = 0.0
    number: int = 0
    of: int = 1
    connections: int = 4
    window: int = 1000
    username: str = ""
    password: str = ""
    seed: int = 1

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Job:
        return cls(**json.loads(text))

    @property
    def own_homes(self) -> list[int]:
        return list(range(self.number, self.homes, self.of))


def device_name(prefix: str, device_type: str, home: int) -> str:
    """The name on the wire of a device of a fleet."""
    return f"{prefix}-{device_type.partition('_')[0]}-{home}"


def id_of(run: str, generator: int, number: int, stamp: int) -> str:
    """An id of at most 64 characters; ``stamp`` in nanoseconds of the machine's monotonic clock."""
    return f"{run}.{generator}.{number}.{stamp:x}"


@dataclass(frozen=True, slots=True)
class Id:
    """What an id says."""

    generator: int
    number: int
    stamp: int


def read_id(run: str, text: object) -> Id | None:
    """The parts of an id of this run; None for any other."""
    parts = text.split(".") if isinstance(text, str) else []
    if len(parts) != 4 or parts[0] != run:  # noqa: PLR2004 - the parts of an id
        return None
    return Id(int(parts[1]), int(parts[2]), int(parts[3], 16))


@dataclass(frozen=True, slots=True)
class Said:
    """One message but for its id and its instant."""

    home: int
    topic: bytes
    kind: str
    data: str

    def payload(self, event_id: str, at: datetime) -> bytes:
        """The message as a native device writes it (docs/wire)."""
        instant = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = f'{{"id":"{event_id}","kind":"{self.kind}","occurred_at":"{instant}"'
        return f'{head},"data":{self.data}}}'.encode()


def presses(job: Job) -> Iterator[Said]:
    """Presses without end, each home in its turn: one that pressed before would only join its own alert."""
    while True:
        for home in reversed(job.own_homes):
            name = device_name(job.prefix, "call_button", home)
            yield Said(home, f"{ROOT}/{name}/alarm".encode(), KIND_OF_PRESS, "{}")


def background(job: Job, part: int = 0, parts: int = 1) -> Iterator[Said]:
    """Everything but presses, without end, of one part of the job's homes: a home keeps to one connection.
    Nobody enters a bed twice in a row, and no door opens twice.
    """
    dice = Random(f"{job.seed}/fleet/{job.number}/{part}")
    sorts = [name for name, share in SHARES.items() for _ in range(share)]
    dice.shuffle(sorts)
    homes = job.own_homes[part::parts] or job.own_homes
    dice.shuffle(homes)
    in_bed: set[int] = set()
    open_doors: set[int] = set()
    place = 0
    while True:
        for sort in sorts:
            home = homes[place % len(homes)]
            place += 1
            yield _one(job, sort, home, place, in_bed, open_doors)


def _one(job: Job, sort: str, home: int, place: int, in_bed: set[int], open_doors: set[int]) -> Said:
    if sort == "vitals":
        heart, breath = 55 + place * 7 % 27, 12 + place * 3 % 7
        data = f'{{"heart_rate":{heart},"respiration_rate":{breath},"movement":0.{place % 4}}}'
        return _said(job, "bed_sensor", home, "bed.vitals", data)
    if sort == "bed":
        in_bed ^= {home}
        return _said(job, "bed_sensor", home, "bed.entered" if home in in_bed else "bed.exited")
    if sort == "motion":
        return _said(job, "motion_sensor", home, "motion.detected")
    if sort == "door":
        open_doors ^= {home}
        return _said(job, "door_sensor", home, "door.opened" if home in open_doors else "door.closed")
    battery = f'{{"percent":{100 - place % 60}}}'
    return _said(job, TYPES[place % len(TYPES)], home, "device.battery", battery)


def _said(job: Job, device_type: str, home: int, kind: str, data: str = "{}") -> Said:
    return Said(home, f"{ROOT}/{device_name(job.prefix, device_type, home)}/event".encode(), kind, data)
