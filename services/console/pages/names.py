"""Names: what people are called who have something, are told of it, see to it or wrote it down.

An id is shown to nobody who reads a page: a worker has a name, a login its user name, a contact theirs; for
the house itself and for programs the page has words.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from services.domain.alerts import HOUSE
from services.domain.people import Worker
from services.escalation.telling import LAST_RESORT_KEY


class Nobody(StrEnum):
    """Who acts, is told or is in need, and is no person that anybody knows."""

    HOUSE = "house"
    DUTY_DESK = "duty_desk"
    LAST_RESORT = "last_resort"
    PROGRAM = "program"
    UNKNOWN_DEVICE = "unknown_device"


class Names:
    """What the keys of actors, holders and owners are called."""

    def __init__(self, workers: Iterable[Worker]) -> None:
        self._names = {worker.id: worker.name for worker in workers}

    def of(self, key: str) -> str | Nobody:
        """A name, or who it is instead of a person."""
        if key in self._names:
            return self._names[key]
        if key == HOUSE:
            return Nobody.HOUSE
        if key == LAST_RESORT_KEY:
            return Nobody.LAST_RESORT
        kind, _, rest = key.partition(":")
        if kind == "token":
            return Nobody.PROGRAM
        return rest if kind in {"user", "contact"} and rest else key
