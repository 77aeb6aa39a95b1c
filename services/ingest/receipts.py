"""Receipts: what a native device hears of its message (docs/wire), once that is stored, never before."""

from __future__ import annotations

import json
from enum import StrEnum

from services.domain.devices import NATIVE_ID, Ecosystem
from services.domain.ports import Outgoing
from services.domain.wire import receipt_topic
from services.ingest.intake import Taken


class Answer(StrEnum):
    """What became of a message."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


def receipt_of(taken: Taken, answer: Answer | None) -> Outgoing | None:
    """The receipt for a message; none for one that nobody waits to hear of.

    Of a press it goes at QoS 1, of anything else at QoS 0: a device asks until it hears (decision 14). An
    alarm without an id is answered as well, with no id: the device may show that it was heard.
    """
    reading = taken.reading
    name = reading.device_name
    if answer is None or taken.message.retained or name is None or reading.decoder is None:
        return None
    if reading.decoder.ecosystem is not Ecosystem.NATIVE or NATIVE_ID.fullmatch(name) is None:
        return None
    of_alarm = reading.alarm_meant() is not None
    if taken.own_id is None and not (of_alarm and taken.events):
        return None
    # Put together by hand, for every message: writing a text as JSON costs a fifth of writing a map.
    said = f'{{"id": {json.dumps(taken.own_id)}, "result": "{answer.value}"}}'
    return Outgoing(receipt_topic(name), said.encode(), is_asked_again=not of_alarm)
