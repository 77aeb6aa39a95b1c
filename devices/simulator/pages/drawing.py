"""Drawing: the small shapes of the report and where writing fits. Every shape says in a title what it is, and
no meaning is in a colour alone. What comes from a scenario is escaped here and nowhere else.
"""

import unicodedata
from collections.abc import Iterable
from html import escape

_STACKED = (range(0x0F71, 0x0F85), range(0x0F90, 0x0FBD))
"""Tibetan letters that stand above or below another."""
SHAPES = {
    "high": "M-3-7H3L7-3V3L3 7H-3L-7 3V-3z",
    "medium": "M0-7.500L8 6.500H-8z",
    "low": "M0-7A7 7 0 1 1-.1-7z",
    "info": "M-6-6H6V6H-6z",
}
STROKES = {
    "high": "M-2.800-3.500V3.500M0-3.500V3.500M2.800-3.500V3.500",
    "medium": "M-1.600-1V4.500M1.600-1V4.500",
    "low": "M0-3.500V3.500",
    "info": "M0-1V3.500",
}
MOVES = {
    "accept": "M-3.500 0L-1 2.800L3.700-2.800",
    "arrive": "M-3.800 0H3.200M.5-2.800L3.300 0L.5 2.800",
    "close": "M-2.700-2.700H2.700V2.700H-2.700z",
    "decline": "M-2.800-2.800L2.800 2.800M2.800-2.800L-2.800 2.800",
    "extend": "M0-4V.4L2.800 2",
    "handover": "M-4-1.500H2M0-3.500L2-1.500L0 .5M4 2.500H-2",
    "stay": "M-3 0H3",
}


def wide(text: str, size: float = 12) -> float:
    """About how many pixels a text takes; rather too many than too few."""
    ems = 0.0
    for letter in text:
        code = ord(letter)
        if any(code in stacked for stacked in _STACKED) or unicodedata.combining(letter):
            continue
        ems += 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.58
    return ems * size


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "") -> str:
    end = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{number(x)}" y="{number(y)}"{_class(kind)}{end}>{escape(words)}</text>'


def rect(
    x: float, y: float, width: float, height: float, kind: str, *, title: str = "", more: str = ""
) -> str:
    box = f'x="{number(x)}" y="{number(y)}" width="{number(max(width, 0))}" height="{number(height)}"'
    return f"<rect {box}{_class(kind)}{more}{_closed('rect', title)}"


def path(steps: str, kind: str, *, title: str = "", at: tuple[float, float] | None = None) -> str:
    moved = f' transform="translate({number(at[0])} {number(at[1])})"' if at else ""
    return f'<path d="{steps}"{_class(kind)}{moved}{_closed("path", title)}'


def group(bits: Iterable[str], kind: str = "", *, title: str = "") -> str:
    return f"<g{_class(kind)}>{_title(title)}{''.join(bits)}</g>"


def sign(x: float, y: float, severity: str) -> str:
    """The shape of a severity with its strokes."""
    known = severity if severity in SHAPES else "info"
    return moved(group([path(SHAPES[known], "fill"), path(STROKES[known], "strokes")], f"s-{known}"), x, y)


def press(x: float, y: float, title: str, *, falls: bool = False) -> str:
    """A pin that points down at the bed: somebody calls. A fall lies on its side."""
    shape = "M-8-5L8-5L8 5L-8 5z" if falls else "M0 11L-5.500 2.500A7 7 0 1 1 5.500 2.500z"
    inner = "M-4.500 1.500L4.500 1.500M-4.500-2L-1.500 1" if falls else "M0-6.500V-2M0 .2V1"
    return moved(group([path(shape, "fill"), path(inner, "strokes")], "press", title=title), x, y)


def badge(x: float, y: float, which: int, how: str, title: str) -> str:
    """The number of a wish: a card where it was met, a diamond where it was not; a finger can hit it."""
    card = "M-10-8a3 3 0 0 1 3-3H7a3 3 0 0 1 3 3V8a3 3 0 0 1-3 3H-7a3 3 0 0 1-3-3z"
    shape = card if how == "pass" else "M0-12L12 0L0 12L-12 0z"
    room = rect(-12, -12, 24, 24, "room")
    bits = [room, path(shape, "fill"), text(0, 4, str(which), "n", "middle")]
    return moved(group(bits, f"badge {how}", title=title), x, y)


def answer(x: float, y: float, move: str, title: str) -> str:
    steps = MOVES.get(move, MOVES["stay"])
    bits = [path("M0-7.500A7.500 7.500 0 1 1-.1-7.500z", "fill"), path(steps, "strokes")]
    return moved(group(bits, f"answer a-{move if move in MOVES else 'stay'}", title=title), x, y)


def notice(x: float, y: float, how: str, title: str) -> str:
    """An envelope: full where it was received, hollow where it was not, crossed where none went."""
    bits = [path("M-7-5H7V5H-7z", "box"), path("M-7-5L0 .8L7-5", "flap")]
    if how == "kept":
        bits.append(path("M-8 6L8-6", "cross"))
    return moved(group(bits, f"notice {how}", title=title), x, y)


def beside(wanted: Iterable[float], room: float, left: float, right: float) -> list[float]:
    """Places at least ``room`` apart, in one order, each as near to where it is wanted as that allows."""
    runs: list[tuple[float, int]] = []
    for place, x in enumerate(wanted):
        mean, count = x - place * room, 1
        while runs and runs[-1][0] > mean:
            before, many = runs.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        runs.append((mean, count))
    total = sum(count for _, count in runs)
    least, most = left + room / 2, right - room / 2 - (total - 1) * room
    places = [min(max(mean, least), max(most, least)) for mean, count in runs for _ in range(count)]
    return [mean + place * room for place, mean in enumerate(places)]


class Labels:
    """Writing on one line that never runs into other writing: what does not fit is left to the title."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._taken: list[tuple[float, float]] = []

    def block(self, since: float, until: float) -> None:
        self._taken.append((since, until))

    def place(self, x: float, y: float, words: str, kind: str = "", size: float = 12) -> str:
        """The text to the right of ``x``, if there is room for it."""
        end = x + wide(words, size)
        if end > self._until or any(x < taken[1] and end > taken[0] for taken in self._taken):
            return ""
        self._taken.append((x, end + 6))
        return text(x, y, words, kind)


class Levels:
    """Stacks what would overlap: the first level from the top on which it has room."""

    def __init__(self) -> None:
        self._ends: list[float] = []

    def level(self, since: float, until: float) -> int:
        for level, end in enumerate(self._ends):
            if since >= end:
                self._ends[level] = until
                return level
        self._ends.append(until)
        return len(self._ends) - 1

    def __len__(self) -> int:
        return len(self._ends)


def moved(drawn: str, x: float, y: float) -> str:
    """A group, elsewhere."""
    return drawn.replace("<g", f'<g transform="translate({number(x)} {number(y)})"', 1)


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""


def _closed(element: str, title: str) -> str:
    return f">{_title(title)}</{element}>" if title else "/>"
