"""DingTalk, the bot of a group: a text in a conversation, signed with the secret of the bot.

The token is the address, and the secret too if the bot has one of its own. DingTalk answers HTTP 200 whatever
became of the message, and its errcode says what.

Source: https://open.dingtalk.com/document/orgapp/custom-robot-access; codes: docs/channels.md.
"""

from __future__ import annotations

from urllib.parse import urlencode

from services.domain.addresses import is_fit, token_and_secret
from services.domain.people import ChannelKind
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import Codes, Poster
from services.notify.channels.signing import dingtalk_signature
from services.notify.channels.wecom_bot import judged
from services.notify.channels.wording import is_pressing, whole

DINGTALK = "https://oapi.dingtalk.com"
MOST = 15_000
"""Bytes of a text; a whole request may have 20,000."""
CODES = Codes.of(
    fine="0",
    passing="-1 130101 302033 410100",
    account="310000 300001 300005 400101 400102 40035",
)
"""130101: more than 20 messages a minute, for 10 minutes. 310000: signature, word or address of the house are
not as the bot's safety settings want them. 300005: the token is none, or no longer."""


class DingTalk:
    """Writes to groups by their bots; ``secret`` signs for those without one of their own."""

    def __init__(self, poster: Poster, secret: str = "", url: str = DINGTALK) -> None:
        self._poster = poster
        self._secret = secret
        self._url = url.rstrip("/")

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.DINGTALK, address):
            return refused("address", "no token of a bot")
        token, own = token_and_secret(address)
        secret = own or self._secret
        query = {"access_token": token, **(dingtalk_signature(secret, sending.at) if secret else {})}
        body = {
            "msgtype": "text",
            "text": {"content": whole(sending, MOST)},
            "at": {"isAtAll": is_pressing(sending)},
        }
        url = f"{self._url}/robot/send?{urlencode(query)}"
        return self._poster.talk(lambda line: judged(line.post_json(url, body), CODES), (token, secret))
