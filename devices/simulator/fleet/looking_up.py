"""After the drain: every message of a run is looked for at the service by its id, through the API, so that
lost and doubled are counted and not guessed from receipts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from devices.simulator.api import Api
from devices.simulator.fleet import mix
from devices.simulator.fleet.receipts import Seen


@dataclass(frozen=True, slots=True)
class Found:
    """What of a run is stored: messages, those that are nowhere, and rows there are too many."""

    stored: int
    lost: int
    doubled: int


def look_up(
    api: Api, run: str, sent: Mapping[int, int], since: datetime, looked: Callable[[], None]
) -> Found:
    """Read all that devices said ``since``; ``sent`` says how many messages each generator numbered."""
    text = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return count(api.all("events", origin="device", since=text), run, sent, looked)


def count(
    events: Iterable[dict[str, Any]],
    run: str,
    sent: Mapping[int, int],
    looked: Callable[[], None] = lambda: None,
) -> Found:
    """Count the events of a run among all that there are."""
    seen, doubled = Seen(), 0
    for event in events:
        found = mix.read_id(run, event["device_event_id"])
        if found is not None:
            doubled += not seen.add(found.generator, found.number)
            looked()
    lost = sum(seen.missing(generator, numbers) for generator, numbers in sent.items())
    return Found(seen.count, lost, doubled)
