"""Which devices notice what somebody does, and what they then say: the way from acts to sayings.

A saying is told the moment it happened, under an id that rests on device and instant alone: another device,
another seed or one act more changes the id of no other saying. What goes wrong on the way is not decided
here but in `devices.simulator.instruments.quirks`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.simulator.acts import Act, Saying
from devices.simulator.instruments.batteries import Battery, batteries_of, reports
from devices.simulator.instruments.perturbing import FOREVER


@dataclass(frozen=True, slots=True)
class Instrument:
    """A device of the cast. ``notices`` names whose acts it notices: its resident's, or those of everybody in
    a home. ``behind`` is the gateway over which it speaks.
    """

    name: str
    type: str
    notices: tuple[str, ...] = ()
    behind: str | None = None


def sayings(
    instruments: Sequence[Instrument],
    acts: Iterable[Act | Saying],
    seed: int,
    between: tuple[datetime, datetime] | None = None,
) -> Iterator[Saying]:
    """What the devices say of ``acts`` (in order of time), lazily and in order of time; at one instant in the
    order of the acts, then of the devices. Acts that a person records are nobody's to notice; what a device
    is told to say stands among the acts and passes as it is.

    With ``between`` they also speak of themselves in [start, end): batteries are read and run down over
    months, and an empty one ends what its device says. Nothing is said of coming online: whoever carries the
    sayings signs the devices in.
    """
    if between is None:
        return _noticed(instruments, acts, {})
    batteries = batteries_of([(each.name, each.type) for each in instruments], seed, between[0])
    return _together(_noticed(instruments, acts, batteries), reports(batteries, *between))


def _noticed(
    instruments: Sequence[Instrument], acts: Iterable[Act | Saying], batteries: dict[str, Battery]
) -> Iterator[Saying]:
    ears: dict[tuple[str, str | None], list[tuple[str, datetime]]] = {}
    for instrument in instruments:
        battery = batteries.get(instrument.name)
        dies_at = FOREVER if battery is None else battery.dies_at
        for resident in instrument.notices:
            ears.setdefault((resident, instrument.type), []).append((instrument.name, dies_at))
    said: dict[str, tuple[int, int]] = {}
    for act in acts:
        if isinstance(act, Saying):
            yield act
            continue
        at = act.at
        for name, dies_at in ears.get((act.resident, act.device_type), ()):
            if at < dies_at:
                second = int(at.timestamp())
                last, number = said.get(name, (second, 0))
                number = number + 1 if last == second else 1
                said[name] = (second, number)
                yield Saying(at, name, f"{second}-{number}", act.kind, at, act.data)


def _together(first: Iterator[Saying], second: Iterator[Saying]) -> Iterator[Saying]:
    """Two streams as one: the first goes first at one instant."""
    waiting = next(second, None)
    for saying in first:
        while waiting is not None and waiting.at < saying.at:
            yield waiting
            waiting = next(second, None)
        yield saying
    if waiting is not None:
        yield waiting
        yield from second
