"""Alerts: a matter that somebody must take, and each move of it.

An Alert goes `open → accepted → arrived → closed`; every move is an AlertChange with an actor and a reason.
Each running (= not closed) Alert has owners and a next deadline. The nouns only; escalation decides the
moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.domain.findings import FindingState, Severity

HOUSE = "house"
"""The actor of a move that no person made."""


class AlertState(StrEnum):
    """Accepting is not arriving, and arriving is not the end."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How it ended."""

    HELPED = "helped"
    HOSPITAL = "hospital"
    FALSE_ALARM = "false_alarm"
    TEST = "test"
    OVER_BY_ITSELF = "over_by_itself"
    OTHER = "other"


class ChangeReason(StrEnum):
    """Why an Alert moved, or stayed and was told again."""

    OPENED = "opened"
    JOINED = "joined"
    PRESSED_AGAIN = "pressed_again"
    TEST_UNANSWERED = "test_unanswered"
    """A test that nobody answered in time goes on as real."""
    TEST_IN_DOUBT = "test_in_doubt"
    """A test goes on as real before its time: pressed on, another device, its worker not to be reached."""
    SAID_TO_BE_REAL = "said_to_be_real"
    """Somebody says of a test that it is none."""
    SEVERITY_RAISED = "severity_raised"
    STEP_DUE = "step_due"
    STEP_EMPTY = "step_empty"
    STEP_FAILED = "step_failed"
    NOBODY_TO_TELL = "nobody_to_tell"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ARRIVED = "arrived"
    NOT_ARRIVED_REMINDED = "not_arrived_reminded"
    NOT_ARRIVED = "not_arrived"
    NOT_CLOSED_REMINDED = "not_closed_reminded"
    NOT_CLOSED = "not_closed"
    NOT_ANSWERED_AGAIN = "not_answered_again"
    HANDED_OVER = "handed_over"
    HANDOVER_UNANSWERED = "handover_unanswered"
    """Who was asked to take it over did not answer, or could not be reached: it stays with its holder."""
    EXTENDED = "extended"
    NOTED = "noted"
    CLOSED = "closed"
    OVER_BY_ITSELF = "over_by_itself"
    FACT_ENDED = "fact_ended"
    FACT_WITHDRAWN = "fact_withdrawn"
    FOUND_AGAIN = "found_again"
    """What it is about was looked at again and still is so: whoever was told is told anew."""
    STILL_TRUE_AFTER_CLOSE = "still_true_after_close"
    SILENCED = "silenced"
    """A silence holds it back: nobody is told until that is over."""
    SILENCE_OVER = "silence_over"
    """The silence is over and it still holds: the policy runs from its first step."""
    SILENCE_BROKEN = "silence_broken"
    """Somebody called for help, which nothing silences."""


class DeadlineKind(StrEnum):
    """What is to happen at one of an Alert's deadlines."""

    STEP = "step"
    """The next step of the policy."""
    ARRIVAL_REMINDER = "arrival_reminder"
    ARRIVAL = "arrival"
    """Accepted and not arrived: the policy runs again."""
    CLOSING = "closing"
    """Arrived and not closed: holder and duty desk, again and again."""
    ANSWER_AGAIN = "answer_again"
    """A press joined after accepting or arriving and the holder has not answered it."""
    HANDOVER = "handover"
    """Whoever was asked to take it over has not answered: it stays with its holder."""
    RECHECK = "recheck"
    TEST = "test"
    """A test that nobody has answered goes on as real."""
    SILENCE = "silence"
    """The silence that holds it back is over."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing that is to happen to an Alert, and when."""

    kind: DeadlineKind
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AlertFact:
    """A Finding that is part of an Alert."""

    finding_id: str
    at: datetime
    joined_at: datetime
    state: FindingState
    is_alarm: bool = False
    device_id: str | None = None

    @property
    def found_after(self) -> timedelta:
        """How long after it was so it became a fact."""
        return self.joined_at - self.at


