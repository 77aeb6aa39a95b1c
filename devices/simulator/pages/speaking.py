"""Speaking: what the report says in one language, and how it tells days, times and spans there.

A kind, a fault or a rule that has no word is shown as the scenario writes it. It never translates what a
scenario says itself; it only says which language that is in.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from babel import Locale
from babel.dates import format_date
from ruamel.yaml import YAML

from devices.simulator.local_time import Frame

Language = Literal["zh-CN", "bo", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_LOCALES = {"zh-CN": Locale("zh", "CN", script="Hans"), "bo": Locale("bo"), "en": Locale("en", "GB")}
_TIBETAN, _HAN = re.compile(r"[\u0f00-\u0fff]"), re.compile(r"[\u3400-\u9fff]")


def language_of(text: str) -> Language:
    """The language that a text of a scenario is written in, by its letters."""
    if _TIBETAN.search(text):
        return "bo"
    return "zh-CN" if _HAN.search(text) else "en"


@cache
def words_of(language: Language) -> dict[str, dict[str, str]]:
    """Every word of a language, by section and key."""
    text = files("devices.simulator.pages").joinpath("words", f"{language}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = YAML(typ="safe").load(text)
    return {section: {str(key): str(word) for key, word in of.items()} for section, of in loaded.items()}


class Speech:
    """Speaks one language, and tells the time of one scenario."""

    def __init__(self, language: Language, frame: Frame) -> None:
        self.language = language
        self.frame = frame
        self._words = words_of(language)

    def __call__(self, key: str, **values: object) -> str:
        return self._words["page"][key].format(**values)

    def word(self, section: str, key: str) -> str:
        """The word for a name of the grammar, or the name."""
        return self._words[section].get(key, key)

    def filled(self, section: str, key: str, **values: object) -> str:
        return self._words[section][key].format(**values)

    def time(self, at: datetime, *, seconds: bool = True) -> str:
        """The wall time; with the day where it is not the first."""
        local, start = at.astimezone(self.frame.zone), self.frame.starts_at.astimezone(self.frame.zone)
        shown = local.strftime("%H:%M:%S" if seconds else "%H:%M")
        if local.date() == start.date():
            return shown
        return f"{self.day(at)} {shown}"

    def wall(self, at: datetime, *, seconds: bool = False) -> str:
        """The wall time alone."""
        return at.astimezone(self.frame.zone).strftime("%H:%M:%S" if seconds else "%H:%M")

    def day(self, at: datetime) -> str:
        return self._written(at, self("dates"))

    def short_day(self, at: datetime) -> str:
        return self._written(at, self("day"))

    def date(self, at: datetime) -> str:
        return self._written(at, self("date"))

    def span(self, span: timedelta) -> str:
        """How long, in the two units that matter."""
        seconds = round(abs(span.total_seconds()))
        if seconds >= 86400:  # noqa: PLR2004 - a day
            return self("span_d", d=seconds // 86400, h=seconds // 3600 % 24)
        if seconds >= 3600:  # noqa: PLR2004 - an hour
            return self("span_h", h=seconds // 3600, m=seconds // 60 % 60)
        if seconds >= 60:  # noqa: PLR2004 - a minute
            return self("span_m", m=seconds // 60, s=seconds % 60)
        return self("span_s", s=seconds)

    def _written(self, at: datetime, pattern: str) -> str:
        day = at.astimezone(self.frame.zone).date()
        return format_date(day, pattern, _LOCALES[self.language]).removesuffix("་")
