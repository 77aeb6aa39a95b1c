"""`python3 do.py words`: writes what the catalogues lack into them, to be translated, and says where."""

from __future__ import annotations

import sys

from services.console.pages.catalogues import LOCALES, files, read
from tests.words.extraction import said_by_pages
from tests.words.lacking import TRANSLATED, add, kept, key, lacking


def main() -> int:
    """0 when nothing is left to do."""
    said = said_by_pages()
    keys = {key(text) for text in said}
    left = 0
    for language in TRANSLATED:
        add(lacking(said, language), language)
        for text, names in kept(language).items():
            if text not in keys:
                say(f"{language.value}/{', '.join(names)}: no page says {text!r}: take it out")
                left += 1
            elif len(names) > 1:
                say(f"{language.value}: {text!r} stands in {', '.join(names)}: keep one")
                left += 1
        for path in files(language):
            for each in read(path):
                if each.id and not all(each.string if isinstance(each.string, tuple) else [each.string]):
                    say(f"{path.relative_to(LOCALES)}: to be translated: {each.id!r}")
                    left += 1
    return 1 if left else 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
