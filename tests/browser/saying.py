"""What devices say to a house of the browser's tests: native messages at QoS 1, acknowledged by the broker
before anybody goes on.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from services.domain.instants import format_instant

PATIENCE = 15.0
"""Seconds. A broker that has just been told of a new device takes a moment to let
it in."""
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a device; without ``at`` it claims no time."""

    device: str
    kind: str
    at: datetime | None = None
    data: Mapping[str, object] = field(default_factory=dict)

    def on_the_wire(self) -> tuple[str, str]:
        """Topic and payload."""
        body: dict[str, object] = {"id": f"m{next(_numbers)}", "kind": self.kind, "data": dict(self.data)}
        if self.at is not None:
            body["occurred_at"] = format_instant(self.at)
        return f"anxin/v1/{self.device}/event", json.dumps(body)


def say(mqtt: str, said: Iterable[Said], username: str | None = None, password: str = "") -> None:
    """Publish all of it in this order; AssertionError where the broker lets nobody in."""
    address = urlsplit(mqtt)
    client = paho.Client(CallbackAPIVersion.VERSION2)
    if username is not None:
        client.username_pw_set(username, password)
    let_in = Event()

    def on_connect(_client: object, _data: object, _flags: object, reason: ReasonCode, _more: object) -> None:
        if not reason.is_failure:
            let_in.set()

    client.on_connect = on_connect
    client.connect_async(address.hostname or "127.0.0.1", address.port or 1883)
    client.loop_start()  # tries again each second until it is let in
    try:
        assert let_in.wait(PATIENCE), f"{mqtt} lets {username or 'nobody'} in"
        sent = [client.publish(*each.on_the_wire(), qos=1) for each in said]
        for message in sent:
            message.wait_for_publish(PATIENCE)
        assert all(message.is_published() for message in sent), f"{mqtt} did not take everything"
    finally:
        client.disconnect()
        client.loop_stop()
