"""Histories for tests of the rules, told in local time, and what a replay of them finds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.events import Json
from services.domain.instants import format_instant, parse_instant
from services.rules.replay import replay

SHANGHAI = ZoneInfo("Asia/Shanghai")
TWO = parse_instant("2025-07-23T02:00:00+08:00")
"""The instant from which the worked examples count seconds."""


def rulebook(*rules: str, timezone: str = "Asia/Shanghai") -> str:
    """A rulebook of rules that are written in flow style, without their outer braces."""
    lines = ["format: 1", "rulebook: test", f"timezone: {timezone}", "rules:"]
    return "\n".join([*lines, *(f"  - {{{rule}}}" for rule in rules)]) + "\n"


@dataclass
class History:
    """Lines of a history. Instants are seconds after ``origin`` or texts."""

    origin: datetime = TWO
    zone: str = "Asia/Shanghai"
    lines: list[dict[str, Json]] = field(default_factory=list)

    def resident(self, id: str = "r1", enrolled_at: str = "2020-01-01T00:00:00Z", **more: Json) -> History:
        return self._add(
            {"type": "resident", "id": id, "timezone": self.zone, "enrolled_at": enrolled_at, **more}
        )

    def device(
        self, id: str = "d1", device_type: str = "bed_sensor", resident: str | None = "r1", **more: Json
    ) -> History:
        return self._add(
            {"type": "device", "id": id, "resident": resident, "device_type": device_type, **more}
        )

    def event(
        self,
        kind: str,
        at: float | str,
        *,
        device: str | None = "d1",
        resident: str | None = "r1",
        received: float | str | None = None,
        data: Mapping[str, Json] | None = None,
        id: str | None = None,
    ) -> History:
        line: dict[str, Json] = {"type": "event", "resident": resident, "device": device, "kind": kind}
        line["occurred_at"] = self.text(at)
        line["received_at"] = self.text(at if received is None else received)
        if data is not None:
            line["data"] = dict(data)
        if id is not None:
            line["id"] = id
        return self._add(line)

    def visit(self, at: float | str, received: float | str | None = None) -> History:
        return self.event("visit.completed", at, device=None, received=received)

    def at(self, type: str, at: float | str, **more: Json) -> History:
        return self._add({"type": type, "received_at": self.text(at), **more})

    def away(self, at: float | str, resident: str = "r1") -> History:
        return self.at("away", at, resident=resident)

    def returned(self, at: float | str, resident: str = "r1") -> History:
        return self.at("returned", at, resident=resident)

    def override(
        self,
        rule: str,
        key: str,
        value: Json,
        at: float | str,
        resident: str = "r1",
        *,
        until: float | str | None = None,
    ) -> History:
        end = {} if until is None else {"until": self.text(until)}
        return self.at("override", at, resident=resident, rule=rule, key=key, value=value, **end)

    def retract(self, event_id: Json, at: float | str) -> History:
        data = {"event_id": event_id, "reason": "a mistake"}
        return self.event("event.retracted", at, device=None, data=data)

    def end(self, at: float | str) -> History:
        return self.at("end", at)

    def text(self, at: float | str) -> str:
        return at if isinstance(at, str) else format_instant(self.origin + timedelta(seconds=at))

    def texts(self) -> list[str]:
        return [json.dumps(line, ensure_ascii=False) for line in self.lines]

    def restarted_everywhere(self) -> History:
        """The same history with a restart after every line that has a time of its own; ids stay, numbers do
        not.
        """
        lines: list[dict[str, Json]] = []
        for number, line in enumerate(self.lines, start=1):
            lines.append(
                {"id": str(number), **line} if line["type"] in {"event", "away", "returned"} else line
            )
            if "received_at" in line and line["type"] != "end":
                lines.append({"type": "restart", "received_at": line["received_at"]})
        return History(self.origin, self.zone, lines)

    def found(self, book: str) -> list[dict[str, Json]]:
        return list(replay(book, self.texts()))

    def found_without_numbers(self, book: str) -> list[dict[str, Json]]:
        """What is found, without the numbers of the lines."""
        return [{**each, "events": len(each["events"])} for each in self.found(book)]

    def brief(self, book: str) -> list[tuple[Json, ...]]:
        """(rule, at, raised_at, state, reason) with instants as seconds after ``origin``."""
        return [
            (
                each["rule"],
                self.seconds(each["at"]),
                self.seconds(each["raised_at"]),
                each["state"],
                each["reason"],
            )
            for each in self.found(book)
        ]

    def seconds(self, text: str) -> float:
        return (parse_instant(text) - self.origin).total_seconds()

    def _add(self, line: dict[str, Json]) -> History:
        self.lines.append(line)
        return self


def in_bed() -> History:
    """One resident with one bed sensor, in bed since an hour before two in the night."""
    return History().resident().device().event("bed.entered", -3600)
