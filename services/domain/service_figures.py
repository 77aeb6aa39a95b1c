"""The figures of the service: how soon people answered and were there, what was for nothing, who was called
how often at night. The nouns only; `reckoning` says how they come about.

A share is always told as so many of so many, for two of two are all and prove little. Nothing here is stored:
every figure is reckoned from what was stored anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from services.domain.alerts import Outcome
from services.domain.people import Role

HOURS = 24
FEWEST = 10
"""Of fewer no share is said in per cent: each single one would move it by more than ten."""
MOST_DAYS = 400
"""A year, with the days around it that somebody compares."""
NOT_ACTIONABLE = frozenset({Outcome.FALSE_ALARM, Outcome.OVER_BY_ITSELF})
"""Outcomes of which nobody had to do anything."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A time within which something should be done, and the share of all (0 to 1) that others hold to."""

    within: timedelta
    reference: float


@dataclass(frozen=True, slots=True)
class Aims:
    """What the figures are held against. A night begins at the local time ``night_from`` and ends at
    ``night_until`` of the next day; more than ``pages_a_night`` for one person are too many, unless the night
    is the work of their role (``awake``).
    """

    answered: tuple[Aim, ...]
    on_site: tuple[Aim, ...]
    night_from: time
    night_until: time
    pages_a_night: int
    awake: frozenset[Role] = frozenset()


Microseconds = int
"""An instant as microseconds since 1970 (`instants.microseconds`): of rows there are hundreds of thousands.
"""


class UrgentAlert(NamedTuple):
    """An alert of high severity, as far as the figures go.

    ``asked_at`` is when help was called for, ``answered_at`` when somebody first took it or ended it after
    that, ``arrived_at`` when somebody was first there. ``zone`` is that of the resident's clock, else of the
    home's; None: the house's. ``was_silenced``: a silence was over it, and it was no call for help.
    """

    id: str
    grid_id: str | None
    zone: str | None
    asked_at: Microseconds
    answered_at: Microseconds | None
    answered_by: str | None
    arrived_at: Microseconds | None
    closed_at: Microseconds | None
    outcome: Outcome | None
    was_silenced: bool


class Told(NamedTuple):
    """When somebody was first told of an urgent alert."""

    alert_id: str
    worker_id: str
    at: Microseconds


@dataclass(frozen=True, slots=True)
class RuleEnds:
    """How many alerts that a rule opened ended in a way, with the titles of the newest of all."""

    rulebook: str
    rule: str
    outcome: Outcome
    count: int
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PagesOf:
    """So many pages of one person, in one of the nights that were asked for (0-based); None: at any time."""

    worker_id: str
    night: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Share:
    """``met`` of ``of`` that can be judged were done within a time."""

    within: timedelta
    reference: float
    met: int
    of: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of none."""
        return self.met / self.of if self.of else None

    @property
    def has_percent(self) -> bool:
        """There are enough for a share in per cent."""
        return self.of >= FEWEST

    @property
    def is_short(self) -> bool:
        """Less was done in time than the reference asks for."""
        return self.of > 0 and self.met < self.reference * self.of


@dataclass(frozen=True, slots=True)
class Speed:
    """How soon something was done: of ``count``, ``never`` was it not done though its last time is past.

    ``median`` and ``ninth`` (nine of ten were as quick) count those as slower than all others: None where not
    so many were done at all.
    """

    shares: tuple[Share, ...]
    count: int
    never: int
    median: timedelta | None
    ninth: timedelta | None


@dataclass(frozen=True, slots=True)
class Group:
    """The urgent alerts of a grid, of an hour, or all: ``alerts`` of them, ``silenced`` not among them."""

    alerts: int
    silenced: int
    answered: Speed
    on_site: Speed


@dataclass(frozen=True, slots=True)
class GridFigures:
    """Of one grid; None: of homes without one, and of devices of no home."""

    grid_id: str | None
    group: Group


@dataclass(frozen=True, slots=True)
class NightOfPages:
    """The pages of one night, which bears the date of its evening."""

    night: date
    pages: int
    is_too_many: bool


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """Of one person. ``told`` urgent alerts while nobody had them, ``taken`` as the first; ``answered``
    counts from being told, ``on_site`` from the taking. ``nights`` are those with pages.
    """

    worker_id: str
    told: int
    taken: int
    answered: Speed
    on_site: Speed
    pages: int
    nights: tuple[NightOfPages, ...] = ()

    @property
    def pages_at_night(self) -> int:
        """Of all nights."""
        return sum(each.pages for each in self.nights)

    @property
    def nights_with_too_many(self) -> int:
        """Nights with more pages than one person is to have."""
        return sum(each.is_too_many for each in self.nights)

    @property
    def worst_night(self) -> int:
        """The most pages of one night."""
        return max((each.pages for each in self.nights), default=0)


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """Of the alerts that one rule opened and that are over: how many ended how."""

    rulebook: str
    rule: str
    titles: Mapping[str, str]
    closed: int
    for_nothing: int
    ends: Mapping[Outcome, int] = field(default_factory=dict)

    @property
    def share_for_nothing(self) -> float:
        """From 0 to 1."""
        return self.for_nothing / self.closed


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """All of it, of the alerts opened in [``since``, ``until``) as they stood at ``now``. ``hours`` are the
    24 of the local clock of each home.
    """

    since: datetime
    until: datetime
    now: datetime
    aims: Aims
    total: Group
    grids: tuple[GridFigures, ...]
    hours: tuple[Group, ...]
    rules: tuple[RuleFigures, ...]
    workers: tuple[WorkerFigures, ...]
