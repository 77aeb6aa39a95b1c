"""A scenario that was read without a fault: who is there, what happens instant by instant, what must come
of it and what must not.

Nothing of the notation is left in it but the lines on which things stand, so that a failure can name them.
What a file may say is decided in form.py, what it means in telling.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from devices.simulator.acts import Act, Fault, Override, Residence, Saying
from devices.simulator.happenings import Happening, What
from devices.simulator.lives.form import Life
from devices.simulator.local_time import Frame
from devices.simulator.sentences import Answer


@dataclass(frozen=True, slots=True)
class Home:
    """A household, and the neighbour who answers for it."""

    name: str
    address: str = ""
    places: tuple[str, ...] = ()
    neighbour: str | None = None
    timezone: ZoneInfo | None = None
    grid: str | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who can be told, and how they answer (never: no answers)."""

    name: str
    called: str
    role: str
    answers: tuple[Answer, ...] = ()
    channels: tuple[str, ...] = ("webhook",)
    """In the order of preference."""
    language: str | None = None
    grid: str | None = None
    telephone_is_off: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid, and those beside it."""

    name: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resident:
    """An elder of the story; `called` is the name that people will read."""

    name: str
    called: str
    home: str
    worker: str | None = None
    backup: str | None = None
    tags: tuple[str, ...] = ()
    timezone: ZoneInfo | None = None
    enrolled_at: datetime | None = None
    """None: as the story begins. After that they come with their devices, and do nothing before."""
    left_at: datetime | None = None
    """From then on their devices say what the timeline tells and nothing else."""
    birth_date: date | None = None
    life: Life | None = None
    """How they live by themselves; None: they do what the timeline says and nothing else."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who is there."""

    homes: tuple[Home, ...]
    workers: tuple[Worker, ...]
    residents: tuple[Resident, ...]
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """A device in a home, and perhaps somebody's own."""

    name: str
    type: str
    home: str
    place: str | None = None
    resident: str | None = None
    ecosystem: str = "native"
    gateway: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens ``at`` an instant: somebody does it, a device says it, a rule is made another,
    somebody is enrolled or leaves, or something goes wrong. ``who`` and ``words`` are as a report shows it,
    ``line`` is that of the file, 0 for what no line of a timeline tells.
    """

    at: datetime
    what: Act | Saying | Override | Residence | Fault
    who: str
    words: str
    line: int = 0


# ---------------------------------------------------------------------------- what must come of it


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that must be there, or (``must_not``) must not: what sort of thing, with which fields of a
    Happening, from one instant to another, both included.
    """

    line: int
    must_not: bool
    what: What
    fields: Mapping[str, str]
    since_at: datetime | None = None
    by_at: datetime | None = None
    times: int | None = None
    """How often exactly; None: at least once."""
    hears: tuple[str, ...] = ()
    """Of a device: all that it heard."""
    states: tuple[str, ...] = ()
    """Of a Finding: any of these; empty: whatever state it is in."""

    def differs(self, happening: Happening) -> list[str]:
        """The fields in which a happening is not what was asked for."""
        return [name for name, value in self.fields.items() if happening.fields.get(name) != value]

    def off_by(self, happening: Happening) -> timedelta:
        """How far outside the span of time a happening lies; negative before it, nothing inside."""
        if self.since_at is not None and happening.at < self.since_at:
            return happening.at - self.since_at
        if self.by_at is not None and happening.at > self.by_at:
            return happening.at - self.by_at
        return timedelta(0)

    def is_met_by(self, happening: Happening) -> bool:
        """Whether a happening of the sort is one that is asked for."""
        stands = not self.states or happening.fields.get("state") in self.states
        return stands and not self.differs(happening) and not self.off_by(happening)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story with its end."""

    scenario: str
    titles: Mapping[str, str]
    """By language; never empty."""
    timezone: ZoneInfo
    starts_at: datetime
    ends_at: datetime
    first_day: date
    cast: Cast
    devices: tuple[Device, ...]
    steps: tuple[Step, ...]
    """In the order of time; at one instant as they are told."""
    wishes: tuple[Wish, ...]
    """Those of `expect`, then those of `must_not`, in the order of the file."""
    file: str = ""
    frame: Frame = field(init=False)

    @property
    def title(self) -> str:
        """The sentence that it begins with, in English if it has one."""
        return self.title_in("en")

    def title_in(self, language: str) -> str:
        """The sentence in a language, in another where it is not said in that."""
        return self.titles.get(language) or next(iter(self.titles.values()))

    def __post_init__(self) -> None:
        object.__setattr__(self, "frame", Frame(self.timezone, self.starts_at, self.first_day))
