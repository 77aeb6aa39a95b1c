"""Receiving: how a carrier brings the receipts of messages that it took, and what all of them have in common.

Which form they have is read by the file of each channel. What is not wholly a receipt of that form is refused
with words, and nothing of the request is taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from services.domain.instants import NotAnInstant, parse_instant
from services.domain.notices import ReceiptResult
from services.domain.receipts import Receipt, Unreadable

MOST = 1000
"""Receipts in one request; carriers bring a hundred."""
MOST_DETAIL = 200
"""Characters that are kept of what a carrier says."""
BEIJING = ZoneInfo("Asia/Shanghai")
"""The clock of Aliyun and Tencent, whose times have no zone."""
FORM = "application/x-www-form-urlencoded"

Reads = Callable[[bytes, str], Sequence[Receipt]]
"""Reads the receipts of a body of a media type; `Unreadable` says in words what was expected."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """How one kind of channel brings receipts, and what it wants to hear; without ``answer`` it hears what
    became of each.

    One that ``asks_again`` after any answer but success hears success also of messages that nobody knows.
    """

    reads: Reads
    answer: str = ""
    asks_again: bool = False
    signs: bool = False
    """Signs what it brings with the key of the house, as the house signs what it sends."""


def objects(body: bytes, media_type: str = "") -> Iterator[Mapping[str, Any]]:
    """The JSON objects of a body, one or a list; a form is one object of texts."""
    try:
        if media_type.partition(";")[0].strip().lower() == FORM:
            found: Any = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
        else:
            found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("expected JSON in UTF-8, an object or a list of objects, or a form") from None
    each = found if isinstance(found, list) else [found]
    if not each or len(each) > MOST or not all(isinstance(one, dict) for one in each):
        raise Unreadable(f"expected an object, or a list of 1 to {MOST} objects")
    yield from each


def text_of(said: Mapping[str, Any], name: str) -> str | None:
    """A field as text; None where it is missing or empty."""
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).replace("\0", "")[:MOST_DETAIL] or None


def instant_of(text: str | None, zone: ZoneInfo = BEIJING) -> datetime | None:
    """An instant as carriers write it, ``2025-07-23 02:13:05``; None where it is none."""
    try:
        return parse_instant(text.replace(" ", "T", 1), zone) if text else None
    except (NotAnInstant, ValueError):
        return None


def words_of(*words: str | None) -> str | None:
    """What a carrier says, in one line."""
    return " ".join(dict.fromkeys(word for word in words if word))[:MOST_DETAIL] or None


def named(receipt: Receipt) -> Receipt:
    """The receipt, if it names a message."""
    if not receipt.name:
        raise Unreadable("expected the id of a message in each receipt")
    return receipt


def result_of(*, is_delivered: bool) -> ReceiptResult:
    """Delivered or not."""
    return ReceiptResult.DELIVERED if is_delivered else ReceiptResult.FAILED
