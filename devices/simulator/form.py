"""The form of a scenario file: every key it may have, and what may stand there.

The reader and the JSON Schema for editors are both made from this one source. Times, sentences, entries and
residents are those of the notation, which the stories beside rulebooks share; what the parts say of one
another is judged in telling.py.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, JsonValue, Tag, WithJsonSchema, model_validator

from devices.simulator.sentences import ANSWER, ANSWERS, OUTCOMES, parse_answers
from notation import entries
from notation.forms import (
    NAME,
    UNSAID,
    Day,
    Form,
    Name,
    Step,
    Time,
    TypeOfDevice,
    Zone,
    by_reading,
    or_short,
)
from notation.kinds import DEVICE_TYPES

MOST_HOMES = 1_000
"""Each of their devices is a connection of its own; what is more than this is a fleet."""
ANYBODY = "anybody"
ANY_ALERT = "any"
_TYPES: list[JsonValue] = list(DEVICE_TYPES)

Text = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Role = Literal["grid_worker", "neighbour", "caregiver", "duty_desk", "technician", "manager"]
ChannelKind = Literal["webhook", "email"]
Language = Literal["zh-CN", "bo", "en"]
NoticeKind = Literal["alert", "joined", "stand_down", "handover", "test"]
Reassurance = Literal["heard", "coming", "arrived", "over"]
Severity = Literal["high", "medium", "low"]
Outcome = Literal[OUTCOMES]  # type: ignore[valid-type]  # one list for both: the answers' own
FindingState = Literal["holds", "ended", "withdrawn", "stale"]
FindingReason = Literal["late", "no_longer_holds", "warn", "corrected"]


class Device(entries.Device):
    """A device of a scenario: native, unless it is said, and in its resident's home."""

    model_config = ConfigDict(json_schema_extra=or_short({"enum": _TYPES}))

    home: Name | None = Field(default=None, description="whose stairs, for a device of nobody")
    ecosystem: Words = Field(default="native", description="the language in which it speaks")
    gateway: Name | None = Field(default=None, description="the gateway through which it speaks")
    every: Step | None = Field(default=None, description="how often it says how it is, where it does")


class Resident(entries.Resident):
    """One of the cast: what a story says of them, where they live and who comes."""

    called: Text | None = Field(default=None, description="the name that people will read")
    home: Name | None = Field(
        default=None, description="one of `homes`; a home of their own, unless it is said"
    )
    worker: Name | None = Field(default=None, description="who is told first")
    backup: Name | None = Field(default=None, description="who is told next")
    life: Words | dict[str, Any] | None = Field(
        default=None, description="how they live when nothing is told"
    )
    devices: dict[Name, Device] = Field(  # type: ignore[assignment]  # a device of a scenario says more
        default_factory=dict, description="those not named come by themselves"
    )


class Home(Form):
    """A household, and the neighbour who answers for it."""

    model_config = ConfigDict(json_schema_extra=or_short({"type": "null"}))

    address: str = ""
    places: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(default_factory=list)
    neighbour: Name | None = None
    grid: Name | None = Field(default=None, description="one of `grids`")
    timezone: Zone | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, given: Any) -> Any:
        return {} if given is None else given


class Grid(Form):
    """A grid, and those beside it, whose people are asked when a duty desk stays silent."""

    model_config = ConfigDict(json_schema_extra=or_short({"type": "null"}))

    beside: list[Name] = Field(default_factory=list, description="the grids next to it")

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, given: Any) -> Any:
        return {} if given is None else given


Answers = Annotated[
    Any,
    by_reading(parse_answers, ANSWERS),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "never"},
                {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": f"^{ANSWER}$"}},
            ]
        }
    ),
]


class Worker(Form):
    """Somebody who can be told, and how they answer."""

    model_config = ConfigDict(json_schema_extra=or_short({"type": "null"}))

    called: Text | None = Field(default=None, description="the name that people will read")
    role: Role = "grid_worker"
    answers: Answers = Field(default="never", description="never, or their moves in order")
    channels: list[ChannelKind] = Field(default=["webhook"], min_length=1)
    grid: Name | None = Field(default=None, description="one of `grids`, whose homes they know")
    telephone: Literal["on", "off"] = Field(
        default="on", description="off: calls are refused, e-mails stay unread"
    )
    language: Language | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, given: Any) -> Any:
        return {} if given is None else given


# ---------------------------------------------------------------------------- what must come of it


class FindingExpected(Form):
    """A Finding that must be there. Without a state it holds, or held until it ended."""

    rule: Name
    at: Time
    resident: Name | None = None
    device: Name | None = None
    state: FindingState | None = None
    reason: FindingReason | None = None


class AlertExpected(Form):
    """An Alert of a kind about somebody, opened in time."""

    alert: Name
    about: Name | None = None
    severity: Severity | None = None
    outcome: Outcome | None = None
    from_: Time | None = Field(default=None, alias="from")
    by: Time
    times: Annotated[int, Field(ge=1, le=10_000)] | None = None


class ToldExpected(Form):
    """A notice that reached somebody, in time."""

    told: Name
    notice: NoticeKind | None = None
    alert: Name | None = None
    over: ChannelKind | None = None
    from_: Time | None = Field(default=None, alias="from")
    by: Time
    times: Annotated[int, Field(ge=1, le=10_000)] | None = None


