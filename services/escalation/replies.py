"""Replies: what somebody means who answers a message by a digit or a word, in any of the three languages.

Only what is known whole is understood: a word inside of a sentence may mean its contrary, and what is not
understood is asked again. It decides about no alert.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from services.domain.alerts import Outcome

FILE = Path(__file__).resolve().parent / "texts" / "replies.yaml"
MOST_READ = 200
"""Characters of a reply that are read; one that says more was not typed in answer to a message."""
CODE_DIGITS = 4
_CODE = re.compile(rf"(?<!\d)\d{{{CODE_DIGITS}}}(?!\d)")
_APOSTROPHES = "'’ʼ"


class Word(StrEnum):
    """What a reply can say."""

    ACCEPT = "accept"
    ARRIVE = "arrive"
    CLOSE = "close"
    HELP = "help"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Said:
    """One reply as it was understood. ``outcome`` is how it ended, where the reply says so; ``codes`` are the
    codes that it may name, the likelier first; without a word nothing was understood.
    """

    word: Word | None = None
    outcome: Outcome | None = None
    codes: tuple[str, ...] = ()


class Known(BaseModel):
    """The digits and words that are understood, as data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    digits: Mapping[str, Word]
    outcomes: Mapping[str, Outcome]
    words: Mapping[Word, tuple[str, ...]]
    before_a_code: tuple[str, ...]
    """What people write before a code because the message did."""


def said_in(text: str) -> Said:
    """What a reply says."""
    known, by_phrase = _known()
    plain = _plain(text)
    if len(plain) > MOST_READ:
        return Said()
    codes = tuple(_CODE.findall(plain))
    rest = plain
    if codes:
        named = "|".join(map(re.escape, sorted(map(_plain, known.before_a_code), key=len, reverse=True)))
        rest = " ".join(re.sub(rf"(?:(?:{named})\s*)?{_CODE.pattern}", " ", plain).split())
    if len(codes) > 1:
        return Said(codes=codes)
    if rest in by_phrase:
        return Said(by_phrase[rest], codes=codes)
    if rest in known.outcomes:
        return Said(Word.CLOSE, known.outcomes[rest], codes)
    return _run_together(rest, known) if not codes else Said(codes=codes)


def _run_together(rest: str, known: Known) -> Said:
    """A digit and the code after it, without a blank between them."""
    saying, code = rest[:-CODE_DIGITS], rest[-CODE_DIGITS:]
    if not _CODE.fullmatch(code):
        return Said()
    if saying in known.digits:
        return Said(known.digits[saying], codes=(code,))
    if saying in known.outcomes:
        return Said(Word.CLOSE, known.outcomes[saying], (code,))
    return Said()


def _plain(text: str) -> str:
    """Letters without case and width, every script's digits as ours, anything else a blank."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(map(_sign, folded)).split())


def _sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if sign in _APOSTROPHES:
        return ""
    return sign if unicodedata.category(sign)[0] in "LM" else " "


@cache
def _known() -> tuple[Known, Mapping[str, Word]]:
    tree: Any = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    known = Known.model_validate(tree)
    phrases = {_plain(phrase): word for word, said in known.words.items() for phrase in said}
    return known, phrases | dict(known.digits)