@dataclass(frozen=True, slots=True)
class CountedFacts:
    """Facts of an Alert that are alike in whatever is asked of them, counted instead of read one by one.

    ``at`` is the earliest of theirs, ``found_after`` the shortest.
    """

    count: int
    at: datetime
    found_after: timedelta
    state: FindingState
    is_alarm: bool = False
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunningTest:
    """What makes an Alert a test: who alone was told, and as what it goes on when it turns out to be real."""

    worker_id: str
    policy: str
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alert:
    """A matter that somebody must take.

    ``subject`` is ``resident:<id>``, ``device:<id>``, ``gateway:<id>``, ``grid:<id>`` or ``house:<name>``; at
    most one running Alert exists a (kind, subject). ``run`` counts how often the policy was started,
    ``run_started_at`` is what its waits count from, ``step`` the next step to be told (0-based) and ``round``
    the rounds of the repeating step. ``deadlines`` hold all that is to come, ``next_due_at`` the nearest of
    them. ``test`` is set for as long as it is a test, and stays on one that was closed as such. ``number``
    and ``version`` are the store's (0 until stored); a save with an old version is refused as `Conflict`.

    Of one that was read in brief ``facts`` are the newest, and those before are counted in ``earlier``. What
    is asked of all of them is asked by the properties here, which answer alike either way.
    """

    id: str
    kind: str
    subject: str
    severity: Severity
    policy: str
    titles: Mapping[str, str]
    opened_at: datetime
    state: AlertState = AlertState.OPEN
    resident_id: str | None = None
    device_id: str | None = None
    home_id: str | None = None
    accepted_at: datetime | None = None
    accepted_by: str | None = None
    arrived_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: Outcome | None = None
    note: str | None = None
    run: int = 1
    run_started_at: datetime | None = None
    step: int = 0
    round: int = 0
    deadlines: tuple[Deadline, ...] = ()
    owner_ids: tuple[str, ...] = ()
    handover_to: str | None = None
    declined_by: tuple[str, ...] = ()
    facts: tuple[AlertFact, ...] = ()
    earlier: tuple[CountedFacts, ...] = ()
    test: RunningTest | None = None
    chain: str | None = None
    """The id of the event that began it, for the log (see `chronicle`)."""
    synthetic: bool = False
    number: int = 0
    version: int = 0

    @property
    def is_running(self) -> bool:
        """Not closed yet."""
        return self.state is not AlertState.CLOSED

    @property
    def began_at(self) -> datetime:
        """When the first of its facts happened; where it has none, when it was opened."""
        return min((fact.at for fact in self.grounds), default=self.opened_at)

    @property
    def grounds(self) -> Sequence[AlertFact | CountedFacts]:
        """All that it rests on, in the order in which each kind of it first came."""
        return (*self.earlier, *self.facts) if self.earlier else self.facts

    @property
    def fact_count(self) -> int:
        """How many facts it has."""
        return sum(each.count for each in self.earlier) + len(self.facts)

    @property
    def presses(self) -> int:
        """How many of its facts are alarms."""
        counted = sum(each.count for each in self.earlier if each.is_alarm)
        return counted + sum(fact.is_alarm for fact in self.facts)

    @property
    def has_alarm(self) -> bool:
        """Somebody called for help."""
        return any(fact.is_alarm for fact in self.grounds)

    @property
    def device_ids(self) -> tuple[str, ...]:
        """The devices that its facts came from, each once, in the order in which they first spoke."""
        return tuple(dict.fromkeys(fact.device_id for fact in self.grounds if fact.device_id))

    @property
    def calling_device_ids(self) -> tuple[str, ...]:
        """The same of its alarms."""
        called = (fact.device_id for fact in self.grounds if fact.is_alarm and fact.device_id)
        return tuple(dict.fromkeys(called))

    @property
    def next_deadline(self) -> Deadline | None:
        """The nearest deadline."""
        return min(self.deadlines, key=lambda deadline: deadline.due_at, default=None)

    @property
    def next_due_at(self) -> datetime | None:
        """When the nearest deadline is."""
        nearest = self.next_deadline
        return nearest.due_at if nearest is not None else None

    @property
    def is_pressed_again(self) -> bool:
        """Pressed again after somebody had it, and not answered since."""
        return any(deadline.kind is DeadlineKind.ANSWER_AGAIN for deadline in self.deadlines)

    @property
    def is_silenced(self) -> bool:
        """Under a silence: nobody is told before its end."""
        return any(deadline.kind is DeadlineKind.SILENCE for deadline in self.deadlines)

    @property
    def runs_by(self) -> str:
        """The policy that it runs by; of a test the one by which it goes on."""
        return self.test.policy if self.test is not None else self.policy

    @property
    def holder_id(self) -> str | None:
        """Who has it."""
        return self.accepted_by if self.is_running else None


@dataclass(frozen=True, slots=True)
class AlertChange:
    """One move of an Alert. ``number`` is the store's global order of changes and the cursor of the live
    stream.
    """

    alert_id: str
    at: datetime
    by: str
    from_state: AlertState | None
    to_state: AlertState
    reason: ChangeReason
    on_behalf_of: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    number: int = 0
