"""Words: what kinds of events, fields, devices and lengths of time are called in each language, for whoever
reads a rule without knowing YAML.

The words are data, one file a language, and complete: a language that lacks one cannot be loaded. Nothing
here knows a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from services.domain.people import Language

FOLDER = Path(__file__).resolve().parent / "texts"
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


class Words(BaseModel):
    """All words of one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: Mapping[str, str]
    devices: Mapping[str, str]
    fields: Mapping[str, str]
    periods: Mapping[str, str]
    severities: Mapping[str, str]
    figures: Mapping[str, str]
    units: Mapping[str, str]
    days: str
    operators: Mapping[str, str]
    list: str
    quoted: str
    sentences: Mapping[str, str]
    differences: Mapping[str, str]

    def say(self, sentence: str, **known: object) -> str:
        """A sentence, filled in."""
        return self.sentences[sentence].format(**known)

    def span(self, span: timedelta) -> str:
        """A length of time in all the units that it has; none is 0 s."""
        left = int(span.total_seconds())
        said = []
        for unit, seconds in _UNITS:
            number, left = divmod(left, seconds)
            if number:
                said.append(self.units[unit].format(n=number))
        return " ".join(said) or self.units["s"].format(n=0)

    def day_count(self, days: int) -> str:
        """So many local days."""
        return self.days.format(n=days)

    def all_of(self, said: Iterable[str]) -> str:
        """One after the other."""
        return self.list.join(said)

    def quote(self, text: str) -> str:
        """A text as somebody wrote it."""
        return self.quoted.format(text=text)


@cache
def words_of(language: Language) -> Words:
    """The words of a language, read once."""
    text = (FOLDER / f"{language.value}.yaml").read_text(encoding="utf-8")
    tree: Any = YAML(typ="safe", pure=True).load(text)
    return Words.model_validate(tree)
