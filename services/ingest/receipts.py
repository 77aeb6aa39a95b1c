"""Receipts: what a native device hears of its message (docs/wire), once that is stored, never before."""

from __future__ import annotations

import json
from enum import StrEnum

from services.domain.devices import NATIVE_ID, Ecosystem
from services.domain.values import value
from services.domain.wire import receipt_topic
from services.ingest.intake import Taken


class Answer(StrEnum):
    """What became of a message."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


@value(frozen=True, slots=True)
class Receipt:
    """One message to one device."""

    topic: str
    payload: bytes
    of_alarm: bool = True
    """Of a press it goes at QoS 1, of anything else at QoS 0: a device asks until it hears (decision 14)."""


def receipt_of(taken: Taken, answer: Answer | None) -> tuple[Receipt, ...]:
    """The receipt for a message; none for one that nobody waits to hear of.

    An alarm without an id is answered as well, with no id: the device may show that it was heard.
    """
    reading = taken.reading
    name = reading.device_name
    if answer is None or taken.message.retained or name is None or reading.decoder is None:
        return ()
    if reading.decoder.ecosystem is not Ecosystem.NATIVE or NATIVE_ID.fullmatch(name) is None:
        return ()
    of_alarm = reading.alarm_meant() is not None
    if taken.own_id is None and not (of_alarm and taken.events):
        return ()
    said = {"id": taken.own_id, "result": answer.value}
    return (Receipt(receipt_topic(name), json.dumps(said).encode(), of_alarm),)
