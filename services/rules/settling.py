"""Settling: a change of a bed or a door counts once it has held for long enough.

A change back to the last settled state drops out, and with it the change before. Settlings are deadlines; one
once met is never undone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.values import value
from services.rules.beds import PairChange
from services.rules.signs import Sign


@value(frozen=True, slots=True)
class Source:
    """A bed or a door as one rule sees it: the last settled kind, the present one, when it last said anything
    (doors), and the changes that are not settled yet, oldest first. All but the last of them will have held
    for long enough when their time comes.
    """

    name: str
    settled: str | None = None
    present: str | None = None
    newest_at: datetime | None = None
    pending: tuple[Sign, ...] = ()

    def due_at(self, settle_for: timedelta) -> datetime | None:
        """When the oldest pending change will have held for long enough."""
        return self.pending[0].at + settle_for if self.pending else None


def change(source: Source, new: PairChange, settle_for: timedelta) -> Source:
    """Take in a change. The change before it drops out unless it will have held for long enough by then; one
    that will have is left to its deadline, and so is one of the same kind: a bed that was unknown in between
    and says again what it said has held.
    """
    pending = source.pending
    if pending and pending[-1].kind != new.kind and pending[-1].at + settle_for > new.sign.at:
        pending = pending[:-1]
    before = pending[-1].kind if pending else source.settled
    if new.kind is not None and new.kind != before:
        pending = (*pending, new.sign)
    return Source(source.name, source.settled, new.kind, source.newest_at, pending)


def take_door(source: Source, sign: Sign) -> tuple[Source, PairChange | None]:
    """What a door's report changes: nothing if it is older than the newest or says the same."""
    if source.newest_at is not None and sign.at < source.newest_at:
        return source, None
    new = None if source.present == sign.kind else PairChange(source.name, sign.kind, sign)
    return replace(source, newest_at=sign.at), new


def settle(source: Source) -> tuple[Source, Sign]:
    """The oldest pending change has held: from now on it is the settled state."""
    if not source.pending:
        raise ValueError(f"nothing is pending at {source.name}")
    held, *rest = source.pending
    return Source(source.name, held.kind, source.present, source.newest_at, tuple(rest)), held


def drop(source: Source, seq: int) -> Source:
    """Forget a pending change whose event was taken back."""
    return replace(source, pending=tuple(sign for sign in source.pending if sign.seq != seq))
