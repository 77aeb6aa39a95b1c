"""Settling: a change of a bed or a door counts once it has held for long enough (RULES §3, settle).

A change back to the last settled state drops out, and with it the change before. Settlings are deadlines; one
once met is never undone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.rules.beds import PairChange
from services.rules.signs import Sign


@dataclass(frozen=True, slots=True)
class Source:
    """A bed or a door as one rule sees it: the last settled kind, the present one, and a change that is not
    settled.
    """

    name: str
    settled: str | None = None
    present: str | None = None
    newest_at: datetime | None = None
    pending: Sign | None = None

    def due_at(self, settle_for: timedelta) -> datetime | None:
        """When the pending change will have held for long enough."""
        return None if self.pending is None else self.pending.at + settle_for


def change(source: Source, new: PairChange, settle_for: timedelta) -> tuple[Source, Sign | None]:
    """Take in a change. Answers the change before it, if that one had held for long enough when this one
    came.
    """
    settled: Sign | None = None
    pending = source.pending
    if pending is not None and pending.at + settle_for <= new.sign.at:
        settled = pending
        source = replace(source, settled=pending.kind)
    drops_out = new.kind is None or new.kind == source.settled
    after = replace(source, present=new.kind, newest_at=new.sign.at, pending=None if drops_out else new.sign)
    return after, settled


def take_door(source: Source, sign: Sign) -> PairChange | None:
    """What a door's report changes: nothing if it is older than the newest or says the same."""
    if source.newest_at is not None and sign.at < source.newest_at:
        return None
    return None if source.present == sign.kind else PairChange(source.name, sign.kind, sign)


def settle(source: Source) -> tuple[Source, Sign]:
    """The pending change has held: from now on it is the settled state."""
    pending = source.pending
    if pending is None:
        raise ValueError(f"nothing is pending at {source.name}")
    return replace(source, settled=pending.kind, pending=None), pending


def drop(source: Source, seq: int) -> Source:
    """Forget a pending change whose event was taken back."""
    if source.pending is None or source.pending.seq != seq:
        return source
    return replace(source, pending=None)
