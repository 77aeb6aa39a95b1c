"""Naming: the titles of what the house finds itself, filled in, in each of its languages.

The words are data, one file a language. They are read when this module is, and held against what the code
fills in: a file with a gap keeps a house from starting rather than somebody from being called. It never
decides what is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from services.domain.duty import HoleReason
from services.domain.findings import (
    AWAY_OVERDUE,
    BED_CONTRADICTION,
    BED_UNSTEADY,
    PAGES_AT_NIGHT,
    ROSTER_HOLE,
    RULE_UNAVAILABLE,
    SHIFT_NOT_TAKEN_OVER,
)
from services.domain.kinds import ALARM_KINDS
from services.domain.people import Language
from services.domain.self_watch import REFUSED

PLACES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(ALARM_KINDS, frozenset[str]()),
    AWAY_OVERDUE: frozenset(),
    BED_CONTRADICTION: frozenset(),
    BED_UNSTEADY: frozenset(),
    PAGES_AT_NIGHT: frozenset({"name", "pages", "most"}),
    REFUSED: frozenset({"who"}),
    ROSTER_HOLE: frozenset({"post", "span", "why", "more"}),
    RULE_UNAVAILABLE: frozenset({"rule"}),
    SHIFT_NOT_TAKEN_OVER: frozenset({"time"}),
}
"""What is named here, by the kind of alarm that no rule took or by the house's own rule, and what is filled
into its title.
"""
WORDS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((reason.value for reason in HoleReason), frozenset[str]()),
    "duty_desk": frozenset(),
    "more": frozenset({"count"}),
    **dict.fromkeys(("from_to", "from_on"), frozenset({"since", "until"})),
    **dict.fromkeys(("now_to", "now_on"), frozenset({"until"})),
}
"""What is filled in and has a word of its own in each language."""
FOLDER = Path(__file__).resolve().parent


class UnfitTitles(Exception):
    """A file of titles that cannot be used; the words say which, where and why."""


class Titles(BaseModel):
    """All titles of one language: ``instant`` is how a day and time are written, ``joint`` stands between the
    words of a list.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    instant: str
    joint: str
    titles: Mapping[str, str]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that each language has its own for, with what is filled into it."""

    name: str
    known: Mapping[str, int | datetime] = field(default_factory=dict)


Known = str | int | datetime | Word | tuple[Word, ...]
"""What is filled in: as it stands, an aware instant as the clock of its own zone shows it, or words."""


def titles_of(rule: str, /, **known: Known) -> dict[str, str]:
    """The title of what a rule of the house found, by language; `KeyError` if a place is not filled."""
    return {
        language: said.titles[rule].format_map({name: _in(said, what) for name, what in known.items()})
        for language, said in _TITLES.items()
    }


def read(folder: Path = FOLDER) -> Mapping[str, Titles]:
    """The titles of every language; `UnfitTitles` with every fault of the first file that has any."""
    return {language.value: _read(folder / f"{language.value}.yaml") for language in Language}


def _in(said: Titles, known: Known) -> str:
    match known:
        case datetime():
            return said.instant.format(at=known)
        case Word():
            filled = {name: _in(said, what) for name, what in known.known.items()}
            return said.words[known.name].format_map(filled)
        case tuple():
            return said.joint.join(_in(said, word) for word in known)
        case _:
            return str(known)


def _read(path: Path) -> Titles:
    try:
        tree: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        said = Titles.model_validate(tree)
    except (OSError, YAMLError, ValidationError) as error:
        raise UnfitTitles(f"{path}: {error}") from error
    faults = [*_faults("titles", said.titles, PLACES), *_faults("words", said.words, WORDS)]
    if faults:
        raise UnfitTitles(f"{path}: {'; '.join(faults)}")
    return said


def _faults(part: str, said: Mapping[str, str], wanted: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for name in sorted(said.keys() ^ wanted.keys()):
        yield f"{part}.{name}: {'missing' if name in wanted else 'nothing is called so'}"
    for name in sorted(said.keys() & wanted.keys()):
        text = said[name]
        try:
            places = {place for _, place, _, _ in Formatter().parse(text) if place is not None}
        except ValueError as error:
            yield f"{part}.{name}: {error}"
            continue
        if places != set(wanted[name]):
            expected = ", ".join(sorted(wanted[name])) or "nothing"
            yield f"{part}.{name}: {', '.join(sorted(places)) or 'nothing'} in braces, expected {expected}"


_TITLES = read()
