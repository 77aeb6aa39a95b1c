"""What replies mean: digits and words of three languages, and nothing that is only like them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.alerts import Outcome
from services.escalation.replies import FILE, Said, Word, said_in

MEANS = {
    Word.ACCEPT: [
        "1",
        "１",
        "༡",
        "①",
        "١",
        "收到",
        "好的。",
        "马上到！",
        "Yes",
        "I’m coming",
        "ང་འགྲོ།",
        "ང་འགྲོ",
    ],
    Word.ARRIVE: ["2", "到了", "我到了", "I am there.", "འབྱོར་སོང་།"],
    Word.CLOSE: ["3", "好了", "done", "ཚར་སོང་།"],
    Word.HELP: ["9", "0", "帮忙", "HELP!", "རོགས་དགོས།"],
    Word.DECLINE: ["去不了", "no", "I can't go", "མི་ཐུབ།"],
}


@pytest.mark.parametrize(("text", "word"), [(text, word) for word, said in MEANS.items() for text in said])
def test_it_is_understood_whole(text: str, word: Word) -> None:
    assert said_in(text) == Said(word)


@pytest.mark.parametrize(
    "text",
    ["", " ", "没到", "到了吗", "还没好", "don't help", "not done", "4", "12", "1 2", "11", "?", "3 1"],
)
def test_what_is_only_like_it_is_not(text: str) -> None:
    assert said_in(text).word is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 4827", Said(Word.ACCEPT, codes=("4827",))),
        ("4827 1", Said(Word.ACCEPT, codes=("4827",))),
        ("14827", Said(Word.ACCEPT, codes=("4827",))),
        ("1号4827", Said(Word.ACCEPT, codes=("4827",))),
        ("到了 ４８２７", Said(Word.ARRIVE, codes=("4827",))),
        ("314827", Said(Word.CLOSE, Outcome.HELPED, ("4827",))),
        ("34 4827", Said(Word.CLOSE, Outcome.OTHER, ("4827",))),
        ("4827", Said(codes=("4827",))),
        ("1 4827 5931", Said(codes=("4827", "5931"))),
        ("4827一定去", Said(codes=("4827",))),
        ("48271", Said()),
    ],
)
def test_a_code_stands_where_people_write_it(text: str, said: Said) -> None:
    assert said_in(text) == said


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_nothing_that_somebody_may_type_breaks_it(text: str) -> None:
    said = said_in(text)
    assert said.outcome is None or said.word is Word.CLOSE
    assert all(len(code) == 4 for code in said.codes)


def test_no_phrase_means_two_things() -> None:
    lines = [
        line.strip('- "\n') for line in FILE.read_text("utf-8").splitlines() if line.startswith("    - ")
    ]
    assert len(lines) == len(set(lines))
    assert all(said_in(line).word is not None for line in lines)
