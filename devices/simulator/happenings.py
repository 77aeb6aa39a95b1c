"""What happened in a played scenario, as plain records that a report can show and an expectation can be held
against. All names are the scenario's own; nothing here judges.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """What sort of thing happened; in this order at one instant, for each brings about the next."""

    FAULT = "fault"
    EVENT = "event"
    ANSWER = "answer"
    FINDING = "finding"
    ALERT = "alert"
    NOTICE = "notice"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. ``fields`` are what an expectation may ask about, in the words of the grammar:

    * fault: ``fault`` (its name), perhaps ``device``;
    * event: ``kind``, ``resident``, ``device``, as far as they are known;
    * answer: ``move`` (accept, decline, arrive, close, extend, handover, stay), ``outcome``, ``by`` (how much
      longer), ``to`` (whom), ``refused`` (why not taken);
    * finding: ``rule``, ``resident``, ``device``, ``state``, ``reason``;
    * alert: ``alert`` (its kind), ``about``, ``severity``, ``outcome``; ``accepted_at``, ``arrived_at`` (ISO
      8601), ``holder``;
    * notice: ``told``, ``notice`` (its kind), ``alert``, ``about``, ``reached`` and ``tried`` (yes or no);
    * command: ``device``, ``hears``.

    ``until_at`` is the end of what lasts: an alert that was closed, a fault that was mended. ``figures`` are
    what was measured (heart_rate a minute, respiration_rate a minute, movement 0-1, percent).
    """

    at: datetime
    what: What
    who: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    until_at: datetime | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
