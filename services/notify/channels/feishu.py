"""Feishu (Lark), the bot of a group: a text in a conversation, signed with the secret of the bot.

What stands after /hook/ is the address, and the secret too if the bot has one of its own. Feishu's answer has
a code, 0 when the message is in the conversation; older bots name it StatusCode.

Source: https://open.feishu.cn/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN (custom bots).
"""

from __future__ import annotations

from services.domain.addresses import is_fit, token_and_secret
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import Answer, Codes, Poster, by_status
from services.notify.channels.signing import feishu_signature
from services.notify.channels.wording import whole

FEISHU = "https://open.feishu.cn"
MOST = 15_000
"""Bytes of a text; a whole request may have 20 KB."""
CODES = Codes.of(
    fine="0",
    passing="11232 11233 99991400",
    account="19001 19021 19022 19024",
)
"""11232: more than 100 messages a minute or 5 a second, or the hour is full. 19001: no such bot; 19021: the
signature or the clock; 19022, 19024: the address of the house or a word that the bot asks for."""


class Feishu:
    """Writes to groups by their bots; ``secret`` signs for those without one of their own."""

    def __init__(self, poster: Poster, secret: str = "", url: str = FEISHU) -> None:
        self._poster = poster
        self._secret = secret
        self._url = url.rstrip("/")

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.FEISHU, address):
            return refused("address", "no token of a bot")
        token, own = token_and_secret(address)
        secret = own or self._secret
        body = {
            **(feishu_signature(secret, sending.at) if secret else {}),
            "msg_type": "text",
            "content": {"text": whole(sending, MOST)},
        }
        url = f"{self._url}/open-apis/bot/v2/hook/{token}"
        return self._poster.talk(lambda line: _judged(line.post_json(url, body)), (token, secret))


def _judged(answer: Answer) -> ChannelOutcome:
    said = answer.said()
    code = said.get("code", said.get("StatusCode"))
    if code is None:  # a refusal in the body counts before the status: Feishu sends some as HTTP 400
        return by_status(answer)
    outcome = CODES.outcome(code, said.get("msg") or said.get("StatusMessage"), AttemptResult.DELIVERED)
    is_contradicted = outcome.result is AttemptResult.DELIVERED and not answer.is_success
    return by_status(answer) if is_contradicted else outcome
