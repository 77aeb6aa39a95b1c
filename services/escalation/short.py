"""Short: what a message says in the room of one SMS, whatever the names in it are.

What to reply is never cut, nor the frame of the sentence; where room lacks, what says least gives way first.
"""

from __future__ import annotations

from collections.abc import Mapping

MOST_UNITS = 70
"""Characters of one SMS in UCS-2, which Chinese and Tibetan need (3GPP TS 23.038): more is cut into parts
that may come apart.
"""
GIVE_WAY = ("list", "near", "outcome", "what", "holder", "who")
"""What is cut where room lacks, first what is missed least."""
LEAST = 4
"""Characters of a name or a title that are left of it at least, so that it can be recognised."""


def units(text: str) -> int:
    """How much of an SMS a text takes: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(template: str, ask: str, known: Mapping[str, str]) -> str:
    """The template filled in, and ``ask`` after it, in at most `MOST_UNITS`."""
    whole = template + ask
    values = {name: " ".join(value.split()) for name, value in known.items()}
    for least in (LEAST, 0):
        for name in GIVE_WAY:
            over = units(whole.format_map(values)) - MOST_UNITS
            if over <= 0:
                return whole.format_map(values)
            if f"{{{name}}}" in whole:
                values[name] = _cut(values[name], over, least)
    return _cut(whole.format_map(values), units(whole.format_map(values)) - MOST_UNITS, 0)


def _cut(value: str, over: int, least: int) -> str:
    """The value, shorter by as many units as can be had, with a mark where something was taken."""
    while over > 0 and units(value) > max(least, 1):
        kept = value.removesuffix("…")[:-1].rstrip()
        over -= units(value) - units(f"{kept}…")
        value = f"{kept}…" if kept else ""
    return value
