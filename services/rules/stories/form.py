"""The form of a file of stories: every key it may have, and what may stand there.

The reader and the JSON Schema for editors are both made from this one source. What only shows when a story
is held beside its rulebook and its cast is judged in reading.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema, model_validator

from services.domain import instants
from services.domain.devices import DeviceType
from services.domain.findings import FindingReason, FindingState
from services.domain.instants import zone_named
from services.rules import reading
from services.rules.faults import nearest_of
from services.rules.rule_fields import EVENT_KINDS, one_of, span_from
from services.rules.stories import times

NAME = f"^{reading.NAME}$"
SPAN = f"^{instants.SPAN}$"


class Unfit(ValueError):
    """A text that is not what may stand there; knows what may, and the nearest right word."""

    def __init__(self, expected: str, nearest: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.nearest = nearest


def _read(read: Callable[[str], object], expected: str) -> Callable[[str], str]:
    """Checks a text by reading it; what it says is read again where it is needed."""

    def check(text: str) -> str:
        try:
            is_read = read(text) is not None
        except ValueError:
            is_read = False
        if not is_read:
            raise Unfit(expected)
        return text

    return check


def _among(words: Iterable[object], expected: str | None = None) -> Callable[[str], str]:
    known = [str(word) for word in words]

    def check(word: str) -> str:
        if word not in known:
            raise Unfit(expected or one_of(known), nearest_of(word, known))
        return word

    return check


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if len(text) == len("2025-07-22") else None


def _patterned(pattern: str, about: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": about})


def _span(text: str) -> timedelta | None:
    span = span_from(text)
    return span or None


Time = Annotated[
    str, AfterValidator(_read(times.read_moment, times.EXPECTED)), _patterned(times.NOTATION, times.EXPECTED)
]
Day = Annotated[
    str,
    AfterValidator(_read(_day, "a date such as 2025-07-22")),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}),
]
Span = Annotated[
    str, AfterValidator(_read(span_from, "a span of time such as 40s or 5m")), _patterned(SPAN, "40s, 5m, 2h")
]
Step = Annotated[
    str, AfterValidator(_read(_span, "a span of time such as 5m")), _patterned(SPAN, "40s, 5m, 2h")
]
Name = Annotated[str, Field(pattern=NAME)]
Zone = Annotated[
    str,
    AfterValidator(_read(zone_named, "an IANA name such as Asia/Shanghai")),
    WithJsonSchema({"type": "string", "description": "an IANA name such as Asia/Shanghai"}),
]
EventKind = Annotated[
    str,
    AfterValidator(_among(EVENT_KINDS, "a kind of event")),
    WithJsonSchema({"enum": sorted(EVENT_KINDS)}),
]
_TYPES: list[JsonValue] = [each.value for each in DeviceType]
_STATES = [each.value for each in FindingState]
_REASONS = [each.value for each in FindingReason]
TypeOfDevice = Annotated[str, AfterValidator(_among(_TYPES)), WithJsonSchema({"enum": _TYPES})]
State = Annotated[str, AfterValidator(_among(_STATES)), WithJsonSchema({"enum": _STATES})]
Reason = Annotated[str, AfterValidator(_among(_REASONS)), WithJsonSchema({"enum": _REASONS})]


class Form(BaseModel):
    """No key but those that are named; nothing is guessed into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _or_short(short: dict[str, JsonValue]) -> Callable[[dict[str, JsonValue]], None]:
    """Lets the schema of a form take what its reader takes as well: the short way to say the same."""

    def widen(schema: dict[str, JsonValue]) -> None:
        at_length = dict(schema)
        schema.clear()
        schema["anyOf"] = [at_length, dict(short)]

    return widen


class Device(Form):
    """A device of somebody, or of nobody."""

    model_config = ConfigDict(json_schema_extra=_or_short({"enum": _TYPES}))

    type: TypeOfDevice
    place: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="the bed sensors of one place are one bed"
    )

    @model_validator(mode="before")
    @classmethod
    def _by_its_type(cls, given: Any) -> Any:
        return {"type": given} if isinstance(given, str) else given


