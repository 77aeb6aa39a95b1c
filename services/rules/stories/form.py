"""The form of a file of stories: every key it may have, and what may stand there.

The reader and the JSON Schema for editors are both made from this one source. Times, sentences, entries and
the cast are those of the notation; what only shows when a story is held beside its rulebook and its cast is
judged in reading.py.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, WithJsonSchema, model_validator

from notation.entries import Device, Line, Resident
from notation.forms import NAME, Day, Form, Name, Span, Time, among, or_short
from services.domain.findings import FindingReason, FindingState

_STATES = [each.value for each in FindingState]
_REASONS = [each.value for each in FindingReason]
State = Annotated[str, among(_STATES), WithJsonSchema({"enum": [*_STATES]})]
Reason = Annotated[str, among(_REASONS), WithJsonSchema({"enum": [*_REASONS]})]


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

    model_config = ConfigDict(json_schema_extra=or_short({"type": "string", "pattern": f"^{NAME}$"}))

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
    timeline: list[Line] = Field(min_length=1, description="in the order in which the house learns of it")
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
