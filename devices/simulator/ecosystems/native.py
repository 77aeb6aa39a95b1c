"""The native wire (docs/wire): JSON on the device's own topics, alarms on a lane of their own, receipts."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from devices.simulator.acts import Saying
from devices.simulator.ecosystems.speaking import Message, Reassurance, Receipt

ROOT = "anxin/v1"
ALARM_KINDS = frozenset({"call_button.pressed", "fall.detected", "smoke.detected", "gas.detected"})
PRESENCE = {"device.online": True, "device.offline": False}


class Native:
    """Devices that were made for this service."""

    name = "native"
    is_understood = True

    def messages(self, device: str, saying: Saying) -> list[Message]:
        is_online = PRESENCE.get(saying.kind)
        if is_online is not None:
            return [self.presence(device, is_online=is_online)]
        event = event_of(saying.id, saying.kind, saying.occurred_at, saying.data)
        return [Message(topic_for(device, saying.kind), event, saying.retained)]

    def presence(self, device: str, *, is_online: bool) -> Message:
        return Message(f"{ROOT}/{device}/status", b"online" if is_online else b"offline", retain=True)

    def hears_on(self, device: str) -> tuple[str, ...]:
        return f"{ROOT}/{device}/receipt", f"{ROOT}/{device}/command"

    def heard(self, topic: str, payload: bytes) -> Receipt | Reassurance | None:
        body = json.loads(payload)
        if topic.endswith("/receipt"):
            return Receipt(str(body["id"]), str(body["result"]))
        return Reassurance(str(body["state"])) if topic.endswith("/command") else None


def topic_for(device: str, kind: str) -> str:
    return f"{ROOT}/{device}/{'alarm' if kind in ALARM_KINDS else 'event'}"


def event_of(event_id: str, kind: str, occurred_at: datetime | None, data: Mapping[str, Any]) -> bytes:
    """An event as a native device writes it, with milliseconds in UTC, or without any time."""
    event: dict[str, Any] = {"id": event_id, "kind": kind}
    if occurred_at is not None:
        instant = occurred_at.astimezone(UTC).isoformat(timespec="milliseconds")
        event["occurred_at"] = instant.replace("+00:00", "Z")
    return json.dumps({**event, "data": dict(data)}).encode()


ECOSYSTEM = Native()
