"""What the house keeps of its watch over itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from services.domain.self_watch import OwnPress, PathCheck


class SelfWatch(Protocol):
    """The house's own presses and the nightly path checks."""

    def add(self, press: OwnPress) -> OwnPress:
        """Store a new press, numbered."""
        ...

    def save(self, press: OwnPress) -> None:
        """Store how it stands with a press now."""
        ...

    def newest(self) -> OwnPress | None:
        """The press that was made last."""
        ...

    def last_back(self) -> OwnPress | None:
        """The press that came back last."""
        ...

    def since(self, at: datetime) -> list[OwnPress]:
        """The presses made at or after an instant, ascending."""
        ...

    def keep_check(self, check: PathCheck) -> PathCheck:
        """Store a path check, in the place of the one of the same id; one that waits in the place of any that
        waits.
        """
        ...

    def newest_check(self) -> PathCheck | None:
        """The check that was set last: the one to come, the one that runs, or the last."""
        ...

    def last_check(self) -> PathCheck | None:
        """The check that ended last."""
        ...

    def forget(self, before: datetime, limit: int, but: Collection[str] = ()) -> int:
        """Delete what is synthetic and older: events, findings, closed alerts with all that hangs on them,
        notices with their attempts, commands, presses. At most ``limit`` of each; answers how many rows of
        events, findings, alerts and notices it were. Registers are kept, and so are the notices of the path
        checks ``but``.
        """
        ...
