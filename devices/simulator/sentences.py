"""How somebody answers, in words ('accepts after 40s'), as moves that the player makes at their instants."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from notation.faults import nearest_of, one_of
from notation.forms import NAME, Unfit
from notation.spans import SPAN, NotASpan, read_span, read_step, write_span

_VERBS = "accepts|declines|arrives|closes|extends|hands over"
ANSWER = f"({_VERBS}) after {SPAN}(?: as [a-z_]+| by {SPAN}| to {NAME})?"
ANSWERS = "never, or a list such as [accepts after 40s, arrives after 10m, closes after 20m as helped]"
_ANSWER = re.compile(
    f"(?P<move>{_VERBS}) after (?P<after>{SPAN})"
    f"(?: as (?P<outcome>[a-z_]+)| by (?P<by>{SPAN})| to (?P<to>{NAME}))?",
    re.ASCII,
)


class Move(StrEnum):
    """How a person answers; the same words are the actions of the API."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ARRIVE = "arrive"
    CLOSE = "close"
    EXTEND = "extend"
    HANDOVER = "handover"


_MOVES = {
    "accepts": Move.ACCEPT,
    "declines": Move.DECLINE,
    "arrives": Move.ARRIVE,
    "closes": Move.CLOSE,
    "extends": Move.EXTEND,
    "hands over": Move.HANDOVER,
}
_SAID = {move: words for words, move in _MOVES.items()}
_FOLLOWS: Mapping[Move | None, frozenset[Move]] = {
    None: frozenset({Move.ACCEPT, Move.DECLINE}),
    Move.ACCEPT: frozenset({Move.ARRIVE, Move.CLOSE, Move.EXTEND, Move.HANDOVER, Move.DECLINE}),
    Move.ARRIVE: frozenset({Move.CLOSE, Move.EXTEND, Move.HANDOVER, Move.DECLINE}),
}
"""What somebody may do next, by the last move that changed how they stand to the matter; after others:
nothing. Who extends stands as before.
"""
OUTCOMES = ("helped", "hospital", "false_alarm", "test", "over_by_itself", "other")
MOST_MINUTES = 1440
"""By which somebody may extend at once (API)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One move of a person: ``after`` the notice came, or after the move before it. ``by_for`` is how much
    longer they ask for, ``to`` to whom they hand over.
    """

    move: Move
    after: timedelta
    outcome: str | None = None
    by_for: timedelta | None = None
    to: str | None = None

    @property
    def words(self) -> str:
        """As a report shows it."""
        parts = {
            "as": self.outcome,
            "by": None if self.by_for is None else write_span(self.by_for),
            "to": self.to,
        }
        return " ".join([_SAID[self.move], *(f"{word} {said}" for word, said in parts.items() if said)])

    @property
    def fields(self) -> dict[str, str]:
        """What is said with the move, by its name."""
        by = None if self.by_for is None else write_span(self.by_for)
        said = {"outcome": self.outcome, "by": by, "to": self.to}
        return {name: value for name, value in said.items() if value is not None}


def parse_answers(value: object) -> tuple[Answer, ...]:
    """Read ``never``, or the moves of a person in their order; `Unfit` says what is wrong with them."""
    if value == "never":
        return ()
    if not isinstance(value, list) or not value:
        raise Unfit(ANSWERS)
    answers = tuple(_answer(text) for text in value)
    stands: Move | None = None
    for answer in answers:
        if answer.move not in _FOLLOWS.get(stands, ()):
            raise Unfit(_out_of_order(stands, answer.move))
        if answer.move is not Move.EXTEND:
            stands = answer.move
    return answers


def _out_of_order(stands: Move | None, move: Move) -> str:
    if stands is None:
        return "a person who accepts first, or declines"
    if stands in _FOLLOWS:
        return f"a person who {_SAID[stands]} once, and {_SAID[move]} before that or not at all"
    return f"no more of a person who {_SAID[stands]}"


def _answer(text: object) -> Answer:
    match = _ANSWER.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        first = nearest_of(str(text).partition(" after ")[0], _MOVES)
        raise Unfit(f"each as 'accepts after 40s', not {text!r}", first)
    move, outcome, to = _MOVES[match["move"]], match["outcome"], match["to"]
    if (move is Move.CLOSE) != (outcome is not None):
        raise Unfit("who closes to say as what, and nobody else: closes after 20m as helped")
    if (move is Move.EXTEND) != (match["by"] is not None):
        raise Unfit("who extends to say by how much, and nobody else: extends after 5m by 10m")
    if (move is Move.HANDOVER) != (to is not None):
        raise Unfit("who hands over to say to whom, and nobody else: hands over after 2m to lhamo")
    if outcome is not None and outcome not in OUTCOMES:
        raise Unfit(f"an outcome, {one_of(OUTCOMES)}", nearest_of(outcome, OUTCOMES))
    try:
        after = read_step(match["after"])
    except NotASpan as error:
        raise Unfit("at least 1s: nobody answers in no time") from error
    return Answer(move, after, outcome, _minutes(match["by"]), to)


def _minutes(text: str | None) -> timedelta | None:
    if text is None:
        return None
    by_for = read_span(text)
    if by_for % timedelta(minutes=1) or not 0 < by_for // timedelta(minutes=1) <= MOST_MINUTES:
        raise Unfit(f"whole minutes to extend by, {MOST_MINUTES} at the most")
    return by_for
