"""Backtests: what a rulebook would have raised on the stored history, beside what was raised live.

The nouns of the report only. ``now`` is what was raised live, ``would`` what the rulebook would have raised;
a *call* is a Finding that opens an Alert or joins one, so that somebody is told. Nothing here is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from services.domain.findings import Severity
from services.domain.notices import NoticeReason

MOST_DAYS = 400
"""More days than that nobody waits for."""
HOURS = 24
NIGHT_FROM, NIGHT_UNTIL = 22, 6
"""Local hours of a night, [22:00, 06:00): those of the night rules and of the quiet hours, nearly."""

Progress = Callable[[int, int], None]
"""Told how many events are done, and of how many, now and then."""


class NoteKind(StrEnum):
    """What whoever reads a backtest has to know."""

    NO_HISTORY = "no_history"
    SHORTER_HISTORY = "shorter_history"
    """The history begins within the days that were asked for."""
    POLICY_UNKNOWN = "policy_unknown"
    """A rule names a policy that the house has not; another stands in."""
    RULE_FAILED = "rule_failed"
    TESTS_LEFT_OUT = "tests_left_out"
    """Presses of test windows call nobody but the tester; they are counted on neither side."""
    OTHER_RULEBOOKS = "other_rulebooks"
    """The other rulebooks of the house went on beside it."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know: of which rule, rulebook or policy, how many."""

    kind: NoteKind
    rule: str = ""
    detail: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was found, both ways. ``only_now`` and ``only_would`` have no counterpart."""

    now: int = 0
    would: int = 0
    only_now: int = 0
    only_would: int = 0


@dataclass(frozen=True, slots=True)
class RuleTried:
    """One rule: its calls, and by the local hour of the day at which they came. ``findings`` counts also what
    told nobody.
    """

    rule: str
    titles: Mapping[str, str]
    severity: Severity
    calls: Tally
    findings: Tally
    hours_now: tuple[int, ...]
    hours_would: tuple[int, ...]
    is_in_rulebook: bool = True
    """False for a rule that raised something live and stands in the rulebook no more, and for the floor."""


@dataclass(frozen=True, slots=True)
class ResidentTried:
    """The calls about one resident; ``resident_id`` None: from devices of nobody."""

    resident_id: str | None
    calls: Tally


@dataclass(frozen=True, slots=True)
class DayTried:
    """The calls of one local day."""

    day: date
    now: int
    would: int
    now_at_night: int
    would_at_night: int


@dataclass(frozen=True, slots=True)
class NightPages:
    """The pages of one worker in one night, which bears the date of its evening."""

    worker_id: str
    night: date
    now: int
    would: int
    sent: int


@dataclass(frozen=True, slots=True)
class WorkerPages:
    """The pages of one worker: by day and night together, and in nights alone."""

    worker_id: str
    name: str
    now: int
    would: int
    sent: int
    now_at_night: int
    would_at_night: int
    sent_at_night: int


@dataclass(frozen=True, slots=True)
class NotTold:
    """Why people would not have been told, how often."""

    reason: NoticeReason
    now: int
    would: int


@dataclass(frozen=True, slots=True)
class Answering:
    """How it was assumed that people answer. Each wait is the median over so many alerts of the stored
    history; 0 of them: it is a number of this software's.
    """

    severity: Severity
    accepts_after: timedelta
    accepts_of: int
    arrives_after: timedelta
    arrives_of: int
    closes_after: timedelta
    closes_of: int


@dataclass(frozen=True, slots=True)
class Pages:
    """Whom the calls page. ``now`` and ``would`` are both reckoned, by the same rules and assumptions;
    ``sent`` is what was really sent. Calls to people outside the staff are in the totals alone.
    """

    alerts_now: int
    alerts_would: int
    now: int
    would: int
    sent: int
    reached_nobody_now: int
    reached_nobody_would: int
    workers: tuple[WorkerPages, ...]
    nights: tuple[NightPages, ...]
    not_told: tuple[NotTold, ...]
    answering: tuple[Answering, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """The whole report, of [``since``, ``until``). ``history_since`` is when the first event of all was
    received, None for an empty history.
    """

    rulebook: str
    content_hash: str
    days: int
    since: datetime
    until: datetime
    history_since: datetime | None
    events: int
    calls: Tally
    calls_at_night: Tally
    by_day: tuple[DayTried, ...]
    rules: tuple[RuleTried, ...]
    residents: tuple[ResidentTried, ...]
    pages: Pages
    notes: tuple[Note, ...]


class Backtesting(Protocol):
    """Tries a rulebook on the stored history of the last days. It never changes what is stored."""

    def __call__(self, text: str, file: str, days: int, until: datetime) -> Backtest:
        """The report of the days up to ``until``. A rulebook with faults: `RulebookFaults` of the rules;
        another backtest is at work: `BusyTrying`; it could not be done: `StoreUnavailable`.
        """
        ...


class BusyTrying(Exception):
    """One backtest is at work already; a second one would only make both slower."""
