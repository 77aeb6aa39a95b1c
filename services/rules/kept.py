"""Kept: what the rules remember of each key, held in memory from one batch to the next.

Reading a state back from its text costs more than all that a rule does with it. Only what is committed is
kept, what is being written is not, and only one runner writes states, so what lies here is what lies in the
store; whoever becomes the runner begins with nothing kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.domain.ports import StateKey

MOST = 50_000
"""States that are kept, some 1 kB each; beyond, all are forgotten and read again as they are needed."""

State = tuple[Any, datetime | None]
"""A state's value, None for none, and its deadline."""


class Kept:
    """The states of one runner."""

    def __init__(self) -> None:
        self._states: dict[StateKey, State] = {}

    def get(self, at: StateKey) -> State | None:
        """The state as it is stored; None if it is not known here."""
        return self._states.get(at)

    def committed(self, states: Mapping[StateKey, State]) -> None:
        """These are stored now."""
        if len(self._states) + len(states) > MOST:
            self._states.clear()
        self._states.update(states)

    def doubt(self, written: Iterable[StateKey]) -> None:
        """These are being written. Whether that is committed nobody may ever hear: a commit that is reported
        as failed may have succeeded.
        """
        for at in written:
            self._states.pop(at, None)

    def forget(self) -> None:
        """States were made anew beside what lies here."""
        self._states.clear()
