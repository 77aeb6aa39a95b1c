"""The rules loop: stored events in, Findings out, one transaction a batch, over the ports alone.

Presses are read by a cursor of their own, ahead of everything else, and by the plain `on` rules and the floor
only; so a press waits for no telemetry and for no broken rulebook. Deadlines are met once every stored event
is taken in. A crash between two transactions repeats work whose results have derived ids; nothing is found
twice and nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.chronicle import findings_raised
from services.domain.crash_points import CrashPoint, Reached, goes_on
from services.domain.events import Event
from services.domain.instants import EPOCH
from services.domain.ports import (
    Clock,
    Conflict,
    RulebookDesk,
    RulebookTexts,
    StateKey,
    Store,
    StoreUnavailable,
    Topic,
    UnitOfWork,
)
from services.domain.records import StandingFault
from services.rules import bed_faults
from services.rules.alarms import acquaint
from services.rules.backlog import Backlog
from services.rules.engine import Engine, Lane, Result, RuleFault
from services.rules.exchange import Exchange
from services.rules.intake import Intake
from services.rules.kept import Kept
from services.rules.memory import BED, PROFILE, Memory
from services.rules.missed import Absence
from services.rules.raising import floor_finding
from services.rules.reloading import Reloading
from services.rules.shelf import Shelf
from services.rules.signs import sign_of
from services.rules.status import BookStatus, RuleAtWork
from services.rules.unavailable import say, standing_faults

ALARM_CURSOR = "rules.alarms"
CURSOR = "rules"
BATCH = 500
"""Events in one transaction; also deadlines."""
LOOK_EVERY_FOR = timedelta(seconds=1)
"""How often the texts of the rulebooks are looked at while there is other work."""
ABSENT_AFTER = timedelta(seconds=60)
"""A loop steps each second. One that could not for so long, for want of a store or because the machine
slept, was as good as down; it is `backlog.MOST_FOR`, the longest that a start is waited for.
"""
_MOST_FAULTS = 200

log = logging.getLogger("anxin.rules")


class RulesLoop:
    """The one active rules runner."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        texts: RulebookTexts,
        zone: ZoneInfo,
        *,
        grace_for: timedelta = timedelta(0),
        waits_for_backlog: bool = False,
        reached: Reached = goes_on,
        desk: RulebookDesk | None = None,
    ) -> None:
        """``grace_for`` is how long a deadline waits for events that were received before it and are not
        stored yet; with ``waits_for_backlog`` no deadline is met after a start until what the broker kept is
        in. ``desk`` is the folder of the texts, where the house may write into it.
        """
        self._store = store
        self._clock = clock
        self._grace_for = grace_for
        self._waits_for_backlog = waits_for_backlog
        self._backlog: Backlog | None = None
        self._absence: Absence | None = None
        self._stepped_at: datetime | None = None
        self._reached = reached
        self._looked_at: datetime | None = None
        self._books = Reloading(store, texts, zone, CURSOR, desk)
        self._engine = Engine((), zone)
        self._faults: list[RuleFault] = []
        self._said: Sequence[StandingFault] | None = None
        self._kept = Kept()

    def step(self) -> bool:
        """Do one batch of what is there to do now; True if there may be more."""
        now = self._clock.now()
        until = self._until(now)
        worked = self._step(now, until)
        self._stepped_at = now
        return worked

    def _step(self, now: datetime, until: datetime) -> bool:
        is_time = self._looked_at is None or now - self._looked_at >= LOOK_EVERY_FOR
        if is_time:
            self._look(now)
        with self._store.reading() as uow:
            has_alarms = bool(uow.events.after(uow.cursors.get(ALARM_CURSOR), 1, only_alarms=True))
            has_new = bool(uow.events.after(uow.cursors.get(CURSOR), 1))
            due_at = uow.states.next_due_at()
        if has_alarms:
            with self._store.writing() as uow:
                return self.take_alarms_in(uow)
        self._say_what_is_wrong(now)
        if self._books.exchange is not None:
            return self._go_on(self._books.exchange)
        if has_new or (due_at is not None and due_at <= until):
            self._take_rest(now, until, has_new=has_new)
            return True
        return not is_time and self._look(now)

    def next_due_at(self) -> datetime | None:
        """The nearest deadline of all rules."""
        with self._store.reading() as uow:
            due_at = uow.states.next_due_at()
        if due_at is None:
            return None
        due_at += self._grace_for
        return due_at if self._backlog is None else self._backlog.after(due_at)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the rulebooks and the rules now, in words; empty when all is well."""
        said = list(self._books.faults.values())
        said += [str(fault) for fault in self._shelf.faults]
        said += [str(fault) for each in self._shelf.books for fault in each.faults]
        said += [f"{fault.rule} failed for {fault.key}: {fault.error}" for fault in self._faults]
        return tuple(said)

    @property
    def _shelf(self) -> Shelf:
        return self._books.shelf

    def status(self) -> tuple[BookStatus, ...]:
        """Every rulebook at work, with its rules and what is wrong with them."""
        return tuple(
            BookStatus(
                name=each.book.name,
                revision=each.book.revision,
                content_hash=each.book.content_hash,
                active_since=each.active_since,
                rules=tuple(
                    RuleAtWork(rule, tuple(fault for fault in self._faults if fault.rule == rule.name))
                    for rule in each.book.rules
                ),
                faults=each.faults,
            )
            for each in self._shelf.books
        )

    # ------------------------------------------------------------------ rulebooks

    def _look(self, now: datetime) -> bool:
        """Look whether other rules are to be at work; load them. True if there are."""
        self._looked_at = now
        if not self._books.look(now):
            return False
        self._engine = self._books.engine or self._engine
        self._engine.absence = self._absence
        self._kept.forget()
        self._faults = []
        return True

    def _say_what_is_wrong(self, now: datetime) -> None:
        """Let every process and whoever manages the house know, when it is something else than before."""
        faults = standing_faults(self._shelf, self._faults, EPOCH)
        if faults == self._said:
            return
        result = Result()
        with self._store.writing() as uow:
            say(uow, [replace(fault, since=now) for fault in faults], now, result)
            self._save(uow, result)
        self._said = faults

    def _go_on(self, exchange: Exchange) -> bool:
        """A slice of the change from the rules before to those at work."""
        result = Result()
        with self._store.writing() as uow:
            done = exchange.slice(uow, result)
            self._save(uow, result)
        exchange.committed(done)
        self._note(result)
        if exchange.is_done:
            self._books.done()
            self._kept.forget()
            self._faults = [fault for fault in self._faults if not fault.is_passing]
        return True

    # ------------------------------------------------------------------ batches

    def take_alarms_in(self, uow: UnitOfWork) -> bool:
        """Answer the alarm kinds that wait, in somebody's open transaction; True if there were any.

        Before the first `step`, when no rulebook is loaded yet, none are taken.
        """
        if self._books.engine is None:
            return False
        events = uow.events.after(uow.cursors.get(ALARM_CURSOR), BATCH, only_alarms=True)
        if not events:
            return False
        result = Result()
        try:
            self._show(uow, events, result, Lane.ALARMS)
        except (StoreUnavailable, Conflict):
            raise
        except Exception as error:  # noqa: BLE001 - whatever breaks, a press still alerts
            result = Result()
            for event in events:
                result.findings.append(floor_finding(event, sign_of(event), event.home_id))
            result.faults.append(RuleFault("floor", "", f"{type(error).__name__}: {error}"[:500]))
        self._save(uow, result)
        uow.cursors.set(ALARM_CURSOR, events[-1].seq)
        self._note(result)
        return True

    def take_rest_in(self, uow: UnitOfWork, until: datetime | None = None) -> Callable[[], None]:
        """Take in what waits behind the presses, in somebody's open transaction, and meet the deadlines up to
        ``until``, or none.

        Answers what is to be called once that is committed.
        """
        if self._books.engine is None or self._books.exchange is not None:
            return _nothing
        result = Result()
        memory, events = self._take_events(uow, BATCH, result)
        if until is not None and self._stepped_at is not None:
            self._meet_due(uow, memory, until, result)
        self._write(uow, memory)
        self._save(uow, result)

        def committed() -> None:
            self._keep(memory)
            self._note(result)
            if events and self._backlog is not None:
                self._backlog.grew(self._clock.now())

        return committed

    def _take_rest(self, now: datetime, until: datetime, *, has_new: bool) -> None:
        if has_new and self._backlog is not None:
            self._backlog.grew(now)
        result = Result()
        try:
            self._batch(BATCH, until, result)
        except (StoreUnavailable, Conflict):
            raise
        except Exception:  # noqa: BLE001 - one event must never stop the log
            result = Result()
            self._set_aside(until, result)
        self._note(result)

    def _until(self, now: datetime) -> datetime:
        """Up to when deadlines may be met now."""
        if self._stepped_at is None or (self._waits_for_backlog and now - self._stepped_at > ABSENT_AFTER):
            self._backlog = Backlog() if self._waits_for_backlog else None
            self._absence = Absence(now, None if self._waits_for_backlog else now)
            self._engine.absence = self._absence
        if self._backlog is not None and self._absence is not None:
            if not self._backlog.is_in(now):
                return EPOCH
            self._backlog = None
            self._absence = self._engine.absence = Absence(self._absence.since, now)
        return now - self._grace_for

    def _batch(self, limit: int, until: datetime, result: Result) -> None:
        with self._store.writing() as uow:
            memory, events = self._take_events(uow, limit, result)
            if len(events) < limit:
                self._meet_due(uow, memory, until, result)
            self._write(uow, memory)
            self._save(uow, result)
        self._keep(memory)

    def _take_events(self, uow: UnitOfWork, limit: int, result: Result) -> tuple[Memory, Sequence[Event]]:
        cursor = uow.cursors.get(CURSOR)
        events = uow.events.after(cursor, limit)
        self._kept.begin(cursor, moves=bool(events))
        memory = self._show(uow, events, result, Lane.REST)
        if events:
            uow.cursors.set(CURSOR, events[-1].seq)
        return memory, events

    def _keep(self, memory: Memory) -> None:
        if memory.unreadable:
            self._kept.forget()
            self._books.remake((at.rule for at in memory.unreadable), self._clock.now())
        else:
            self._kept.committed(memory.loaded())

    def _set_aside(self, until: datetime, result: Result) -> None:
        """A batch failed as a whole: take its first event alone, and pass it over if it fails again."""
        try:
            self._batch(1, until, result)
        except (StoreUnavailable, Conflict):
            raise
        except Exception as again:
            with self._store.writing() as uow:
                events = uow.events.after(uow.cursors.get(CURSOR), 1)
                if not events:
                    raise
                uow.cursors.set(CURSOR, events[0].seq)
            said = f"{type(again).__name__}: {again}"[:500]
            result.faults.append(RuleFault("engine", events[0].resident_id or "", said, events[0].id))

    def _show(self, uow: UnitOfWork, events: Sequence[Event], result: Result, lane: Lane) -> Memory:
        memory = Memory(self._engine.forms, uow.states.load, uow.states.load_for, self._kept)
        intake = Intake(self._engine, uow.events.get, finds_bed_faults=True)
        events = [event for event in events if intake.concerns(event)]
        memory.prefetch(dict.fromkeys(at for event in events for at in intake.keys(event)))
        for event in events:
            if lane is Lane.ALARMS:
                acquaint(uow, memory, event)
            intake.take(memory, event, result, lane)
        return memory

    def _meet_due(self, uow: UnitOfWork, memory: Memory, until: datetime, result: Result) -> None:
        stored = uow.states.due(until, BATCH)
        gone = [
            state.at
            for state in stored
            if state.at.rule not in {PROFILE, BED} and state.at.rule not in self._engine.rules
        ]
        uow.states.delete(gone)
        memory.remember(state for state in stored if state.at not in gone)
        due = [at for due_at, at in memory.due() if due_at <= until]
        memory.prefetch(StateKey(PROFILE, at.key.partition("/")[0]) for at in due if at.rule != PROFILE)
        for at in due:
            if at.rule == BED:
                bed_faults.meet(memory, at.key, until, result, self._absence)
            else:
                self._engine.catch_up(memory, at, until, result, inclusive=True)

    def _write(self, uow: UnitOfWork, memory: Memory) -> None:
        self._kept.doubt(memory.rewritten())
        kept, gone = memory.changed()
        uow.states.save(kept)
        uow.states.delete(gone)
        if not memory.unreadable:
            return
        own = [at for at in memory.unreadable if at.rule not in self._engine.rules]
        uow.states.delete(at for at in own if at not in memory.rewritten())
        for at in memory.unreadable:
            said = "its state was of an unknown version and is made anew"
            self._note_fault(RuleFault(at.rule, at.key, said, is_passing=at.rule in self._engine.rules))

    def _save(self, uow: UnitOfWork, result: Result) -> None:
        if not result.findings and not result.changes:
            return
        uow.say_after(findings_raised(uow.findings.add(result.findings)))
        if result.changes:
            known = uow.findings.many([change.finding_id for change in result.changes])
            uow.findings.change([change for change in result.changes if change.finding_id in known])
        uow.wake_after(Topic.FINDINGS)
        self._reached(CrashPoint.BEFORE_FINDING_COMMIT)

    def _note(self, result: Result) -> None:
        for fault in result.faults:
            self._note_fault(fault)
        if result.mended:
            self._faults = [each for each in self._faults if (each.rule, each.key) not in result.mended]

    def _note_fault(self, fault: RuleFault) -> None:
        if fault not in self._faults and len(self._faults) < _MOST_FAULTS:
            self._faults.append(fault)
            log.error("the rule %s failed for %s: %s", fault.rule, fault.key or "nobody known", fault.error)


def _nothing() -> None:
    """All there is to do where nothing was taken in."""
