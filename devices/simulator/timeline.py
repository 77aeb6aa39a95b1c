"""The timeline of a scenario: each line as what is done, said or goes wrong, at its instant.

Each line is at or after the one above it. A sentence becomes the entry that says the same, so that both are
played alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from devices.simulator import playable
from devices.simulator.acts import Act, Fault, Override, Saying
from devices.simulator.scenario import Step
from devices.simulator.scene import MIDNIGHT, Scene
from notation.entries import Entry, entry_of
from notation.faults import nearest_of, shown_value
from notation.kinds import OVERRIDABLE, RECORDED, SENT_BY
from notation.sentences import TROUBLES, Broke, Did, Of, Sent, Sentence, read_sentence
from notation.spans import read_span
from notation.times import NotATime, rolled, written
from notation.walls import instant_of

MOST_STEPS = 200_000


def steps_of(scene: Scene, starts_at: datetime | None) -> list[Step]:
    """What happens, in the order of time; faults are noted in the scene."""
    return _Timeline(scene, starts_at).steps()


class _Timeline:
    """Reads the lines of a timeline in their order; each line is at or after the one above it."""

    def __init__(self, scene: Scene, starts_at: datetime | None) -> None:
        self._scene = scene
        self._before = starts_at
        self._numbers: dict[str, int] = {}

    def steps(self) -> list[Step]:
        steps: list[Step] = []
        for number, line in enumerate(self._scene.told.timeline, start=1):
            field = f"timeline[{number}]"
            read = self._sentence(field, line) if isinstance(line, str) else self._entry(field, line, None)
            told = list(read)
            if told:
                self._in_order(field, line, told[0].at)
            steps += told
            if len(steps) > MOST_STEPS:
                self._scene.complain(field, "too much", f"at most {MOST_STEPS} events in a scenario")
                break
        return sorted(steps, key=lambda each: each.at)

    def _in_order(self, field: str, line: str | Entry, at: datetime) -> None:
        if self._before is not None and at < self._before:
            is_entry, shown = isinstance(line, Entry), shown_value(line)
            if isinstance(line, Entry):
                shown, field = (
                    shown_value(line.received or line.at),
                    f"{field}.{'received' if line.received else 'at'}",
                )
            above = "the start and the line above" if is_entry else "the line above"
            expected = f"a time not before that of {above}; the day after the first is written +1 day"
            self._scene.complain(field, shown, expected)
        self._before = max(self._before or at, at)

    def _sentence(self, field: str, text: str) -> Iterator[Step]:
        sentence = read_sentence(text)
        if isinstance(sentence.what, Broke):
            at = self._at(field, text, sentence, None)
            yield from self._fault(field, text, sentence, sentence.what, at)
            return
        zone_of = self._doer(sentence.what)
        at = self._at(field, text, sentence, zone_of)
        entry = entry_of(sentence, written(at, self._scene.first_day, self._zone(zone_of)))
        yield from self._entry(field, entry, sentence)

    def _doer(self, what: Did | Sent) -> str | None:
        if isinstance(what, Sent):
            device = self._scene.devices.get(what.device)
            return device.resident if device is not None else None
        return what.who or self._scene.only()

    def _zone(self, resident: str | None) -> ZoneInfo:
        return self._scene.zones.get(resident or self._scene.only() or "", self._scene.zone)

    def _at(self, field: str, text: str, sentence: Sentence, resident: str | None) -> datetime:
        scene, zone = self._scene, self._zone(resident)
        earliest = self._before or instant_of(scene.first_day, MIDNIGHT, zone)
        try:
            return rolled(sentence.moment, earliest, scene.first_day, zone)
        except NotATime:
            return scene.no_year(field, text)

    def _fault(self, field: str, text: str, sentence: Sentence, broke: Broke, at: datetime) -> Iterator[Step]:
        scene, trouble = self._scene, broke.trouble
        if trouble.name not in playable.TROUBLES:
            known = [each.words for each in TROUBLES if each.name in playable.TROUBLES]
            expected = f"something that can be played yet ({', '.join(known) or 'no fault can'})"
            scene.complain(field, shown_value(text), expected)
        who = broke.who
        if trouble.of is Of.GATEWAY:
            gateways = [each.name for each in scene.devices.values() if each.type == "gateway"]
            if who is None and len(gateways) != 1:
                scene.complain(
                    field, shown_value(text), f"which gateway ({', '.join(gateways) or 'there is none'})"
                )
            scene.known(field, who, "one of the gateways", gateways)
            who = who or next(iter(gateways), None)
        elif trouble.of is Of.DEVICE:
            scene.known(field, who, "one of the devices", scene.devices)
        until = broke.until_at(at, scene.first_day, self._zone(None))
        if until is not None and until <= at:
            scene.complain(field, shown_value(text), "an end after its beginning")
        fault = Fault(trouble.name, who, at, until, broke.by, broke.count)
        yield Step(at, fault, who or "the house", sentence.words, scene.line_of(field))

    # ------------------------------------------------------------------------ entries

    def _entry(self, field: str, entry: Entry, sentence: Sentence | None) -> Iterator[Step]:
        scene = self._scene
        if entry.override is not None and entry.event is None and entry.retract is None:
            yield from self._override(field, entry, entry.override)
            return
        if (
            entry.event is None
            or entry.override
            or entry.retract
            or entry.set
            or entry.event == "event.retracted"
        ):
            found = "retract" if entry.retract or entry.event == "event.retracted" else "none"
            if entry.event and (entry.override or entry.set):
                found = f"event and {'override' if entry.override else 'set'}"
            scene.complain(
                field, found, "an `event` or an `override`: what is taken back is for stories of rules"
            )
            return
        if (entry.until is None) != (entry.every is None):
            has = "every" if entry.every else "until"
            scene.complain(f"{field}.{has}", "the key alone", "`every` and `until` together")
            return
        kind, resident = entry.event, self._resident(field, entry)
        if kind in RECORDED:
            yield from self._recorded(field, entry, kind, resident, sentence)
            return
        devices = self._devices(field, entry, kind, resident, sentence)
        if sentence is not None and isinstance(sentence.what, Did):
            for at, _ in self._instants(field, entry, resident) if devices else ():
                act = Act(at, str(resident), kind, sentence.what.doing.device_type, dict(entry.data or {}))
                yield self._step(field, at, act, str(resident), sentence)
            return
        for device in devices:
            yield from self._said(field, entry, kind, device, sentence)

    def _override(self, field: str, entry: Entry, rule: str) -> Iterator[Step]:
        """One for each key. Whether the rule has the key, and the key that value, the service says."""
        scene, resident = self._scene, self._resident(field, entry)
        for key in ("device", "data", "received", "every"):
            if getattr(entry, key) is not None:
                scene.complain(f"{field}.{key}", "the key", "nothing: a person orders an override")
        if not entry.set:
            scene.complain(f"{field}.set", "nothing", "what is another for this resident, as `{by: '07:00'}`")
        if resident is None:
            if entry.resident is None:
                scene.complain(f"{field}.resident", "nobody", "who of the cast")
            return
        at = scene.instant(f"{field}.at", entry.at, resident)
        until = scene.instant(f"{field}.until", entry.until, resident) if entry.until else None
        if until is not None and until <= at:
            scene.complain(f"{field}.until", shown_value(entry.until), "a time after `at`")
        for key, value in (entry.set or {}).items():
            where = f"{field}.set.{key}"
            if key not in OVERRIDABLE:
                expected = f"a key that may be another for one resident ({', '.join(OVERRIDABLE)})"
                scene.complain(where, repr(key), expected, nearest_of(key, OVERRIDABLE))
            elif not isinstance(value, bool | int | str):
                scene.complain(where, shown_value(value), "a value as a rulebook has it")
            else:
                words = f"{rule} is another for them: {key} {shown_value(value)}"
                order = Override(at, resident, rule, key, value, until)
                yield Step(at, order, resident, words, scene.line_of(field))

    def _resident(self, field: str, entry: Entry) -> str | None:
        if entry.resident is not None:
            self._scene.known(
                self._of(field, entry, "resident"), entry.resident, "one of the cast", self._scene.cast
            )
            return entry.resident if entry.resident in self._scene.cast else None
        return self._scene.only()

    def _of(self, field: str, entry: Entry, key: str) -> str:
        """The field of a key, or of the whole line where it is a sentence."""
        del entry
        name = f"{field}.{key}"
        return name if self._scene.line_of(name) and not isinstance(self._line(field), str) else field

    def _line(self, field: str) -> str | Entry:
        return self._scene.told.timeline[int(field[len("timeline[") : -1]) - 1]

    def _recorded(
        self, field: str, entry: Entry, kind: str, resident: str | None, sentence: Sentence | None
    ) -> Iterator[Step]:
        if entry.device is not None:
            field_of = self._of(field, entry, "device")
            self._scene.complain(field_of, repr(entry.device), f"no device: people record {kind}")
        if resident is None:
            if entry.resident is None:
                self._scene.complain(self._of(field, entry, "resident"), "nobody", "who of the cast")
            return
        for at, received_at in self._instants(field, entry, resident):
            act = Act(at, resident, kind, None, dict(entry.data or {}))
            yield self._step(field, received_at, act, resident, sentence)

    def _devices(
        self, field: str, entry: Entry, kind: str, resident: str | None, sentence: Sentence | None
    ) -> list[str]:
        scene, senders = self._scene, SENT_BY[kind]
        if entry.device is not None:
            device = scene.devices.get(entry.device)
            where = self._of(field, entry, "device")
            if device is None:
                scene.unknown(where, entry.device, "a device of the cast", scene.devices)
                return []
            if device.type not in senders:
                scene.complain(where, f"a {device.type}", f"a device that sends {kind}")
            elif entry.resident not in {None, device.resident}:
                scene.complain(where, repr(entry.device), f"a device of {entry.resident}")
            return [entry.device]
        if resident is None:
            if entry.resident is None:
                scene.complain(self._of(field, entry, "resident"), "nobody", "who of the cast")
            return []
        own = scene.own(resident, senders)
        if not own and len(senders) == 1:
            return [scene.comes_by_itself(resident, senders[0])]
        if len(own) != 1 and sentence is None:
            scene.complain(f"{field}.device", "no device", f"which of them sends {kind}")
            return []
        return own

    def _said(
        self, field: str, entry: Entry, kind: str, device: str, sentence: Sentence | None
    ) -> Iterator[Step]:
        resident = self._scene.devices[device].resident
        for at, received_at in self._instants(field, entry, resident):
            data = dict(entry.data or {})
            number = self._numbers[device] = self._numbers.get(device, 0) + 1
            saying = Saying(received_at, device, f"told-{number}", kind, at, data)
            yield self._step(field, received_at, saying, device, sentence)

    def _instants(
        self, field: str, entry: Entry, resident: str | None
    ) -> Iterator[tuple[datetime, datetime]]:
        """When it happened, and when the house learns of it; again and again with `every`."""
        scene = self._scene
        zone = resident or scene.only()
        at = scene.instant(f"{field}.at", entry.at, zone)
        received_at = scene.instant(f"{field}.received", entry.received, zone) if entry.received else at
        if received_at < at:
            scene.complain(f"{field}.received", shown_value(entry.received), "a time not before `at`")
            return
        yield at, received_at
        if entry.every is None or entry.until is None:
            return
        step, until = read_span(entry.every), scene.instant(f"{field}.until", entry.until, zone)
        if until < at:
            scene.complain(f"{field}.until", shown_value(entry.until), "a time after `at`")
            return
        for _ in range(MOST_STEPS):
            at += step
            if at > until:
                return
            yield at, max(at, received_at) if entry.received else at

    def _step(
        self, field: str, at: datetime, what: Act | Saying, who: str, sentence: Sentence | None
    ) -> Step:
        words = f"{what.kind}" if isinstance(what, Act) else f"sends {what.kind}"
        if sentence is not None and isinstance(sentence.what, Did):
            words = sentence.what.verb
        return Step(at, what, who, words, self._scene.line_of(field))
