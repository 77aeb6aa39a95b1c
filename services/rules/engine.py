"""The engine: one event, or one deadline, and the states that it touches; what comes out are Findings and
changes.

The same engine runs in a replay and in the live loop. An event touches only the rules that are indexed by its
kind, and before a key takes in an event its own deadlines before that instant are met. It reads no clock and
knows no store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.domain.events import Event
from services.domain.findings import FindingChange, Severity, Trigger
from services.domain.instants import zone_named
from services.domain.kinds import ALARM_KINDS
from services.domain.ports import StateKey
from services.rules import ending, key_state, missed, noting
from services.rules.because import Because
from services.rules.beds import ENTERED, EXITED, OFFLINE, PairChange, sensors_of
from services.rules.case import Case
from services.rules.forms import FORMS
from services.rules.key_state import KeyState, Step
from services.rules.kinds import DRIFT, KINDS_OF_TRIGGER
from services.rules.memory import PROFILE, Form, Memory
from services.rules.missed import Absence
from services.rules.notes import Notes
from services.rules.overrides import overridden
from services.rules.places import Place, Places
from services.rules.profile import Profile, senders_of
from services.rules.raising import Source, finding_of, floor_finding
from services.rules.results import Lane, Result, RuleFault
from services.rules.rulebook import ANY_MESSAGE, DOOR_PAIR, Per, Rule, Rulebook
from services.rules.signs import Sign, is_replaced, sign_of

__all__ = ["Engine", "Lane", "Place", "Result", "RuleFault"]

_MOST_MEETINGS = 100_000


class Engine:
    """The rules of some rulebooks, indexed by the kinds of events that touch them."""

    def __init__(self, books: Sequence[Rulebook], zone: ZoneInfo) -> None:
        self._zone = zone
        self._zones = {book.name: zone_named(book.timezone) if book.timezone else zone for book in books}
        self._sources = {book.name: Source(book.revision, book.content_hash) for book in books}
        self.rules: dict[str, Rule] = {rule.name: rule for book in books for rule in book.rules}
        self.place = Places().of
        """Where a rule keeps its state about a resident or a device."""
        self.touched: dict[tuple[str, str | None, str | None], tuple[StateKey, ...]] = {}
        """Which states an event touches, by its kind, resident and device: `Intake` asks at every event."""
        self._by_kind: dict[str, list[Rule]] = {}
        self.silent_rules = [rule for rule in self.rules.values() if rule.is_silent]
        for rule in self.rules.values():
            for kind in rule.touching_kinds:
                self._by_kind.setdefault(kind, []).append(rule)
        self.has_drift = any(rule.trigger is Trigger.DRIFT for rule in self.rules.values())
        self.forms: dict[str, Form] = {rule.name: FORMS[rule.trigger] for rule in self.rules.values()}
        self.failing: set[tuple[str, str]] = set()
        """(rule, key) that failed and did not work since."""
        self.absence: Absence | None = None
        """The house was not there to meet what was due; None where time has no such hole, as in a replay."""
        self.notes: dict[str, Notes] = {}
        """By name, the rules whose decisions are noted because somebody asks why."""

    def only(self, rule: Rule) -> Engine:
        """An engine with this rule alone, and its rulebook's name, zone and revision."""
        alone = Engine((), self._zone)
        alone._zones, alone._sources, alone.absence = self._zones, self._sources, self.absence
        alone.rules = {rule.name: rule}
        alone.silent_rules = [rule] if rule.is_silent else []
        alone.has_drift = rule.trigger is Trigger.DRIFT
        for kind in rule.touching_kinds:
            alone._by_kind[kind] = [rule]
        return alone

    def rules_on(self, kind: str) -> Sequence[Rule]:
        """The rules that events of a kind touch."""
        return self._by_kind.get(kind, ())

    def concerns(self, kind: str) -> bool:
        """Whether any rule looks at events of a kind."""
        return bool(self.silent_rules) or kind in self._by_kind or kind in ALARM_KINDS

    def observe(
        self, memory: Memory, event: Event, result: Result, lane: Lane = Lane.ALL, sign: Sign | None = None
    ) -> None:
        """Show an event that is no fact of the register to the rules on its kind; as ``sign``, if known."""
        is_alarm = event.kind in ALARM_KINDS
        if not is_alarm and is_replaced(event):
            noting.pass_over(self, memory, event, Because.TIME_REPLACED)
            return
        sign = sign or sign_of(event)
        before = len(result.findings)
        is_either = lane is Lane.ALL
        is_ahead = lane is Lane.ALARMS
        for rule in self.rules_on(event.kind):
            if not is_either and (is_alarm and rule.is_plain_on) is not is_ahead:
                continue
            if rule.trigger is Trigger.DRIFT:
                continue  # it hears of beds, and looks at their changes
            settles = rule.settle_for is not None and event.kind in DOOR_PAIR
            take = key_state.take_door if settles else key_state.take
            self._touch(memory, rule, event, sign, result, take)
        if is_alarm and lane is not Lane.REST:
            new = result.findings[before:]
            if not any(found.is_alarm and found.severity is Severity.HIGH for found in new):
                profile = memory.profile(event.resident_id)
                home_id = event.home_id or (profile.home_id if profile is not None else None)
                result.findings.append(floor_finding(event, sign, home_id))

    def hear(self, memory: Memory, event: Event, result: Result, sign: Sign) -> None:
        """Show a message to the rules on silence, whatever time it claims; `device.offline` is none."""
        if event.kind == OFFLINE or not self.silent_rules:
            return
        is_sent = event.device_id is not None
        for rule in self.silent_rules:
            if rule.kind != event.kind and not is_sent:
                continue
            is_about = rule.kind in {ANY_MESSAGE, event.kind}
            if rule.device_types or not is_about:
                type_ = self._type_of(memory, event)
                if rule.device_types and type_ not in rule.device_types:
                    continue
                if not is_about and type_ not in senders_of(rule.kind):
                    continue
            self._touch(memory, rule, event, sign, result, key_state.hear)

    def hear_bed(self, memory: Memory, event: Event, result: Result) -> None:
        """Show the rules on habits that a sensor of a bed has said something, whatever it was."""
        rules = [rule for rule in self.rules_on(event.kind) if rule.trigger is Trigger.DRIFT]
        if not rules:
            return
        sign = sign_of(event)
        for rule in rules:
            place = self.place(rule, event.resident_id, None)
            if place is None:
                continue
            state = memory.key_state(place.at)
            case = self.case_of(memory, rule, place, event.received_at)
            if DRIFT.is_news(case, None if state is None else state.inner, sign):
                self._touch_place(memory, rule, place, event, sign, result, key_state.hear_bed)

    def _type_of(self, memory: Memory, event: Event) -> str | None:
        profile = memory.profile(event.resident_id)
        device = profile.device(event.device_id) if profile is not None else None
        device = device or memory.device(event.device_id)
        return None if device is None else device.type

    def observe_change(self, memory: Memory, event: Event, change: PairChange, result: Result) -> None:
        """Show a change of a bed to the rules on beds; `per: device` to each of its sensors."""
        profile = memory.profile(event.resident_id)
        sensors = sensors_of(change.source, profile.devices) if profile is not None else ()
        for rule in {rule.name: rule for kind in (ENTERED, EXITED) for rule in self.rules_on(kind)}.values():
            beside = sensors if rule.per is Per.DEVICE else ()
            for device_id in dict.fromkeys((event.device_id, *beside)):
                shown = event if device_id == event.device_id else replace(event, device_id=device_id)
                if rule.trigger is Trigger.DRIFT:
                    self._touch(memory, rule, shown, change, result, key_state.look)
                elif rule.settle_for is not None:
                    self._touch(memory, rule, shown, change, result, key_state.take_change)
                elif change.kind in rule.own_kinds:
                    self._touch(memory, rule, shown, change.sign, result, key_state.take)

    def retract(self, memory: Memory, event: Event, target: Event, result: Result) -> None:
        """An event counts no more for the rules that it touched."""
        sign = sign_of(target)
        for rule in (*self.rules_on(target.kind), *self.silent_rules):
            place = self.place(rule, target.resident_id, target.device_id)
            if place is None or memory.key_state(place.at) is None:
                continue
            self._touch_place(memory, rule, place, event, sign, result, key_state.retract)

    def begin(self, memory: Memory, rule: Rule, resident_id: str, now: datetime) -> None:
        """Begin to watch a resident, or each device, by a rule that waits for no first event."""
        profile, kind = memory.profile(resident_id), KINDS_OF_TRIGGER[rule.trigger]
        senders = profile.senders_of(rule.kind) if profile is not None and rule.per is Per.DEVICE else (None,)
        for device_id in senders:
            place = self.place(rule, resident_id, device_id)
            if place is None or memory.key_state(place.at) is not None:
                continue
            inner = kind.begin(self.case_of(memory, rule, place, now))
            if inner is not None:
                self._put(memory, rule, place, KeyState(now, resident_id, place.device_id, (), inner))

    def adjust(
        self, memory: Memory, at: StateKey, now: datetime, result: Result, turn: Sign | None = None
    ) -> None:
        """Something about the rule or the resident is another now; ``turn`` is what told of time away."""
        rule, state = self.rules.get(at.rule), memory.key_state(at)
        if rule is None or state is None:
            return
        place = Place(at, state.resident_id, state.device_id)

        def work() -> tuple[Case, Step]:
            case = self.case_of(memory, rule, place, now)
            kind = KINDS_OF_TRIGGER[rule.trigger]
            return case, key_state.adjust(kind, case, state, turn)

        self._guard(memory, rule, place, None, result, work)

    def catch_up(
        self, memory: Memory, at: StateKey, until: datetime, result: Result, *, inclusive: bool = False
    ) -> None:
        """Meet the deadlines of one key before ``until``, or up to it. The key of a resident's profile has
        the ends of overrides.
        """
        if at.rule == PROFILE:
            ending.end_overrides(self, memory, at.key, until, result, inclusive=inclusive)
            return
        rule = self.rules.get(at.rule)
        for _ in range(_MOST_MEETINGS):
            state = memory.key_state(at)
            due_at = memory.due_at(at)
            if rule is None or state is None or due_at is None:
                return
            if due_at > until or (due_at == until and not inclusive):
                return
            met_at = due_at if self.absence is None else self.absence.met_at(due_at, until)
            if met_at is None:
                return  # what the broker kept may say that all is well
            end_at = ending.next_end(memory, state.resident_id)
            if end_at is not None and end_at <= due_at:
                ending.end_overrides(self, memory, state.resident_id, due_at, result, inclusive=True)
                continue
            place = Place(at, state.resident_id, state.device_id)
            if not self._meet(memory, rule, place, state, met_at, result, is_missed=met_at != due_at):
                return
        raise RuntimeError(f"the deadlines of {at.rule} for {at.key} do not end")

    def _meet(
        self,
        memory: Memory,
        rule: Rule,
        place: Place,
        state: KeyState[Any],
        met_at: datetime,
        result: Result,
        *,
        is_missed: bool,
    ) -> bool:
        def work() -> tuple[Case, Step]:
            case = self.case_of(memory, rule, place, met_at)
            step = key_state.meet(KINDS_OF_TRIGGER[rule.trigger], case, state)
            return case, missed.told_late(rule, step) if is_missed else step

        done = self._guard(memory, rule, place, None, result, work)
        if not done:
            # The deadline breaks the rule: the state stays, without a deadline, until an event touches it.
            memory.put(place.at, state, None)
        return done

    def _touch(
        self, memory: Memory, rule: Rule, event: Event, sign: Any, result: Result, take: Callable[..., Step]
    ) -> None:
        place = self.place(rule, event.resident_id, event.device_id)
        if place is not None:
            self._touch_place(memory, rule, place, event, sign, result, take)

    def _touch_place(
        self,
        memory: Memory,
        rule: Rule,
        place: Place,
        event: Event,
        sign: Any,
        result: Result,
        take: Callable[..., Step],
    ) -> None:
        now = event.received_at
        known = memory.key_state(place.at) if rule.is_remembered else None
        if known is not None:
            due_at = memory.due_at(place.at)
            if due_at is not None and due_at < now:
                self.catch_up(memory, place.at, now, result)
                known = memory.key_state(place.at)
        state = known or KeyState(now, place.resident_id, place.device_id)

        def work() -> tuple[Case, Step]:
            case = self.case_of(memory, rule, place, now, event.device_id)
            return case, take(KINDS_OF_TRIGGER[rule.trigger], case, state, sign)

        self._guard(memory, rule, place, event, result, work)

    def _guard(
        self,
        memory: Memory,
        rule: Rule,
        place: Place,
        event: Event | None,
        result: Result,
        work: Callable[[], tuple[Case, Step]],
    ) -> bool:
        """Do the work of one rule, once more if it fails; a second failure is set aside and said."""
        error: Exception | None = None
        for _ in range(2):
            try:
                case, step = work()
                if rule.is_remembered:
                    self._put(memory, rule, place, step.state, case)
                if step.raises or step.changes:
                    self._collect(case, step, event, result)
            except Exception as failure:  # noqa: BLE001 - one rule must never take the others with it
                error = failure
            else:
                if self.failing and (rule.name, place.at.key) in self.failing:
                    self.failing.discard((rule.name, place.at.key))
                    result.mended.add((rule.name, place.at.key))
                return True
        self.failing.add((rule.name, place.at.key))
        said = f"{type(error).__name__}: {error}"[:500]
        result.faults.append(RuleFault(rule.name, place.at.key, said, event.id if event else None))
        return False

    def _collect(self, case: Case, step: Step, event: Event | None, result: Result) -> None:
        home_id = case.resident.home_id if case.resident is not None else None
        synthetic = case.resident.synthetic if case.resident is not None else False
        if event is not None:
            home_id, synthetic = event.home_id or home_id, event.synthetic or synthetic
        source = self._sources[case.rule.rulebook]
        found = [
            finding_of(case, source, new, home_id, synthetic=synthetic)
            for new in step.raises
            if step.state.may_raise(new)
        ]
        changed = [
            FindingChange(change.finding_id, change.state, change.at, change.by_event_id)
            for change in step.changes
        ]
        result.findings.extend(found)
        result.changes.extend(changed)

    def keep(self, memory: Memory, at: StateKey, state: KeyState[Any]) -> None:
        """Put a state that somebody else made, with the deadline that follows from it."""
        self._put(memory, self.rules[at.rule], Place(at, state.resident_id, state.device_id), state)

    def _put(
        self, memory: Memory, rule: Rule, place: Place, state: KeyState[Any], of: Case | None = None
    ) -> None:
        """Keep a state with its deadline; ``of`` is the case in which it came about, if that is known."""
        due_at = None
        if key_state.may_have_deadline(KINDS_OF_TRIGGER[rule.trigger], state):
            is_same = of is not None and rule.is_per_device and of.now == state.touched_at
            case = of if of is not None and is_same else self.case_of(memory, rule, place, state.touched_at)
            due_at = key_state.due_at(KINDS_OF_TRIGGER[rule.trigger], case, state)
        memory.put(place.at, state, due_at)

    def case_of(
        self, memory: Memory, rule: Rule, place: Place, now: datetime, device_id: str | None = None
    ) -> Case:
        """The rule before a key as it stands."""
        profile = memory.profile(place.resident_id)
        known = place.device_id or device_id
        device = profile.device(known) if profile is not None else None
        if device is None and known is not None and (profile is None or rule.device_types):
            device = memory.device(known)
        effective = rule
        if profile is not None and profile.overrides:
            effective = overridden(rule, profile.overrides_at(now))
        return Case(
            effective,
            place.at.key,
            self.zone_of(rule, profile),
            now,
            place.resident_id,
            profile,
            device,
            (),
            memory.gaps() if rule.is_silent else (),
            self.notes.get(rule.name) if self.notes else None,
        )

    def zone_of(self, rule: Rule, profile: Profile | None) -> ZoneInfo:
        """The resident's own zone first, then the rulebook's, then the house's."""
        own = profile.timezone if profile is not None else None
        return zone_named(own) if own else self._zones[rule.rulebook]
