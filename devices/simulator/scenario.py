"""A scenario: who is there, what they do in local time, what must come of it and what must not.

The models decide what a scenario file may say; unknown keys are refused. What the parts say of one another is
checked in `devices.simulator.consistency`, reading the file in `devices.simulator.reading`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PlainValidator, Tag
from pydantic.types import StringConstraints

from devices.simulator.local_time import Frame, Reading, frame, parse_reading, parse_start
from devices.simulator.sentences import NAME, OUTCOMES, Answer, Line, parse_answers, parse_line

ANYBODY = "anybody"
ANY_ALERT = "any"

Name = Annotated[str, StringConstraints(pattern=f"^{NAME}$")]
LocalTime = Annotated[Reading, PlainValidator(parse_reading)]
Role = Literal["grid_worker", "neighbour", "caregiver", "duty_desk", "technician", "manager"]
Type = Literal[
    "call_button",
    "bed_sensor",
    "motion_sensor",
    "door_sensor",
    "smoke_detector",
    "gas_detector",
    "leak_sensor",
    "fall_detector",
]
NoticeKind = Literal["alert", "joined", "stand_down", "handover", "test"]
Reassurance = Literal["heard", "coming", "arrived", "over"]


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (LookupError, ValueError, OSError) as error:
        raise ValueError("expected a time zone's name such as Asia/Shanghai") from error


class Part(BaseModel):
    """Whatever a scenario is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Home(Part):
    """A household, and the neighbour who answers for it."""

    name: Name
    address: str = ""
    places: tuple[str, ...] = ()
    neighbour: Name | None = None


class Worker(Part):
    """Somebody who can be told, and how they answer."""

    name: Name
    called: str
    role: Role
    answers: Annotated[tuple[Answer, ...], PlainValidator(parse_answers)]


class Resident(Part):
    """An elder of the story; `called` is the name that people will read."""

    name: Name
    called: str
    home: Name
    worker: Name | None = None
    backup: Name | None = None
    tags: tuple[str, ...] = ()


class Cast(Part):
    """Everybody who is there."""

    homes: tuple[Home, ...] = Field(min_length=1)
    workers: tuple[Worker, ...] = ()
    residents: tuple[Resident, ...] = Field(min_length=1)


class Device(Part):
    """A native device, in a home and perhaps somebody's own."""

    name: Name
    type: Type
    home: Name
    place: str | None = None
    resident: Name | None = None


class AlertExpected(Part):
    """An Alert of a kind about somebody, in time; ``any`` (in a must-not) is every kind."""

    alert: str
    about: Name | None = None
    severity: Literal["high", "medium", "low"] | None = None
    outcome: Literal[OUTCOMES] | None = None  # type: ignore[valid-type]  # one list for both: the sentences' own
    since: LocalTime | None = Field(default=None, alias="from")
    by: LocalTime | None = None


class ToldExpected(Part):
    """A notice that reached a worker, in time; ``anybody`` (in a must-not) is every one of them."""

    told: Name
    notice: NoticeKind | None = None
    alert: str | None = None
    since: LocalTime | None = Field(default=None, alias="from")
    by: LocalTime | None = None


class HeardExpected(Part):
    """What a device's light or voice said, in this order; the same said again counts once."""

    device: Name
    hears: tuple[Reassurance, ...] = Field(min_length=1)


def _which(value: Any) -> str | None:
    words = value if isinstance(value, dict) else {}
    return next((word for word in ("told", "hears", "alert") if word in words), None)


_NO_SUCH = {"custom_error_type": "expectation", "custom_error_message": "expected one of alert, told, hears"}
Expected = Annotated[
    Annotated[ToldExpected, Tag("told")]
    | Annotated[HeardExpected, Tag("hears")]
    | Annotated[AlertExpected, Tag("alert")],
    Discriminator(_which, **_NO_SUCH),
]
Forbidden = Annotated[
    Annotated[ToldExpected, Tag("told")] | Annotated[AlertExpected, Tag("alert")],
    Discriminator(lambda value: None if _which(value) == "hears" else _which(value), **_NO_SUCH),
]


class Scenario(Part):
    """One story with its end: what must come of it (`expect`) and what must not (`must_not`)."""

    scenario: Name
    title: str
    timezone: Annotated[ZoneInfo, PlainValidator(_zone)] = Field(default=ZoneInfo("Asia/Shanghai"))
    starts: Annotated[datetime, BeforeValidator(parse_start)]
    ends: LocalTime
    cast: Cast
    devices: tuple[Device, ...] = ()
    timeline: tuple[Annotated[Line, PlainValidator(parse_line)], ...] = ()
    expect: tuple[Expected, ...] = ()
    must_not: tuple[Forbidden, ...] = ()

    @property
    def frame(self) -> Frame:
        return frame(self.timezone, self.starts)

    @property
    def lines(self) -> tuple[tuple[datetime, Line], ...]:
        """The timeline with its instants: a reading without a day is the next such time after the line
        before.
        """
        frame, placed = self.frame, list[tuple[datetime, Line]]()
        for line in self.timeline:
            placed.append((frame.at(line.reading, placed[-1][0] if placed else None), line))
        return tuple(placed)

    @property
    def ends_at(self) -> datetime:
        """The first reading of `ends` at or after the last line."""
        lines = self.lines
        return self.frame.at(self.ends, lines[-1][0] if lines else None)
