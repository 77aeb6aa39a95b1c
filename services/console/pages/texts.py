"""Texts: the words of the pages in the languages of the house, from catalogues that are read once.

English is the language of the keys. Each page has a catalogue of its own in the folder of each language;
a text that several pages say stands in one of them. A word that no catalogue has is shown in English, never
left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

from services.console.pages.words import word_of
from services.domain.instants import local
from services.domain.people import Language

LOCALES = Path(__file__).parent / "locales"


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """What each English text is in that language."""
    words: dict[str, str] = {}
    for path in sorted((LOCALES / language.value).glob("*.po")):
        with path.open("rb") as file:
            read = read_po(file, abort_invalid=True)
        words |= {str(each.id): str(each.string) for each in read if each.id and each.string}
    return words


class Texts:
    """Speaks one language, and tells the time as one place has it."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language = language
        self._words = catalogue(language)
        self._zone = zone

    def __call__(self, text: str, **values: object) -> str:
        return self._words.get(text, text).format(**values)

    def word(self, member: StrEnum) -> str:
        """What a state, a reason or a kind is called (`words`)."""
        return self(word_of(member))

    def clock(self, instant: datetime, now: datetime) -> str:
        """The wall time; with the day where it is not today's."""
        here, today = local(instant, self._zone), local(now, self._zone)
        return f"{here:%H:%M}" if here.date() == today.date() else f"{here:%m-%d %H:%M}"

    def span(self, span: timedelta) -> str:
        """How long, in the two units that matter."""
        minutes = max(int(span.total_seconds()) // 60, 0)
        hours, days = minutes // 60, minutes // (60 * 24)
        if days:
            return self("{days} d {hours} h", days=days, hours=hours % 24)
        if hours:
            return self("{hours} h {minutes} min", hours=hours, minutes=minutes % 60)
        return self("{minutes} min", minutes=minutes)

    def count(self, span: timedelta) -> str:
        """What a countdown shows: m:ss or h:mm:ss, and 0:00 when it is over."""
        seconds = max(int(span.total_seconds()), 0)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
