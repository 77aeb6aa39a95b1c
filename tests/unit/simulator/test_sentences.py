"""How people answer, in words, and what is said about words that nobody can mean."""

from datetime import timedelta

import pytest

from devices.simulator.sentences import Answer, Move, parse_answers
from notation.forms import Unfit


def test_people_answer_in_order_or_never() -> None:
    assert parse_answers("never") == ()
    assert parse_answers(["accepts after 40s", "arrives after 10m", "closes after 25m as hospital"]) == (
        Answer(Move.ACCEPT, timedelta(seconds=40)),
        Answer(Move.ARRIVE, timedelta(minutes=10)),
        Answer(Move.CLOSE, timedelta(minutes=25), "hospital"),
    )
    assert parse_answers(["declines after 20s"]) == (Answer(Move.DECLINE, timedelta(seconds=20)),)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([], "never, or a list"),
        ("later", "never, or a list"),
        (["arrives after 10m"], "accepts first"),
        (["accepts after 40s", "accepts after 50s"], "accepts first"),
        (["accepts after 40s", "closes after 1m as helped", "arrives after 10m"], "accepts first"),
        (["declines after 20s", "arrives after 1m"], "who declines"),
        (["accepts after 40"], "not 'accepts after 40'"),
        (["accepts after 0s"], "nobody answers in no time"),
        (["accepts after 40s as helped"], "who closes to say as what"),
        (["accepts after 40s", "closes after 1m"], "who closes to say as what"),
        (["accepts after 40s", "closes after 1m as won"], "one of helped"),
    ],
)
def test_answers_that_nobody_can_give_are_refused_in_words(answers: object, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        parse_answers(answers)


@pytest.mark.parametrize(
    ("answers", "nearest"),
    [(["acepts after 40s"], "accepts"), (["accepts after 40s", "closes after 1m as helpt"], "helped")],
)
def test_a_slip_is_told_with_the_nearest_word(answers: object, nearest: str) -> None:
    with pytest.raises(Unfit) as refused:
        parse_answers(answers)
    assert refused.value.nearest == nearest
