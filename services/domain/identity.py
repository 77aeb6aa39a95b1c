"""Identity: how the things of the house get their ids.

What follows from something already stored gets an id derived from it, so that doing the work twice, after a
crash or on two machines, makes the same row once. What a person makes gets an id from the `NewId` port.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

NewId = Callable[[str], str]
"""Hands out a fresh id with the given prefix, e.g. ``new_id("res") -> "res_3f…"``."""


def derived_id(prefix: str, *parts: object) -> str:
    """An id made from what the thing was made from: same parts, same id (96 bits of SHA-256).

    The parts are written with a separator that no part may hold, so ``("a", "bc")`` and ``("ab", "c")``
    differ.
    """
    text = "\x1f".join(map(str, parts))
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:24]}"
