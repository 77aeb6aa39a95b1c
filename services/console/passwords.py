"""Passwords: hashed by argon2, and compared with the same work whether the login exists or not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError

_ARGON2 = PasswordHash.recommended()

SHORTEST = 10
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a password fits, and its hash made anew where the stored one is weaker than today's."""

    fits: bool
    new_hash: str | None = None


def hashed(password: str) -> str:
    return _ARGON2.hash(password)


def fresh() -> str:
    """A one-time password: 96 random bits, short enough to be typed."""
    return secrets.token_urlsafe(12)


def check(password: str, password_hash: str | None) -> Check:
    """Compare; without a hash, or with one that nobody can read, the work is done all the same, and the
    answer is no.
    """
    try:
        fits, new_hash = _ARGON2.verify_and_update(password, password_hash or _nobodys())
    except UnknownHashError:
        _ARGON2.verify(password, _nobodys())
        return Check(fits=False)
    if not fits or password_hash is None:
        return Check(fits=False)
    return Check(fits=True, new_hash=new_hash)


@cache
def _nobodys() -> str:
    return _ARGON2.hash(secrets.token_urlsafe(32))
