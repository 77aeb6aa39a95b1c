"""A rulebook as the engine knows it: checked, frozen, every number typed.

What a rule says is decided in reading.py; here stand only the words of a rule and what an override changes in
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum
from functools import lru_cache

from services.domain.findings import Severity, Trigger
from services.rules.conditions import Condition
from services.rules.nights import Figure
from services.rules.periods import Period
from services.rules.windows import DailyWindow

DEFAULT_GAP_FOR = timedelta(minutes=15)
"""The longest gap in a run of `where`, unless the rule says otherwise."""
ANY_MESSAGE = "any"
"""What `silent` may be about beside a kind: any message of the device."""
BED_PAIR = frozenset({"bed.entered", "bed.exited"})
DOOR_PAIR = frozenset({"door.opened", "door.closed"})
PAIR_OF: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(BED_PAIR, BED_PAIR),
    **dict.fromkeys(DOOR_PAIR, DOOR_PAIR),
}
"""The two kinds between which a bed or a door changes."""


class Per(StrEnum):
    """Whose state a rule keeps apart."""

    RESIDENT = "resident"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``kind`` is the trigger's own: what stands after `on`, `missing`, `silent` or `quota`, what
    the figure of `drift` is about.
    """

    rulebook: str
    id: str
    trigger: Trigger
    kind: str
    severity: Severity
    policy: str
    alert_kind: str
    titles: Mapping[str, str]
    why: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True
    per: Per = Per.RESIDENT
    device_types: frozenset[str] = frozenset()
    between: DailyWindow | None = None
    settle_for: timedelta | None = None
    unless: str | None = None
    watch_for: timedelta | None = None
    """`for` as a span: of `unless`, `where` and `silent`."""
    until: time | None = None
    days_field: str | None = None
    """The field of the event's data that says for how many local days (`for: {days: event.data.…}`)."""
    count: int | None = None
    within_for: timedelta | None = None
    from_wall: time | None = None
    by_wall: time | None = None
    while_kind: str | None = None
    period: Period | None = None
    at_least: int = 0
    warn_days: int | None = None
    where: Condition | None = None
    for_residents: Condition | None = None
    gap_for: timedelta = DEFAULT_GAP_FOR
    figure: Figure | None = None
    """What `drift` measures of each night."""
    over_days: int | None = None
    """With how many local days before it `drift` compares a night."""
    beyond: float | None = None
    name: str = field(init=False, compare=False, repr=False)
    """Its name among the rules of all rulebooks."""
    own_kinds: frozenset[str] = field(init=False, compare=False, repr=False)
    """The kinds whose events it looks at."""
    is_plain_on: bool = field(init=False, compare=False, repr=False)
    """Fires for each matching event, with no state but settlings."""
    is_remembered: bool = field(init=False, compare=False, repr=False)
    """Whether it has any state at all."""
    is_silent: bool = field(init=False, compare=False, repr=False)
    is_per_device: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Asked for several times at every event, and always the same.
        object.__setattr__(self, "name", f"{self.rulebook}/{self.id}")
        kinds = _own_kinds(self.trigger, self.kind, self.unless, self.while_kind)
        object.__setattr__(self, "own_kinds", kinds)
        object.__setattr__(self, "is_plain_on", self.trigger is Trigger.ON)
        object.__setattr__(self, "is_remembered", not self.is_plain_on or self.settle_for is not None)
        object.__setattr__(self, "is_silent", self.trigger is Trigger.SILENT)
        object.__setattr__(self, "is_per_device", self.per is Per.DEVICE)

    @property
    def touching_kinds(self) -> tuple[str, ...]:
        """The kinds whose events touch its state: its own, and both of a pair that settles. A silence is
        touched by any message, and so by no kind.
        """
        if self.trigger is Trigger.SILENT:
            return ()
        kinds = set(self.own_kinds)
        if self.settle_for is not None:
            kinds |= BED_PAIR if kinds & BED_PAIR else frozenset()
            kinds |= DOOR_PAIR if kinds & DOOR_PAIR else frozenset()
        return tuple(sorted(kinds))

    @property
    def hours(self) -> DailyWindow | None:
        """The part of each day that it looks at: ``between``, or ``from`` up to ``by``; None: all of it."""
        if self.from_wall is not None and self.by_wall is not None:
            return DailyWindow(self.from_wall, self.by_wall)
        return self.between

    def with_overrides(self, values: Mapping[str, object]) -> Rule:
        """The rule with other values of its fields for one resident; the values are checked already."""
        return replace(self, **values) if values else self  # type: ignore[arg-type]


@lru_cache(maxsize=1024)
def _own_kinds(trigger: Trigger, kind: str, unless: str | None, while_kind: str | None) -> frozenset[str]:
    kinds = {each for each in (kind, unless, while_kind) if each}
    if while_kind is not None:
        kinds |= PAIR_OF.get(while_kind, frozenset())
    if trigger is Trigger.WHERE and kind.startswith("bed."):
        kinds.add("bed.exited")  # who leaves the bed breaks the run
    if trigger is Trigger.DRIFT:
        # Whatever a bed says makes its night known, and going unheard makes it unknown.
        kinds |= BED_PAIR | {"bed.vitals", "device.offline"}
    return frozenset(kinds)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A rulebook that was read without a fault."""

    name: str
    content_hash: str
    timezone: str | None
    rules: tuple[Rule, ...]
    revision: int = 1
