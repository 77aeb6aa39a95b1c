"""Duty changes: whether people have changed who is on duty since somebody last looked, by the audit.

Each entry is read once. It decides nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from services.domain.ports import UnitOfWork

PART = 200
"""Entries of the audit that are read at once."""
WHO_IS_ON_DUTY = frozenset({"roster", "shift", "swap", "leave", "worker", "team", "grid"})
"""Kinds of things whose change may open or fill a hole."""


class DutyChanges:
    """What is new for one who looks. How far the audit was read is in memory alone, so that what does not
    matter costs no write.
    """

    def __init__(self, kinds: AbstractSet[str] = WHO_IS_ON_DUTY) -> None:
        self._kinds = kinds
        self.read_until = 0
        """The number of the last entry that was read."""
        self.are_any = False
        """Whether any of those read since `seen` matters: it stays so if a look fails."""
        self.is_more = False
        """Whether more entries may wait than were read."""

    def begin(self, uow: UnitOfWork) -> None:
        """Pass over all that is there, for one who has still to look for the first time."""
        self.read_until = uow.audit.last_number()

    def read(self, uow: UnitOfWork, after: int = 0) -> None:
        """Read some of what came since, and after the entry of the number ``after``."""
        since = max(self.read_until, after)
        has_new = uow.audit.last_number() > since  # asked at every step, and there seldom is
        entries = uow.audit.page({}, since, PART).items if has_new else ()
        self.read_until = entries[-1].number if entries else since
        self.are_any |= any(entry.object_kind in self._kinds for entry in entries)
        self.is_more = len(entries) == PART

    def seen(self) -> None:
        """Somebody has looked at how things stand after them."""
        self.are_any = False
