"""Short: what a message says in the room of one SMS, whatever the names in it are.

What to reply is never cut, nor the frame of the sentence; where room lacks, what says least gives way first.
Of a list each line begins with the code that names it: names are cut, then lines left out, and never a code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MOST_UNITS = 70
"""Characters of one SMS in UCS-2, which Chinese and Tibetan need (3GPP TS 23.038): more is cut into parts
that may come apart.
"""
GIVE_WAY = ("list", "near", "outcome", "what", "holder", "who")
"""What is cut where room lacks, first what is missed least."""
LIST = "{list}"
LEAST = 4
"""Characters of a name or a title that are left of it at least, so that it can be recognised."""


def units(text: str) -> int:
    """How much of an SMS a text takes: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(template: str, ask: str, known: Mapping[str, str]) -> str:
    """The template filled in, and ``ask`` after it, in at most `MOST_UNITS`."""
    whole = template + ask
    values = {name: " ".join(value.split()) for name, value in known.items()}
    if LIST in whole and units(whole.format_map(values)) > MOST_UNITS:
        room = MOST_UNITS - units(whole.format_map(values | {"list": ""}))
        values["list"] = _listed(known["list"].splitlines(), room)
    for least in (LEAST, 0):
        for name in GIVE_WAY:
            over = units(whole.format_map(values)) - MOST_UNITS
            if over <= 0:
                return whole.format_map(values)
            if f"{{{name}}}" in whole:
                values[name] = _cut(values[name], over, least)
    return _cut(whole.format_map(values), units(whole.format_map(values)) - MOST_UNITS, 0)


def _listed(lines: Sequence[str], room: int) -> str:
    """As many lines as have room, the first first, and of what stands after each code what has room then."""
    entries = [line.strip().partition(" ") for line in lines if line.strip()]
    entries = [(code, blank, rest[:MOST_UNITS]) for code, blank, rest in entries]
    for kept in range(len(entries), 0, -1):
        most = max(units(rest) for _, _, rest in entries)
        for length in range(most, -1, -1):
            names = (_cut(rest, units(rest) - length, 0) if length else "" for _, _, rest in entries[:kept])
            codes = (code for code, _, _ in entries)
            said = " ".join(f"{code} {name}".rstrip() for code, name in zip(codes, names, strict=False))
            said += "…" if kept < len(entries) else ""
            if units(said) <= room:
                return said
    return ""


def _cut(value: str, over: int, least: int) -> str:
    """The value, shorter by as many units as can be had, with a mark where something was taken."""
    while over > 0 and units(value) > max(least, 1):
        kept = value.removesuffix("…")[:-1].rstrip()
        over -= units(value) - units(f"{kept}…")
        value = f"{kept}…" if kept else ""
    return value
