"""What ingest asks of whoever told people of alarms while the store could not be written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from services.domain.events import Event
from services.domain.ports.facts import Stored
from services.domain.ports.store import UnitOfWork


class ToldWithoutStore(Protocol):
    """The memory of who was told of what before it was stored.

    The order of calls: `storing` around the transaction, within it `claim` before the events are appended and
    `settle` after. Whatever fails there, the events are claimed and settled again at the next try.
    """

    def storing(self) -> AbstractContextManager[None]:
        """Around one transaction: a clean end says that it is committed, an exception that it is not."""
        ...

    def claim(self, came: Sequence[tuple[int, Event]]) -> list[Event]:
        """Take events, each with the number of its message, in hand for storing; answers them in order.

        Those that people were told of bear `Mark.TOLD_WITHOUT_STORE`. Nobody is told of the others for as
        long as a commit may take.
        """
        ...

    def settle(self, uow: UnitOfWork, stored: Sequence[Stored]) -> None:
        """Store what was told of the claimed events: alert, notices and attempts, as it was decided then."""
        ...


class NobodyTold:
    """Where nobody watches over alarms that wait for the store."""

    def storing(self) -> AbstractContextManager[None]:
        return nullcontext()

    def claim(self, came: Sequence[tuple[int, Event]]) -> list[Event]:
        return [event for _, event in came]

    def settle(self, uow: UnitOfWork, stored: Sequence[Stored]) -> None:
        """Nothing was told."""
