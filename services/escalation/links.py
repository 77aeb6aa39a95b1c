"""Links and codes: by what somebody who was told says which notice they answer, without signing in.

A link names one notice, so one person and one alert (or the bundle that the notice carries), and is sealed
with a key of this installation; one that goes over a channel is sealed for that address, since others may
read there. Nothing of it is stored: whether it still holds, and whether somebody has to be asked who they
are, is asked of the notice, the alert and the people each time it is opened. A code is for typing: it tells
what one person is asked apart and opens nothing by itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.domain.notices import Notice, NoticeKind, NoticeReason
from services.domain.people import Channel, ChannelKind
from services.escalation.scene import House

PATH = "/a/"
"""Where links lead; short, for it is paid by the character."""
SEAL_BYTES = 12
"""96 bits: nobody guesses one over a network."""
_NOTICE = re.compile(r"ntc_([0-9a-f]{24})")
_ID_BYTES = 12
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)

SAYS_WHO_IT_IS_FOR = frozenset({ChannelKind.WEBHOOK})
"""Kinds over which a message goes to a program that is told whom it is for, and hands it to them alone: its
link is the person's own, however many have the same address.
"""

CODES = 9000
"""How many codes there are: four digits, of which the first is no zero. As many notices in a row have codes
that differ.
"""
CODE = "code"
"""Where a notice says that its code is an earlier one."""
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


@dataclass(frozen=True, slots=True)
class Way:
    """How a link came to whoever has it: over the channel for which it was sealed (None: it is the person's
    own), and as whom of those who are reached there they said they answer (empty: they were not asked).
    """

    over: Channel | None = None
    chosen: str = ""

    def sealed(self) -> bytes:
        """What the seal says beside the notice."""
        if self.over is None:
            return b""
        return f"\n{self.over.kind.value}\n{self.over.address}\n{self.chosen}".encode()


OWN = Way()


def link_of(notice: Notice, house: House, over: Channel | None = None) -> str:
    """The one-tap link of a notice, as it goes ``over`` a channel; where none can be sealed, there is nothing
    to answer or it is for nobody in particular, the page that it is about, for which one signs in.
    """
    is_for_somebody = notice.worker_id is not None or notice.contact is not None
    is_read_by_others = over in notice.channels and over.kind not in SAYS_WHO_IT_IS_FOR
    way = Way(over) if is_read_by_others else OWN
    token = token_of(notice.id, house.link_key, way) if is_for_somebody and is_of_an_alert(notice) else None
    return f"{house.link_base.rstrip('/')}{PATH}{token}" if token else notice.text.get("link", "")


def token_of(notice_id: str, key: bytes, way: Way = OWN) -> str | None:
    """The token for a notice; None without a key, or for an id that was not derived."""
    found = _NOTICE.fullmatch(notice_id)
    if found is None or not key:
        return None
    name = bytes.fromhex(found[1])
    return base64.urlsafe_b64encode(name + _seal(name, key, way)).decode()


def notice_named(token: str) -> str | None:
    """The id of the notice that a token names, whoever sealed it; None if it is none."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        whole = base64.urlsafe_b64decode(token)
    except (ValueError, binascii.Error):
        return None
    return f"ntc_{whole[:_ID_BYTES].hex()}"


def is_sealed(token: str, key: bytes, way: Way = OWN) -> bool:
    """Whether a token was made here, and for this way."""
    notice_id = notice_named(token)
    made = token_of(notice_id, key, way) if notice_id is not None else None
    return made is not None and hmac.compare_digest(token.encode(), made.encode())


def way_of(token: str, key: bytes, ways: Iterable[Way]) -> Way | None:
    """The first of these ways for which a token was sealed; None if it was sealed for none of them."""
    return next((way for way in ways if is_sealed(token, key, way)), None)


def is_over(notice: Notice, house: House, now: datetime) -> bool:
    """Whether the link of a notice has had its time, whatever became of its alert."""
    return now >= notice.created_at + house.link_for


def code_of(notice: Notice) -> str:
    """The code of a notice: the one by which its person was asked first, else its own; empty for one that is
    not stored, which nobody can answer.
    """
    return notice.text.get(CODE) or _own_code(notice)


def code_before(notices: Iterable[Notice], house: House, now: datetime) -> str:
    """The code that a further message to somebody bears: of the first of ``notices``, all to them about one
    alert, as long as the link of that one holds; empty if it needs one of its own. So nobody has to know
    which of several messages a code stood in, and none is kept until others have the same.
    """
    own = (
        each for each in notices if CODE not in each.text and each.number and not is_over(each, house, now)
    )
    return next(map(_own_code, own), "")


def _own_code(notice: Notice) -> str:
    return str(_FIRST + notice.number * _STRIDE % CODES) if notice.number else ""


def _seal(name: bytes, key: bytes, way: Way) -> bytes:
    return hmac.new(key, name + way.sealed(), hashlib.sha256).digest()[:SEAL_BYTES]
