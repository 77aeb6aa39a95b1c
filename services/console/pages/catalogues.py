"""Catalogues: what each English text of the pages is in another language, read once from its files.

English is the language of the keys. A language is reviewed when each of its files says so in its header
(`X-Reviewed: yes`); a file that says nothing has not been read by a native speaker.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from services.domain.people import Language

LOCALES = Path(__file__).parent / "locales"
REVIEWED = re.compile(r'^"X-Reviewed: (.*)\\n"$', re.MULTILINE)


def read(path: Path) -> Catalog:
    """One file of a catalogue; a malformed one is `PoFileError`."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def files(language: Language) -> list[Path]:
    """The files of a language, one a page."""
    return sorted((LOCALES / language.value).glob("*.po"))


def review(path: Path) -> str | None:
    """What the header of one file says of its review; Babel keeps none of such headers."""
    header = path.read_text(encoding="utf-8").partition("\n\n")[0]
    found = REVIEWED.search(header)
    return found[1] if found else None


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """What each English text is in that language; of a text with a singular, by its singular."""
    words: dict[str, str] = {}
    for path in files(language):
        for each in read(path):
            key, said = _first(each.id), _first(each.string)
            if key and said:
                words[key] = said
    return words


@cache
def is_reviewed(language: Language) -> bool:
    """Whether people may be called out by the words of this language alone; those of the keys are."""
    return all(review(path) == "yes" for path in files(language))


def _first(forms: object) -> str:
    """Neither Chinese nor Tibetan has a plural: their one form."""
    return str(forms[0] if isinstance(forms, list | tuple) else forms)
