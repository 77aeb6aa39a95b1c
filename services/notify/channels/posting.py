"""Posting: a conversation over HTTP with whoever carries a message, and what all answers have in common.

A conversation has one time limit however many requests it takes, and reads no more of an answer than says
whether it was accepted. No redirect is followed, so that a message about somebody's home never goes where its
reader did not ask for it; and nothing of a key stands in what is kept of an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Any

import httpx2

from services.domain.notices import AttemptResult
from services.notify.channels.channel import ChannelOutcome, refused, timed_out
from services.notify.channels.time_limit import TimeLimit

SEND_FOR = timedelta(seconds=5)
"""How long the other side has to confirm, from the call to the last byte that is read."""
MOST_ANSWER = 16 * 1024
"""Bytes of an answer that are read; more says nothing about whether it was accepted."""
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be better later (RFC 9110, RFC 6585)."""
NOT_LET_IN = frozenset({401, 403})
ACCOUNT = "account "
"""What a status begins with when the other side refuses the house itself: its key, its rights or its money.
Nobody but the operator can mend that, and the doctor says so."""
HIDDEN = "…"
MOST_WAIT_SECONDS = 7 * 24 * 3600
"""A number beyond it says nothing any more; `attempts` waits for far less."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the beginning of the body."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether HTTP says that it went well, which says nothing about the message yet."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of answers that mean success

    @property
    def words(self) -> str:
        """The beginning of the body as text."""
        return self.body[:200].decode("utf-8", "replace")

    def said(self) -> Mapping[str, Any]:
        """The body as a JSON object; empty if it is none."""
        try:
            said = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return said if isinstance(said, dict) else {}


class Line:
    """The requests of one conversation. ``wait_for`` is how long the other side, in its newest answer, wants
    to be left alone (Retry-After, RFC 9110 §10.2.3).
    """

    def __init__(self, client: httpx2.Client, limit: TimeLimit) -> None:
        self._client = client
        self._limit = limit
        self.wait_for: timedelta | None = None

    def ask(
        self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request; httpx2's own errors where there is no answer."""

        def watch(what: str, about: Mapping[str, Any]) -> None:
            if what == "connection.connect_tcp.complete":
                self._limit.watch(about["return_value"].get_extra_info("socket"))

        how = {"trace": watch}
        with self._client.stream(
            method, url, content=body, headers=dict(headers or {}), extensions=how
        ) as response:
            self.wait_for = retry_after(response.headers)
            return Answer(response.status_code, _begin_of(response))

    def post_json(self, url: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Post what is written as JSON in UTF-8."""
        kind = {"Content-Type": "application/json; charset=utf-8"}
        return self.ask("POST", url, written(body), {**kind, **(headers or {})})


class Poster:
    """The HTTP client of the channels; one for all threads."""

    def __init__(self, send_for: timedelta = SEND_FOR) -> None:
        self._send_for = send_for
        self._client = httpx2.Client(
            timeout=send_for.total_seconds(),
            follow_redirects=False,
            trust_env=False,  # a proxy set for the shell must not come between the house and its people
            headers={"User-Agent": "anxin"},
            # A connection of its own for each message: one that was kept may have died unseen, and would cost
            # a press its first 5 s; and one that hangs takes no other's place.
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
        )

    def talk(
        self, conversation: Callable[[Line], ChannelOutcome], secrets: Iterable[str] = ()
    ) -> ChannelOutcome:
        """How a conversation ended, whatever the other side did; ``secrets`` are kept out of it."""
        with TimeLimit(self._send_for) as limit:
            outcome = _held(conversation, Line(self._client, limit))
        return without(timed_out("no whole answer in time") if limit.is_over else outcome, secrets)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes in the answers of a provider mean; a code of none of these is a refusal for good.

    ``passing`` may be better later, ``account`` is for the operator; both may end in ``*``.
    """

    fine: str
    passing: tuple[str, ...]
    account: tuple[str, ...]

    @classmethod
    def of(cls, fine: str, passing: str, account: str) -> Codes:
        """Codes with blanks between them."""
        return cls(fine, tuple(passing.split()), tuple(account.split()))

    def outcome(self, code: object, words: object, fine: AttemptResult) -> ChannelOutcome:
        """The outcome that a code means; ``fine`` is what is known of a message that was accepted."""
        name, said = str(code), str(words or "")
        if name == self.fine:
            return ChannelOutcome(fine, name)
        if _is_among(name, self.account):
            return account_refused(name, said)
        return refused(name, said, may_pass=_is_among(name, self.passing))


def by_status(answer: Answer) -> ChannelOutcome:
    """What the status alone says of an answer that has no code of its own."""
    if answer.status in NOT_LET_IN:
        return account_refused(str(answer.status), answer.words)
    if answer.is_success:
        return refused("unreadable", answer.words, may_pass=True)  # a page of a gateway in between, perhaps
    return refused(str(answer.status), answer.words, may_pass=answer.status in PASSING)


def account_refused(code: str, words: str) -> ChannelOutcome:
    """The other side refuses the house itself."""
    return refused(ACCOUNT + code, words)


def written(body: object) -> bytes:
    """JSON in UTF-8, as short as it can be."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def without(outcome: ChannelOutcome, secrets: Iterable[str]) -> ChannelOutcome:
    """The outcome with nothing of the secrets in its words: some servers say what they were asked."""
    detail = outcome.detail
    for secret in secrets:
        if detail and secret:
            detail = detail.replace(secret, HIDDEN)
    return replace(outcome, detail=detail)


def _held(conversation: Callable[[Line], ChannelOutcome], line: Line) -> ChannelOutcome:
    try:
        outcome = conversation(line)
        return replace(outcome, wait_for=line.wait_for) if outcome.may_pass else outcome
    except httpx2.TimeoutException as error:
        return timed_out(type(error).__name__)
    except httpx2.InvalidURL as error:
        return refused("address", str(error))
    except httpx2.HTTPError as error:
        return refused("unreachable", f"{type(error).__name__}: {error}", may_pass=True)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Seconds, or a date, which is held against the date that the same answer bears."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        is_long = len(said) > len(str(MOST_WAIT_SECONDS))
        return timedelta(seconds=MOST_WAIT_SECONDS if is_long else min(int(said), MOST_WAIT_SECONDS))
    try:
        wait_for = parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):  # no date, or one of them without a zone
        return None
    return wait_for if wait_for > timedelta() else None


def _begin_of(response: httpx2.Response) -> bytes:
    begin = b""
    for piece in response.iter_bytes():
        begin += piece
        if len(begin) >= MOST_ANSWER:
            break
    return begin[:MOST_ANSWER]


def _is_among(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
