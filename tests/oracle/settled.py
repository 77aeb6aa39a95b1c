"""Settling of one door that reports in order, by asking of each report whether it held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.oracle.happened import Happened


def settled(events: Sequence[Happened], settle_for: timedelta) -> list[Happened]:
    """Those reports, each received when it happened, that changed the settled state and held."""
    changes = [
        event for number, event in enumerate(events) if number == 0 or events[number - 1].kind != event.kind
    ]
    found: list[Happened] = []
    for number, change in enumerate(changes):
        after = changes[number + 1] if number + 1 < len(changes) else None
        held = after is None or after.occurred_at >= change.occurred_at + settle_for
        if held and (not found or found[-1].kind != change.kind):
            found.append(change)
    return found
