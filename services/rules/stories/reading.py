"""From the text of a file of stories to its stories: every fault in it is found, and one is enough to refuse
the file.

First the form by itself, then each story that has a good form beside its rulebook in telling.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from services.domain.events import Json
from services.rules.faults import nearest_of
from services.rules.replay import DEFAULT_ZONE
from services.rules.rule_fields import shown_value
from services.rules.rulebook import Rulebook
from services.rules.stories.faults import StoryFault, StoryFaults
from services.rules.stories.form import StoryFile, Told, Unfit
from services.rules.stories.scene import Complaint
from services.rules.stories.story import Story, StoryBook
from services.rules.stories.telling import tell
from services.rules.yaml_core import read_yaml

_WRAPPED = re.compile(r"^\[|\]$")


def read_stories(text: str, file: str, book: Rulebook, zone: ZoneInfo = DEFAULT_ZONE) -> StoryBook:
    """The stories in ``text`` about ``book``; `StoryFaults` with every fault if there is any.

    ``zone`` is the house's, for residents and rulebooks that have none of their own.
    """
    reader = _Reader(file)
    given = reader.yaml(text)
    stories = reader.stories(given, book, zone) if isinstance(given, dict) else []
    if reader.faults:
        raise StoryFaults(sorted(reader.faults, key=lambda fault: fault.line))
    return StoryBook(file, book, tuple(stories))


class _Reader:
    """Reads one file and gathers what is wrong with it."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._lines: dict[str, int] = {}
        self._titles: dict[int, str] = {}
        self.faults: list[StoryFault] = []

    def yaml(self, text: str) -> Json:
        def complain(field: str, found: str, expected: str) -> None:
            self._complain(field, found, expected)

        given = read_yaml(text, complain, meant="stories", lines=self._lines)
        if not isinstance(given, dict):
            if not self.faults:
                self._complain("file", shown_value(given), "the keys format and stories")
            return None
        told = given.get("stories")
        for number, each in enumerate(told if isinstance(told, list) else [], start=1):
            if isinstance(each, dict) and isinstance(each.get("story"), str):
                self._titles[number] = str(each["story"])
        return given

    def stories(self, given: dict[str, Json], book: Rulebook, zone: ZoneInfo) -> list[Story]:
        broken: set[int | str] = set()
        try:
            StoryFile.model_validate(given)
        except ValidationError as error:
            for fault in error.errors():
                loc = fault["loc"]
                self._form_fault(given, loc, dict(fault))
                is_of_a_story = loc[:1] == ("stories",) and len(loc) > 1
                broken.add(loc[1] if is_of_a_story else loc[0])
        self._check_head(given, book)
        good = {key: each for key, each in given.items() if key in _HEAD and key not in broken}
        head = StoryFile.model_validate({**good, "format": 1, "stories": [_SHORTEST]})
        seen: set[str] = set()
        stories = []
        for number, each in enumerate(_list(given.get("stories"))):
            if number in broken or "stories" in broken:
                continue
            told, field = Told.model_validate(each), f"stories[{number + 1}]"
            if told.story in seen:
                self._complain(f"{field}.story", "the same sentence a second time", "each story told once")
            seen.add(told.story)
            stories.append(tell(told, head, book, zone, self._voice(field)))
        return [each for each in stories if each is not None]

    def _check_head(self, given: Mapping[str, Json], book: Rulebook) -> None:
        named = given.get("rulebook")
        if isinstance(named, str) and named != book.name:
            self._complain("rulebook", shown_value(named), f"{book.name!r}, beside which the file lies")

    def _voice(self, story: str) -> Complaint:
        """Complains about fields of one story; answers the line on which a field stands."""

        def complain(field: str, found: str, expected: str, nearest: str | None = None) -> None:
            self._complain(f"{story}.{field}", found, expected, nearest)

        return Complaint(complain, lambda field: self._line(f"{story}.{field}" if field else story))

    def _form_fault(self, given: Json, loc: tuple[int | str, ...], error: Mapping[str, Any]) -> None:
        field = ""
        for part in loc:
            field += f"[{part + 1}]" if isinstance(part, int) else f".{_WRAPPED.sub('', part)}"
        field = field.lstrip(".")
        unfit = (error.get("ctx") or {}).get("error")
        match error["type"]:
            case "extra_forbidden":
                known = _keys_at(StoryFile, loc[:-1])
                key = str(loc[-1])
                self._complain(field, "a key that nobody knows", "a key of a story", nearest_of(key, known))
            case "missing":
                self._complain(field, "nothing", "a value")
            case "value_error" if isinstance(unfit, Unfit):
                self._complain(field, shown_value(_at(given, loc)), unfit.expected, unfit.nearest)
            case _:
                self._complain(
                    field, shown_value(_at(given, loc)), _EXPECTED.get(error["type"], error["msg"])
                )

    def _complain(self, field: str, found: str, expected: str, nearest: str | None = None) -> None:
        story = re.match(r"stories\[(\d+)\]\.?", field)
        title = self._titles.get(int(story[1]), f"number {story[1]}") if story else None
        shown = field[story.end() :] if story else field
        self.faults.append(
            StoryFault(self._file, self._line(field), title, shown or "story", found, expected, nearest)
        )

    def _line(self, field: str) -> int:
        """The line of a field, or of the nearest thing around it."""
        while field and field not in self._lines:
            field = re.sub(r"(\.[^.\[\]]*|\[\d+\]|^[^.\[\]]*)$", "", field)
        return self._lines.get(field, 0) if field else 0


_HEAD = frozenset(StoryFile.model_fields)
_SHORTEST: Json = {"story": "-", "timeline": [{"at": "00:00"}]}
"""Stands for stories that are read one by one."""
_EXPECTED = {
    "string_type": "a text",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "list_type": "a list",
    "bool_type": "true or false",
    "too_short": "at least one",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a shorter text",
    "string_pattern_mismatch": "a name of letters, digits and dashes",
    "int_type": "1",
    "less_than_equal": "1",
    "greater_than_equal": "1",
}


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()


def _at(given: Json, loc: tuple[int | str, ...]) -> Json:
    value = given
    for part in loc:
        if isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, str):
            return value  # the short form of what may be said at length
        elif part != "[key]":
            return None
    return value


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand where a location leads to."""
    here: Any = model
    for part in loc:
        here = _step(here, part)
    plain = _plain(here)
    if not (isinstance(plain, type) and issubclass(plain, BaseModel)):
        return []
    return [info.alias or name for name, info in plain.model_fields.items()]


def _plain(annotation: Any) -> Any:
    """An annotation without what is said about it, and without `None`."""
    while get_origin(annotation) in {Annotated, Union, UnionType}:
        meant = [each for each in get_args(annotation) if each is not type(None)]
        annotation = meant[0]
    return annotation


def _step(annotation: Any, part: int | str) -> Any:
    plain = _plain(annotation)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        by_key = {info.alias or name: info.annotation for name, info in plain.model_fields.items()}
        return by_key.get(str(part))
    arguments = get_args(plain)
    return arguments[-1] if arguments else None
