"""What the catalogues lack of what the pages say, and in which file it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from babel.messages.pofile import escape

from services.console.pages.catalogues import LOCALES, files, read
from services.domain.people import Language
from tests.words.extraction import Text

TRANSLATED = tuple(language for language in Language if language is not Language.EN)
EVERY_PAGE = "house.po"
"""What several pages say, and what stands around all of them."""
OF_ALL = frozenset({"frame", "parts", "problem", "sign_in", "rendering"})
OF_THEIR_OWN = {"words.py": "words.po", "texts.py": "times.po"}

HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"X-Reviewed: no\\n"\n'
)


def key(text: Text | list[str]) -> str:
    """By what a catalogue names a text: its singular where it has two forms."""
    return text if isinstance(text, str) else text[0]


def kept(language: Language) -> dict[str, list[str]]:
    """The files of a language in which each text stands."""
    where: dict[str, list[str]] = {}
    for path in files(language):
        for each in read(path):
            if each.id:
                where.setdefault(key(each.id), []).append(path.name)
    return where


def lacking(said: Mapping[Text, set[str]], language: Language) -> dict[Text, str]:
    """The texts that no file of a language has, with the file in which each belongs."""
    has = kept(language)
    return {text: belongs(places) for text, places in said.items() if key(text) not in has}


def belongs(places: Iterable[str]) -> str:
    """The file of a text that these templates and modules say."""
    names = {OF_THEIR_OWN.get(place, _of_page(Path(place).stem)) for place in places}
    return names.pop() if len(names) == 1 else EVERY_PAGE


def _of_page(stem: str) -> str:
    return EVERY_PAGE if stem in OF_ALL else f"{stem}.po"


def add(missing: Mapping[Text, str], language: Language, locales: Path = LOCALES) -> list[Path]:
    """Write the texts at the end of their files, with nothing said yet; returns the files."""
    changed = []
    for text, name in missing.items():
        path = locales / language.value / name
        if not path.exists():
            path.write_text(HEADER.format(locale=language.value.replace("-", "_")), encoding="utf-8")
        forms = (text,) if isinstance(text, str) else text
        lines = [f"msgid{'_plural' * number} {escape(form)}" for number, form in enumerate(forms)]
        lines.append('msgstr ""' if len(forms) == 1 else 'msgstr[0] ""')
        with path.open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(lines) + "\n")
        changed.append(path)
    return sorted(set(changed))
