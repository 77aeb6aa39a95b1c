"""What the figures are held against, and how many pages a night are too many for one person: read from one
YAML file among the policies.

A file with any fault is refused whole and the shipped one stands in for it. Nothing that stands here changes
who is told of an alert about a home.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from services.domain.people import Role
from services.domain.service_figures import Aim, Aims
from services.escalation.policy_faults import PolicyFault
from services.escalation.policy_files import FIGURES, among, as_shipped, read_file
from services.escalation.written import Part, Wait, Wall

ALL = 100
"""Per cent."""


class _Limit(Part):
    within: Wait
    reference: float = Field(ge=0, le=ALL)


class _Night(Part):
    from_: Wall = Field(alias="from")
    until: Wall

    @model_validator(mode="after")
    def _has_an_end(self) -> _Night:
        if self.from_ == self.until:
            raise ValueError("an end that is another time than its beginning")
        return self


_Limits = tuple[_Limit, ...]


class FiguresFile(Part):
    """The whole file."""

    format: Literal[1]
    answered: _Limits = Field(min_length=1, max_length=4)
    on_site: _Limits = Field(min_length=1, max_length=4)
    night: _Night
    pages_a_night: int = Field(ge=1, le=1000)
    awake: tuple[Role, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> FiguresFile:
        for name, limits in (("answered", self.answered), ("on_site", self.on_site)):
            spans = [limit.within for limit in limits]
            if spans != sorted(set(spans)):
                raise ValueError(f"the times of `{name}` in their order, each once")
        return self

    def aims(self) -> Aims:
        """What it says, as the figures are reckoned with it."""
        return Aims(
            _aims_of(self.answered),
            _aims_of(self.on_site),
            self.night.from_,
            self.night.until,
            self.pages_a_night,
            frozenset(self.awake),
        )


def _aims_of(limits: _Limits) -> tuple[Aim, ...]:
    return tuple(Aim(limit.within, limit.reference / ALL) for limit in limits)


_LAST_STAND = FiguresFile.model_validate(
    {
        "format": 1,
        "answered": [{"within": "60s", "reference": 97.5}, {"within": "180s", "reference": 99}],
        "on_site": [{"within": "45m", "reference": 90}, {"within": "60m", "reference": 100}],
        "night": {"from": "22:00", "until": "06:00"},
        "pages_a_night": 4,
        "awake": ["duty_desk"],
    }
).aims()
"""What counts where not even the shipped file can be read: the same."""


def read_aims(text: str) -> tuple[Aims | None, tuple[PolicyFault, ...]]:
    """Read the file: what it says, or None and every fault."""
    expected = "a mapping with format, answered, on_site, night, pages_a_night, awake"
    read, faults = read_file(FiguresFile, text, FIGURES, expected)
    return (read.aims() if read is not None else None), faults


def aims_in(texts: Mapping[str, str], before: Aims | None = None) -> tuple[Aims, tuple[PolicyFault, ...]]:
    """What the texts of a folder of policies say, and what is wrong there; see `among`."""
    return among(texts, FIGURES, read_aims, before, shipped_aims)


@cache
def shipped_aims() -> Aims:
    """The file as shipped."""
    return as_shipped(FIGURES, read_aims, _LAST_STAND)
