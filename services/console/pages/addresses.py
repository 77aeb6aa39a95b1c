"""Addresses: where a form or a sign-in leads back to.

Only a page of this console is ever led to: what comes from outside may name any address.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request

from services.console.gate import SAFE, origin_is_ours

BOARD = "/"
SIGN_IN = "/sign-in"

LONGEST = 1000
"""Characters of an address that somebody is led back to; a page of the house needs far fewer."""
_OWN = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)
"""A path of ours: one slash first, no blank, no control character (browsers drop some of them), no
backslash (browsers read it as a slash).
"""


def inside(address: str) -> str:
    """The address itself where it is one of this console, else the board's."""
    return address if len(address) <= LONGEST and _OWN.fullmatch(address) else BOARD


def asked_for(request: Request) -> str:
    """The address of the page that was asked for, with what stands behind its question mark."""
    path = quote(request.url.path, safe="/:")
    return inside(f"{path}?{request.url.query}" if request.url.query else path)


def wanted(request: Request) -> str:
    """The page that somebody is on: the one that was asked for, or the one whose form was sent."""
    if request.method in SAFE:
        return asked_for(request)
    sent_from = request.headers.get("referer", "")
    if not origin_is_ours(request, sent_from):
        return BOARD
    page = urlsplit(sent_from)
    return inside(f"{page.path}?{page.query}" if page.query else page.path)


def sign_in_before(address: str) -> str:
    """Where somebody signs in to be led on to an address."""
    return SIGN_IN if address in {BOARD, SIGN_IN} else f"{SIGN_IN}?{urlencode({'next': address})}"
