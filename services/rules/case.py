"""A case: one rule before one resident or device at one instant, and what a trigger may answer.

Every trigger is a set of pure functions from (case, state, sign) to an Outcome. Nothing here remembers
anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from services.domain.events import Json
from services.domain.findings import FindingReason, FindingState, Severity
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.kinds import ALARM_KINDS, AWAY_PREFIXES
from services.rules.beds import PairChange
from services.rules.profile import KnownDevice, Profile, condition_values, senders_of
from services.rules.rulebook import Per, Rule
from services.rules.signs import Sign

S = TypeVar("S")


class Match(Enum):
    """What a sign is to a trigger."""

    YES = "yes"
    NO = "no"
    PASSED_OVER = "passed_over"


@dataclass(frozen=True, slots=True)
class Raise:
    """A Finding to be made. ``rests_on`` are (seq, event id), in the order of storing."""

    finding_id: str
    at: datetime
    raised_at: datetime
    rests_on: tuple[tuple[int, str], ...] = ()
    device_id: str | None = None
    state: FindingState = FindingState.HOLDS
    reason: FindingReason | None = None
    figures: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A Finding made before that no longer holds, or holds again."""

    finding_id: str
    state: FindingState
    at: datetime
    by_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[S]):
    """What came of it: the state from now on, what was found, what no longer holds."""

    state: S
    raises: tuple[Raise, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One rule, with the resident's overrides in it, before one key at ``now``.

    ``pending`` are the changes of beds and doors that have not settled yet for this rule.
    """

    rule: Rule
    key: str
    zone: ZoneInfo
    now: datetime
    resident_id: str | None = None
    resident: Profile | None = None
    device: KnownDevice | None = None
    pending: tuple[Sign, ...] = ()

    def finding_id(self, at: datetime, *more: str) -> str:
        """The id of the Finding of this rule and key at an instant: the same work makes the same one."""
        return derived_id("fnd", self.rule.name, self.key, self.rule.trigger, format_instant(at), *more)

    def is_watched(self) -> bool:
        """Whether the rule watches this key at all now."""
        return self.rule.enabled and self._is_watched_at(self.now) and self._is_meant()

    def is_away_rule(self) -> bool:
        """Whether time away touches this rule."""
        return self.rule.kind.startswith(AWAY_PREFIXES)

    def touches_absence(self, start: datetime, end: datetime) -> bool:
        """Whether a window of this rule, ends included, touches time away."""
        return self.is_away_rule() and self.resident is not None and self.resident.was_away_in(start, end)

    def takes(self, sign: Sign) -> bool:
        """Whether a sign is one of those the trigger is about."""
        return self.match(sign) is Match.YES

    def match(self, sign: Sign) -> Match:
        """Whether a sign is one of those, is not by its `where`, or is none of the rule's business."""
        if not self._is_shown(sign):
            return Match.PASSED_OVER
        if self.rule.where is None:
            return Match.YES
        answer = self.rule.where.holds({**self._resident_values(), **event_values(sign)})
        return Match.PASSED_OVER if answer is None else Match.YES if answer else Match.NO

    def _is_shown(self, sign: Sign) -> bool:
        rule = self.rule
        if sign.kind != rule.kind or not rule.enabled:
            return False
        if not (rule.is_plain_on and sign.kind in ALARM_KINDS) and not self._is_watched_at(sign.at):
            return False
        if rule.device_types and self.type_of(sign.device_id) not in rule.device_types:
            return False
        if rule.between is not None and not rule.between.holds(sign.at, self.zone):
            return False
        return self._is_meant()

    def _is_watched_at(self, instant: datetime) -> bool:
        if self.rule.per is Per.DEVICE:
            sent_by = senders_of(self.rule.kind)
            if self.device is None or (sent_by and self.device.type not in sent_by):
                return False
            if self.rule.device_types and self.device.type not in self.rule.device_types:
                return False
            return self.resident is None or self.resident.is_enrolled_at(instant)
        if self.resident is None:
            return False
        return self.resident.is_enrolled_at(instant) and self.resident.has_sender_of(self.rule.kind)

    def type_of(self, device_id: str | None) -> str | None:
        """The type of a device, None if it is not registered."""
        known = self.resident.device(device_id) if self.resident is not None else None
        if known is None and self.device is not None and self.device.id == device_id:
            known = self.device
        return None if known is None else known.type

    def _is_meant(self) -> bool:
        """Whether the resident is one of those the rule is for."""
        condition = self.rule.for_residents
        return condition is None or condition.holds(self._resident_values()) is True

    def _resident_values(self) -> dict[str, object]:
        return condition_values(self.resident) if self.resident is not None else {}


class Kind(Protocol[S]):
    """One trigger. All functions are pure; ``case.now`` is the present."""

    version: int
    """Of the state; a stored state of another version is not read."""
    state_type: type[S]

    def begin(self, case: Case) -> S | None:
        """The state of a key that is watched from now on; None if it needs none before the first sign."""
        ...

    def take(self, case: Case, state: S | None, sign: Sign) -> Outcome[S]:
        """A sign of one of the rule's own kinds is taken in."""
        ...

    def retract(self, case: Case, state: S, target: Sign) -> Outcome[S]:
        """An event that was taken in counts no more from now on."""
        ...

    def adjust(self, case: Case, state: S, *, went_away: bool) -> Outcome[S]:
        """The rule, the resident or an override has changed, or the resident went away."""
        ...

    def due_at(self, case: Case, state: S) -> datetime | None:
        """The next deadline; what waits for a settling has none until that is met."""
        ...

    def meet(self, case: Case, state: S) -> Outcome[S]:
        """Every deadline up to ``case.now`` is met."""
        ...


class BedWatcher(Kind[S], Protocol[S]):
    """A trigger that looks at the whole time of a bed, and not at what settles alone."""

    def look(self, case: Case, state: S | None, change: PairChange) -> Outcome[S]:
        """A bed is in another state now, or unknown."""
        ...

    def hear(self, case: Case, state: S | None, sign: Sign) -> Outcome[S]:
        """A sensor of a bed has said something, whether that changes the bed or not."""
        ...

    def is_news(self, case: Case, state: S | None, sign: Sign) -> bool:
        """Whether `hear` would come to anything."""
        ...


class Unmoved(Generic[S]):
    """What a trigger answers where it has nothing to say: the state stays as it is, nothing is due."""

    def begin(self, case: Case) -> S | None:  # noqa: ARG002 - the shape of every trigger
        return None

    def retract(self, case: Case, state: S, target: Sign) -> Outcome[S]:  # noqa: ARG002 - the shape of every trigger
        return Outcome(state)

    def adjust(self, case: Case, state: S, *, went_away: bool) -> Outcome[S]:  # noqa: ARG002 - see above
        return Outcome(state)

    def due_at(self, case: Case, state: S) -> datetime | None:  # noqa: ARG002 - the shape of every trigger
        return None

    def meet(self, case: Case, state: S) -> Outcome[S]:  # noqa: ARG002 - the shape of every trigger
        return Outcome(state)


TOO_LATE_FOR = timedelta(hours=2)
"""How late a high `count` or `where` Finding may be and still tell somebody."""
TOO_LATE_FOR_LOWER = timedelta(hours=24)
"""The same for one of lower severity."""


def state_when_raised(case: Case, at: datetime, raised_at: datetime) -> FindingState:
    """Stale if it comes too late to be of use; what rests on an alarm kind never is."""
    limit = TOO_LATE_FOR if case.rule.severity is Severity.HIGH else TOO_LATE_FOR_LOWER
    is_stale = raised_at - at > limit and case.rule.kind not in ALARM_KINDS
    return FindingState.STALE if is_stale else FindingState.HOLDS


def event_values(sign: Sign) -> dict[str, object]:
    """The fields of an event that conditions may name."""
    named = {f"event.data.{name}": value for name, value in sign.data.items()}
    return {**named, "event.kind": sign.kind, "event.device_id": sign.device_id}
