"""How long somebody may silence a home, and when the house speaks up before and after an end: read from one
YAML file among the policies.

A file with any fault is refused whole and the shipped one stands in for it; where not even that can be read,
a silence is short. Nothing that stands here can touch a call for help.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Literal

from pydantic import Field

from services.domain.people import Role
from services.escalation.policy_faults import PolicyFault
from services.escalation.policy_files import SILENCES, among, as_shipped, read_file
from services.escalation.written import Part, Span, Wait


class Silencing(Part):
    """Silences. Whoever leaves the bed sooner than ``exit_counts_after`` does not end one by that, and what
    ends by the bed does so ``after_bed``.
    """

    longest: Mapping[Role, Wait] = Field(min_length=1)
    warn_before: Wait
    exit_counts_after: Span
    after_bed: Span


class BeingAway(Part):
    """Absences. One of which nobody says the end has it ``end_unsaid`` after it is recorded; ``check_after``
    the end somebody is asked to look where the person is.
    """

    longest: Wait
    end_unsaid: Wait
    warn_before: Wait
    check_after: Span
    exit_counts_after: Span


class SilencePolicy(Part):
    """The whole file."""

    format: Literal[1]
    silence: Silencing
    away: BeingAway

    def longest_for(self, role: Role) -> timedelta | None:
        """How long somebody of this role may silence from now on; None: not at all."""
        return self.silence.longest.get(role)


_LAST_STAND = SilencePolicy.model_validate(
    {
        "format": 1,
        "silence": {
            "longest": {"duty_desk": "1h", "manager": "1h", "admin": "1h"},
            "warn_before": "15m",
            "exit_counts_after": "0s",
            "after_bed": "2m",
        },
        "away": {
            "longest": "7d",
            "end_unsaid": "1d",
            "warn_before": "1h",
            "check_after": "0s",
            "exit_counts_after": "0s",
        },
    }
)
"""What counts where not even the shipped file can be read: as little as can be."""


def read_silence_policy(text: str) -> tuple[SilencePolicy | None, tuple[PolicyFault, ...]]:
    """Read the file: the policy, or None and every fault."""
    return read_file(SilencePolicy, text, SILENCES, "a mapping with format, silence, away")


def silence_policy_in(
    texts: Mapping[str, str], before: SilencePolicy | None = None
) -> tuple[SilencePolicy, tuple[PolicyFault, ...]]:
    """The policy among the texts of a folder of policies, and what is wrong there; see `among`."""
    return among(texts, SILENCES, read_silence_policy, before, shipped_silence_policy)


@cache
def shipped_silence_policy() -> SilencePolicy:
    """The policy as shipped."""
    return as_shipped(SILENCES, read_silence_policy, _LAST_STAND)
