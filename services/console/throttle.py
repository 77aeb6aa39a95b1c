"""The throttle: how often somebody may try to sign in before they wait. It counts tries as they come, so that
many at once are no way around it, and by name and address together, so that nobody is locked out from
elsewhere. Strangers at a door for programs are counted too, but only they: a program that is known is never
kept waiting. It remembers in memory alone: a start of the house forgets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Network, ip_address
from threading import BoundedSemaphore

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from services.console.problems import Problem

MINUTES = 5
TRIES_OF_A_NAME = 10
"""From one address. NIST SP 800-63B asks for at most 100 in a row on one account (§5.2.2)."""
TRIES_OF_AN_ADDRESS = 100
"""A whole community may stand behind one address when a shift begins."""
MOST_AT_ONCE = 4
"""Passwords that are worked on at the same time: each takes 64 MiB and a processor for a moment."""
ONE_HOME = 64
"""Bits of an IPv6 address that one line is given; whoever has it has all addresses under it."""


def _per_window(tries: int) -> RateLimitItem:
    return RateLimitItemPerMinute(tries, MINUTES)


@dataclass
class Throttle:
    """Lets a try in, or says how long to wait."""

    of_name: RateLimitItem = field(default_factory=lambda: _per_window(TRIES_OF_A_NAME))
    of_address: RateLimitItem = field(default_factory=lambda: _per_window(TRIES_OF_AN_ADDRESS))
    at_work: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_AT_ONCE))

    def __post_init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def begin(self, address: str, username: str) -> None:
        """Count a try; `Problem` 429 if there were too many."""
        of_address = self._limiter.hit(self.of_address, address)
        if not (of_address and self._limiter.hit(self.of_name, address, username)):
            raise Problem(
                429,
                "too_many_tries",
                "Too many failed sign-ins; wait a few minutes.",
                headers={"Retry-After": str(self.of_name.get_expiry())},
            )

    def succeeded(self, address: str, username: str) -> None:
        """Forget the tries of who knew the password in the end."""
        self._limiter.clear(self.of_name, address, username)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Around the work on one password; `Problem` 503 if enough are worked on already.

        Nobody waits for their turn: a thread that did would be missed by those who answer an alarm.
        """
        if not self.at_work.acquire(blocking=False):
            raise Problem(
                503,
                "busy",
                "Many are signing in at this moment; try again at once.",
                headers={"Retry-After": "1"},
            )
        try:
            yield
        finally:
            self.at_work.release()


@dataclass
class Strangers:
    """Counts who was turned away at a door that a secret opens, by address."""

    of_address: RateLimitItem = field(default_factory=lambda: _per_window(TRIES_OF_AN_ADDRESS))

    def __post_init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def one_more(self, address: str) -> None:
        """Count one; `Problem` 429 instead of the reason if there were too many."""
        if not self._limiter.hit(self.of_address, address):
            raise Problem(
                429,
                "too_many_tries",
                "Too many that were turned away came from there; wait a few minutes.",
                headers={"Retry-After": str(self.of_address.get_expiry())},
            )


def address_of(request: Request) -> str:
    """From where a request comes, as far as one caller cannot choose it: a trusted proxy's word was taken for
    it before (`ANXIN_TRUSTED_PROXIES`).
    """
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 6:  # noqa: PLR2004 - the protocol's number
        return str(address.ipv4_mapped or IPv6Network((int(address), ONE_HOME), strict=False))
    return str(address)
