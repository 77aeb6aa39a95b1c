"""The webhook channel: CloudEvents 1.0 in structured JSON, signed, over HTTP.

2xx counts as delivered, unless the body says that the message was not accepted. Nothing else does: no
redirect is followed, so that a message about somebody's home never goes where its reader did not ask for
it.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx2

from services.domain.instants import format_instant
from services.domain.notices import AttemptResult, Notice, ReceiptResult
from services.domain.receipts import Receipt, Unreadable
from services.escalation.bundling import alert_ids_of, matters_of
from services.escalation.text import Message
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import PASSING, SEND_FOR, Answer, Poster, written
from services.notify.channels.receiving import instant_of, named, objects, text_of

MOST_ADDRESS = 2048
MOST_DIGITS = 10
"""Of the seconds in a signature."""
SIGNATURE = "X-Anxin-Signature"
EVENT_TYPE = "anxin.notice.v1"


class WebhookChannel:
    """Posts notices. ``key`` signs them, ``source`` names this installation; one for all threads."""

    def __init__(
        self,
        key: str,
        source: str = "urn:anxin",
        send_for: timedelta = SEND_FOR,
        poster: Poster | None = None,
    ) -> None:
        self._key = key.encode()
        self._source = source or "urn:anxin"
        self._poster = poster or Poster(send_for)

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        fault = fault_of(address)
        if fault is not None:
            return refused("address", fault)
        body = body_of(sending.notice, sending.message, self._source)
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            SIGNATURE: signature(self._key, body, sending.at),
        }
        return self._poster.talk(lambda line: _judge(line.ask("POST", address, body, headers)))

    def close(self) -> None:
        """Close the connections."""
        self._poster.close()


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
            "recipient": _recipient(notice),
            "resident": _resident(notice.text),
            "residents": [found for matter in matters if (found := _resident(matter)) is not None],
            "since": knows.get("since"),
            "step": notice.step,
            "link": message.link or None,
            "code": message.code or None,
            "short": message.short,
        },
    }
    return written(event)


def _recipient(notice: Notice) -> dict[str, str | None] | None:
    """Whom it is for, so that a program that has the address of several gives it to them alone."""
    if notice.worker_id is None and notice.contact is None:
        return None
    return {"worker_id": notice.worker_id, "contact": notice.contact, "name": notice.recipient_name}


def _resident(knows: Mapping[str, str]) -> dict[str, str | None] | None:
    resident_id = knows.get("resident_id")
    return {"id": resident_id, "name": knows.get("resident_name")} if resident_id else None


def signature(key: bytes, body: bytes, at: datetime) -> str:
    """Sign ``t.body``: whoever knows the key can tell that the house sent it, and when."""
    seconds = str(int(at.timestamp()))
    signed = hmac.new(key, seconds.encode() + b"." + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def is_signed(signed: str, body: bytes, key: str, now: datetime, within: timedelta) -> bool:
    """Whether a header bears a signature of these bytes that is no older than ``within``."""
    at, _, _ = signed.partition(",v1=")
    seconds = at.removeprefix("t=")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= MOST_DIGITS):
        return False
    then = datetime.fromtimestamp(int(seconds), UTC)
    is_right = hmac.compare_digest(signed.encode(), signature(key.encode(), body, then).encode())
    return is_right and abs(now - then) <= within


def reads(body: bytes, media_type: str) -> list[Receipt]:
    """The receipts of an own system: ``{"notice_id", "result": "delivered" or "failed", "at", "detail"}``."""
    receipts = []
    for said in objects(body, media_type):
        if said.get("result") not in tuple(ReceiptResult):
            raise Unreadable("expected result, delivered or failed, in each receipt")
        receipt = Receipt(
            ReceiptResult(said["result"]),
            notice_id=text_of(said, "notice_id"),
            at=instant_of(text_of(said, "at")),
            detail=text_of(said, "detail"),
        )
        receipts.append(named(receipt))
    return receipts


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


def _judge(answer: Answer) -> ChannelOutcome:
    said = answer.said()
    refusal = said.get("accepted") is False
    words = str(said.get("reason") or "") if refusal else answer.words
    if answer.is_success and not refusal:
        return ChannelOutcome(AttemptResult.DELIVERED, str(answer.status))
    may_pass = answer.status in PASSING and not refusal
    return refused(str(answer.status), words or ("not accepted" if refusal else ""), may_pass=may_pass)
