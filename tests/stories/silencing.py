"""Who is away and what is silenced in a story."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.domain.instants import format_instant, parse_span
from tests.stories.changing_rules import ZONE
from tests.stories.ground import Ground


class Silences(Ground):
    """The part of a stage on which people ask the house to look away."""

    _silence: str

    def goes_away(self, until: str | None = None) -> None:
        """Somebody records that the resident is away, and for how long where they know."""
        self._begin()
        data = {}
        if until is not None:
            data = {"reason": "看女儿", "until": format_instant(self._clock.now() + parse_span(until))}
        self._post("events", {"kind": "resident.away", "resident_id": self._resident, "data": data})
        self._settle()

    def returns(self) -> None:
        self._begin()
        self._post("events", {"kind": "resident.returned", "resident_id": self._resident, "data": {}})
        self._settle()

    def events(self) -> list[dict[str, Any]]:
        return self._all("events")

    def silences(self, until: str, **more: str) -> None:
        """The duty desk silences the resident up to a local time of day."""
        self._begin()
        body = {"resident_id": self._resident, "reason": "女儿陪着", "until": self._next(until), **more}
        self._silence = self._post("silences", body)["id"]
        self._settle()

    def lifts(self) -> None:
        """The silence is ended before its time."""
        self._begin()
        answer = self._api.delete(f"/api/v1/silences/{self._silence}")
        assert answer.status_code == 200, answer.text
        self._settle()

    def extends_silence(self, until: str) -> None:
        self._begin()
        body = {"reason": "还陪着", "until": self._next(until)}
        answer = self._api.patch(f"/api/v1/silences/{self._silence}", json=body)
        assert answer.status_code == 200, answer.text
        self._settle()

    def silence(self) -> dict[str, Any]:
        """The newest silence or absence."""
        return self._all("silences")[-1]

    def _next(self, wall: str) -> str:
        now = self._clock.now().astimezone(ZONE)
        hour, minute = wall.split(":")
        there = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        return format_instant(there if there > now else there + timedelta(days=1))
