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
from services.domain.instants import format_instant, local
from services.domain.kinds import ALARM_KINDS, AWAY_PREFIXES
from services.domain.values import value
from services.rules.because import Because
from services.rules.beds import PairChange
from services.rules.connection import Gap
from services.rules.notes import Note, Notes
from services.rules.profile import KnownDevice, Profile, condition_values, senders_of
from services.rules.rulebook import Rule
from services.rules.signs import Sign

S = TypeVar("S")
_DATA = "event.data."


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


@value(frozen=True, slots=True)
class Outcome(Generic[S]):
    """What came of it: the state from now on, what was found, what no longer holds."""

    state: S
    raises: tuple[Raise, ...] = ()
    changes: tuple[Change, ...] = ()


@value(frozen=True, slots=True)
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
    gaps: tuple[Gap, ...] = ()
    """When the house was not at the broker; looked up for `silent` alone."""
    notes: Notes | None = None
    """Where decisions are noted while somebody asks why; None else."""

    def note(
        self,
        because: Because,
        since: datetime,
        until: datetime,
        matter: object,
        *event_ids: str | None,
        finding_id: str | None = None,
        **figures: Json,
    ) -> None:
        """Note a decision, if somebody asks why. Figures may be instants, and spans, which are noted in
        seconds.
        """
        if self.notes is None:
            return
        said = {name: _figure(value) for name, value in figures.items()}
        named = tuple(event_id for event_id in event_ids if event_id)
        about = f"{self.key} {matter}"
        self.notes.add(Note(because, since, max(since, until), about, self.now, named, said, finding_id))

    def note_sign(self, because: Because, sign: Sign, **figures: Json) -> None:
        """Note what became of one event."""
        if self.notes is not None:
            more: dict[str, Json] = {"device_id": sign.device_id, **figures}
            self.note(because, sign.at, sign.at, f"event {sign.seq}", sign.event_id, **more)

    def finding_id(self, at: datetime, *more: str) -> str:
        """The id of the Finding of this rule and key at an instant: the same work makes the same one."""
        return derived_id("fnd", self.rule.name, self.key, self.rule.trigger, format_instant(at), *more)

    def is_watched(self) -> bool:
        """Whether the rule watches this key at all now."""
        return self.unwatched_at(self.now) is None

    def unwatched_at(self, instant: datetime) -> Because | None:
        """Why the rule does not watch this key at an instant, as it is known now; None if it does."""
        if not self.rule.enabled:
            return Because.DISABLED
        return self._unseen_at(instant) or (None if self._is_meant() else Because.NOT_MEANT)

    def is_away_rule(self) -> bool:
        """Whether time away touches this rule."""
        return self.rule.kind.startswith(AWAY_PREFIXES)

    def touches_absence(self, start: datetime, end: datetime) -> bool:
        """Whether a window of this rule, ends included, touches time away."""
        resident = self.resident
        if resident is None or not resident.turns:  # nearly everybody, so it is asked first
            return False
        return self.is_away_rule() and resident.was_away_in(start, end)

    def takes(self, sign: Sign) -> bool:
        """Whether a sign is one of those the trigger is about."""
        return self.match(sign) is Match.YES

    def match(self, sign: Sign) -> Match:
        """Whether a sign is one of those, is not by its `where`, or is none of the rule's business."""
        if sign.kind != self.rule.kind:
            return Match.PASSED_OVER
        because = self._passes_over(sign)
        if because is None and self.rule.where is not None:
            answer = self.rule.where.holds(_Values(self, sign))
            if answer is not None and not answer:
                if self.notes is not None:
                    self.note_sign(Because.NOT_MATCHING, sign, **self.judged_by(sign))
                return Match.NO
            because = Because.FIELD_MISSING if answer is None else None
        if because is None:
            return Match.YES
        if self.notes is not None:
            self.note_sign(because, sign, **self._passed_over_by(because, sign))
        return Match.PASSED_OVER

    def judged_by(self, sign: Sign) -> dict[str, Json]:
        """The condition of the rule and the values that it looks at; empty where it has none."""
        where = self.rule.where
        if where is None:
            return {}
        values = {**self._resident_values(), **event_values(sign)}
        return {"where": where.text, "values": {name: values.get(name) for name in sorted(where.fields)}}

    def hours(self, instant: datetime) -> dict[str, Json]:
        """The hours of the rule, and what the wall clock shows at an instant."""
        between = self.rule.hours
        if between is None:
            return {}
        shown = local(instant, self.zone)
        return {"between": f"{between.start:%H:%M}-{between.end:%H:%M}", "local_time": f"{shown:%H:%M:%S}"}

    def absence(self, start: datetime, end: datetime) -> dict[str, Json]:
        """The first time away that a window, ends included, touches."""
        for since, until in self.resident.absences() if self.resident is not None else ():
            if since <= end and (until is None or start < until):
                back_at = None if until is None else format_instant(until)
                return {"away_since": format_instant(since), "away_until": back_at}
        return {}

    def _passes_over(self, sign: Sign) -> Because | None:
        rule = self.rule
        if not rule.enabled:
            return Because.DISABLED
        if not (rule.is_plain_on and sign.kind in ALARM_KINDS):
            because = self._unseen_at(sign.at)
            if because is not None:
                return because
        if rule.device_types and self.type_of(sign.device_id) not in rule.device_types:
            return Because.WRONG_DEVICE
        if rule.between is not None and not rule.between.holds(sign.at, self.zone):
            return Because.OUTSIDE_HOURS
        return None if self._is_meant() else Because.NOT_MEANT

    def _passed_over_by(self, because: Because, sign: Sign) -> dict[str, Json]:
        """The figures of an event that is passed over."""
        if because is Because.OUTSIDE_HOURS:
            return self.hours(sign.at)
        if because is Because.FIELD_MISSING:
            judged = self.judged_by(sign)
            missing = [name for name, value in judged.get("values", {}).items() if value is None]
            return {**judged, "fields": missing or [*judged.get("values", {})]}
        if because is Because.WRONG_DEVICE:
            return {"device_type": self.type_of(sign.device_id), "expected": sorted(self.rule.device_types)}
        return {}

    def _unseen_at(self, instant: datetime) -> Because | None:
        if self.rule.is_per_device:
            sent_by = senders_of(self.rule.kind)
            if self.device is None or (sent_by and self.device.type not in sent_by):
                return Because.NO_DEVICE
            if self.rule.device_types and self.device.type not in self.rule.device_types:
                return Because.WRONG_DEVICE
            if self.resident is None or self.resident.is_enrolled_at(instant):
                return None
            return _unenrolled(self.resident, instant)
        if self.resident is None:
            return Because.NOT_ENROLLED
        if not self.resident.is_enrolled_at(instant):
            return _unenrolled(self.resident, instant)
        return None if self.resident.has_sender_of(self.rule.kind) else Because.NO_DEVICE

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


