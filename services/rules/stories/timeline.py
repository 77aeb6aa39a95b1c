"""The timeline of a story: each entry as what the house learns, in the order in which it learns it.

Entries stand in that order in the file too, so that a story can be read from top to bottom; one that lies
before the entry above it is a fault, most often a forgotten day.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from notation.entries import Entry, entry_of
from notation.faults import shown_value
from notation.sentences import Broke, Sent, read_sentence
from notation.times import YEARS, NotATime, rolled, written
from services.domain.events import Json
from services.domain.instants import format_instant, start_of_day
from services.domain.kinds import KINDS
from services.rules.overrides import NotAnOverride, check_override
from services.rules.profile import Override
from services.rules.rule_fields import span_from
from services.rules.stories.scene import Scene
from services.rules.stories.story import Happening

MOST_HAPPENINGS = 100_000
_FOR_EVENTS = ("device", "data", "every", "id")
"""Keys of an entry that only an event may have."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The cast, as far as it is named or comes by itself, and what happens."""

    register: tuple[Mapping[str, Json], ...]
    happenings: tuple[Happening, ...]


def read_timeline(scene: Scene) -> Timeline:
    """What happens in a story; its faults are noted in the scene."""
    reader = _Reader(scene)
    last: datetime | None = None
    happenings: list[Happening] = []
    for number, line in enumerate(scene.told.timeline, start=1):
        entries = reader.entries(f"timeline[{number}]", line, last)
        told = [(entry, each) for entry in entries for each in reader.read(f"timeline[{number}]", entry)]
        for nth, (entry, each) in enumerate(told):
            is_first = nth == 0
            if is_first and last is not None and each.received_at < last:
                scene.complain(
                    f"timeline[{number}].{'received' if entry.received else 'at'}",
                    shown_value(entry.received or entry.at),
                    "a time not before that of the entry above; the day after the first is written +1 day",
                )
            if is_first:
                last = each.received_at
            happenings.append(each)
        if len(happenings) > MOST_HAPPENINGS:
            scene.complain(f"timeline[{number}]", "too many events", f"at most {MOST_HAPPENINGS} in a story")
            break
    happenings.sort(key=lambda each: each.received_at)
    return Timeline(reader.register(), tuple(happenings))


