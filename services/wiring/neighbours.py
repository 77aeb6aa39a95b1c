"""Neighbours: processes of ingest that share the load look after one another.

The broker goes on handing a process its share when that has died, and keeps it for its return. So each has a
role that it renews, and whoever sees another one silent connects in its name as well, until it is back. While
two believe they have a name the broker lets them have it in turn; what both take in is stored once.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Protocol

from services.wiring.leading import Claim, Shared

ROLE = "ingest/"

log = logging.getLogger("anxin.ingest")


class Adopts(Protocol):
    """An inbox that can hear for others too."""

    def adopt(self, client_id: str) -> None:
        """Connect in the name of another process."""
        ...

    def leave(self, client_id: str) -> None:
        """Disconnect what was connected in that name."""
        ...


class Neighbours:
    """A room beside ingest, in a thread of its own: a store that does not answer must not hold up a press."""

    def __init__(self, roles: Shared, inbox: Adopts) -> None:
        self._roles = roles
        self._inbox = inbox
        self._own = roles.claim(f"{ROLE}{roles.holder}")
        self._others: dict[str, Claim] = {}
        self._adopted: set[str] = set()

    def begin(self) -> None:
        """Have one's own name back from whoever looked after it; before the inbox connects."""
        self._own.insist()

    def step(self) -> bool:
        if not self._own.keep_or_take():
            self._own.insist()  # we were silent, somebody hears for us and will leave off
        with self._roles.store.reading() as uow:
            roles = [lease.role for lease in uow.runners.all() if lease.role.startswith(ROLE)]
        for role in roles:
            if role != self._own.role:
                self._look_after(role)
        return False

    def next_due_at(self) -> datetime | None:
        return None

    def _look_after(self, role: str) -> None:
        if role not in self._others:
            self._others[role] = self._roles.claim(role)
        is_ours = self._others[role].keep_or_take()
        name = role.removeprefix(ROLE)
        if is_ours and name not in self._adopted:
            log.warning("a process of ingest is gone; this one takes in what the broker hands it")
            self._adopted.add(name)
            self._inbox.adopt(name)
        elif not is_ours and name in self._adopted:
            log.info("a process of ingest is back and takes in its own share again")
            self._adopted.discard(name)
            self._inbox.leave(name)
