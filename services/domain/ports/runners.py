"""Roles that one process at a time may have: the active rules runner, whoever leads the alerts, and a role
of its own for each process that delivers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from services.domain.runners import RunnerLease


class Runners(Protocol):
    """The leases of all roles. Whoever wants to be sure that a role is still theirs asks in the transaction
    in which they write: one transaction writes at a time, so the role cannot change hands before its commit.
    """

    def lease(self, role: str) -> RunnerLease | None:
        """Who has a role; None if nobody ever had it."""
        ...

    def all(self) -> list[RunnerLease]:
        """Every role, by name."""
        ...

    def take(self, role: str, holder: str, at: datetime) -> RunnerLease:
        """Have a role from now on, whoever had it, with a greater ``fence``."""
        ...

    def renew(self, lease: RunnerLease, at: datetime) -> bool:
        """Note that the holder is alive; False, and nothing is written, if the role has changed hands."""
        ...

    def give_up(self, lease: RunnerLease) -> None:
        """Leave the role to whoever wants it; nothing happens if it has changed hands."""
        ...
