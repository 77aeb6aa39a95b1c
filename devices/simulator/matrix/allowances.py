"""What a fault may change in the outcome of a story, and why: one row for each difference that is right. A
fault without a row may change nothing at all. Lost and doubled calls are forbidden before this is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from devices.simulator.happenings import What
from devices.simulator.matrix.differences import Difference, How
from devices.simulator.matrix.outcome import CALLS, Entry


class Of(StrEnum):
    """Which alerts, and notices of them, a row is about. What is none of them (what people record, a battery)
    no fault may change.
    """

    CALLS = "calls"
    BEDS = "beds"
    """What rests on entries, exits and readings of beds, and on when they happened by the devices' clocks."""
    EXITS = "exits"
    """The one of them that an exit begins and the next entry ends."""
    SILENCE = "silence"
    """What is judged by when something was received last."""
    PAGES = "pages"
    """What counts how often somebody was told in a night."""
    WORDS = "words"
    """What a device is told to say: of what it was away for it may hear less, if it ends with the same."""


ALERTS: Mapping[Of, frozenset[str]] = {
    Of.CALLS: CALLS,
    Of.BEDS: frozenset({"many-night-exits", "not-up", "vitals"}),
    Of.EXITS: frozenset({"out-of-bed-at-night"}),
    Of.SILENCE: frozenset({"device-silent"}),
    Of.PAGES: frozenset({"pages-at-night"}),
}
"""The alerts of the shipped rulebooks of each sort."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One sort of difference. ``at_most`` bounds how much later; ``because`` and ``source`` say why.

    ``since_struck``: only what is opened or told from the first blow on. ``unless_the_only_one``:
    one that is missing must have left another of its name.
    """

    of: frozenset[Of]
    how: frozenset[How]
    because: str
    source: str
    at_most: timedelta | None = None
    since_struck: bool = False
    unless_the_only_one: bool = False

    def concerns(self, entry: Entry) -> bool:
        """Whether an entry is of this sort, however it differs."""
        if entry.what is What.COMMAND:
            return Of.WORDS in self.of
        return any(entry.alert in ALERTS.get(each, ()) for each in self.of)

    def covers(self, difference: Difference, struck_at: datetime | None = None) -> bool:
        """Whether a difference is of this sort; without ``struck_at`` the fault was there from the first
        word.
        """
        return (
            self.concerns(difference.entry)
            and difference.how in self.how
            and (self.at_most is None or difference.by <= self.at_most)
            and not (self.since_struck and struck_at is not None and _came_before(difference, struck_at))
            and not (self.unless_the_only_one and _was_the_only_one(difference))
            and (difference.entry.what is not What.COMMAND or _only_leaves_out(difference))
        )


def _came_before(difference: Difference, struck_at: datetime) -> bool:
    """How an alert ended is no matter of when it was opened."""
    came = [each.at for each in (difference.clean, difference.faulty) if each is not None]
    return difference.how is not How.OTHERWISE and min(came) < struck_at


def _only_leaves_out(difference: Difference) -> bool:
    """Whether a device hears nothing new, in the same order, and the same at last."""
    clean, faulty = difference.clean, difference.faulty
    if clean is None or faulty is None or clean.heard[-1] != faulty.heard[-1]:
        return False
    rest = iter(clean.heard)
    return all(state in rest for state in faulty.heard)


def _was_the_only_one(difference: Difference) -> bool:
    nearest = difference.nearest
    return difference.how is How.MISSING and (nearest is None or nearest.name != difference.entry.name)


LATER = frozenset({How.LATER})
ANYHOW = frozenset(How)
OF_BEDS = frozenset({Of.BEDS, Of.EXITS})

LATE_BY = timedelta(minutes=6)
"""How long a line that is down keeps what is said, at most."""
OVERTAKEN_BY = timedelta(seconds=90)
AWAY_BY = timedelta(seconds=2)

_UNHEARD = Allowance(
    OF_BEDS,
    ANYHOW,
    "a bed whose sensor is offline is unknown until its next entry or exit, and nothing starts meanwhile",
    "RULES §3, Beds",
    since_struck=True,
)
_HEARD_LATE = Allowance(
    OF_BEDS,
    ANYHOW,
    "what ends a watch was heard late, its bed unknown meanwhile: it is found later, or withdrawn",
    "RULES §3, Beds, Two instants, Withdrawn and ended",
    since_struck=True,
)
_MISSED_A_WORD = Allowance(
    frozenset({Of.WORDS}),
    frozenset({How.OTHERWISE}),
    "a device that is away hears what is the case when it is back, not what was meanwhile",
    "CONTRACTS §1, reassure",
)
_COUNTED = Allowance(
    frozenset({Of.PAGES}),
    ANYHOW,
    "who is told more, less or later of the above has too many pages in a night, or has not",
    "docs/figures.md, pages a night",
)
_OVERTAKEN = "an entry or exit older than the newest of its sensor is passed over: others settle, others end"
_IN_ANOTHER_ORDER = (
    Allowance(frozenset({Of.BEDS}), ANYHOW, _OVERTAKEN, "RULES §3, Order, Beds"),
    Allowance(frozenset({Of.EXITS}), ANYHOW, _OVERTAKEN, "RULES §3, Order, Beds", unless_the_only_one=True),
)


def _called_late(at_most: timedelta) -> Allowance:
    return Allowance(
        frozenset({Of.CALLS}),
        LATER,
        "a call is judged by when it was received, and people are told from then on",
        "RULES §3, Times of devices",
        at_most,
    )


def _silent_from(at_most: timedelta) -> Allowance:
    return Allowance(
        frozenset({Of.SILENCE}),
        frozenset({How.LATER, How.ADDED}),
        "silence counts from when the newest message was received",
        "RULES §2, silent",
        at_most,
    )


ALLOWANCES: Mapping[str, tuple[Allowance, ...]] = {
    "late": (_called_late(LATE_BY), _silent_from(LATE_BY), _HEARD_LATE, _COUNTED),
    "out-of-order": (_called_late(OVERTAKEN_BY), _silent_from(OVERTAKEN_BY), *_IN_ANOTHER_ORDER, _COUNTED),
    "clock-ahead": (
        Allowance(
            OF_BEDS,
            frozenset({How.MISSING}),
            "a time more than 2 min ahead is replaced by when it was received, and counts for no watch",
            "RULES §3, Times of devices; DESIGN §9, a wrong clock",
        ),
        _COUNTED,
    ),
    "clock-behind": (
        Allowance(
            OF_BEDS,
            ANYHOW,
            "a claim of less than 7 days ago is believed, so watches go by what the device says",
            "RULES §3, Times of devices",
        ),
        _COUNTED,
    ),
    "reconnect-storm": (_called_late(AWAY_BY), _silent_from(AWAY_BY), _UNHEARD, _MISSED_A_WORD, _COUNTED),
    "connection-cut": (_UNHEARD, _MISSED_A_WORD, _COUNTED),
}
"""By the name of the fault."""
