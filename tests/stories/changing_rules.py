"""What a manager does to the rules in a story: overrides, texts of the rulebook `test`, the way back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.domain.instants import format_instant, parse_instant
from tests.stories.ground import Ground

ZONE = ZoneInfo("Asia/Shanghai")


def local_instant(text: str) -> datetime:
    """The instant of a local day and time, e.g. ``2025-07-25 07:00``."""
    return parse_instant(text.replace(" ", "T") + ":00", ZONE)


class ChangesRules(Ground):
    """The part of a stage on which rules are changed."""

    def overrides(self, rule: str, key: str, value: object, until: str | None = None) -> None:
        """Another value of one key of a rule for the resident, up to a local instant."""
        self._begin()
        end = {} if until is None else {"until": format_instant(local_instant(until))}
        body = {"resident_id": self._resident, "key": key, "value": value, "reason": "as they wish", **end}
        self._post(f"rules/{rule}/overrides", body)
        self._settle()

    def takes_override_back(self, rule: str) -> None:
        self._begin()
        [running] = self._all(f"rules/{rule}/overrides")
        self._post(f"rules/{rule}/overrides/{running['id']}/end", {"reason": "no more"}, status=200)
        self._settle()

    def puts(self, text: str, made_from: int) -> None:
        """Another text of the rulebook `test`."""
        self._begin()
        body = {"text": text, "reason": "tried", "made_from": made_from}
        answer = self._api.put("/api/v1/rulebooks/test", json=body)
        assert answer.status_code == 200, answer.text
        self._settle()

    def is_refused(self, text: str, made_from: int) -> list[dict[str, Any]]:
        """A text that is not put in force, and what is wrong with it."""
        self._begin()
        body = {"text": text, "reason": "tried", "made_from": made_from}
        answer = self._api.put("/api/v1/rulebooks/test", json=body)
        assert answer.status_code in {409, 422}, answer.text
        self._settle()
        faults: list[dict[str, Any]] = answer.json().get("errors", [])
        return faults

    def rolls_back(self, revision: int) -> None:
        self._begin()
        self._post("rulebooks/test/rollback", {"revision": revision, "reason": "it was better"})
        self._settle()
