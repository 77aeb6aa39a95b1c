"""Files of stories: which of them are meant, and beside which rulebook each lies.

`home-beds.story.yaml` and `home-beds.nights.story.yaml` are both about `home-beds.yaml` in the same folder.
Nothing is played here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from notation.faults import StoryFault, StoryFaults
from services.rules.faults import Fault, RulebookFaults
from services.rules.reading import read_rulebook
from services.rules.rulebook import Rulebook
from services.rules.stories.reading import read_stories
from services.rules.stories.story import StoryBook
from services.wiring.shipped import STORY

SHIPPED = Path(__file__).resolve().parents[2] / "rulebooks"
"""Where the rulebooks and their stories lie as shipped."""


class NoStories(Exception):
    """A file or folder in which there is no story to be found; the words say what was looked for."""


def found_in(places: Iterable[Path]) -> list[Path]:
    """The files of stories: those named, those beside a rulebook that is named, those in folders.

    `NoStories` for a place that holds none.
    """
    found: list[Path] = []
    for place in places:
        here = _found_at(place)
        if not here:
            raise NoStories(f"{place}: no stories (NAME{STORY} beside NAME.yaml)")
        found += [each for each in here if each not in found]
    return found


def _found_at(place: Path) -> list[Path]:
    if place.is_dir():
        return sorted(place.glob(f"*{STORY}"))
    if not place.is_file():
        raise NoStories(f"{place}: there is no such file or folder")
    if place.name.endswith(STORY):
        return [place]
    return sorted(each for each in place.parent.glob(f"*{STORY}") if rulebook_beside(each) == place)


def rulebook_beside(file: Path) -> Path | None:
    """The rulebook that a file of stories is about, None if it lies beside none."""
    name = file.name.removesuffix(STORY)
    while name:
        rulebook = file.with_name(f"{name}.yaml")
        if rulebook.is_file():
            return rulebook
        name = name.rpartition(".")[0]
    return None


def read_file(file: Path, books: dict[Path, Rulebook]) -> StoryBook:
    """The stories of a file with their rulebook; `StoryFaults`, also for a rulebook that cannot be used.

    ``books`` keeps what was read, for the next file of the same rulebook.
    """
    rulebook = rulebook_beside(file)
    if rulebook is None:
        wanted = f"{file.name.removesuffix(STORY)}.yaml beside it"
        raise StoryFaults([StoryFault(str(file), 0, None, "rulebook", "none", wanted)])
    try:
        book = books.get(rulebook) or read_rulebook(_text_of(rulebook), rulebook.name)
    except RulebookFaults as refused:
        raise StoryFaults(_of_rulebook(rulebook, fault) for fault in refused.faults) from refused
    books[rulebook] = book
    return read_stories(_text_of(file), str(file), book)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StoryFaults([StoryFault(str(file), 0, None, "file", str(error), "a text in UTF-8")]) from error


def _of_rulebook(file: Path, fault: Fault) -> StoryFault:
    field = f"rule {fault.rule}: {fault.field}" if fault.rule else fault.field
    return StoryFault(str(file), 0, None, field, fault.found, fault.expected, fault.nearest)
