"""Intake: what an event changes in what the engine knows, before and beside the rules.

The register's facts, time away, overrides, retractions and the merging of beds are handled here; all else
goes straight to the rules. Before anything that rules look at changes, the deadlines that lie before it are
met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from services.domain.events import Event
from services.domain.instants import parse_instant
from services.domain.kinds import HOUSE_CONNECTED, HOUSE_DISCONNECTED, REGISTER_KINDS
from services.domain.ports import StateKey
from services.rules import bed_faults, beds, connection, noting
from services.rules.because import Because
from services.rules.beds import BED_SENSOR, ENTERED, EXITED, OFFLINE, VITALS, Bed, PairChange
from services.rules.ending import end_overrides
from services.rules.engine import Engine, Lane, Result
from services.rules.memory import BED, DEVICE, GAPS, PROFILE, Memory
from services.rules.places import MOST
from services.rules.profile import KnownDevice, Override, Profile, Turn
from services.rules.signs import Sign, is_replaced, sign_of

AWAY = "resident.away"
RETURNED = "resident.returned"
RETRACTED = "event.retracted"
OVERRIDDEN = "rule.overridden"
RETIRED = "device.retired"
_RESIDENT_FACTS = frozenset({"resident.enrolled", "resident.changed", "resident.left"})
_DEVICE_FACTS = frozenset({"device.registered", "device.changed", RETIRED})

_KNOWN_HERE = REGISTER_KINDS | {AWAY, RETURNED, RETRACTED, OVERRIDDEN, ENTERED, EXITED, OFFLINE}
"""The kinds that change what the engine knows, whether a rule looks at them or not."""

Lookup = Callable[[str], Event | None]
"""Finds a stored event by its id."""


class Intake:
    """Takes events in, one by one, in the order of storing."""

    def __init__(self, engine: Engine, lookup: Lookup, *, finds_bed_faults: bool = False) -> None:
        """With ``finds_bed_faults`` what is wrong with sensors of beds is found beside what rules find."""
        self._engine = engine
        self._lookup = lookup
        self._finds_bed_faults = finds_bed_faults

    def concerns(self, event: Event) -> bool:
        """Whether taking the event in can come to anything at all."""
        return self.concerns_kind(event.kind)

    def concerns_kind(self, kind: str) -> bool:
        """Whether any event of a kind can."""
        return kind in _KNOWN_HERE or self._engine.concerns(kind)

    def keys(self, event: Event) -> Sequence[StateKey]:
        """The states that taking the event in will touch, as far as they can be told beforehand."""
        whose = (event.kind, event.resident_id, event.device_id)
        touched = self._engine.touched
        try:
            return touched[whose]
        except KeyError:
            if len(touched) >= MOST:
                touched.clear()
            found = touched[whose] = tuple(self._keys(*whose))
            return found

    def _keys(self, kind: str, resident_id: str | None, device_id: str | None) -> Iterator[StateKey]:
        if resident_id is not None:
            yield StateKey(PROFILE, resident_id)
            if kind in {ENTERED, EXITED, OFFLINE}:
                yield StateKey(BED, resident_id)
        if device_id is not None and (resident_id is None or kind in _DEVICE_FACTS):
            yield StateKey(DEVICE, device_id)  # of a resident's devices the profile knows
        for rule in self._engine.rules_on(kind):
            place = self._engine.place(rule, resident_id, device_id)
            if place is not None and not (rule.is_plain_on and rule.settle_for is None):
                yield place.at
        for rule in self._engine.silent_rules:
            place = self._engine.place(rule, resident_id, device_id)
            if place is not None:
                yield place.at

    def take(self, memory: Memory, event: Event, result: Result, lane: Lane = Lane.ALL) -> None:
        """Take an event in."""
        if lane is not Lane.ALARMS:
            # Nobody waits for the end of an override to answer a press; it is met behind the presses.
            end_overrides(self._engine, memory, event.resident_id, event.received_at, result, inclusive=True)
        if event.kind in REGISTER_KINDS:
            self._take_fact(memory, event, result)
            return
        sign = sign_of(event)
        if lane is not Lane.ALARMS:
            self._engine.hear(memory, event, result, sign)
        if event.kind in {ENTERED, EXITED}:
            self._take_bed(memory, event, result)
            return
        if event.kind in {AWAY, RETURNED}:
            self._take_turn(memory, event, result)  # coming home may be what a rule is about
        elif event.kind == RETRACTED:
            self._take_back(memory, event, result)
        elif event.kind == OFFLINE and not is_replaced(event):
            self._silence(memory, event, event.device_id or "", result)
        elif event.kind == VITALS:
            self._hear_bed(memory, event, result)
        self._engine.observe(memory, event, result, lane, sign)

    def _take_fact(self, memory: Memory, event: Event, result: Result) -> None:
        if event.kind in _RESIDENT_FACTS:
            self._change(memory, event, result, lambda profile: profile.with_fact(event))
        elif event.kind in _DEVICE_FACTS:
            self._take_device(memory, event, result)
        elif event.kind == OVERRIDDEN:
            self._take_override(memory, event, result)
        elif event.kind in {HOUSE_CONNECTED, HOUSE_DISCONNECTED}:
            memory.put(GAPS, connection.after(memory.gaps(), event))

    def _change(
        self,
        memory: Memory,
        event: Event,
        result: Result,
        changed: Callable[[Profile], Profile],
        resident_id: str | None = None,
    ) -> None:
        """Change what is known of a resident: first the deadlines before it, then each rule looks anew."""
        resident_id = resident_id or event.resident_id
        if resident_id is None:
            return
        now = event.received_at
        end_overrides(self._engine, memory, resident_id, now, result, inclusive=True)
        places = [at for at in memory.keys_for(resident_id) if at.rule in self._engine.rules]
        for at in places:
            self._engine.catch_up(memory, at, now, result)
        profile = changed(memory.profile(resident_id) or Profile(resident_id))
        memory.put(StateKey(PROFILE, resident_id), profile, profile.next_end())
        turn = None if event.kind in REGISTER_KINDS else sign_of(event)
        for at in places:
            self._engine.adjust(memory, at, now, result, turn)
        if profile.enrolled_at is not None:
            for rule in self._engine.rules.values():
                self._engine.begin(memory, rule, resident_id, now)

    def _take_device(self, memory: Memory, event: Event, result: Result) -> None:
        if event.device_id is None:
            return
        before = memory.device(event.device_id)
        device = KnownDevice(
            event.device_id,
            str(event.data.get("type")),
            event.data.get("place"),
            event.data.get("resident_id"),
        )
        is_retired = event.kind == RETIRED
        if before is not None and before.resident_id is not None and (is_retired or before != device):
            self._silence(memory, event, device.id, result, before.resident_id, is_taken_away=True)
            if is_retired or before.resident_id != device.resident_id:
                # One that stays is never gone in between: nothing that is being waited for may end by it.
                self._change(
                    memory,
                    event,
                    result,
                    lambda profile: profile.without_device(device.id),
                    before.resident_id,
                )
        at = StateKey(DEVICE, device.id)
        memory.put(at, None if is_retired else device)
        if device.resident_id is not None and not is_retired:
            self._change(
                memory, event, result, lambda profile: profile.with_device(device), device.resident_id
            )

    def _take_override(self, memory: Memory, event: Event, result: Result) -> None:
        data = event.data
        until = data.get("until")
        ends_at = parse_instant(until) if isinstance(until, str) else None
        override = Override(str(data.get("rule")), str(data.get("key")), data.get("value"), ends_at)
        if not override.holds_at(event.received_at):
            override = replace(override, value=None)
        self._change(memory, event, result, lambda profile: profile.with_override(override))

    def _take_turn(self, memory: Memory, event: Event, result: Result) -> None:
        if is_replaced(event):
            return
        turn = Turn(event.occurred_at, event.seq, event.kind == AWAY, event.received_at)
        self._change(memory, event, result, lambda profile: profile.with_turn(turn))

    def _take_back(self, memory: Memory, event: Event, result: Result) -> None:
        target = self._lookup(str(event.data.get("event_id")))
        if target is None or target.kind == RETRACTED:
            return
        if target.kind in {AWAY, RETURNED}:
            seq = target.seq
            self._change(memory, event, result, lambda profile: profile.without_turn(seq), target.resident_id)
        else:
            self._engine.retract(memory, event, target, result)

    def _take_bed(self, memory: Memory, event: Event, result: Result) -> None:
        profile = memory.profile(event.resident_id)
        because = _not_of_a_bed(event, profile)
        if profile is None or because is not None:
            noting.pass_over(self._engine, memory, event, because or Because.NOT_ENROLLED)
            return
        sign = sign_of(event)
        device = profile.device(event.device_id)
        place = device.place or "" if device is not None else ""
        known = memory.beds(profile.resident_id)
        bed = next((bed for bed in known if bed.place == place), Bed(place))
        self._engine.hear_bed(memory, event, result)
        after, change = beds.take_report(bed, sign)
        self._keep_bed(memory, profile.resident_id, after, sign, change, result)
        if change is not None:
            self._engine.observe_change(memory, event, change, result)
        else:
            is_old = after is bed
            noting.pass_over(
                self._engine,
                memory,
                event,
                Because.TOO_OLD if is_old else Because.NO_CHANGE,
                state=after.state,
            )

    def _hear_bed(self, memory: Memory, event: Event, result: Result) -> None:
        if not self._engine.has_drift:
            return
        profile = memory.profile(event.resident_id)
        if _not_of_a_bed(event, profile) is None:
            self._engine.hear_bed(memory, event, result)

    def _silence(
        self,
        memory: Memory,
        event: Event,
        device_id: str,
        result: Result,
        resident_id: str | None = None,
        *,
        is_taken_away: bool = False,
    ) -> None:
        resident_id = resident_id or event.resident_id
        if resident_id is None:
            return
        for bed in memory.beds(resident_id):
            if any(sensor.device_id == device_id for sensor in bed.sensors):
                sign = sign_of(event)
                after, change = beds.take_silence(bed, device_id, sign)
                if is_taken_away:
                    after = beds.forget_sensor(after, device_id)
                self._keep_bed(memory, resident_id, after, sign, change, result)
                if change is not None:
                    shown = replace(event, resident_id=resident_id)
                    self._engine.observe_change(memory, shown, change, result)

    def _keep_bed(
        self,
        memory: Memory,
        resident_id: str,
        bed: Bed,
        sign: Sign,
        change: PairChange | None,
        result: Result,
    ) -> None:
        if self._finds_bed_faults:
            bed_faults.observe(memory, resident_id, bed, sign, change, result)
        else:
            memory.put(StateKey(BED, resident_id), beds.among(memory.beds(resident_id), bed))


def _not_of_a_bed(event: Event, profile: Profile | None) -> Because | None:
    """Why an event does not count as what a bed of the resident has said; None if it does."""
    if is_replaced(event):
        return Because.TIME_REPLACED
    if profile is None or not profile.is_enrolled_at(sign_of(event).at):
        return Because.NOT_ENROLLED
    device = profile.device(event.device_id)
    is_sensor = event.device_id is None or (device is not None and device.type == BED_SENSOR)
    return None if is_sensor else Because.WRONG_DEVICE
