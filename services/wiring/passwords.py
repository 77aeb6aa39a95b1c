"""Passwords of logins, hashed by argon2."""

from __future__ import annotations

from pwdlib import PasswordHash

_ARGON2 = PasswordHash.recommended()


def hash_password(password: str) -> str:
    """The argon2 hash of a password."""
    return _ARGON2.hash(password)
