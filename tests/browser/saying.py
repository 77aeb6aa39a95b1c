"""What devices say to a house of the browser's tests: native messages at QoS 1, acknowledged by the broker
before anybody goes on.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from paho.mqtt import MQTTException, publish

from devices.simulator import clock
from services.domain.instants import format_instant

LET_IN_WITHIN = timedelta(seconds=15)
"""A broker that has just been told of a new device takes a moment to let it in."""
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a device; without ``at`` it claims no time."""

    device: str
    kind: str
    at: datetime | None = None
    data: Mapping[str, object] = field(default_factory=dict)

    def on_the_wire(self) -> dict[str, object]:
        body: dict[str, object] = {"id": f"m{next(_numbers)}", "kind": self.kind, "data": dict(self.data)}
        if self.at is not None:
            body["occurred_at"] = format_instant(self.at)
        return {"topic": f"anxin/v1/{self.device}/event", "payload": json.dumps(body), "qos": 1}


def say(mqtt: str, said: Iterable[Said], username: str | None = None, password: str = "") -> None:
    """Publish all of it in this order; AssertionError where the broker lets nobody in."""
    address = urlsplit(mqtt)
    messages = [each.on_the_wire() for each in said]

    def published() -> bool:
        try:
            publish.multiple(
                messages,  # type: ignore[arg-type]  # a TypedDict of paho's own, not worth its name here
                hostname=address.hostname or "127.0.0.1",
                port=address.port or 1883,
                auth=None if username is None else {"username": username, "password": password},
            )
        except (MQTTException, OSError):
            return False
        return True

    assert clock.until(published, LET_IN_WITHIN), f"{mqtt} lets {username or 'nobody'} in"
