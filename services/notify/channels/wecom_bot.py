"""WeCom, the bot of a group: a text in a conversation that its members have open.

The bot's key is the address; WeCom answers HTTP 200 whatever became of the message, and its errcode says
what. It keeps the conversation itself, so a message that it took is there.

Source: https://developer.work.weixin.qq.com/document/path/91770 and …/path/90455 (codes).
"""

from __future__ import annotations

from services.domain.addresses import is_fit
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import Answer, Codes, Poster, by_status
from services.notify.channels.wording import is_pressing, whole

WECOM = "https://qyapi.weixin.qq.com"
MOST = 2048
"""Bytes of a text."""
CODES = Codes.of(
    fine="0",
    passing="-1 6000 45009 45033",
    account="93000 93008 40058",
)
"""45009: more than 20 messages a minute. 93000: the key is none, or no longer."""


class WecomBot:
    """Writes to groups by their bots."""

    def __init__(self, poster: Poster, url: str = WECOM) -> None:
        self._poster = poster
        self._url = url.rstrip("/")

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.WECOM_BOT, address):
            return refused("address", "no key of a bot")
        text: dict[str, object] = {"content": whole(sending, MOST)}
        if is_pressing(sending):
            text["mentioned_list"] = ["@all"]
        body = {"msgtype": "text", "text": text}
        url = f"{self._url}/cgi-bin/webhook/send?key={address}"
        return self._poster.talk(lambda line: judged(line.post_json(url, body), CODES), (address,))


def judged(answer: Answer, codes: Codes) -> ChannelOutcome:
    """What an errcode says; WeCom and DingTalk answer alike."""
    said = answer.said()
    if not answer.is_success or "errcode" not in said:
        return by_status(answer)
    return codes.outcome(said["errcode"], said.get("errmsg"), AttemptResult.DELIVERED)
