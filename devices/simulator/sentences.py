"""The sentences of a scenario: what somebody does ('02:13 deji presses') and how somebody answers ('accepts
after 40s'). The table of verbs is the one place where a new thing to do is added; an unknown one is refused
with the nearest known.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum

from devices.simulator.local_time import READING, SPAN, Reading, parse_span, reading_of

NAME = r"[a-z][a-z0-9-]{0,31}"
_LINE = re.compile(rf"{READING} ({NAME}) (.+)", re.ASCII)
_SENDS = re.compile(r"sends ([a-z_]+\.[a-z_]+)", re.ASCII)
_ANSWER = re.compile(rf"(accepts|declines|arrives|closes) after ({SPAN})(?: as ([a-z_]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Doing:
    """What a verb makes happen: an event of a device of that type, or one that a person records (no type)."""

    kind: str
    device_type: str | None
    data: dict[str, str] = field(default_factory=dict)


VERBS: dict[str, Doing] = {
    "gets up": Doing("bed.exited", "bed_sensor"),
    "goes to bed": Doing("bed.entered", "bed_sensor"),
    "presses": Doing("call_button.pressed", "call_button"),
    "falls": Doing("fall.detected", "fall_detector"),
    "leaves for hospital": Doing("resident.away", None, {"reason": "hospital"}),
    "leaves home": Doing("resident.away", None),
    "comes home": Doing("resident.returned", None),
}
"""What a resident can do. A device can do one thing: ``DEVICE sends KIND``."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline. ``sends`` is set when a device speaks by itself, else the resident does
    ``verb``.
    """

    reading: Reading
    who: str
    words: str
    sends: str | None = None

    @property
    def doing(self) -> Doing | None:
        return None if self.sends else VERBS[self.words]


class Move(StrEnum):
    """How a person answers; the same words are the actions of the API."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ARRIVE = "arrive"
    CLOSE = "close"


_MOVES = {"accepts": Move.ACCEPT, "declines": Move.DECLINE, "arrives": Move.ARRIVE, "closes": Move.CLOSE}
OUTCOMES = ("helped", "hospital", "false_alarm", "test", "over_by_itself", "other")


@dataclass(frozen=True, slots=True)
class Answer:
    """One move of a person: ``after`` the notice came, or after the move before it."""

    move: Move
    after: timedelta
    outcome: str | None = None


def parse_line(text: object) -> Line:
    match = _LINE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("expected a sentence such as '02:13 deji presses': a local time, a name, a verb")
    reading, who, words = reading_of(*match.groups()[:4]), match[5], match[6]
    sends = _SENDS.fullmatch(words)
    if sends is None and words not in VERBS:
        near = get_close_matches(words, VERBS, n=1)
        known = (
            f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(VERBS)}; a device: sends KIND"
        )
        raise ValueError(f"nobody knows how to do '{words}'; {known}")
    return Line(reading, who, words, sends[1] if sends else None)


def parse_answers(value: object) -> tuple[Answer, ...]:
    """Read ``never``, or the moves of a person in their order."""
    if value == "never":
        return ()
    if not isinstance(value, list) or not value:
        raise ValueError("expected never, or a list such as [accepts after 40s, arrives after 10m]")
    answers = tuple(_answer(text) for text in value)
    order = list(Move)
    moves = [answer.move for answer in answers]
    if moves[0] not in (Move.ACCEPT, Move.DECLINE) or moves != sorted(set(moves), key=order.index):
        raise ValueError(
            "a person accepts first, then arrives, then closes, each once; or declines, and no more"
        )
    if Move.DECLINE in moves and len(moves) > 1:
        raise ValueError("who declines neither accepts, arrives nor closes")
    return answers


def _answer(text: object) -> Answer:
    match = _ANSWER.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(
            f"found {text!r}; expected 'accepts after 40s', 'declines after 20s', 'arrives after 10m' or "
            "'closes after 20m as helped'"
        )
    move, outcome = _MOVES[match[1]], match[3]
    if (move is Move.CLOSE) != (outcome is not None):
        raise ValueError(
            f"found '{text}'; who closes says as what, nobody else does: closes after 20m as helped"
        )
    if outcome is not None and outcome not in OUTCOMES:
        raise ValueError(f"found outcome '{outcome}'; expected one of {', '.join(OUTCOMES)}")
    return Answer(move, parse_span(match[2]), outcome)
