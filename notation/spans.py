"""Spans of elapsed time as they are written: `40s`, `5m`, `2h`, `3d`."""

from __future__ import annotations

import re
from datetime import timedelta

SPAN = "([0-9]{1,9})(s|m|h|d)"
"""As a pattern that JSON Schema reads as well."""
EXPECTED = "a span of time such as 40s or 5m"
LONGEST = timedelta(days=4000)
_SPAN = re.compile(SPAN, re.ASCII)
_LIKE_A_SPAN = re.compile(r"\s*(\d{1,9})\s*([smhd])[a-z]*\s*", re.ASCII)
_UNIT = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


class NotASpan(ValueError):
    """A text that says no span of time, or one that nobody can mean."""


def read_span(text: str) -> timedelta:
    """The span that a text says; `NotASpan` if it says none, or a longer one than `LONGEST`."""
    match = _SPAN.fullmatch(text)
    try:
        span = int(match[1]) * _UNIT[match[2]] if match else None
    except OverflowError:
        span = None
    if span is None or span > LONGEST:
        raise NotASpan(text[:64])
    return span


def read_step(text: str) -> timedelta:
    """A span of some length; `NotASpan` if there is none."""
    span = read_span(text)
    if not span:
        raise NotASpan(text[:64])
    return span


def write_span(span: timedelta) -> str:
    """A span in its largest whole unit, as it is read (whole seconds)."""
    seconds = int(span.total_seconds())
    for unit in ("d", "h", "m"):
        size = int(_UNIT[unit].total_seconds())
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def nearest_span(text: str) -> str | None:
    """The span that somebody may have meant by `20 minutes` or `40 min`; None where there is none."""
    match = _LIKE_A_SPAN.fullmatch(text.lower())
    return f"{int(match[1])}{match[2]}" if match else None
