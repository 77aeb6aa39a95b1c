"""Replay: a rulebook over a given history, without a service and without a database, by the one engine.

`received_at` is the clock. What it says is what the live service would have said; it never reads a clock of
its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.domain.events import Event, Json
from services.domain.findings import Finding, FindingChange, FindingState
from services.domain.instants import format_instant
from services.domain.ports import StateKey, StoredState
from services.rules.engine import Engine, Result
from services.rules.faults import HistoryFault, RulebookFaults
from services.rules.history import Line, read_history
from services.rules.intake import OVERRIDDEN, Intake
from services.rules.memory import Memory
from services.rules.overrides import NotAnOverride, check_override
from services.rules.profile import Profile
from services.rules.reading import FLOOR, read_rulebook
from services.rules.rulebook import Rulebook

__all__ = ["HistoryFault", "Played", "RuleBroke", "RulebookFaults", "play", "replay"]

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


class RuleBroke(RuntimeError):
    """A rule failed on the history: a fault of the engine, never of the history."""


def replay(
    rulebook_text: str, lines: Iterable[str], *, file: str = "rulebook", zone: ZoneInfo = DEFAULT_ZONE
) -> Iterator[dict[str, Json]]:
    """The Findings, in the order of their raising.

    A bad rulebook: `RulebookFaults`; a bad history: `HistoryFault`, both before the first Finding is
    answered.
    """
    played = play(read_rulebook(rulebook_text, file), lines, zone)
    return iter([_printed(finding, played.states[finding.id]) for finding in played.findings])


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a history: the Findings in the order of their raising, how each stands at the end, every
    change on the way there, what happened, and what is known of each resident at the end.
    """

    findings: tuple[Finding, ...]
    states: Mapping[str, FindingState]
    changes: tuple[FindingChange, ...]
    events: tuple[Event, ...]
    profiles: Mapping[str, Profile]


def play(book: Rulebook, lines: Iterable[str], zone: ZoneInfo = DEFAULT_ZONE) -> Played:
    """Run a rulebook over a history; a bad one is a `HistoryFault`."""
    run = _Run(book, zone)
    for line in read_history(lines):
        run.take(line)
        if line.type == "end":
            break
    return run.played()


class _Run:
    """One pass over a history."""

    def __init__(self, book: Rulebook, zone: ZoneInfo) -> None:
        self._book = book
        self._zone = zone
        self._events: dict[str, Event] = {}
        self._findings: dict[str, Finding] = {}
        self._states: dict[str, FindingState] = {}
        self._changes: list[FindingChange] = []
        self._residents: set[str] = set()
        self._now: datetime | None = None
        self._build({})

    def take(self, line: Line) -> None:
        """One line of the history."""
        self._now = line.received_at
        result = Result()
        if line.type == "restart":
            kept, gone = self._memory.changed()
            states = {**self._stored, **{state.at: state for state in kept}}
            self._build({at: state for at, state in states.items() if at not in gone})
        elif line.event is not None:
            self._check(line)
            if line.event.resident_id is not None:
                self._residents.add(line.event.resident_id)
            if line.type in {"event", "away", "returned"}:
                self._events.setdefault(line.event.id, line.event)
            self._intake.take(self._memory, line.event, result)
        self._keep(result)

    def played(self) -> Played:
        """Meet what is still due; then what came of it all."""
        if self._now is not None:
            while due := [at for due_at, at in self._everything_due() if due_at <= self._now]:
                for at in due:  # an override that ends may bring deadlines where there were none
                    result = Result()
                    self._engine.catch_up(self._memory, at, self._now, result, inclusive=True)
                    self._keep(result)
        profiles = {each: self._memory.profile(each) for each in sorted(self._residents)}
        return Played(
            findings=tuple(sorted(self._findings.values(), key=_order)),
            states=self._states,
            changes=tuple(self._changes),
            events=tuple(self._events.values()),
            profiles={each: profile for each, profile in profiles.items() if profile is not None},
        )

    def _everything_due(self) -> list[tuple[datetime, StateKey]]:
        self._memory.prefetch(self._stored)
        return self._memory.due()

    def _build(self, stored: Mapping[StateKey, StoredState]) -> None:
        """Everything anew from what was stored, as after a start."""
        self._stored = stored
        self._engine = Engine((self._book,), self._zone)
        self._intake = Intake(self._engine, self._events.get)

        def load_for(key: str) -> list[StoredState]:
            return [state for at, state in stored.items() if at.key == key or at.key.startswith(f"{key}/")]

        self._memory = Memory(
            self._engine.forms, lambda keys: {at: stored[at] for at in keys if at in stored}, load_for
        )

    def _check(self, line: Line) -> None:
        event = line.event
        if event is None or event.kind != OVERRIDDEN:
            return
        name = event.data["rule"]
        if name == FLOOR:
            return  # it may be said, and changes nothing: no override stops the floor
        rule = self._engine.rules.get(f"{self._book.name}/{name}") or self._engine.rules.get(name)
        if rule is None:
            raise HistoryFault(line.number, f"the rulebook has no rule {name!r}")
        try:
            check_override(rule, event.data["key"], event.data["value"])
        except NotAnOverride as error:
            raise HistoryFault(line.number, str(error)) from error

    def _keep(self, result: Result) -> None:
        if result.faults:
            fault = result.faults[0]
            raise RuleBroke(f"{fault.rule} for {fault.key}: {fault.error}")
        for finding in result.findings:
            if finding.id not in self._findings:
                self._findings[finding.id] = finding
                self._states[finding.id] = finding.state
        for change in result.changes:
            self._states[change.finding_id] = change.state
            self._changes.append(change)


def _order(finding: Finding) -> tuple[datetime, str, str, datetime, str]:
    return (finding.raised_at, finding.rule, finding.resident_id or "", finding.at, finding.device_id or "")


def _printed(finding: Finding, state: FindingState) -> dict[str, Json]:
    return {
        "rule": finding.rule,
        "resident": finding.resident_id,
        "device": finding.device_id,
        "at": format_instant(finding.at),
        "raised_at": format_instant(finding.raised_at),
        "state": state.value,
        "reason": finding.reason.value if finding.reason is not None else None,
        "events": sorted(finding.evidence.event_seqs),
    }
