"""Names and titles as people wrote them, kept apart from the words around them: whichever way they are
written, and whatever they hold that cannot be seen, the sentence that they stand in stays as it is.
"""

import unicodedata

_ISOLATE, _END = "\u2068", "\u2069"
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Characters that turn what follows them around (Unicode, UAX #9)."""
_FROM_THE_RIGHT = frozenset({"R", "AL"})


def apart(words: str) -> str:
    """The words without what controls a screen or a direction; those that run from the right set apart."""
    seen = "".join(each for each in words if not _controls(each))
    if any(unicodedata.bidirectional(each) in _FROM_THE_RIGHT for each in seen):
        return f"{_ISOLATE}{seen}{_END}"
    return seen


def _controls(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" or unicodedata.bidirectional(letter) in _TURNING
