"""The fields of a rule, each read and checked by itself: spans, wall times, windows, kinds, titles,
conditions.

A reader here never stops at a fault: it complains with what was found and expected, and answers None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import TypeVar

from notation.faults import nearest_of, one_of, shown_value
from services.domain.events import Json
from services.domain.instants import WALL, NotASpan, NotAWallTime, format_span, parse_span, parse_wall
from services.domain.kinds import KINDS
from services.domain.people import Language
from services.rules.conditions import Condition, FieldType, NotACondition, data_fields, read_condition
from services.rules.faults import Fault
from services.rules.windows import DailyWindow

WINDOW = f"{WALL}-({WALL}|24:00)"
DAYS = "([0-9]{1,4})d"
DATA_FIELD = r"event\.data\.([A-Za-z_][A-Za-z0-9_]*)"
"""How windows, local days and fields of an event are written; JSON Schema reads them as well."""
_WINDOW = re.compile(WINDOW, re.ASCII)
_DAYS = re.compile(DAYS, re.ASCII)
_DATA_FIELD = re.compile(DATA_FIELD, re.ASCII)
_LIKE_A_SPAN = re.compile(r"\s*(\d{1,9})\s*([smhd])[a-z]*\s*", re.ASCII)
_MOST_TITLE = 200
_LONGEST = timedelta(days=4000)
MOST_COUNTED = 1_000_000
"""The greatest number of events that a rule may ask for."""

E = TypeVar("E", bound=StrEnum)

EVENT_KINDS = tuple(name for name, kind in KINDS.items() if not kind.is_register)
"""The kinds that a rule may name."""


class Fields:
    """The keys of one rule, or of the rulebook itself (``rule`` None), and the faults found in them."""

    def __init__(self, given: Mapping[str, Json], file: str, rule: str | None, faults: list[Fault]) -> None:
        self._given = given
        self._file = file
        self._rule = rule
        self._faults = faults

    def __contains__(self, key: str) -> bool:
        """Whether the rule has the key."""
        return key in self._given

    def complain(self, key: str, expected: str, found: str | None = None, nearest: str | None = None) -> None:
        """Note a fault; without ``found`` the value of the key is shown."""
        shown = shown_value(self._given.get(key)) if found is None else found
        self._faults.append(Fault(self._file, self._rule, key or "''", shown, expected, nearest))

    def text(self, key: str) -> str | None:
        value = self._given.get(key)
        if isinstance(value, str) and value.strip() and len(value) <= _MOST_TITLE:
            return value
        if key in self:
            self.complain(key, f"a text of 1 to {_MOST_TITLE} characters")
        return None

    def boolean(self, key: str, default: bool) -> bool:  # noqa: FBT001 - the default of a boolean key
        value = self._given.get(key, default)
        if isinstance(value, bool):
            return value
        self.complain(key, "true or false")
        return default

    def whole(self, key: str, least: int) -> int | None:
        value = self._given.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST_COUNTED:
            return value
        if key in self:
            self.complain(key, f"a whole number of at least {least}")
        return None

    def span(self, key: str, *, least: timedelta = timedelta(0)) -> timedelta | None:
        if key not in self:
            return None
        value = self._given[key]
        span = span_from(value)
        if span is None or span < least:
            bounds = f" of at least {format_span(least)}" if least else f", at most {format_span(_LONGEST)}"
            self.complain(
                key, f"a span of time such as 90s, 20m, 2h or 3d{bounds}", nearest=_nearest_span(value)
            )
            return None
        return span

    def number(self, key: str, most: float) -> float | None:
        """A number above 0."""
        value = self._given.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most:
            return value
        if key in self:
            self.complain(key, f"a number above 0 and at most {most:g}")
        return None

    def days(self, key: str, least: int = 1, most: int = _LONGEST.days) -> int | None:
        if key not in self:
            return None
        days = days_from(self._given[key])
        if days is None or not least <= days <= most:
            self.complain(key, f"local days from {least}d to {most}d")
            return None
        return days

    def wall(self, key: str) -> time | None:
        if key not in self:
            return None
        wall = wall_from(self._given[key])
        if wall is None:
            self.complain(
                key, 'a wall time in quotes such as "13:00"', nearest=_nearest_wall(self._given[key])
            )
        return wall

    def window(self, key: str) -> DailyWindow | None:
        if key not in self:
            return None
        value = self._given[key]
        match = _WINDOW.fullmatch(value) if isinstance(value, str) else None
        if match is None or match[3] == f"{match[1]}:{match[2]}":
            self.complain(key, 'two different wall times such as "22:00-06:00"')
            return None
        end = time(0, 0) if match[3] == "24:00" else time(int(match[4]), int(match[5]))
        return DailyWindow(time(int(match[1]), int(match[2])), end)

    def one_of(self, key: str, words: type[E], default: E) -> E:
        value = self._given.get(key, default.value)
        known = [word.value for word in words]
        if isinstance(value, str) and value in known:
            return words(value)
        self.complain(key, one_of(known), nearest=nearest_of(str(value), known))
        return default

    def words(self, key: str, known: Iterable[str]) -> frozenset[str]:
        if key not in self:
            return frozenset()
        value = self._given[key]
        allowed = list(known)
        if not isinstance(value, list) or not value:
            self.complain(key, f"a list of {one_of(allowed)}")
            return frozenset()
        for word in value:
            if word not in allowed:
                self.complain(key, one_of(allowed), shown_value(word), nearest_of(str(word), allowed))
        return frozenset(word for word in value if isinstance(word, str) and word in allowed)

    def kind(self, key: str, other: str | None = None) -> str | None:
        """A kind of event, or the one ``other`` word that may stand there."""
        if key not in self:
            return None
        value = self._given[key]
        known = EVENT_KINDS if other is None else (*EVENT_KINDS, other)
        if isinstance(value, str) and value in known:
            return value
        expected = "a kind of event" if other is None else f"a kind of event, or {other}"
        self.complain(key, expected, nearest=nearest_of(str(value), known))
        return None

    def titles(self, key: str) -> dict[str, str]:
        value = self._given.get(key)
        if isinstance(value, str) and value.strip() and len(value) <= _MOST_TITLE * 10:
            return {language.value: value for language in Language}
        if not isinstance(value, dict) or not value:
            if key in self:
                self.complain(key, "a text, or one for each of zh-CN, bo, en")
            return {}
        known = [language.value for language in Language]
        for language, text in value.items():
            if language not in known:
                self.complain(
                    f"{key}.{language}", one_of(known), "this language", nearest_of(language, known)
                )
            elif not isinstance(text, str) or not text.strip() or len(text) > _MOST_TITLE * 10:
                expected = f"a text of 1 to {_MOST_TITLE * 10} characters"
                self.complain(f"{key}.{language}", expected, shown_value(text))
        return {language: text for language, text in value.items() if isinstance(text, str)}

    def condition(self, key: str, known: Mapping[str, FieldType]) -> Condition | None:
        if key not in self:
            return None
        value = self._given[key]
        if not isinstance(value, str):
            self.complain(key, "a condition such as event.data.heart_rate > 110")
            return None
        try:
            return read_condition(value, known)
        except NotACondition as error:
            nearest = nearest_of(error.unknown, known) if error.unknown else None
            self.complain(key, f"a condition over known fields ({error})", nearest=nearest)
            return None

    def days_field(self, key: str, kind: str | None) -> str | None:
        """The field named in ``{days: event.data.…}``."""
        value = self._given.get(key)
        if not isinstance(value, dict) or list(value) != ["days"]:
            only = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else ""
            self.complain(
                key, "a span such as 20m, or {days: event.data.…}", nearest=nearest_of(only, ("days",))
            )
            return None
        match = _DATA_FIELD.fullmatch(value["days"]) if isinstance(value["days"], str) else None
        if match is None:
            self.complain(
                f"{key}.days", "event.data. and a field, no other expression", shown_value(value["days"])
            )
            return None
        numbers = (
            [name for name, type_ in data_fields(kind).items() if type_ is FieldType.NUMBER] if kind else None
        )
        if numbers is not None and match[1] not in numbers:
            expected = f"a number that {kind} carries ({', '.join(numbers) or 'it carries none'})"
            self.complain(f"{key}.days", expected, shown_value(value["days"]), nearest_of(match[1], numbers))
            return None
        return match[1]


def _nearest_span(value: Json) -> str | None:
    """The span that somebody may have meant by ``20 minutes``, ``1h30`` is none."""
    match = _LIKE_A_SPAN.fullmatch(value.lower()) if isinstance(value, str) else None
    meant = f"{int(match[1])}{match[2]}" if match else None
    return meant if meant is not None and span_from(meant) is not None else None


def _nearest_wall(value: Json) -> str | None:
    """The wall time that somebody may have meant by ``7:30``."""
    meant = f"0{value}" if isinstance(value, str) else None
    return meant if wall_from(meant) is not None else None


def span_from(value: Json) -> timedelta | None:
    """A span of elapsed time from its text, None if it is none."""
    if not isinstance(value, str):
        return None
    try:
        span = parse_span(value)
    except (NotASpan, OverflowError):
        return None
    return span if span <= _LONGEST else None


def days_from(value: Json) -> int | None:
    """A number of local days, at least 1, from its text."""
    match = _DAYS.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match and 1 <= int(match[1]) <= _LONGEST.days else None


def wall_from(value: Json) -> time | None:
    """A wall time from its text."""
    try:
        return parse_wall(value) if isinstance(value, str) else None
    except NotAWallTime:
        return None
