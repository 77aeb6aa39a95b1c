"""Who is on duty in a story: rosters, leave and swaps as a manager or the duty desk enters them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.stories.ground import Ground


class KeepsRosters(Ground):
    """The part of a stage on which it is written down who comes when."""

    def hires(self, name: str, role: str) -> None:
        """One more of the east team."""
        self._begin()
        way = [{"kind": "webhook", "address": f"https://example.invalid/{name}"}]
        body = {"name": name, "role": role, "team_id": self._team, "channels": way}
        self._worker[name] = self._post("workers", body)["id"]

    def records(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Somebody enters something."""
        self._begin()
        made = self._post(path, body)
        self._settle()
        return made

    def changes(self, path: str, thing_id: str, body: Mapping[str, object]) -> None:
        self._begin()
        answer = self._api.patch(f"/api/v1/{path}/{thing_id}", json=dict(body))
        assert answer.status_code == 200, answer.text
        self._settle()

    def worker(self, name: str) -> str:
        """The id of somebody of the cast."""
        return self._worker[name]

    def team(self) -> str:
        """The id of the east team."""
        return self._team

    def figures(self) -> dict[str, Any]:
        """The figures of the last month, as whoever runs the house sees them."""
        return self._get("figures")

    def protection(self) -> dict[str, Any]:
        """How the resident is watched over now."""
        found: dict[str, Any] = self._get(f"residents/{self._resident}")["protection"]
        return found
