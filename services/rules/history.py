"""Histories: the lines that a replay is fed, read into events with the line number as their order of storing.

A line that makes no sense is refused with its number. Lines that carry no time of their own belong to the
instant of the line before them, or to the first instant of the history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.domain.devices import DeviceType
from services.domain.events import Event, Json, Origin
from services.domain.instants import NotAnInstant, parse_instant, zone_named
from services.domain.kinds import KINDS
from services.rules.faults import HistoryFault
from services.rules.intake import AWAY, OVERRIDDEN, RETURNED

ALWAYS_ENROLLED = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when a resident is enrolled whose line does not say it."""
_TURNS = {"away": AWAY, "returned": RETURNED}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: an event, or only an instant (``restart``, ``end``)."""

    number: int
    type: str
    received_at: datetime
    event: Event | None = None


def read_history(lines: Iterable[str]) -> Iterator[Line]:
    """The lines in order, each with its instant; `HistoryFault` at the first that makes no sense."""
    waiting: list[Callable[[datetime], Line]] = []
    now: datetime | None = None
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        given = _object(number, text)
        reader = _Reader(number, given)
        received_at = reader.received_at()
        if received_at is None and reader.needs_time:
            raise HistoryFault(number, "neither received_at nor occurred_at")
        if received_at is None and now is None:
            reader.at(ALWAYS_ENROLLED)
            waiting.append(reader.at)
            continue
        if received_at is not None and now is not None and received_at < now:
            raise HistoryFault(number, "received_at lies before that of an earlier line")
        now = received_at or now or ALWAYS_ENROLLED
        for each in waiting:
            yield each(now)
        waiting.clear()
        yield reader.at(now)


def _object(number: int, text: str) -> Mapping[str, Json]:
    try:
        given = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise HistoryFault(number, f"no JSON: {error}") from error
    if not isinstance(given, dict):
        raise HistoryFault(number, "no JSON object")
    return given


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


class _Reader:
    """Reads one line; when its instant is known, `at` gives the Line."""

    def __init__(self, number: int, given: Mapping[str, Json]) -> None:
        self._number = number
        self._given = given
        self._type = self._text("type")
        if self._type not in {
            "resident",
            "device",
            "event",
            "away",
            "returned",
            "override",
            "restart",
            "end",
        }:
            raise HistoryFault(number, f"no such type of line: {self._type!r}")

    @property
    def needs_time(self) -> bool:
        """Whether the line makes no sense without a time of its own."""
        return self._type in {"event", "away", "returned"}

    def received_at(self) -> datetime | None:
        """When the house learned of it: ``occurred_at`` unless the line says otherwise."""
        return self._instant("received_at") or self._instant("occurred_at")

    def at(self, received_at: datetime) -> Line:
        """The line, at its instant."""
        read = {
            "resident": self._resident,
            "device": self._device,
            "event": self._event,
            "away": self._turn,
            "returned": self._turn,
            "override": self._override,
        }.get(self._type)
        event = read(received_at) if read else None
        return Line(self._number, self._type, received_at, event)

    def _base(self, kind: str, received_at: datetime, origin: Origin) -> Event:
        given_id = self._given.get("id") if self.needs_time else None
        return Event(
            id=str(self._number) if given_id is None else str(given_id),
            kind=kind,
            occurred_at=self._instant("occurred_at") or received_at,
            received_at=received_at,
            origin=origin,
            seq=self._number,
        )

    def _resident(self, received_at: datetime) -> Event:
        zone = self._optional("timezone")
        if zone is not None:
            try:
                zone_named(zone)
            except ValueError as error:
                raise HistoryFault(self._number, str(error)) from error
        enrolled_at = self._instant("enrolled_at")
        if enrolled_at is None:
            enrolled_at = self._instant("received_at") or ALWAYS_ENROLLED
        data = {
            "timezone": zone,
            "enrolled_at": enrolled_at.isoformat(),
            "left_at": self._optional("left_at"),
            "tags": self._texts("tags"),
            "birth_date": self._optional("birth_date"),
        }
        self._instant("left_at")
        event = self._base("resident.enrolled", received_at, Origin.HOUSE)
        return replace(event, resident_id=self._text("id"), data=data)

    def _device(self, received_at: datetime) -> Event:
        type_ = self._text("device_type")
        if type_ not in {each.value for each in DeviceType}:
            raise HistoryFault(self._number, f"no such type of device: {type_!r}")
        resident = self._optional("resident")
        data = {"type": type_, "place": self._optional("place"), "resident_id": resident}
        event = self._base("device.registered", received_at, Origin.HOUSE)
        return replace(event, resident_id=resident, device_id=self._text("id"), data=data)

    def _event(self, received_at: datetime) -> Event:
        kind = self._text("kind")
        if kind not in KINDS:
            raise HistoryFault(self._number, f"no such kind of event: {kind!r}")
        data = self._given.get("data")
        if data is not None and not isinstance(data, dict):
            raise HistoryFault(self._number, "data is no object")
        event = self._base(kind, received_at, max(KINDS[kind].origins))
        return replace(
            event,
            resident_id=self._optional("resident"),
            device_id=self._optional("device"),
            data=data or {},
        )

    def _turn(self, received_at: datetime) -> Event:
        event = self._base(_TURNS[self._type], received_at, Origin.PERSON)
        return replace(event, resident_id=self._text("resident"))

    def _override(self, received_at: datetime) -> Event:
        data = {"rule": self._text("rule"), "key": self._text("key"), "value": self._given.get("value")}
        if self._instant("until") is not None:
            data["until"] = self._optional("until")
        event = self._base(OVERRIDDEN, received_at, Origin.HOUSE)
        return replace(event, resident_id=self._text("resident"), data=data)

    def _text(self, key: str) -> str:
        value = self._optional(key)
        if value is None:
            raise HistoryFault(self._number, f"{key} is missing")
        return value

    def _optional(self, key: str) -> str | None:
        value = self._given.get(key)
        if value is not None and not isinstance(value, str):
            raise HistoryFault(self._number, f"{key} is no text")
        return value

    def _texts(self, key: str) -> list[str]:
        value = self._given.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise HistoryFault(self._number, f"{key} is no list of texts")
        return value

    def _instant(self, key: str) -> datetime | None:
        value = self._optional(key)
        if value is None:
            return None
        try:
            return parse_instant(value)
        except NotAnInstant as error:
            raise HistoryFault(self._number, f"{key} is no instant: {value[:64]!r}") from error
