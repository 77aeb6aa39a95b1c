"""Places: where the state of a rule about somebody or something lies.

It is asked for at every event by every rule on its kind, several times over, so the answers are kept.
"""

from __future__ import annotations

from typing import NamedTuple

from services.domain.kinds import ALARM_KINDS
from services.domain.ports import StateKey
from services.rules.rulebook import Per, Rule

MOST = 50_000
"""Answers that are kept, some 300 bytes each; then all are forgotten."""


class Place(NamedTuple):
    """Where the state of a rule for somebody or something lies."""

    at: StateKey
    resident_id: str | None
    device_id: str | None


class Places:
    """Those of the rules of one engine, among which a name stands for one rule."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None, str | None], Place | None] = {}

    def of(self, rule: Rule, resident_id: str | None, device_id: str | None) -> Place | None:
        """Where this rule keeps its state about a resident or a device; None if it does not watch such."""
        whose = (rule.name, resident_id, device_id)
        try:
            return self._known[whose]
        except KeyError:
            if len(self._known) >= MOST:
                self._known.clear()
            place = self._known[whose] = _place(rule, resident_id, device_id)
            return place


def _place(rule: Rule, resident_id: str | None, device_id: str | None) -> Place | None:
    if rule.per is Per.DEVICE:
        if device_id is None:
            return None
        return Place(StateKey(rule.name, f"{resident_id or ''}/{device_id}"), resident_id, device_id)
    if resident_id is not None:
        return Place(StateKey(rule.name, resident_id), resident_id, None)
    if rule.is_plain_on and rule.kind in ALARM_KINDS and device_id is not None:
        return Place(StateKey(rule.name, f"/{device_id}"), None, None)
    return None
