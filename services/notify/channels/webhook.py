"""The webhook channel: CloudEvents 1.0 in structured JSON, signed, over HTTP.

2xx counts as delivered, unless the body says that the message was not accepted. Nothing else does: no
redirect is followed, so that a message about somebody's home never goes where its reader did not ask for
it.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2

from services.domain.instants import format_instant
from services.domain.notices import AttemptResult, Notice
from services.escalation.bundling import alert_ids_of, matters_of
from services.escalation.text import Message
from services.notify.channels.channel import ChannelOutcome, Sending, refused, timed_out
from services.notify.channels.time_limit import TimeLimit

SEND_FOR = timedelta(seconds=5)
"""How long the other side has to confirm, from the call to the last byte that is read."""
MOST_ANSWER = 16 * 1024
"""Bytes of an answer that are read; more says nothing about whether it was accepted."""
MOST_ADDRESS = 2048
SIGNATURE = "X-Anxin-Signature"
EVENT_TYPE = "anxin.notice.v1"
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be better later (RFC 9110, RFC 6585)."""


class WebhookChannel:
    """Posts notices. ``key`` signs them, ``source`` names this installation; one for all threads."""

    def __init__(self, key: str, source: str = "urn:anxin", send_for: timedelta = SEND_FOR) -> None:
        self._key = key.encode()
        self._source = source or "urn:anxin"
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

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        fault = fault_of(address)
        if fault is not None:
            return refused("address", fault)
        body = body_of(sending.notice, sending.message, self._source)
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            SIGNATURE: signature(self._key, body, sending.at),
        }
        with TimeLimit(self._send_for) as limit:
            try:
                outcome = self._post(address, body, headers, limit)
            except httpx2.TimeoutException as error:
                return timed_out(type(error).__name__)
            except httpx2.InvalidURL as error:
                return refused("address", str(error))
            except httpx2.HTTPError as error:
                outcome = refused("unreachable", f"{type(error).__name__}: {error}", may_pass=True)
        return timed_out("no whole answer in time") if limit.is_over else outcome

    def _post(self, address: str, body: bytes, headers: dict[str, str], limit: TimeLimit) -> ChannelOutcome:
        def watch(what: str, about: Mapping[str, Any]) -> None:
            if what == "connection.connect_tcp.complete":
                limit.watch(about["return_value"].get_extra_info("socket"))

        how = {"trace": watch}
        with self._client.stream("POST", address, content=body, headers=headers, extensions=how) as response:
            return _judge(response.status_code, _begin_of(response))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def body_of(notice: Notice, message: Message, source: str) -> bytes:
    """The event as it is posted."""
    knows = notice.text
    matters = matters_of(notice) or (knows,)
    event = {
        "specversion": "1.0",
        "type": EVENT_TYPE,
        "id": notice.id,
        "source": source,
        "time": format_instant(notice.created_at),
        "datacontenttype": "application/json",
        "data": {
            "notice_id": notice.id,
            "alert_id": notice.alert_id,
            "alert_ids": list(alert_ids_of(notice)),
            "kind": notice.kind.value,
            "alert_kind": knows.get("alert_kind"),
            "severity": notice.severity.value,
            "title": message.title,
            "text": message.text,
            "language": message.language.value,
            "resident": _resident(notice.text),
            "residents": [found for matter in matters if (found := _resident(matter)) is not None],
            "since": knows.get("since"),
            "step": notice.step,
            "link": knows.get("link"),
        },
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _resident(knows: Mapping[str, str]) -> dict[str, str | None] | None:
    resident_id = knows.get("resident_id")
    return {"id": resident_id, "name": knows.get("resident_name")} if resident_id else None


def signature(key: bytes, body: bytes, at: datetime) -> str:
    """Sign ``t.body``: whoever knows the key can tell that the house sent it, and when."""
    seconds = str(int(at.timestamp()))
    signed = hmac.new(key, seconds.encode() + b"." + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def fault_of(address: str) -> str | None:
    """What is wrong with an address, None if nothing. Loopback is allowed, addresses of machines'
    metadata not.
    """
    if len(address) > MOST_ADDRESS or not address.isprintable() or " " in address:
        return "no address of a web server"
    try:
        url = httpx2.URL(address)
    except (httpx2.InvalidURL, ValueError) as error:
        return str(error)
    if url.port is not None and not 0 < url.port < 2**16:
        return "no such port"
    if url.scheme not in ("http", "https") or not url.host:
        return "expected http://… or https://…"
    try:
        number = ipaddress.ip_address(url.host.strip("[]"))
    except ValueError:
        return None  # a name
    if number.is_link_local or number.is_multicast or number.is_unspecified:
        return "an address that no person's device has"
    return None


def _begin_of(response: httpx2.Response) -> bytes:
    begin = b""
    for piece in response.iter_bytes():
        begin += piece
        if len(begin) >= MOST_ANSWER:
            break
    return begin[:MOST_ANSWER]


def _judge(status: int, body: bytes) -> ChannelOutcome:
    said = _said(body)
    refusal = said.get("accepted") is False
    words = str(said.get("reason") or "") if refusal else body[:200].decode("utf-8", "replace")
    if 200 <= status < 300:  # noqa: PLR2004 - the class of answers that mean success
        if refusal:
            return refused(str(status), words or "not accepted")
        return ChannelOutcome(AttemptResult.DELIVERED, str(status))
    return refused(str(status), words, may_pass=status in PASSING and not refusal)


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
