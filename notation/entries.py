"""The lines of a timeline and who is in it: an entry with its keys or a sentence, a resident, a device.

Files of stories and scenarios share these forms; each adds to them what only it can play.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, JsonValue, Tag, WithJsonSchema, model_validator

from notation.forms import (
    UNSAID,
    Day,
    EventKind,
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
from notation.sentences import EXPECTED, FORM, VERBS, Broke, Did, Sent, Sentence, read_sentence

_TYPES: list[JsonValue] = list(DEVICE_TYPES)


class Device(Form):
    """A device of somebody, or of nobody."""

    model_config = ConfigDict(json_schema_extra=or_short({"enum": _TYPES}))

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

    model_config = ConfigDict(json_schema_extra=or_short({"type": "null"}))

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


SentenceText = Annotated[
    str,
    by_reading(read_sentence, EXPECTED),
    WithJsonSchema({"type": "string", "pattern": FORM, "description": EXPECTED}),
]
_SENTENCE, _ENTRY = f"{UNSAID}sentence", f"{UNSAID}entry"
Line = Annotated[
    Annotated[SentenceText, Tag(_SENTENCE)] | Annotated[Entry, Tag(_ENTRY)],
    Discriminator(lambda given: _SENTENCE if isinstance(given, str) else _ENTRY),
]
"""A line of a timeline, as a sentence or with its keys."""


def entry_of(sentence: Sentence, at: str) -> Entry:
    """What somebody did or a device said as an entry ``at`` a time as it is written; ValueError of what
    went wrong, for nobody learns of that.
    """
    match sentence.what:
        case Did(who, verb):
            doing = VERBS[verb]
            return Entry(at=at, event=doing.kind, resident=who, data=dict(doing.data) or None)
        case Sent(device, kind):
            return Entry(at=at, event=kind, device=device)
        case Broke():
            raise ValueError(f"no event: {sentence.words}")
