"""Which misbehaviours there are, found by file, and what a sentence says of them.

'mat chatters for 20m', 'mat's clock is 2h ahead', 'the gateway is down': a device, what is wrong with it, and
perhaps for how long. An unknown sentence is refused with what is known.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from devices.simulator.instruments import quirks
from devices.simulator.instruments.perturbing import FOREVER, Misbehaviour

_FOR = r"(?: for (?P<lasts_for>\d{1,6}[smhd]))?"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@cache
def misbehaviours() -> tuple[type[Misbehaviour], ...]:
    """All of them, by name of class."""
    found: dict[str, type[Misbehaviour]] = {}
    for module in iter_modules(quirks.__path__):
        for thing in vars(import_module(f"{quirks.__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, Misbehaviour) and thing is not Misbehaviour:
                found[thing.__name__] = thing
    return tuple(found[name] for name in sorted(found))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a sentence says is wrong with a device; ``lasts_for`` None: to the end of the story."""

    device: str
    what: type[Misbehaviour]
    settings: tuple[tuple[str, Any], ...] = ()
    lasts_for: timedelta | None = None

    def at(self, from_at: datetime, devices: frozenset[str]) -> Misbehaviour:
        """The misbehaviour from an instant on, of these devices: the one named, or all behind it."""
        until_at = FOREVER if self.lasts_for is None else from_at + self.lasts_for
        return self.what(from_at=from_at, until_at=until_at, devices=devices, **dict(self.settings))


def trouble_in(words: str) -> Trouble | None:
    """Read 'mat chatters for 20m' or 'the gateway is down'; None for what speaks of no trouble. Raises
    ValueError with a sentence for a setting that cannot be.
    """
    for what, pattern in _patterns():
        match = pattern.fullmatch(words)
        if match is not None:
            groups = {name: text for name, text in match.groupdict().items() if text is not None}
            device, lasts_for = groups.pop("device"), groups.pop("lasts_for", None)
            span = None if lasts_for is None else int(lasts_for[:-1]) * _UNITS[lasts_for[-1]]
            if span == 0:
                raise ValueError("what lasts for nothing does nothing; expected a span such as 20m")
            settings = tuple(sorted(what.settings_of(groups).items()))
            return Trouble(device, what, settings, None if span is None else timedelta(seconds=span))
    return None


def examples(device: str = "mat") -> list[str]:
    """One sentence of each, for whoever wrote one that is not known."""
    return [f"{device}{_joined(what.example)}" for what in misbehaviours()]


@cache
def _patterns() -> tuple[tuple[type[Misbehaviour], re.Pattern[str]], ...]:
    device = r"(?:the )?(?P<device>[a-z][a-z0-9-]{0,31})"
    return tuple(
        (what, re.compile(rf"{device}{_joined(what.words)}{_FOR}", re.ASCII)) for what in misbehaviours()
    )


def _joined(words: str) -> str:
    """A word follows the name after a blank; a genitive at once."""
    return words if words.startswith("'") else f" {words}"
