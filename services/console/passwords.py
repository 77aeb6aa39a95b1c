"""Passwords: hashed by argon2, and compared with the same work whether the login exists or not."""

from __future__ import annotations

import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError

_ARGON2 = PasswordHash.recommended()

SHORTEST = 10
LONGEST = 200


def hashed(password: str) -> str:
    return _ARGON2.hash(password)


def fresh() -> str:
    """A one-time password: 96 random bits, short enough to be typed."""
    return secrets.token_urlsafe(12)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; without a hash the work is done all the same, and the answer is no."""
    try:
        same = _ARGON2.verify(password, password_hash or _nobodys())
    except UnknownHashError:
        return False
    return same and password_hash is not None


@cache
def _nobodys() -> str:
    return _ARGON2.hash(secrets.token_urlsafe(32))
