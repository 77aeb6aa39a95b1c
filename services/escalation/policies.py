"""Policies: who is told at which step, how long each wait is, and what follows when nobody moves.

A policy is data; its last step repeats without end, so that no policy can run out of time, and the steps
fall back to manager, admin and last resort, so that none can run out of people. What a policy says about
a step is asked here and nowhere else; when it is due in the present belongs to `steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from services.domain.findings import Severity
from services.domain.instants import NotASpan, parse_span


class Relation(StrEnum):
    """Whom a step tells, as seen from the home."""

    ASSIGNED = "assigned"
    BACKUP = "backup"
    NEIGHBOUR = "neighbour"
    TEAM_ON_DUTY = "team_on_duty"
    DUTY_DESK = "duty_desk"
    TECHNICIAN = "technician"
    MANAGER = "manager"
    ADMIN = "admin"
    EMERGENCY_CONTACT = "emergency_contact"
    NEIGHBOURING_ON_DUTY = "neighbouring_on_duty"


ROSTERS = "rosters"
"""The policy of rosters with a hole, which says as well when they are looked at."""
HOLDER = "holder"
"""Whoever has the alert, where a reminder names whom it tells."""


def _span(value: object) -> object:
    try:
        return parse_span(value if isinstance(value, str) else "")
    except NotASpan as error:
        raise ValueError("a span such as 90s, 20m, 2h or 3d") from error


def _wall(value: object) -> object:
    if isinstance(value, str) and len(value) == len("07:00"):
        try:
            return time.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError('a local time in quotes such as "07:00"')


Span = Annotated[timedelta, BeforeValidator(_span)]
Wait = Annotated[timedelta, BeforeValidator(_span), Field(gt=timedelta())]
Wall = Annotated[time, BeforeValidator(_wall)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Widening(_Part):
    """Who is told as well once the repeating step was silent for some rounds."""

    after_rounds: int = Field(ge=1)
    tell: tuple[Relation, ...] = Field(min_length=1)


class Step(_Part):
    """Who is told, and when: ``after`` the opening, or at the next local time ``at``.

    With ``every`` it repeats, ``times`` in all; without ``times`` without end.
    """

    after: Span | None = None
    at: Wall | None = None
    tell: tuple[Relation, ...] = Field(min_length=1)
    device_faults: tuple[Relation, ...] = ()
    every: Wait | None = None
    times: int | None = Field(default=None, ge=1)
    widen: Widening | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Step:
        if (self.after is None) == (self.at is None):
            raise ValueError("exactly one of `after` and `at`")
        if self.times is not None and self.every is None:
            raise ValueError("`times` only together with `every`")
        if self.at is not None and self.every not in (None, timedelta(days=1)):
            raise ValueError("`every: 1d` for a step `at` a local time")
        return self

    @property
    def is_endless(self) -> bool:
        """Repeats until somebody has it."""
        return self.every is not None and self.times is None

    def repeats_after(self, rounds: int) -> bool:
        """Tell whether the step is told again after that many rounds."""
        return self.every is not None and (self.times is None or rounds < self.times)


class Accepted(_Part):
    """What follows when somebody has it and nothing more is heard."""

    remind_after: Wait | None = None
    again_after: Wait
    arrival_needed: bool = True

    @model_validator(mode="after")
    def _reminds_first(self) -> Accepted:
        if self.remind_after is not None and self.remind_after >= self.again_after:
            raise ValueError("a `remind_after` shorter than `again_after`")
        return self


class Arrived(_Part):
    """What follows when somebody is there and the end is not said."""

    remind_after: Wait
    every: Wait
    tell: tuple[Relation | Literal["holder"], ...] = Field(min_length=1)


class PressedAgain(_Part):
    """How long a joined press waits for the holder's answer before the steps begin anew.

    An arrival vouches for the holder ``arrived_counts_for`` so long; a press after that is not waited with.
    """

    answer_within: Wait
    arrived_counts_for: Wait
    tell_at_most_every: Wait


class Quiet(_Part):
    """Local hours in which a policy wakes nobody. Never asked for a high alert."""

    from_: Wall = Field(alias="from")
    until: Wall


class Looks(_Part):
    """When the house looks how it stands with its rosters, at local times of its own, and how far ahead."""

    at: tuple[Wall, ...] = Field(min_length=1)
    ahead: Wait


class Policy(_Part):
    """One escalation policy, whole and checked."""

    format: Literal[1]
    policy: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    title: Mapping[str, str] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(min_length=1)
    quiet: Quiet | None = None
    looks: Looks | None = None
    accepted: Accepted
    arrived: Arrived
    pressed_again: PressedAgain
    channel_wait: Wait
    extend_at_most: Wait

    @property
    def wakes_people(self) -> bool:
        """Begins at once and waits for no morning: fit for a high alert."""
        begins_at_once = self.steps[0].after == timedelta()
        return begins_at_once and self.quiet is None and all(step.at is None for step in self.steps)

    @model_validator(mode="after")
    def _looks_at_rosters(self) -> Policy:
        if (self.policy == ROSTERS) is not (self.looks is not None):
            raise ValueError(f"`looks` in the policy {ROSTERS}, and in no other")
        return self

    @model_validator(mode="after")
    def _cannot_run_out(self) -> Policy:
        if not self.steps[-1].is_endless:
            raise ValueError("a last step with `every` and without `times`, or the policy runs out of people")
        for number, step in enumerate(self.steps[:-1]):
            if step.is_endless:
                raise ValueError(f"`times` in steps.{number}: an endless step hides those after it")
        waits = [step.after for step in self.steps if step.after is not None]
        if waits != sorted(waits):
            raise ValueError("steps in the order of `after`")
        return self


_LAST_STAND = Policy.model_validate(
    {
        "format": 1,
        "policy": "last-stand",
        "steps": [
            {"after": "0s", "tell": ["assigned", "backup", "neighbour", "team_on_duty", "duty_desk"]},
            {"after": "5m", "tell": ["duty_desk", "manager"], "every": "5m"},
        ],
        "accepted": {"remind_after": "10m", "again_after": "20m"},
        "arrived": {"remind_after": "2h", "every": "1h", "tell": ["holder", "duty_desk"]},
        "pressed_again": {
            "answer_within": "2m",
            "arrived_counts_for": "15m",
            "tell_at_most_every": "1m",
        },
        "channel_wait": "5s",
        "extend_at_most": "30m",
    }
)
"""What an alert runs by where not even the shipped policies can be read: everybody near at once."""

BY_SEVERITY: Mapping[Severity, str] = {
    Severity.HIGH: "emergency",
    Severity.MEDIUM: "routine",
    Severity.LOW: "digest",
    Severity.INFO: "digest",
}
"""The policy of a rule that names none."""


class Policies:
    """The policies of the house by name.

    Always answers: by name, else as shipped, else by severity, else the last stand. A high alert never
    gets a policy that lets it wait for the morning, whatever its rule names.
    """

    def __init__(self, own: Mapping[str, Policy], shipped: Mapping[str, Policy] | None = None) -> None:
        self._by_name = {**(shipped or {}), **own}

    def named(self, name: str, severity: Severity) -> Policy:
        """Return the policy of that name, or what stands in for it."""
        for each in (name, BY_SEVERITY[severity]):
            policy = self._by_name.get(each)
            if policy is not None and (policy.wakes_people or severity is not Severity.HIGH):
                return policy
        return _LAST_STAND

    @property
    def looks(self) -> Looks | None:
        """When the rosters are looked at; None only where not even the shipped policies can be read."""
        policy = self._by_name.get(ROSTERS)
        return None if policy is None else policy.looks

    def names(self) -> tuple[str, ...]:
        """The names that are there."""
        return tuple(sorted(self._by_name))