class _Values:
    """The fields that a condition may name, each looked up when it is asked for."""

    __slots__ = ("_case", "_sign")

    def __init__(self, case: Case, sign: Sign) -> None:
        self._case = case
        self._sign = sign

    def get(self, name: str, /) -> object:
        if name.startswith(_DATA):
            return self._sign.data.get(name[len(_DATA) :])
        if name.startswith("event."):
            return self._sign.kind if name == "event.kind" else self._sign.device_id
        resident = self._case.resident
        return None if resident is None else condition_values(resident).get(name)


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

    def adjust(self, case: Case, state: S) -> Outcome[S]:
        """The rule, the resident or an override has changed, or the resident went away."""
        ...

    def turn(self, case: Case, state: S, cause: Sign) -> Outcome[S]:
        """``cause`` has told otherwise when the resident was away: what was found may never have been."""
        ...

    def due_at(self, case: Case, state: S) -> datetime | None:
        """The next deadline; what waits for a settling has none until that is met."""
        ...

    def meet(self, case: Case, state: S) -> Outcome[S]:
        """Every deadline up to ``case.now`` is met."""
        ...

    def look_ahead(self, case: Case, state: S) -> None:
        """Note what is running now, for somebody who asks why. Nothing follows from it."""
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

    def adjust(self, case: Case, state: S) -> Outcome[S]:  # noqa: ARG002 - the shape of every trigger
        return Outcome(state)

    def turn(self, case: Case, state: S, cause: Sign) -> Outcome[S]:  # noqa: ARG002 - the shape of every trigger
        return Outcome(state)

    def due_at(self, case: Case, state: S) -> datetime | None:  # noqa: ARG002 - the shape of every trigger
        return None

    def meet(self, case: Case, state: S) -> Outcome[S]:  # noqa: ARG002 - the shape of every trigger
        return Outcome(state)

    def look_ahead(self, case: Case, state: S) -> None:
        """All is said where it is decided."""


TOO_LATE_FOR = timedelta(hours=2)
"""How late a high `count` or `where` Finding may be and still tell somebody."""
TOO_LATE_FOR_LOWER = timedelta(hours=24)
"""The same for one of lower severity."""


def state_when_raised(case: Case, at: datetime, raised_at: datetime) -> FindingState:
    """Stale if it comes too late to be of use; what rests on an alarm kind never is."""
    is_stale = is_too_late(case.rule.severity, at, raised_at) and case.rule.kind not in ALARM_KINDS
    return FindingState.STALE if is_stale else FindingState.HOLDS


def _unenrolled(resident: Profile, instant: datetime) -> Because:
    left_at = resident.left_at
    return Because.LEFT if left_at is not None and instant >= left_at else Because.NOT_ENROLLED


def _figure(value: Json) -> Json:
    if isinstance(value, datetime):
        return format_instant(value)
    return value.total_seconds() if isinstance(value, timedelta) else value


def is_too_late(severity: Severity, at: datetime, raised_at: datetime) -> bool:
    """Whether a `count` or `where` Finding that is raised then is of no use any more."""
    return raised_at - at > (TOO_LATE_FOR if severity is Severity.HIGH else TOO_LATE_FOR_LOWER)


def event_values(sign: Sign) -> dict[str, object]:
    """The fields of an event that conditions may name."""
    named = {f"event.data.{name}": value for name, value in sign.data.items()}
    return {**named, "event.kind": sign.kind, "event.device_id": sign.device_id}
