"""What a fault may change in the outcome of a story, and why: one row for each difference that is right. A
fault without a row may change nothing at all. Lost and doubled calls are forbidden before this is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from devices.simulator.matrix.differences import Difference, How


class Of(StrEnum):
    """Which alerts, and notices of them, a row is about."""

    CALLS = "calls"
    WATCHES = "watches"
    """All that rests on what devices did not say, or on when something happened by their own clocks."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One sort of difference. ``at_most`` bounds how much later; ``because`` and ``source`` say why."""

    of: Of
    how: frozenset[How]
    because: str
    source: str
    at_most: timedelta | None = None

    def covers(self, difference: Difference) -> bool:
        """Whether a difference is of this sort."""
        is_call = difference.entry.is_of_a_call
        return (
            is_call is (self.of is Of.CALLS)
            and difference.how in self.how
            and (self.at_most is None or difference.by <= self.at_most)
        )


LATER = frozenset({How.LATER})
ANYHOW = frozenset(How)

LATE_BY = timedelta(minutes=6)
"""How long a line that is down keeps what is said, at most."""
OVERTAKEN_BY = timedelta(seconds=90)
AWAY_BY = timedelta(seconds=2)

_HEARD_LATE = Allowance(
    Of.WATCHES,
    ANYHOW,
    "what ends or prevents a watch was heard late: it is found later, withdrawn, or taken in another order",
    "RULES §3, Order, Two instants, Withdrawn and ended",
)
_UNHEARD = Allowance(
    Of.WATCHES,
    ANYHOW,
    "a bed whose sensor is offline is unknown until its next entry or exit, and nothing starts meanwhile",
    "RULES §3, Beds",
)


def _called_late(at_most: timedelta) -> Allowance:
    return Allowance(
        Of.CALLS,
        LATER,
        "a call is judged by when it was received, and people are told from then on",
        "RULES §3, Times of devices",
        at_most,
    )


ALLOWANCES: Mapping[str, tuple[Allowance, ...]] = {
    "late": (_called_late(LATE_BY), _HEARD_LATE),
    "out-of-order": (_called_late(OVERTAKEN_BY), _HEARD_LATE),
    "clock-ahead": (
        Allowance(
            Of.WATCHES,
            ANYHOW,
            "a time more than 2 min ahead is replaced by when it was received, and counts for no watch",
            "RULES §3, Times of devices; DESIGN §9, a wrong clock",
        ),
    ),
    "clock-behind": (
        Allowance(
            Of.WATCHES,
            ANYHOW,
            "a claim of less than 7 days ago is believed, so watches go by what the device says",
            "RULES §3, Times of devices",
        ),
    ),
    "reconnect-storm": (_called_late(AWAY_BY), _UNHEARD),
    "connection-cut": (_UNHEARD,),
}
"""By the name of the fault."""
