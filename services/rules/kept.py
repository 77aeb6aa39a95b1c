"""Kept: what the rules remember of each key, held in memory from one batch to the next.

Reading a state back from its text costs more than all that a rule does with it. Only what is committed is
kept, what is being written is laid aside, and only one runner writes states, so what lies here is what lies
in the store; whoever becomes the runner begins with nothing kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from services.domain.ports import StateKey

MOST = 200_000
"""States that are kept, some 1 kB each; beyond, those that were written or read longest ago are forgotten
and read again when they are needed.
"""

State = tuple[Any, datetime | None]
"""A state's value, None for none, and its deadline."""


class Kept:
    """The states of one runner."""

    def __init__(self) -> None:
        self._states: dict[StateKey, State] = {}
        self._doubted: dict[StateKey, State] = {}
        """What lay here of those that are being written, as it was before."""
        self._began_at: int | None = None
        """Where the store was read from by the batch that writes them; None where it reads no event."""

    def get(self, at: StateKey) -> State | None:
        """The state as it is stored; None if it is not known here."""
        return self._states.get(at)

    def begin(self, cursor: int, *, moves: bool) -> None:
        """A batch begins at ``cursor``, and ``moves`` it if it has events.

        A batch that was undone has left the cursor where it began, and with it every state as it was.
        """
        if self._began_at == cursor:
            self._states.update(self._doubted)
        self._doubted.clear()
        self._began_at = cursor if moves else None

    def committed(self, states: Mapping[StateKey, State]) -> None:
        """These are stored now."""
        self._doubted.clear()
        for at, state in states.items():
            self._states.pop(at, None)  # what is used comes last, and is forgotten last
            self._states[at] = state
        for at in list(islice(self._states, max(len(self._states) - MOST, 0))):
            del self._states[at]

    def doubt(self, written: Iterable[StateKey]) -> None:
        """These are being written. Whether that is committed nobody may ever hear: a commit that is reported
        as failed may have succeeded. The cursor of the next batch tells.
        """
        for at in written:
            state = self._states.pop(at, None)
            if state is not None:
                self._doubted[at] = state

    def forget(self) -> None:
        """States were made anew beside what lies here."""
        self._states.clear()
        self._doubted.clear()
