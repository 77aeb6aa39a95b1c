"""How somebody answers, in words ('accepts after 40s'), as moves that the player makes at their instants."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from notation.faults import nearest_of, one_of
from notation.forms import Unfit
from notation.spans import SPAN, NotASpan, read_step

ANSWER = f"(accepts|declines|arrives|closes) after {SPAN}(?: as [a-z_]+)?"
ANSWERS = "never, or a list such as [accepts after 40s, arrives after 10m, closes after 20m as helped]"
_ANSWER = re.compile(
    f"(?P<move>accepts|declines|arrives|closes) after (?P<after>{SPAN})(?: as (?P<outcome>[a-z_]+))?",
    re.ASCII,
)


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


def parse_answers(value: object) -> tuple[Answer, ...]:
    """Read ``never``, or the moves of a person in their order; `Unfit` says what is wrong with them."""
    if value == "never":
        return ()
    if not isinstance(value, list) or not value:
        raise Unfit(ANSWERS)
    answers = tuple(_answer(text) for text in value)
    order = list(Move)
    moves = [answer.move for answer in answers]
    if moves[0] not in (Move.ACCEPT, Move.DECLINE) or moves != sorted(set(moves), key=order.index):
        raise Unfit(
            "a person who accepts first, then arrives, then closes, each once; or declines, and no more"
        )
    if Move.DECLINE in moves and len(moves) > 1:
        raise Unfit("no more of a person who declines: they neither accept, arrive nor close")
    return answers


def _answer(text: object) -> Answer:
    match = _ANSWER.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        first = nearest_of(str(text).partition(" ")[0], _MOVES)
        raise Unfit(f"each as 'accepts after 40s', not {text!r}", first)
    move, outcome = _MOVES[match["move"]], match["outcome"]
    if (move is Move.CLOSE) != (outcome is not None):
        raise Unfit("who closes to say as what, and nobody else: closes after 20m as helped")
    if outcome is not None and outcome not in OUTCOMES:
        raise Unfit(f"an outcome, {one_of(OUTCOMES)}", nearest_of(outcome, OUTCOMES))
    try:
        return Answer(move, read_step(match["after"]), outcome)
    except NotASpan as error:
        raise Unfit("at least 1s: nobody answers in no time") from error
