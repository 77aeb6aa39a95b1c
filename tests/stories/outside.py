"""The outside of a story: telephones that only note what rang, a broker that is a letterbox, no door for
devices.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from services.domain.devices import Device
from services.domain.notices import AttemptResult
from services.domain.ports import Outgoing
from services.ingest.messages import Message
from services.notify.channels.channel import ChannelOutcome, Sending

CAST = {
    "assigned": "grid_worker",
    "backup": "grid_worker",
    "neighbour": "neighbour",
    "caregiver": "caregiver",
    "desk": "duty_desk",
    "manager": "manager",
    "technician": "technician",
    "nextdoor": "caregiver",
}


class Telephones:
    """What rang where; numbers that are out of order refuse."""

    def __init__(self) -> None:
        self.rang: list[tuple[datetime, str, str]] = []
        self.out_of_order: set[str] = set()

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if address in self.out_of_order:
            return ChannelOutcome(AttemptResult.REFUSED, "503", "out of order")
        self.rang.append((sending.at, address, sending.notice.kind.value))
        return ChannelOutcome(AttemptResult.DELIVERED, "202")


class Letterbox:
    """The broker of a story: what devices said, and what was said to them."""

    def __init__(self) -> None:
        self.waiting: list[Message] = []
        self.published: list[tuple[str, dict[str, str]]] = []

    def take(self, limit: int) -> list[Message]:
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    def give_back(self, messages: list[Message]) -> None:
        self.waiting = messages + self.waiting

    def done(self, messages: list[Message]) -> None:
        pass

    def publish(self, topic: str, payload: bytes, *, is_asked_again: bool = False) -> None:
        self.published.append((topic, json.loads(payload)))

    def publish_all(self, messages: Sequence[Outgoing]) -> None:
        for message in messages:
            self.publish(message.topic, message.payload, is_asked_again=message.is_asked_again)


class NoBroker:
    """Credentials in a story open no door, because there is none."""

    url = "mqtt://story.invalid:1883"

    def carries(self, external_id: str) -> str | None:
        return None

    def issue(self, device: Device) -> tuple[str, str]:
        return f"password of {device.external_id}", "hash"

    def devices_changed(self) -> None:
        pass
