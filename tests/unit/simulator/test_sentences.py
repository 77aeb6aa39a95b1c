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
    assert parse_answers(
        [
            "accepts after 40s",
            "extends after 5m by 10m",
            "extends after 9m by 1h",
            "hands over after 2m to lhamo",
        ]
    ) == (
        Answer(Move.ACCEPT, timedelta(seconds=40)),
        Answer(Move.EXTEND, timedelta(minutes=5), by_for=timedelta(minutes=10)),
        Answer(Move.EXTEND, timedelta(minutes=9), by_for=timedelta(hours=1)),
        Answer(Move.HANDOVER, timedelta(minutes=2), to="lhamo"),
    )
    assert [each.move for each in parse_answers(["accepts after 40s", "declines after 5m"])] == [
        Move.ACCEPT,
        Move.DECLINE,
    ]
    assert parse_answers(["declines after 20s"]) == (Answer(Move.DECLINE, timedelta(seconds=20)),)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([], "never, or a list"),
        ("later", "never, or a list"),
        (["arrives after 10m"], "accepts first"),
        (["extends after 10m by 5m"], "accepts first"),
        (["accepts after 40s", "accepts after 50s"], "who accepts once"),
        (
            ["accepts after 40s", "closes after 1m as helped", "arrives after 10m"],
            "no more of a .* who closes",
        ),
        (["accepts after 40s", "hands over after 1m to lhamo", "arrives after 9m"], "who hands over"),
        (["accepts after 40s", "extends after 1m"], "who extends to say by how much"),
        (["accepts after 40s", "extends after 1m by 90s"], "whole minutes to extend by"),
        (["accepts after 40s", "extends after 1m by 0m"], "whole minutes to extend by"),
        (["accepts after 40s", "extends after 1m by 25h"], "1440 at the most"),
        (["accepts after 40s", "hands over after 1m"], "who hands over to say to whom"),
        (["accepts after 40s", "arrives after 1m to lhamo"], "who hands over to say to whom"),
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
    [
        (["acepts after 40s"], "accepts"),
        (["accepts after 40s", "hand over after 2m to lhamo"], "hands over"),
        (["accepts after 40s", "closes after 1m as helpt"], "helped"),
    ],
)
def test_a_slip_is_told_with_the_nearest_word(answers: object, nearest: str) -> None:
    with pytest.raises(Unfit) as refused:
        parse_answers(answers)
    assert refused.value.nearest == nearest
