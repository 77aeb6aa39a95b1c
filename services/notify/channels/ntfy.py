"""ntfy: a push notice to whoever has a topic open, by a server of one's own or of others.

The server takes a message for any topic, also for one that nobody has open: the best outcome is *accepted,
not confirmed*. The topic is the address, and where topics are open to all it is a password.

Source: https://docs.ntfy.sh/publish/ (JSON, limits); server/errors.go of binwiederhier/ntfy (codes).
"""

from __future__ import annotations

from services.domain.addresses import is_fit
from services.domain.findings import Severity
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.escalation.text import texts
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import Answer, Codes, Poster, by_status
from services.notify.channels.wording import below_title, link_of

MOST = 3800
"""Bytes of a text; what is longer than 4,096 would become a file, which no lock screen shows."""
PRIORITY = {Severity.HIGH: 5, Severity.MEDIUM: 4, Severity.LOW: 3}
"""5 rings on and on, through silence if the person allows it."""
CODES = Codes.of(
    fine="",
    passing="429* 5*",
    account="401* 403*",
)


class Ntfy:
    """Publishes at one server; ``token`` signs in there."""

    def __init__(self, poster: Poster, url: str, token: str = "") -> None:
        self._poster = poster
        self._url = url.rstrip("/") + "/"
        self._token = token

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.NTFY, address):
            return refused("address", "no topic")
        link = link_of(sending)
        opens = texts(sending.message.language).words["open"]
        body = {
            "topic": address,
            "title": sending.message.title,
            "message": below_title(sending, MOST),
            "priority": PRIORITY.get(sending.notice.severity, 3),
            **({"click": link, "actions": [{"action": "view", "label": opens, "url": link}]} if link else {}),
        }
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        secrets = (self._token, address)
        return self._poster.talk(lambda line: _judged(line.post_json(self._url, body, headers)), secrets)


def _judged(answer: Answer) -> ChannelOutcome:
    said = answer.said()
    if answer.is_success and said.get("id"):
        return ChannelOutcome(AttemptResult.ACCEPTED_UNCONFIRMED, str(answer.status))
    if "code" in said:
        return CODES.outcome(said["code"], said.get("error"), AttemptResult.ACCEPTED_UNCONFIRMED)
    return by_status(answer)
