"""From messages to what they say and who says it: the first half of taking in.

Registrations are asked of the store afresh for every batch, in one question an ecosystem, so that a device
registered a moment ago is known. A decoder that fails sets its one message aside and never the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.domain.devices import Device, Ecosystem
from services.domain.kinds import ALARM_KINDS
from services.domain.records import QuarantineReason
from services.ingest.decoders import Decoder, decoder_of
from services.ingest.known import NamedDevices
from services.ingest.messages import Message
from services.ingest.observations import Decoded, Observation, Refused


@dataclass(slots=True)
class Reading:
    """A message, who sent it as far as anybody knows, and what it says."""

    message: Message
    decoder: Decoder | None = None
    device_name: str | None = None
    device: Device | None = None
    said: list[Decoded] = field(default_factory=list)

    def alarm_meant(self) -> str | None:
        """The alarm kind that the message reads as, taken in or not; None if it reads as none.

        What can be read says so itself. What cannot is meant as one if it came on an alarm lane or names one.
        """
        is_refused = False
        for said in self.said:  # for every message, so no generator
            if isinstance(said, Observation) and said.kind in ALARM_KINDS:
                return said.kind
            is_refused = is_refused or isinstance(said, Refused)
        if not is_refused:
            return None
        on_lane = self.decoder is not None and self.decoder.is_alarm_lane(self.message.topic)
        if not on_lane and not self.message.names_alarm:
            return None
        named = (kind for kind in sorted(ALARM_KINDS) if kind.encode() in self.message.payload)
        return next(named, "call_button.pressed")


def read(messages: Sequence[Message], devices: NamedDevices) -> list[Reading]:
    """Read a batch, in its order."""
    readings = [_addressed(message) for message in messages]
    registered = {
        ecosystem: devices.named(ecosystem.value, sorted(names))
        for ecosystem, names in _names(readings).items()
    }
    for reading in readings:
        if reading.said or reading.decoder is None:
            continue
        if reading.device_name is not None:
            reading.device = registered[reading.decoder.ecosystem].get(reading.device_name)
        try:
            reading.said = reading.decoder.decode(reading.message, reading.device)
        except Exception as error:  # noqa: BLE001 - whatever a decoder does not survive is set aside with its name
            reading.said = [_failed(error)]
    return readings


def _addressed(message: Message) -> Reading:
    decoder = decoder_of(message.topic)
    if decoder is None:
        refused = Refused(QuarantineReason.UNKNOWN_TOPIC, "no ecosystem speaks on this topic")
        return Reading(message, said=[refused])
    try:
        return Reading(message, decoder, decoder.device_name(message))
    except Exception as error:  # noqa: BLE001 - as above
        return Reading(message, decoder, said=[_failed(error)])


def _names(readings: Sequence[Reading]) -> dict[Ecosystem, set[str]]:
    names: dict[Ecosystem, set[str]] = {}
    for reading in readings:
        if reading.decoder is not None and reading.device_name is not None:
            names.setdefault(reading.decoder.ecosystem, set()).add(reading.device_name)
    return names


def _failed(error: Exception) -> Refused:
    return Refused(QuarantineReason.UNDECODABLE, f"the decoder failed: {type(error).__name__}")
