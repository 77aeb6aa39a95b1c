"""What happened in a played scenario, as plain records that a report can show and an expectation can be held
against. All names are the scenario's own; nothing here judges.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """What sort of thing happened; in this order at one instant, for each brings about the next."""

    EVENT = "event"
    ANSWER = "answer"
    ALERT = "alert"
    NOTICE = "notice"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. ``fields`` are what an expectation may ask about, in the words of the grammar:

    * alert: ``alert`` (its kind), ``about``, ``severity``, ``outcome``;
    * notice: ``told``, ``notice`` (its kind), ``alert``, ``reached`` and ``tried`` (yes or no);
    * command: ``device``, ``hears``.
    """

    at: datetime
    what: What
    who: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
