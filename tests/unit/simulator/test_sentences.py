"""The sentences of a scenario, and what is said about one that cannot be read."""

from datetime import time, timedelta

import pytest

from devices.simulator.local_time import Reading
from devices.simulator.sentences import Answer, Move, parse_answers, parse_line


def test_a_resident_does_something() -> None:
    line = parse_line("02:13 deji presses")
    assert (line.reading, line.who, line.sends) == (Reading(time(2, 13)), "deji", None)
    assert line.doing is not None
    assert (line.doing.kind, line.doing.device_type) == ("call_button.pressed", "call_button")


def test_a_device_sends_something_by_itself() -> None:
    line = parse_line("day 2 03:00 mat sends bed.exited")
    assert (line.who, line.sends, line.doing) == ("mat", "bed.exited", None)


def test_what_a_person_records_needs_no_device() -> None:
    doing = parse_line("02:45 deji leaves for hospital").doing
    assert doing is not None
    assert (doing.kind, doing.device_type, doing.data) == ("resident.away", None, {"reason": "hospital"})


def test_an_unknown_verb_is_refused_with_the_nearest_known() -> None:
    with pytest.raises(ValueError, match="did you mean 'gets up'"):
        parse_line("02:05 deji gets upp")
    with pytest.raises(ValueError, match="known are: gets up"):
        parse_line("02:05 deji yodels")


@pytest.mark.parametrize("text", ["deji presses", "02:13 presses", "02:13 Deji presses", 5, None])
def test_what_is_no_sentence_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match="02:13 deji presses"):
        parse_line(text)


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
        ([], "expected never, or a list"),
        ("later", "expected never, or a list"),
        (["arrives after 10m"], "accepts first"),
        (["accepts after 40s", "accepts after 50s"], "accepts first"),
        (["accepts after 40s", "closes after 1m as helped", "arrives after 10m"], "accepts first"),
        (["declines after 20s", "arrives after 1m"], "who declines"),
        (["accepts after 40"], "found 'accepts after 40'"),
        (["accepts after 0s"], "nobody answers in no time"),
        (["accepts after 40s as helped"], "who closes says as what"),
        (["accepts after 40s", "closes after 1m"], "who closes says as what"),
        (["accepts after 40s", "closes after 1m as won"], "expected one of helped"),
    ],
)
def test_answers_that_nobody_can_give_are_refused_in_words(answers: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_answers(answers)
