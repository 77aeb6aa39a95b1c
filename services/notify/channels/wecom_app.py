"""WeCom, the application of a corporation: a text to one member, whom WeCom knows by their account.

The application signs in with its secret and gets a token for two hours, which WeCom may end earlier: one that
is refused is renewed, and the message tried once more. An answer may say that all went well and name the
member among those who do not exist for the application: that is a refusal.

Source: https://developer.work.weixin.qq.com/document/path/91039 (token), …/90236 (messages), …/90455.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from services.domain.addresses import is_fit
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import ACCOUNT, Answer, Codes, Line, Poster, without
from services.notify.channels.wecom_bot import MOST, WECOM, judged
from services.notify.channels.wording import whole

RENEWED_BEFORE = timedelta(minutes=5)
"""How long before its end a token is no longer used."""
SIGNED_IN = ChannelOutcome(AttemptResult.DELIVERED, "signed in")
STALE = frozenset({ACCOUNT + "40014", ACCOUNT + "42001"})
"""The token is none, or no longer."""
CODES = Codes.of(
    fine="0",
    passing="-1 6000 45009 45033",
    account="40001 40013 40014 40056 40082 40091 41002 41004 42001 48002 50001 50003 60020 301002",
)
"""40001 and 40091: secret; 40013: corporation; 60020: the address of the house is none that it trusts."""


@dataclass(frozen=True, slots=True)
class WecomAccount:
    """The application that writes."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    until: datetime


class WecomApp:
    """Writes to members. The token stays in memory; two threads that renew it at once get the same one."""

    def __init__(self, poster: Poster, account: WecomAccount, url: str = WECOM) -> None:
        self._poster = poster
        self._account = account
        self._url = url.rstrip("/")
        self._token: _Token | None = None

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.WECOM_APP, address):
            return refused("address", "no account of a member")
        return self._poster.talk(lambda line: self._sent(line, address, sending), (self._account.secret,))

    def signed_in(self, at: datetime) -> ChannelOutcome | None:
        """Get a token and nothing more; why there is none, if there is none."""

        def asked(line: Line) -> ChannelOutcome:
            renewed = self._renewed(line, at)
            return renewed if isinstance(renewed, ChannelOutcome) else SIGNED_IN

        outcome = self._poster.talk(asked, (self._account.secret,))
        return None if outcome == SIGNED_IN else outcome

    def _sent(self, line: Line, address: str, sending: Sending) -> ChannelOutcome:
        outcome = self._tried(line, address, sending)
        if outcome.status in STALE:
            self._token = None
            outcome = self._tried(line, address, sending)
        return outcome

    def _tried(self, line: Line, address: str, sending: Sending) -> ChannelOutcome:
        token = self._token
        if token is None or sending.at >= token.until:
            renewed = self._renewed(line, sending.at)
            if isinstance(renewed, ChannelOutcome):
                return renewed
            self._token = token = renewed
        body = {
            "touser": address,
            "msgtype": "text",
            "agentid": self._account.agent_id,
            "text": {"content": whole(sending, MOST)},
        }
        url = f"{self._url}/cgi-bin/message/send?access_token={token.text}"
        return without(_judged(line.post_json(url, body), address), (token.text,))

    def _renewed(self, line: Line, now: datetime) -> _Token | ChannelOutcome:
        asked = urlencode({"corpid": self._account.corp_id, "corpsecret": self._account.secret})
        answer = line.ask("GET", f"{self._url}/cgi-bin/gettoken?{asked}")
        said = answer.said()
        text, lasts = said.get("access_token"), said.get("expires_in")
        if said.get("errcode") == 0 and isinstance(text, str) and text and isinstance(lasts, int):
            return _Token(text, now + timedelta(seconds=lasts) - RENEWED_BEFORE)
        outcome = judged(answer, CODES)
        return outcome if outcome.status != CODES.fine else refused("unreadable", "no token", may_pass=True)


def _judged(answer: Answer, address: str) -> ChannelOutcome:
    outcome = judged(answer, CODES)
    said = answer.said()
    left_out = "|".join(str(said.get(name) or "") for name in ("invaliduser", "unlicenseduser"))
    if outcome.status == CODES.fine and address.lower() in left_out.lower().split("|"):
        return refused("invaliduser", "no member to whom the application may write")
    return outcome
