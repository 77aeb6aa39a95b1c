"""Ending: overrides that end at an instant of their own, met like every other deadline.

From that instant on the rule's own number holds, as if somebody had taken the override back then, before
anything else of that instant is looked at. The deadlines before it are met first; those after it are reckoned
anew from the same facts.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from services.domain.ports import StateKey
from services.rules.memory import PROFILE, Memory

if TYPE_CHECKING:
    from services.rules.engine import Engine, Result


def end_overrides(
    engine: Engine,
    memory: Memory,
    resident_id: str | None,
    until: datetime,
    result: Result,
    *,
    inclusive: bool,
) -> None:
    """End the overrides of one resident that end before ``until``, or at it, in the order of their ends.

    An end waits, as what it may bring does, until what the broker kept while the house was down is in.
    """
    if engine.absence is not None and engine.absence.met_at(until, until) is None:
        return
    while (end_at := next_end(memory, resident_id)) is not None:
        if end_at > until or (end_at == until and not inclusive):
            return
        profile = memory.profile(resident_id)
        if profile is None or resident_id is None:
            return
        places = [at for at in memory.keys_for(resident_id) if at.rule in engine.rules]
        if engine.absence is None or not end_at < engine.absence.since <= until:
            # Else the house was down at the end: nothing before it was met as ever, and what is met late is
            # judged by what holds then.
            for at in places:
                engine.catch_up(memory, at, end_at, result)
        profile = profile.without_ended(end_at)
        memory.put(StateKey(PROFILE, resident_id), profile, profile.next_end())
        for at in places:
            engine.adjust(memory, at, end_at, result)


def next_end(memory: Memory, resident_id: str | None) -> datetime | None:
    """When the next override of a resident ends."""
    profile = memory.profile(resident_id)
    return None if profile is None or not profile.overrides else profile.next_end()
