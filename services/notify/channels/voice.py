"""Voice calls by an HTTP gateway of any make, which reads a text to whoever picks up: see `http_gateway`.

The words have no link, which nobody can hear. That a gateway dials says nothing about a person: the outcome
is *accepted, not confirmed*, unless the installation knows that its gateway answers after somebody picked up.
"""

from __future__ import annotations

from services.domain.addresses import is_fit
from services.domain.people import ChannelKind
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.http_gateway import Gateway, send_by
from services.notify.channels.posting import Poster
from services.notify.channels.wording import facts, spoken

MOST = 200
"""Characters that are read out; some forty seconds."""


class VoiceGateway:
    """Calls by one gateway."""

    def __init__(self, poster: Poster, gateway: Gateway) -> None:
        self._poster = poster
        self._gateway = gateway

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.VOICE, address):
            return refused("address", "no telephone number")
        values = {**facts(sending, address), "text": spoken(sending, MOST)}
        return send_by(self._poster, self._gateway, values)