class HeardExpected(Form):
    """What a device's light or voice said, in this order; the same said again counts once."""

    device: Name
    hears: list[Reassurance] = Field(min_length=1)


class FindingForbidden(Form):
    """A rule that must find nothing, at all or between two times, ends included."""

    rule: Name
    resident: Name | None = None
    from_: Time | None = Field(default=None, alias="from")
    until: Time | None = None


class AlertForbidden(Form):
    """No Alert of a kind (``any``: of every kind), at all or between two times, ends included."""

    alert: Name
    about: Name | None = None
    severity: Severity | None = None
    outcome: Outcome | None = None
    from_: Time | None = Field(default=None, alias="from")
    until: Time | None = None


class ToldForbidden(Form):
    """Nobody of that name (``anybody``: nobody at all) is told, nor is it tried."""

    told: Name
    notice: NoticeKind | None = None
    alert: Name | None = None
    over: ChannelKind | None = None
    from_: Time | None = Field(default=None, alias="from")
    until: Time | None = None


def _which(*words: str) -> Discriminator:
    """Which of several forms is meant, by the key that only it has; the first of them if none is there."""

    def chosen(given: Any) -> str:
        if isinstance(given, str):
            return f"{UNSAID}rule"
        keys = given if isinstance(given, dict) else {}
        return f"{UNSAID}{next((word for word in words if word in keys), 'none')}"

    expected = f"one of the keys {', '.join(words)}"
    return Discriminator(chosen, custom_error_type="kind", custom_error_message=expected)


_BY_RULE: dict[str, JsonValue] = {"type": "string", "pattern": f"^{NAME}$"}


class RuleForbidden(FindingForbidden):
    """The same, or its rule alone."""

    model_config = ConfigDict(json_schema_extra=or_short(_BY_RULE))

    @model_validator(mode="before")
    @classmethod
    def _by_its_rule(cls, given: Any) -> Any:
        return {"rule": given} if isinstance(given, str) else given


Expected = Annotated[
    Annotated[ToldExpected, Tag(f"{UNSAID}told")]
    | Annotated[HeardExpected, Tag(f"{UNSAID}hears")]
    | Annotated[AlertExpected, Tag(f"{UNSAID}alert")]
    | Annotated[FindingExpected, Tag(f"{UNSAID}rule")],
    _which("told", "hears", "alert", "rule"),
]
Forbidden = Annotated[
    Annotated[ToldForbidden, Tag(f"{UNSAID}told")]
    | Annotated[AlertForbidden, Tag(f"{UNSAID}alert")]
    | Annotated[RuleForbidden, Tag(f"{UNSAID}rule")],
    _which("told", "alert", "rule"),
]


_SENTENCE: dict[str, JsonValue] = {"type": "string", "minLength": 1, "maxLength": 200}


class Title(Form):
    """A sentence in some of the languages of the house, or one for all of them."""

    model_config = ConfigDict(json_schema_extra=or_short(_SENTENCE))

    en: Text | None = None
    zh_cn: Text | None = Field(default=None, alias="zh-CN")
    bo: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, given: Any) -> Any:
        return {"en": given} if isinstance(given, str) else given

    @property
    def by_language(self) -> dict[str, str]:
        """The sentences that are there."""
        said = {"en": self.en, "zh-CN": self.zh_cn, "bo": self.bo}
        return {language: sentence for language, sentence in said.items() if sentence is not None}


class Community(Form):
    """So many homes with the people in them, how they live, and who answers for them: entries of `homes`,
    `workers` and `cast` that need not be written out. What the file says of one of their names itself holds.
    """

    homes: Annotated[int, Field(ge=1, le=MOST_HOMES)]
    devices: list[TypeOfDevice] = Field(
        default=["bed_sensor", "call_button", "motion_sensor", "door_sensor"],
        description="the types that each resident has",
    )
    vitals_every: Step | None = Field(default=None, description="how often bed sensors tell vitals")
    seed: int = 1


class ScenarioFile(Form):
    """One scenario: who is there, what happens, what must come of it and what must not."""

    scenario: Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,31}$")] = Field(description="its name")
    title: Title = Field(description="a sentence a carer would say")
    day: Day | None = Field(default=None, description="its first day; 2025-07-22, an ordinary Tuesday")
    timezone: Zone = "Asia/Shanghai"
    starts: Time | None = Field(default=None, description="when it begins; else with its first line")
    until: Time = Field(description="when it ends: what must not happen has had its time by then")
    community: Community | None = Field(
        default=None, description="homes, workers and a cast, by their number"
    )
    cast: dict[Name, Resident] = Field(default_factory=dict, description="the residents, and their devices")
    grids: dict[Name, Grid] = Field(default_factory=dict)
    homes: dict[Name, Home] = Field(default_factory=dict)
    workers: dict[Name, Worker] = Field(
        default_factory=dict, description="who can be told, and how they answer"
    )
    devices: dict[Name, Device] = Field(default_factory=dict, description="devices that belong to nobody")
    timeline: list[entries.Line] = Field(default_factory=list, description="what happens, in its order")
    expect: list[Expected] = Field(default_factory=list)
    must_not: list[Forbidden] = Field(default_factory=list)
