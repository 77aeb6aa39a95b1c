"""Noting: what is asked of an engine, or said by what stands before the rules, while somebody asks why.

It changes no state and finds nothing. Where nobody asks it costs one look into an empty table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.domain.events import Event, Json
from services.rules.because import Because
from services.rules.memory import Memory
from services.rules.notes import Notes
from services.rules.signs import sign_of

if TYPE_CHECKING:
    from services.rules.engine import Engine


def note(engine: Engine, name: str) -> Notes:
    """Have the decisions of one rule noted from now on."""
    engine.notes[name] = notes = Notes()
    return notes


def pass_over(engine: Engine, memory: Memory, event: Event, because: Because, **figures: Json) -> None:
    """Note why an event does not come before the rules on its kind."""
    for name in engine.notes:
        rule = engine.rules[name]
        place = engine.place(rule, event.resident_id, event.device_id)
        if place is not None and rule.kind == event.kind:
            case = engine.case_of(memory, rule, place, event.received_at, event.device_id)
            case.note_sign(because, sign_of(event), **figures)
