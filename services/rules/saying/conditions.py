"""Conditions in plain words: the names of fields in the reader's language, the signs as people write them.

The order of a condition is kept as it stands, with its brackets; it is said, never simplified.
"""

from __future__ import annotations

from services.rules.conditions import Condition, Token, TokenSort, tokens_of
from services.rules.saying.words import Words

_SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_OPERATORS = {"&&": "and", "||": "or", "!": "not"}
_NO_SPACE_BEFORE = frozenset({")", "]", ","})
_NO_SPACE_AFTER = frozenset({"(", "["})


def condition_said(condition: Condition, words: Words) -> str:
    """The condition as somebody would read it out."""
    said: list[str] = []
    before = "("
    for token in tokens_of(condition.text):
        if said and before not in _NO_SPACE_AFTER and token.text not in _NO_SPACE_BEFORE:
            said.append(" ")
        said.append(_said(token, words))
        before = token.text
    return "".join(said)


def _said(token: Token, words: Words) -> str:
    if token.sort is TokenSort.TEXT:
        return words.quote(token.text[1:-1])
    if token.sort is TokenSort.NAME:
        return words.operators.get(token.text) or words.fields.get(token.text, token.text)
    if token.text in _OPERATORS:
        return words.operators[_OPERATORS[token.text]]
    return _SIGNS.get(token.text, token.text)
