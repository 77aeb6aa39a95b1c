"""Passing: the rulebooks over the log, by one process or shared out between several.

What the rules know of one resident never depends on another, so each process takes the events of some
residents, and what they tell is put in order again; it is what one process would have told, to the byte.
Facts about devices and about the house go to all of them, and what is about no known resident to the first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol
from zoneinfo import ZoneInfo

from services.backtest.reading import History, Readings, Seen
from services.domain.backtests import Progress
from services.domain.events import Event
from services.domain.kinds import REGISTER_KINDS
from services.rules.intake import RETRACTED
from services.rules.reading import read_rulebook
from services.rules.rulebook import Rulebook
from services.rules.shelf import as_stored
from services.rules.trial import Told, Trial, Tried, merged

LEAST_SHARE = 20_000
"""Events that are worth a process of their own: it takes a second before it begins."""
MOST_PROCESSES = 8
"""Each holds what its residents' rules know; more would wait for the disk."""

_EVERYBODYS = frozenset(kind for kind in REGISTER_KINDS if kind.startswith(("device.", "house.")))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be tried: the text of a rulebook, and the days up to an instant."""

    text: str
    file: str
    days: int
    until: datetime

    @property
    def since(self) -> datetime:
        """Where the days begin."""
        return self.until - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Pass:
    """All that a process has to know of a pass; it can be sent to another."""

    asked: Asked
    seen: Seen
    zone: ZoneInfo
    shares: Mapping[str, int]
    """Of which share each registered resident is."""
    of: int = 1
    """How many shares there are."""

    def books(self) -> list[Rulebook]:
        """The rulebook that is tried, and the others of the house beside it."""
        book = read_rulebook(self.asked.text, self.asked.file)
        newest = max((each.revision for each in self.seen.rulebooks if each.rulebook == book.name), default=0)
        beside = [each.book for each in as_stored(self.seen.rulebooks).books if each.book.name != book.name]
        # It would be the next revision; and what it shares with others of the house it would share then too.
        return [*beside, replace(book, revision=newest + 1)]


class AtWork(Protocol):
    """The shares after the first, while others do them."""

    def done(self) -> int:
        """How far they are, all together; never waits."""
        ...

    def told(self) -> Sequence[Sequence[Told]]:
        """What they told, a share each; waits for it."""
        ...


class Helpers(Protocol):
    """Whoever does shares beside this process."""

    processes: int
    """How many may be at work, this one among them."""

    def at_work(self, work: Pass) -> AbstractContextManager[AtWork]:
        """Begin with the shares after the first; none is at work any more when this ends, however it does."""
        ...


def shared_out(residents: Iterable[str], events: int, processes: int) -> tuple[dict[str, int], int]:
    """Of which share each resident is, and how many there are; one where there is little history."""
    of = max(min(processes, MOST_PROCESSES, events // LEAST_SHARE), 1)
    return {resident: place % of for place, resident in enumerate(sorted(residents))}, of


def tried(store: Readings, work: Pass, helpers: Helpers | None, progress: Progress) -> Tried:
    """What came of the whole pass."""
    if helpers is None or work.of == 1:
        return merged([share_of(store, work, 0, progress)])
    with helpers.at_work(work) as others:
        total = 0

        def so_far(now: int, of: int) -> None:
            nonlocal total
            total = of
            progress((now + others.done()) // work.of, of)

        own = share_of(store, work, 0, so_far)
        told = merged([own, *others.told()])
        progress(total, total)
        return told


def share_of(store: Readings, work: Pass, number: int, progress: Progress) -> list[Told]:
    """What one share of the pass told, in order."""
    history = History(store, work.seen)
    trial = Trial(work.books(), work.zone, history.event)
    stretches = history.stretches(trial.lead_times(), work.asked.since)
    own = [resident for resident, share in work.shares.items() if share == number]
    without = [resident for resident, share in work.shares.items() if share != number]
    total, first = history.last_seq, stretches[0].after if stretches else 0
    standing = history.standing(trial.standing_kinds(), stretches, own)
    pieces = chain.from_iterable(history.pieces(stretch, without) for stretch in stretches)
    takes = _taking(work, number, history.event)
    for piece in _in_order(pieces, standing):
        trial.take(filter(takes, piece) if without else piece)
        progress(max(piece[-1].seq - first, 0), total - first)
    trial.finish(work.asked.until)
    progress(total - first, total - first)
    return trial.told


def _taking(work: Pass, number: int, lookup: Callable[[str], Event | None]) -> Callable[[Event], bool]:
    """Whether an event is for a share."""
    shares = work.shares

    def takes(event: Event) -> bool:
        if event.kind in _EVERYBODYS or shares.get(event.resident_id or "", 0) == number:
            return True
        if event.kind != RETRACTED:
            return False
        target = lookup(str(event.data.get("event_id")))
        return target is not None and shares.get(target.resident_id or "", 0) == number

    return takes


def _in_order(pieces: Iterable[list[Event]], standing: Iterable[Event]) -> Iterator[list[Event]]:
    """The pieces of the log, and the older events among them where they were stored."""
    early = deque(standing)
    for piece in pieces:
        beside: list[Event] = []
        while early and early[0].seq < piece[-1].seq:
            beside.append(early.popleft())
        yield sorted((*beside, *piece), key=lambda event: event.seq) if beside else piece
    if early:
        yield list(early)
