"""Passwords of devices at the broker: made once, shown once, kept only as a hash that the broker can
check.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from pwdlib.hashers.bcrypt import BcryptHasher

SIGNS = "acdefghjkmnprtuwxy2345678"
"""What people type by hand off a small screen, without a shift key: no sign that looks like another (0 o,
1 i l, 2 z, 5 s, 6 b, 9 g q, u v).
"""

LENGTH = 24
"""Six groups of four, 111 random bits: nobody guesses these, at whatever speed."""

COST = 4
"""The least that bcrypt knows. A higher cost slows the guessing of words that people choose; against 111
random bits it gains nothing, and the broker pays it at every connect and, for every connected device, at
every reload.
"""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client of the broker signs in with."""

    username: str
    password: str


class BrokerCredentials:
    """Makes passwords and the hashes of them that are kept."""

    def __init__(self) -> None:
        self._hasher = BcryptHasher(rounds=COST)

    def new_password(self) -> str:
        """A password that only its bearer knows; the house keeps `hashed` of it."""
        return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))

    def hashed(self, password: str) -> str:
        """The bcrypt hash, in the form that both brokers read."""
        return self._hasher.hash(password)

    def issue(self, username: str) -> tuple[Credentials, str]:
        """New credentials, and the hash to keep."""
        password = self.new_password()
        return Credentials(username, password), self.hashed(password)
