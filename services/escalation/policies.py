"""Policies: who is told at which step, how long each wait is, and what follows when nobody moves.

A policy is data; `policy_checks` refuses one that can run out of time or of people, and the steps fall back
to manager, admin and last resort. What a policy says about a step is asked here and nowhere else; when it is
due in the present belongs to `steps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from services.domain.circle import Circle
from services.domain.findings import Severity
from services.domain.people import Channel, ChannelKind
from services.escalation.assignments import BY_SEVERITY, NO_ASSIGNMENTS, Assignments, Chosen
from services.escalation.written import POLICY_NAME, Part, Span, Wait, Wall


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


def _of_a_person(kind: ChannelKind) -> ChannelKind:
    if kind is ChannelKind.LOOPBACK:
        raise ValueError("a kind of channel that people have")
    return kind


Kind = Annotated[ChannelKind, AfterValidator(_of_a_person)]


class Widening(Part):
    """Who is told as well once the repeating step was silent for some rounds."""

    after_rounds: int = Field(ge=1)
    tell: tuple[Relation, ...] = Field(min_length=1)


class Step(Part):
    """Who is told, and when: ``after`` the opening, or at the next local time ``at``; over which ``channels``
    first.

    With ``every`` it repeats, ``times`` in all; without ``times`` without end.
    """

    after: Span | None = None
    at: Wall | None = None
    tell: tuple[Relation, ...] = Field(min_length=1)
    device_faults: tuple[Relation, ...] = ()
    channels: tuple[Kind, ...] = ()
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

    def ordered(self, channels: Iterable[Channel]) -> tuple[Channel, ...]:
        """Somebody's channels as the step has them: the kinds it names first, in its order, then all others
        in theirs. It takes no way to a person away.
        """
        places = {kind: place for place, kind in enumerate(self.channels)}
        return tuple(sorted(channels, key=lambda each: places.get(each.kind, len(places))))

    def repeats_after(self, rounds: int) -> bool:
        """Tell whether the step is told again after that many rounds."""
        return self.every is not None and (self.times is None or rounds < self.times)


class Accepted(Part):
    """What follows when somebody has it and nothing more is heard."""

    remind_after: Wait | None = None
    again_after: Wait
    arrival_needed: bool = True

    @model_validator(mode="after")
    def _reminds_first(self) -> Accepted:
        if self.remind_after is not None and self.remind_after >= self.again_after:
            raise ValueError("a `remind_after` shorter than `again_after`")
        return self


class Arrived(Part):
    """What follows when somebody is there and the end is not said."""

    remind_after: Wait
    every: Wait
    tell: tuple[Relation | Literal["holder"], ...] = Field(min_length=1)


class PressedAgain(Part):
    """How long a joined press waits for the holder's answer before the steps begin anew.

    An arrival vouches for the holder ``arrived_counts_for`` so long; a press after that is not waited with.
    """

    answer_within: Wait
    arrived_counts_for: Wait
    tell_at_most_every: Wait


class Handover(Part):
    """How long somebody who was asked to take an alert over is waited for; then it stays with its holder."""

    answer_within: Wait


class Quiet(Part):
    """Local hours in which a policy wakes nobody. Never asked for a high alert."""

    from_: Wall = Field(alias="from")
    until: Wall


class Looks(Part):
    """When the house looks how it stands with its rosters, at local times of its own, and how far ahead."""

    at: tuple[Wall, ...] = Field(min_length=1)
    ahead: Wait


class Policy(Part):
    """One escalation policy, whole and checked."""

    format: Literal[1]
    policy: str = Field(pattern=POLICY_NAME, max_length=64)
    severity: Literal[Severity.HIGH, Severity.MEDIUM, Severity.LOW] | None = None
    """The gravest matter that it is fit for; left out: it is judged by what it says."""
    title: Mapping[str, str] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(min_length=1)
    quiet: Quiet | None = None
    looks: Looks | None = None
    accepted: Accepted
    arrived: Arrived
    pressed_again: PressedAgain
    handover: Handover | None = None
    channel_wait: Wait
    extend_at_most: Wait
    extend_in_all: Wait | None = None

    @property
    def wakes_people(self) -> bool:
        """Begins at once and waits for no morning: fit for a high alert."""
        begins_at_once = self.steps[0].after == timedelta()
        may_be_high = self.severity in (None, Severity.HIGH)
        return (
            may_be_high
            and begins_at_once
            and self.quiet is None
            and all(step.at is None for step in self.steps)
        )

    @property
    def handover_answer_within(self) -> timedelta:
        """How long one who was asked to take over is waited for; unsaid, as long as for a joined press."""
        return self.handover.answer_within if self.handover else self.pressed_again.answer_within

    @property
    def extends_in_all(self) -> timedelta:
        """By how much one deadline may be put off altogether; unsaid, by as much as at a time."""
        return self.extend_in_all or self.extend_at_most


_LAST_STAND = Policy.model_validate(
    {
        "format": 1,
        "policy": "last-stand",
        "steps": [
            {"after": "0s", "tell": ["assigned", "backup", "neighbour", "team_on_duty", "duty_desk"]},
            {
                "after": "5m",
                "tell": ["duty_desk", "manager"],
                "every": "5m",
                "widen": {"after_rounds": 3, "tell": ["neighbouring_on_duty", "admin"]},
            },
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


class Policies:
    """The policies of the house by name, and which of them is for whom.

    Always answers: by name, else as shipped, else by severity, else the last stand. A high alert never
    gets a policy that lets it wait for the morning, whatever its rule or an assignment names.
    """

    def __init__(
        self,
        own: Mapping[str, Policy],
        shipped: Mapping[str, Policy] | None = None,
        assignments: Assignments = NO_ASSIGNMENTS,
    ) -> None:
        self._by_name = {**(shipped or {}), **own}
        self.assignments = assignments

    def named(self, name: str, severity: Severity) -> Policy:
        """Return the policy of that name, or what stands in for it."""
        for each in (name, self.assignments.severity.of(severity), BY_SEVERITY[severity]):
            policy = self._by_name.get(each or "")
            if policy is not None and (policy.wakes_people or severity is not Severity.HIGH):
                return policy
        return _LAST_STAND

    @property
    def looks(self) -> Looks | None:
        """When the rosters are looked at; None only where not even the shipped policies can be read."""
        policy = self._by_name.get(ROSTERS)
        return None if policy is None else policy.looks

    def get(self, name: str) -> Policy | None:
        """The policy of exactly that name."""
        return self._by_name.get(name)

    def chosen(self, name: str, severity: Severity, circle: Circle) -> Chosen:
        """Which policy a matter runs by here, whose rule names ``name``: the resident's own, else the grid's,
        else what the rule names. A choice that is not there, or lets a high alert wait, is passed over.
        """
        for chosen in self.assignments.choices(name, severity, circle):
            policy = self._by_name.get(chosen.policy)
            if policy is not None and (policy.wakes_people or severity is not Severity.HIGH):
                return chosen
        return Chosen(name)

    def names(self) -> tuple[str, ...]:
        """The names that are there."""
        return tuple(sorted(self._by_name))
