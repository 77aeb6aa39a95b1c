"""Links and codes: by what somebody who was told says which notice they answer, without signing in.

A link names one notice, so one person and one alert (or the bundle that the notice carries), and is sealed
with a key of this installation. Nothing of it is stored: whether it still holds is asked of the notice, the
alert and the person each time it is opened. A code is for typing: it tells the notices of one person apart
and opens nothing by itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime

from services.domain.notices import Notice, NoticeKind, NoticeReason
from services.escalation.scene import House

PATH = "/a/"
"""Where links lead; short, for it is paid by the character."""
SEAL_BYTES = 12
"""96 bits: nobody guesses one over a network."""
_NOTICE = re.compile(r"ntc_([0-9a-f]{24})")
_ID_BYTES = 12
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)

CODES = 9000
"""How many codes there are: four digits, of which the first is no zero. As many notices in a row have codes
that differ.
"""
_FIRST = 1000
_STRIDE = 7919
"""Without a divisor in common with `CODES`, so that neighbouring notices have codes that nobody mixes up."""


def link_key(secret: str) -> bytes:
    """The key of the links, made from the key of the installation: what is signed with one says nothing
    about the other.
    """
    return hmac.new(secret.encode(), b"one-tap links", hashlib.sha256).digest()


def is_of_an_alert(notice: Notice) -> bool:
    """Whether there is anything to answer: a silence and the nightly test of a channel call nobody."""
    is_a_test_of_the_path = notice.text.get("because") == NoticeReason.PATH_CHECK.value
    return notice.kind is not NoticeKind.SILENCE and not is_a_test_of_the_path


def link_of(notice: Notice, house: House) -> str:
    """The one-tap link of a notice; where none can be sealed, there is nothing to answer or it is for nobody
    in particular, the page that it is about, for which one signs in.
    """
    is_for_somebody = notice.worker_id is not None or notice.contact is not None
    token = token_of(notice.id, house.link_key) if is_for_somebody and is_of_an_alert(notice) else None
    return f"{house.link_base.rstrip('/')}{PATH}{token}" if token else notice.text.get("link", "")


def token_of(notice_id: str, key: bytes) -> str | None:
    """The token for a notice; None without a key, or for an id that was not derived."""
    found = _NOTICE.fullmatch(notice_id)
    if found is None or not key:
        return None
    name = bytes.fromhex(found[1])
    return base64.urlsafe_b64encode(name + _seal(name, key)).decode()


def notice_of(token: str, key: bytes) -> str | None:
    """The id of the notice that a token names; None if it was not sealed here."""
    if not key or not _TOKEN.fullmatch(token):
        return None
    try:
        whole = base64.urlsafe_b64decode(token)
    except (ValueError, binascii.Error):
        return None
    name, seal = whole[:_ID_BYTES], whole[_ID_BYTES:]
    return f"ntc_{name.hex()}" if hmac.compare_digest(seal, _seal(name, key)) else None


def is_over(notice: Notice, house: House, now: datetime) -> bool:
    """Whether the link of a notice has had its time, whatever became of its alert."""
    return now >= notice.created_at + house.link_for


def code_of(notice: Notice) -> str:
    """The code of a stored notice; empty for one that is not stored, which nobody can answer."""
    return str(_FIRST + notice.number * _STRIDE % CODES) if notice.number else ""


def _seal(name: bytes, key: bytes) -> bytes:
    return hmac.new(key, name, hashlib.sha256).digest()[:SEAL_BYTES]
