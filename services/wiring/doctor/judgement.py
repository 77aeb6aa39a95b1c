"""What a check says: well, to see to, or a fault; and for whatever is not well, what to do.

A fault keeps a press from reaching a person, or soon will; what is to be seen to does not, but somebody
should know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands with one thing."""

    OK = "ok"
    TO_SEE_TO = "to_see_to"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One line of the doctor's: ``found`` is what was seen, ``to_do`` a sentence for whoever runs the house,
    empty where all is well.
    """

    check: str
    state: State
    found: str
    to_do: str = ""


def ok(check: str, found: str) -> Judgement:
    return Judgement(check, State.OK, found)


def to_see_to(check: str, found: str, to_do: str) -> Judgement:
    return Judgement(check, State.TO_SEE_TO, found, to_do)


def fault(check: str, found: str, to_do: str) -> Judgement:
    return Judgement(check, State.FAULT, found, to_do)


def named(ids: Iterable[str], most: int = 5) -> str:
    """Some ids in a sentence, and how many more there are; never names of people."""
    listed: Sequence[str] = list(ids)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