class _Reader:
    """Reads entries one by one; devices that nobody named come with the first event that needs them."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._owner: dict[str, str | None] = dict.fromkeys(scene.told.devices)
        self._type: dict[str, str] = {name: each.type for name, each in scene.told.devices.items()}
        self._place = {name: each.place for name, each in scene.told.devices.items()}
        self._ids: set[str] = set()
        for resident, each in scene.cast.items():
            for name, device in each.devices.items():
                if name in self._type:
                    scene.complain(
                        f"cast.{resident}.devices.{name}", "the device a second time", "another id"
                    )
                self._owner[name], self._type[name], self._place[name] = resident, device.type, device.place

    def register(self) -> tuple[Mapping[str, Json], ...]:
        """The lines of the cast and of all devices."""
        scene = self._scene
        residents: list[Mapping[str, Json]] = []
        for name, each in scene.cast.items():
            enrolled = scene.instant(f"cast.{name}.enrolled", each.enrolled, name) if each.enrolled else None
            left = scene.instant(f"cast.{name}.left", each.left, name) if each.left else None
            line: dict[str, Json] = {"type": "resident", "id": name, "tags": list(each.tags)}
            line["timezone"] = each.timezone
            line["birth_date"] = each.birth_date
            line["enrolled_at"] = format_instant(enrolled) if enrolled else None
            line["left_at"] = format_instant(left) if left else None
            residents.append(line)
        devices: list[Mapping[str, Json]] = [
            {
                "type": "device",
                "id": name,
                "device_type": type_,
                "resident": self._owner[name],
                "place": self._place[name],
            }
            for name, type_ in self._type.items()
        ]
        return (*residents, *devices)

    def entries(self, field: str, line: str | Entry, last: datetime | None) -> list[Entry]:
        """A line with its keys; none after a complaint.

        A sentence happens at or after the line above it, and each device for it notices what somebody does.
        """
        if not isinstance(line, str):
            return [line]
        sentence, scene = read_sentence(line), self._scene
        if isinstance(sentence.what, Broke):
            expected = (
                "what residents and devices do: there is no house in a story of rules, write a scenario"
            )
            scene.complain(field, shown_value(line), expected)
            return []
        what = sentence.what
        who = self._owner.get(what.device) if isinstance(what, Sent) else what.who
        zone = scene.zones.get(who or scene.only() or "", scene.zone)
        earliest = last or start_of_day(scene.day, zone)
        try:
            at = rolled(sentence.moment, earliest, scene.day, zone)
        except NotATime:
            scene.complain(field, shown_value(line), f"a year from {YEARS[0]} to {YEARS[-1]}")
            return []
        entry = entry_of(sentence, written(at, scene.day, zone))
        if entry.device is None and (entry.resident or scene.only()):
            own = self._own(
                entry.resident or scene.only(), {each.value for each in KINDS[str(entry.event)].sent_by}
            )
            return [entry.model_copy(update={"device": name}) for name in own] or [entry]
        return [entry]

    def _own(self, resident: str | None, types: Container[str]) -> list[str]:
        return [
            name for name, type_ in self._type.items() if type_ in types and self._owner[name] == resident
        ]

    def read(self, field: str, entry: Entry) -> Iterator[Happening]:
        """What the house learns from one entry; nothing after a fault that leaves it unclear."""
        given = [key for key in ("event", "override", "retract") if getattr(entry, key) is not None]
        if len(given) != 1:
            self._scene.complain(field, " and ".join(given) or "none", "one of event, override and retract")
            return
        if given != ["event"]:
            for key in _FOR_EVENTS:
                if getattr(entry, key) is not None:
                    self._scene.complain(f"{field}.{key}", "the key", f"no such key beside {given[0]}")
        if (entry.until is None) != (entry.every is None) and not (entry.override and entry.until):
            has = "every" if entry.every else "until"
            self._scene.complain(f"{field}.{has}", "the key alone", "`every` and `until` together")
        if (entry.set is None) != (entry.override is None):
            has = "set" if entry.set is not None else "override"
            self._scene.complain(f"{field}.{has}", "the key alone", "`override` and `set` together")
            return
        read = {"event": self._event, "override": self._override, "retract": self._retraction}[given[0]]
        yield from read(field, entry)

    def _event(self, field: str, entry: Entry) -> Iterator[Happening]:
        kind = str(entry.event)
        if kind == "event.retracted":
            self._scene.complain(f"{field}.event", repr(kind), "`retract` and the id of the entry taken back")
            return
        resident = self._resident(field, entry)
        device = self._device(field, entry, kind, resident)
        if device is not None and entry.resident is None:
            resident = self._owner.get(device, resident)
        elif device is not None and self._owner.get(device) != entry.resident:
            self._scene.complain(f"{field}.device", repr(device), f"a device of {entry.resident}")
        if resident is None and (device is None or device not in self._owner):
            if device is None:
                self._scene.complain(f"{field}.resident", "nobody", "who of the cast")
            return
        self._check_data(field, kind, entry.data or {})
        told: dict[str, Json] = {"type": "event", "kind": kind, "resident": resident, "device": device}
        if entry.data:
            told["data"] = entry.data
        if entry.id is not None:
            if entry.id in self._ids or entry.every is not None:
                self._scene.complain(f"{field}.id", repr(entry.id), "an id of its own for one event")
            self._ids.add(entry.id)
            told["id"] = _told_id(entry.id)
        yield from self._repeated(field, entry, told, resident)

    def _repeated(
        self, field: str, entry: Entry, told: Mapping[str, Json], resident: str | None
    ) -> Iterator[Happening]:
        first = self._happening(field, entry, told, resident)
        yield first
        if entry.every is None or entry.until is None:
            return
        step, at = span_from(entry.every), self._scene.instant(f"{field}.at", entry.at, resident)
        until = self._scene.instant(f"{field}.until", entry.until, resident)
        if step is None or until < at:
            self._scene.complain(f"{field}.until", shown_value(entry.until), "a time after `at`")
            return
        for _ in range(MOST_HAPPENINGS):
            at += step
            if at > until:
                return
            received_at = max(at, first.received_at) if entry.received else at
            again = {**told, "occurred_at": format_instant(at), "received_at": format_instant(received_at)}
            yield replace(first, received_at=received_at, told=again)

    def _happening(
        self, field: str, entry: Entry, told: Mapping[str, Json], resident: str | None
    ) -> Happening:
        at = self._scene.instant(f"{field}.at", entry.at, resident)
        received_at = at
        if entry.received is not None:
            received_at = self._scene.instant(f"{field}.received", entry.received, resident)
        shown: dict[str, Json] = {**told, "received_at": format_instant(received_at)}
        if told["type"] == "event":
            shown["occurred_at"] = format_instant(at)
        return Happening(self._scene.complaint.line_of(field), received_at, shown)

    def _override(self, field: str, entry: Entry) -> Iterator[Happening]:
        rule = self._scene.rule(f"{field}.override", str(entry.override))
        resident = self._resident(field, entry)
        ends_at = self._scene.instant(f"{field}.until", entry.until, resident) if entry.until else None
        if ends_at is not None:
            if ends_at <= self._scene.instant(f"{field}.at", entry.at, resident):
                self._scene.complain(f"{field}.until", shown_value(entry.until), "a time after `at`")
            self._scene.lasts_until = max(ends_at, self._scene.lasts_until or ends_at)
        for key, value in (entry.set or {}).items():
            try:
                if rule is not None:
                    check_override(rule, key, value)
            except NotAnOverride as error:
                meant = f"what may be another for one resident ({error})"
                self._scene.complain(f"{field}.set.{key}", shown_value(value), meant)
                continue
            self._scene.overrides.append(Override(str(entry.override), key, value))
            told = {
                "type": "override",
                "rule": entry.override,
                "resident": resident,
                "key": key,
                "value": value,
                "until": format_instant(ends_at) if ends_at is not None else None,
            }
            yield self._happening(field, entry, told, resident)
        if resident is None:
            self._scene.complain(f"{field}.resident", "nobody", "who of the cast")

    def _retraction(self, field: str, entry: Entry) -> Iterator[Happening]:
        name = str(entry.retract)
        if name not in self._ids:
            self._scene.unknown(f"{field}.retract", name, "the id of an entry above", self._ids)
            return
        resident = self._resident(field, entry)
        told = {"type": "event", "kind": "event.retracted", "resident": resident}
        data = {"event_id": _told_id(name), "reason": "taken back"}
        yield self._happening(field, entry, {**told, "data": data}, resident)

    def _resident(self, field: str, entry: Entry) -> str | None:
        scene = self._scene
        if entry.resident is not None and entry.resident not in scene.cast:
            scene.unknown(f"{field}.resident", entry.resident, "one of the cast", scene.cast)
        return entry.resident or scene.only()

    def _device(self, field: str, entry: Entry, kind: str, resident: str | None) -> str | None:
        senders = {each.value for each in KINDS[kind].sent_by}
        if entry.device is not None:
            type_ = self._type.get(entry.device)
            if not senders:
                self._scene.complain(
                    f"{field}.device", repr(entry.device), f"no device: people record {kind}"
                )
            elif type_ is None:
                self._scene.unknown(f"{field}.device", entry.device, "a device of the cast", self._type)
            elif type_ not in senders:
                self._scene.complain(f"{field}.device", f"a {type_}", f"a device that sends {kind}")
            return entry.device
        if not senders or resident is None:
            return None
        own = self._own(resident, senders)
        if not own and len(senders) == 1:
            return self._comes_by_itself(resident, next(iter(senders)))
        if len(own) != 1:
            self._scene.complain(f"{field}.device", "no device", f"which of them sends {kind}")
            return None
        return own[0]

    def _comes_by_itself(self, resident: str, type_: str) -> str:
        name = f"{resident}-{type_}"
        self._owner[name], self._type[name], self._place[name] = resident, type_, None
        return name

    def _check_data(self, field: str, kind: str, data: Mapping[str, Json]) -> None:
        carries = KINDS[kind].data
        for key in data:
            if key not in carries.model_fields:
                self._scene.unknown(f"{field}.data.{key}", key, f"what {kind} carries", carries.model_fields)
        try:
            carries.model_validate(dict(data), strict=True)
        except ValidationError as error:
            for each in error.errors():
                name = ".".join(str(part) for part in each["loc"])
                self._scene.complain(f"{field}.data.{name}", shown_value(data.get(name)), str(each["msg"]))
            return
        days = data.get("days")
        if isinstance(days, int):
            self._scene.most_days = max(self._scene.most_days, days)


def _told_id(name: str) -> str:
    """An id that no number of a line can be taken for."""
    return f"@{name}"
