"""Which decoder reads a topic."""

from __future__ import annotations

from typing import Protocol

from services.domain.devices import Device, Ecosystem
from services.ingest.decoders.native import NativeDecoder
from services.ingest.messages import Message
from services.ingest.observations import Decoded


class Decoder(Protocol):
    """Reads the messages of one ecosystem.

    All of it is pure and may be handed any topic and any bytes. It may raise: the message is then set aside
    with the name of the exception.
    """

    @property
    def ecosystem(self) -> Ecosystem:
        """Whose messages it reads; with `device_name` this finds the registered device."""
        ...

    def reads(self, topic: str) -> bool:
        """Whether messages of this topic are its own."""
        ...

    def device_name(self, message: Message) -> str | None:
        """The ``external_id`` of the device that speaks, None where nobody in particular does."""
        ...

    def is_alarm_lane(self, topic: str) -> bool:
        """Whether whatever comes on this topic is meant as an alarm."""
        ...

    def decode(self, message: Message, device: Device | None) -> list[Decoded]:
        """What the message says. ``device`` is the registered one: its type and mapping may be needed to read
        it; None if nobody registered it.
        """
        ...


DECODERS: tuple[Decoder, ...] = (NativeDecoder(),)


def decoder_of(topic: str) -> Decoder | None:
    """The decoder of a topic, None for a topic of no ecosystem."""
    for decoder in DECODERS:  # for every message, so no generator
        if decoder.reads(topic):
            return decoder
    return None
