"""An HTTP gateway of any make, as an installation describes it: what is asked of it, and how success is read.

Of a template only the names that a message knows are filled in, each written as the kind of the request
wants it, so that no name of a resident can break out of its place. What the gateway answers counts for what
the installation says it counts for, and for nothing more.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from services.domain.notices import AttemptResult
from services.domain.receipts import Receipt
from services.notify.channels.channel import ChannelOutcome, refused
from services.notify.channels.posting import Answer, Poster, account_refused, by_status
from services.notify.channels.receiving import instant_of, named, objects, result_of, text_of, words_of

_NAME = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Sign:
    """How something is told from an answer: ``code=0|OK`` is the value of a field of its JSON,
    ``data.0.code`` of one that lies deeper, ``~^0,`` a regular expression over its text. An empty one is in
    no answer.
    """

    notation: str = ""

    def __post_init__(self) -> None:
        is_path = "=" in self.notation and not self.notation.startswith("=")
        if self.notation.startswith("~"):
            try:
                re.compile(self.notation[1:])
            except re.error as error:
                raise ValueError(f"expected a regular expression after ~: {error}") from error
        elif self.notation and not is_path:
            raise ValueError("expected FIELD=VALUE|VALUE or ~REGULAR EXPRESSION")

    def is_in(self, answer: Answer) -> bool:
        """Whether an answer bears the sign."""
        if not self.notation:
            return False
        if self.notation.startswith("~"):
            return re.search(self.notation[1:], answer.body.decode("utf-8", "replace")) is not None
        path, _, values = self.notation.partition("=")
        found = _at(answer.said(), path.split("."))
        text = found if isinstance(found, str) else json.dumps(found)
        return text in values.split("|")


@dataclass(frozen=True, slots=True)
class Gateway:
    """What one gateway is asked, and how its answers are read. Without ``success`` any 2xx is one.

    ``confirms``: its success says that the person was reached, not that it will try.
    """

    url: str = field(repr=False)
    body: str = field(default="", repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    success: Sign = Sign()
    passing: Sign = Sign()
    account: Sign = Sign()
    confirms: bool = False
    reference: str = ""
    """Where an answer says what the gateway calls the message, such as ``data.id``; empty: nowhere."""

    @property
    def writes(self) -> Callable[[str], str]:
        """How a value is written into the body."""
        kind = next((value for name, value in self.headers.items() if name.lower() == "content-type"), "")
        if "json" in kind:
            return lambda value: json.dumps(value, ensure_ascii=False)[1:-1]
        if "form" in kind:
            return lambda value: quote(value, safe="")
        return html.escape


def send_by(poster: Poster, gateway: Gateway, values: Mapping[str, str]) -> ChannelOutcome:
    """Ask a gateway to carry a message."""
    url = filled(gateway.url, values, lambda value: quote(value, safe=""))
    body = filled(gateway.body, values, gateway.writes).encode() if gateway.method != "GET" else b""
    secrets = tuple(gateway.headers.values())
    return poster.talk(
        lambda line: judged(line.ask(gateway.method, url, body, gateway.headers), gateway), secrets
    )


def judged(answer: Answer, gateway: Gateway) -> ChannelOutcome:
    """What an answer counts for."""
    status = str(answer.status)
    if gateway.account.is_in(answer):
        return account_refused(status, answer.words)
    if gateway.passing.is_in(answer):
        return refused(status, answer.words, may_pass=True)
    if not answer.is_success:
        return by_status(answer)
    if gateway.success.notation and not gateway.success.is_in(answer):
        return refused(status, answer.words)
    result = AttemptResult.DELIVERED if gateway.confirms else AttemptResult.ACCEPTED_UNCONFIRMED
    called = _at(answer.said(), gateway.reference.split(".")) if gateway.reference else None
    reference = str(called) if isinstance(called, str | int) and called else None
    return ChannelOutcome(result, status, reference=reference)


@dataclass(frozen=True, slots=True)
class Receiving:
    """How a gateway brings receipts: where the id of the message stands, and how both ends are told.

    Where neither sign is in it, it tells of something on the way, and says nothing.
    """

    id: str = "id"
    at: str = ""
    received: Sign = Sign()
    failed: Sign = Sign()

    def reads(self, body: bytes, media_type: str) -> list[Receipt]:
        """The receipts of a body. The id is what the gateway calls the message, or that of the notice."""
        receipts = []
        for said in objects(body, media_type):
            as_answer = Answer(200, json.dumps(said, ensure_ascii=False).encode())
            is_received = self.received.is_in(as_answer)
            if not is_received and not self.failed.is_in(as_answer):
                continue
            found = text_of({"id": _at(said, self.id.split("."))}, "id")
            at = text_of({"at": _at(said, self.at.split("."))}, "at") if self.at else None
            result = result_of(is_delivered=is_received)
            words = None if is_received else as_answer.words
            receipts.append(named(Receipt(result, found, found, instant_of(at), words_of(words))))
        return receipts


def filled(template: str, values: Mapping[str, str], written: Callable[[str], str]) -> str:
    """A template with every ``{name}`` that is known in its place; other braces stay as they are."""
    return _NAME.sub(lambda found: written(values[found[1]]) if found[1] in values else found[0], template)


def _at(said: Any, path: list[str]) -> Any:
    for step in path:
        if isinstance(said, Mapping):
            said = said.get(step)
        elif isinstance(said, list) and step.isdigit() and int(step) < len(said):
            said = said[int(step)]
        else:
            return None
    return said