class Resident(Form):
    """One of the cast. Enrolled long before, unless it is said."""

    model_config = ConfigDict(json_schema_extra=_or_short({"type": "null"}))

    tags: list[str] = Field(default_factory=list)
    timezone: Zone | None = Field(default=None, description="their own; else the rulebook's")
    enrolled: Time | None = None
    left: Time | None = None
    birth_date: Day | None = None
    devices: dict[Name, Device] = Field(
        default_factory=dict, description="those not named come by themselves"
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, given: Any) -> Any:
        return {} if given is None else given


class Entry(Form):
    """One line of a timeline: an event, an override or a retraction."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [key]} for key in ("event", "override", "retract")],
            "dependentRequired": {"every": ["until"], "override": ["set"], "set": ["override"]},
        }
    )

    at: Time = Field(description="when it happened")
    event: EventKind | None = Field(default=None, description="what happened")
    override: Name | None = Field(default=None, description="the rule that is another for this resident now")
    retract: Name | None = Field(default=None, description="the id of the entry that is taken back")
    resident: Name | None = Field(default=None, description="whose; the only one, unless it is said")
    device: Name | None = Field(
        default=None, description="which; the only one of its sort, unless it is said"
    )
    data: dict[str, Any] | None = Field(default=None, description="what an event of this kind carries")
    received: Time | None = Field(default=None, description="when the house learned of it, if later")
    every: Step | None = Field(default=None, description="again and again, so far apart, until `until`")
    until: Time | None = Field(default=None, description="the end of `every`, or of the override")
    id: Name | None = Field(default=None, description="so that it can be taken back")
    set: dict[str, Any] | None = Field(default=None, description="the keys of the override")


class Expected(Form):
    """A Finding that must be there. Without a state it holds, or held until it ended."""

    rule: Name = Field(description="the id of the rule; `floor` is the press floor")
    at: Time = Field(description="to the second, as the Finding says it")
    resident: Name | None = Field(default=None, description="about whom; the only one, unless it is said")
    device: Name | None = Field(
        default=None, description="about which device, of a rule that goes by devices"
    )
    state: State | None = Field(default=None, description="else it holds, or held until it ended")
    reason: Reason | None = Field(default=None, description="looked at if it is there")
    late: Span | None = Field(default=None, description="how long after `at` it could be raised, exactly")


class Forbidden(Form):
    """A rule that must find nothing, at all or between two times, ends included."""

    model_config = ConfigDict(json_schema_extra=_or_short({"type": "string", "pattern": NAME}))

    rule: Name
    resident: Name | None = None
    from_: Time | None = Field(default=None, alias="from")
    until: Time | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_its_rule(cls, given: Any) -> Any:
        return {"rule": given} if isinstance(given, str) else given


class Told(Form):
    """One story."""

    story: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="a sentence a carer would say"
    )
    day: Day | None = Field(default=None, description="its first day")
    cast: dict[Name, Resident] | None = Field(default=None, description="who it is about, and their devices")
    devices: dict[Name, Device] = Field(default_factory=dict, description="devices that belong to nobody")
    timeline: list[Entry] = Field(min_length=1, description="in the order in which the house learns of it")
    until: Time | None = Field(default=None, description="when it ends; else when its rules can wait no more")
    expect: list[Expected] = Field(default_factory=list, description="what must be found, and nothing else")
    must_not: list[Forbidden] = Field(default_factory=list, description="rules that must find nothing")
    nothing_else: bool = Field(default=False, description="rules that are not named must find nothing either")


class StoryFile(Form):
    """A file of stories beside a rulebook."""

    format: Annotated[int, Field(ge=1, le=1), WithJsonSchema({"const": 1})]
    rulebook: Name | None = Field(default=None, description="by the name of the file, unless it is said")
    day: Day = Field(default="2025-07-22", description="the first day of every story")
    cast: dict[Name, Resident] | None = Field(
        default=None, description="of every story that has none of its own"
    )
    stories: list[Told] = Field(min_length=1)
