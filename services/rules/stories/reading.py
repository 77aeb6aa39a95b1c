"""From the text of a file of stories to its stories: every fault in it is found, and one is enough to refuse
the file.

First the form by itself, then each story that has a good form beside its rulebook in telling.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from notation.faults import StoryFault, StoryFaults, shown_value
from notation.forms import amiss
from notation.yaml_core import read_yaml
from services.domain.events import Json
from services.rules.replay import DEFAULT_ZONE
from services.rules.rulebook import Rulebook
from services.rules.stories.form import StoryFile, Told
from services.rules.stories.scene import Complaint
from services.rules.stories.story import Story, StoryBook
from services.rules.stories.telling import tell


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
            for loc, fault in amiss(StoryFile, given, error):
                self._complain(*fault)
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
            field = field[: max(field.rfind("."), field.rfind("["), 0)]
        return self._lines.get(field, 0) if field else 0


_HEAD = frozenset(StoryFile.model_fields)
_SHORTEST: Json = {"story": "-", "timeline": [{"at": "00:00"}]}
"""Stands for stories that are read one by one."""


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()
