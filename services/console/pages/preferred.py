"""Preferred: which of the house's languages a browser asks for (`Accept-Language`, RFC 9110 §12.5.4).

It decides for people who are not known yet and chose nothing. What it cannot read asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.domain.people import Language

LONGEST_HEADER = 1000
"""Characters that are read of what a stranger sends; a browser's own list is far shorter."""

_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?", re.ASCII
)
_SPOKEN = {"zh": Language.ZH_CN, "bo": Language.BO, "en": Language.EN}
"""By the language alone: who reads any Chinese reads ours rather than English."""


def preferred(header: str) -> Language | None:
    """The language of the house that stands highest in the list of a browser; None if none does."""
    asked = sorted(_asked(header[:LONGEST_HEADER]), key=lambda each: -each[0])
    return next((language for weight, language in asked if weight > 0), None)


def _asked(header: str) -> Iterator[tuple[float, Language]]:
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        if found and found[1].lower() in _SPOKEN:
            yield float(found[2] or 1), _SPOKEN[found[1].lower()]
