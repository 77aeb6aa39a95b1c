"""Text messages by an HTTP gateway of any make: see `http_gateway`.

A gateway that takes a message has not delivered it: the outcome is *accepted, not confirmed*, unless the
installation knows that its gateway waits for the telephone.
"""

from __future__ import annotations

from services.domain.addresses import is_fit
from services.domain.people import ChannelKind
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.http_gateway import Gateway, send_by
from services.notify.channels.posting import Poster
from services.notify.channels.wording import facts, short


class SmsGateway:
    """Writes by one gateway, at most ``most`` characters a message."""

    def __init__(self, poster: Poster, gateway: Gateway, most: int) -> None:
        self._poster = poster
        self._gateway = gateway
        self._most = most

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.SMS_GATEWAY, address):
            return refused("address", "no telephone number")
        values = {**facts(sending, address), "text": short(sending, self._most)}
        return send_by(self._poster, self._gateway, values)
