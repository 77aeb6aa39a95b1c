"""A whole story as its devices say it: what people do and what is told of devices, noticed, and then spoiled
by every fault of the story that is one of devices.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import takewhile

from devices.simulator.acts import Act, Fault, Saying
from devices.simulator.instruments.known import misbehaviour_of
from devices.simulator.instruments.noticing import Instrument, sayings
from devices.simulator.instruments.perturbing import perturb


def performed(
    instruments: Sequence[Instrument],
    told: Iterable[Act | Saying],
    faults: Iterable[Fault],
    seed: int,
    ends_at: datetime,
    batteries_from: datetime | None = None,
) -> Iterator[Saying]:
    """What reaches the broker up to the end of the story, lazily and in order of time. ``told`` is in order
    of time; of several faults the first is nearest to the device. Faults of the house are passed over.
    Batteries run down from an instant on, and not at all without one.
    """
    between = None if batteries_from is None else (batteries_from, ends_at)
    said = sayings(instruments, told, seed, between)
    for number, fault in enumerate(faults):
        misbehaviour = misbehaviour_of(fault, instruments)
        if misbehaviour is not None:
            said = perturb(said, misbehaviour, seed + number, ends_at)
    return takewhile(lambda saying: saying.at <= ends_at, said)
