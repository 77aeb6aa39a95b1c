"""Which misbehaviours there are, found by file, and which one a fault of a timeline means.

A timeline names a fault in its own words (`notation.sentences`); here the name becomes a misbehaviour of the
devices concerned. A fault of the house (a restart, a pause) is none: others perform it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules

from devices.simulator.acts import Fault
from devices.simulator.instruments import quirks
from devices.simulator.instruments.noticing import Instrument
from devices.simulator.instruments.perturbing import FOREVER, Misbehaviour
from devices.simulator.instruments.quirks.chattering import Chattering
from devices.simulator.instruments.quirks.delivery import Duplicates, OutOfOrder
from devices.simulator.instruments.quirks.dying_battery import DyingBattery
from devices.simulator.instruments.quirks.flood import Flood
from devices.simulator.instruments.quirks.late_batch import LateBatch
from devices.simulator.instruments.quirks.reconnect_storm import ReconnectStorm
from devices.simulator.instruments.quirks.repeated_presses import PressedInARow, RepeatedPress, RepeatsLast
from devices.simulator.instruments.quirks.retained import Retained
from devices.simulator.instruments.quirks.wrong_clock import NoClock, ResetClock, WrongClock


@dataclass(frozen=True, slots=True)
class Span:
    """With whom something is wrong, and when."""

    devices: frozenset[str]
    from_at: datetime
    until_at: datetime


Meaning = Callable[[Span, Fault], Misbehaviour]
_NOTHING = timedelta()


def _plain(what: Callable[..., Misbehaviour], span: Span, _fault: Fault, **settings: object) -> Misbehaviour:
    return what(devices=span.devices, from_at=span.from_at, until_at=span.until_at, **settings)


def _by(setting: str, sign: int, what: Callable[..., Misbehaviour], span: Span, fault: Fault) -> Misbehaviour:
    return _plain(what, span, fault, **{setting: sign * (fault.by or _NOTHING)})


def _battery(span: Span, fault: Fault) -> Misbehaviour:
    return _plain(DyingBattery, span, fault, **({"lasts": fault.by} if fault.by else {}))


def _reconnects(span: Span, fault: Fault) -> Misbehaviour:
    return _plain(ReconnectStorm, span, fault, **({"times": fault.times} if fault.times else {}))


MEANINGS: Mapping[str, Meaning] = {
    "chatter": partial(_plain, Chattering),
    "repeat": partial(_plain, RepeatsLast),
    "repeats": partial(_plain, RepeatedPress),
    "press-in-a-row": partial(_plain, PressedInARow),
    "gateway-down": partial(_plain, LateBatch),
    "gateway-unnoticed": partial(_plain, LateBatch, silent=True),
    "gateway-mixes": partial(_plain, LateBatch, mixed=True),
    "clock-ahead": partial(_by, "by", 1, WrongClock),
    "clock-behind": partial(_by, "by", -1, WrongClock),
    "clock-gains": partial(_by, "gains", 1, WrongClock),
    "clock-loses": partial(_by, "gains", -1, WrongClock),
    "clock-anew": partial(_plain, ResetClock),
    "clock-none": partial(_plain, NoClock),
    "battery-dies": _battery,
    "retained": partial(_plain, Retained),
    "duplicates": partial(_plain, Duplicates),
    "out-of-order": partial(_plain, OutOfOrder),
    "reconnects": _reconnects,
    "flood": partial(_plain, Flood),
}
"""What a fault of that name means, with what the timeline says of it (`Fault.by`, `Fault.times`)."""


def misbehaviour_of(fault: Fault, instruments: Iterable[Instrument]) -> Misbehaviour | None:
    """What is wrong with the device that a fault names, or with all behind the gateway that it names, itself
    included; with all devices where it names nobody. None for a fault of the house.
    """
    meaning = MEANINGS.get(fault.name)
    if meaning is None:
        return None
    devices = frozenset(
        each.name for each in instruments if fault.who is None or fault.who in (each.name, each.behind)
    )
    return meaning(Span(devices, fault.at, fault.until or FOREVER), fault)


@cache
def misbehaviours() -> tuple[type[Misbehaviour], ...]:
    """Every kind of them, by name, for whoever tries them all."""
    found: dict[str, type[Misbehaviour]] = {}
    for module in iter_modules(quirks.__path__):
        for thing in vars(import_module(f"{quirks.__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, Misbehaviour) and thing is not Misbehaviour:
                found[thing.name] = thing
    return tuple(found[name] for name in sorted(found))
