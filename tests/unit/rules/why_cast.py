"""Asking why over a history that a test tells in seconds after two in the night."""

from __future__ import annotations

from services.domain.events import Json
from services.rules.why.answer import Answer
from services.rules.why.told import why_in_history
from tests.unit.rules.cast import History

Told = tuple[str, float, float, dict[str, Json]]
"""A reason, its stretch in seconds, and its figures."""


def why(history: History, book: str, rule: str, at: float | str, resident: str = "r1") -> Answer:
    return why_in_history(book, history.texts(), rule, resident, history.text(at))


def first(history: History, book: str, rule: str, at: float | str) -> Told:
    """The weightiest reason."""
    return reasons(history, book, rule, at)[0]


def reasons(history: History, book: str, rule: str, at: float | str) -> list[Told]:
    """All of them."""
    return [
        (
            reason.because.value,
            (reason.since - history.origin).total_seconds(),
            (reason.until - history.origin).total_seconds(),
            dict(reason.figures),
        )
        for reason in why(history, book, rule, at).reasons
    ]


def names(history: History, book: str, rule: str, at: float | str) -> list[str]:
    """All of them by name alone."""
    return [each[0] for each in reasons(history, book, rule, at)]
