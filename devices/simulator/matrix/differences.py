"""In what two alert logs differ, entry by entry: of each name the first of the one is held against the first
of the other, or where there are not as many of it, each against the nearest. Pure; what may differ is decided
in `devices.simulator.matrix.judging`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from devices.simulator.happenings import What
from devices.simulator.local_time import Frame, show_span
from devices.simulator.matrix.outcome import Entry


class How(StrEnum):
    """How an entry differs."""

    MISSING = "missing"
    ADDED = "added"
    LATER = "later"
    EARLIER = "earlier"
    OTHERWISE = "otherwise"
    """It is there at its time, and something else is said of it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that is not as in the clean play; ``clean`` or ``faulty`` is None where there is none.

    ``nearest`` is, for one that is missing or added, what comes nearest to it on the other side.
    """

    how: How
    clean: Entry | None
    faulty: Entry | None
    nearest: Entry | None = None

    @property
    def entry(self) -> Entry:
        entry = self.clean or self.faulty
        assert entry is not None  # noqa: S101 - one of them is there
        return entry

    @property
    def by(self) -> timedelta:
        """How much later (negative: earlier) it came."""
        return self.faulty.at - self.clean.at if self.clean and self.faulty else timedelta(0)

    def say(self, frame: Frame) -> str:
        """The difference as a sentence, in the story's local time."""
        where = f"{frame.show(self.entry.at)} {self.entry}"
        if self.how in (How.LATER, How.EARLIER):
            return f"{where}: {show_span(self.by)} {self.how}"
        if self.how is How.OTHERWISE and self.clean and self.faulty:
            if self.entry.what is What.COMMAND:
                return f"{frame.show(self.faulty.at)} {self.faulty}, not {', '.join(self.clean.heard)}"
            was, now = dict(self.clean.details), dict(self.faulty.details)
            words = [f"{name} {now.get(name)}, not {was[name]}" for name in was if now.get(name) != was[name]]
            return f"{where}: {'; '.join(words)}"
        near = (
            f"; nearest: {frame.show(self.nearest.at)} {self.nearest}" if self.nearest else "; nothing near"
        )
        return f"{where}: {self.how}{near}"


def differences(clean: Sequence[Entry], faulty: Sequence[Entry]) -> list[Difference]:
    """All of them, in the order of time; none where the logs say the same."""
    ours, theirs = _by_name(clean), _by_name(faulty)
    found = [
        each
        for name in {**ours, **theirs}
        for each in _of_one_name(ours.get(name, []), theirs.get(name, []), clean, faulty)
    ]
    return sorted(found, key=lambda each: (each.entry.at, str(each.entry)))


def _by_name(log: Sequence[Entry]) -> dict[tuple[str, ...], list[Entry]]:
    named: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for entry in log:
        named[entry.name].append(entry)
    return named


def _of_one_name(
    ours: list[Entry], theirs: list[Entry], clean: Sequence[Entry], faulty: Sequence[Entry]
) -> Iterator[Difference]:
    left, over = list(ours), list(theirs)
    for mine, other in _in_a_row(ours, theirs) if len(ours) == len(theirs) else _nearest_first(ours, theirs):
        left.remove(mine)
        over.remove(other)
        if mine.details != other.details:
            yield Difference(How.OTHERWISE, mine, other)
        if mine.at != other.at and mine.what is not What.COMMAND:
            yield Difference(How.LATER if other.at > mine.at else How.EARLIER, mine, other)
    for entry in left:
        yield Difference(How.MISSING, entry, None, _nearest(entry, faulty))
    for entry in over:
        yield Difference(How.ADDED, None, entry, _nearest(entry, clean))


Pairs = Iterator[tuple[Entry, Entry]]


def _in_a_row(ours: Sequence[Entry], theirs: Sequence[Entry]) -> Pairs:
    """Whoever is told each minute and hears all of it later is told the third time later, too, even if that
    is when the fourth would have been.
    """
    mine, others = (sorted(log, key=lambda each: (each.at, str(each.details))) for log in (ours, theirs))
    return zip(mine, others, strict=True)


def _nearest_first(ours: Sequence[Entry], theirs: Sequence[Entry]) -> Pairs:
    left, over = list(ours), []
    for entry in theirs:
        same = next((each for each in left if each.compared == entry.compared), None)
        if same is None:
            over.append(entry)
        else:
            left.remove(same)
            yield same, entry
    while left and over:
        mine, other = min(
            ((mine, other) for mine in left for other in over), key=lambda pair: abs(pair[0].at - pair[1].at)
        )
        left.remove(mine)
        over.remove(other)
        yield mine, other


def _nearest(entry: Entry, log: Sequence[Entry]) -> Entry | None:
    """What another log says that differs least: of the same alert first, then in its name, then in time."""
    return min(
        (each for each in log if each.what is entry.what),
        key=lambda each: (
            each.alert != entry.alert,
            sum(a != b for a, b in zip(each.name, entry.name, strict=True)),
            abs(each.at - entry.at),
        ),
        default=None,
    )
