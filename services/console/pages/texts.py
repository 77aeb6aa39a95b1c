"""Texts: what the pages say in one language, and how they tell numbers, days and times there.

A word that no catalogue has is shown in English, never left out. Until a native speaker has read a
language, what calls people out stands in Chinese as well, as in the messages (`escalation.text`). A time
that is left is never said longer than it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from services.console.pages.catalogues import catalogue, is_reviewed
from services.console.pages.names import Nobody
from services.console.pages.words import said, word_of
from services.domain.instants import local
from services.domain.people import Language


@dataclass(frozen=True, slots=True)
class Ways:
    """How a language writes days, in the patterns of Unicode's CLDR."""

    locale: Locale
    day: str
    date: str
    month: str


WAYS: Mapping[Language, Ways] = {
    Language.ZH_CN: Ways(Locale("zh", "CN", script="Hans"), "M月d日", "y年M月d日", "y年M月"),
    # CLDR's own Tibetan dates mix Tibetan and European digits; these are those of the messages.
    Language.BO: Ways(Locale("bo"), "'ཟླ་' M 'ཚེས་' d", "y 'ལོའི་ཟླ་' M 'ཚེས་' d", "y 'ལོའི་ཟླ་' M"),
    Language.EN: Ways(Locale("en", "GB"), "d MMM", "d MMM y", "MMMM y"),
}

When = date
"""An instant, or a day of the calendar."""

WEEKDAY = "EEEE"
DAYS_BY_NAME = 7
"""From the seventh day back a weekday would name two days."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with the language it is in, for its `lang`."""

    text: str
    language: Language


@cache
def in_each_language(member: StrEnum) -> Mapping[Language, str]:
    """What a state, a reason or a kind is called in each language of the house."""
    word = word_of(member)
    return {language: catalogue(language).get(word, word) for language in Language}


class Texts:
    """Speaks one language, and tells the time as one place has it."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language = language
        self._words = catalogue(language)
        self._zone = zone
        self.zone = zone.key
        """The zone by its name, for scripts."""
        self._ways = WAYS[language]

    def __call__(self, text: str, **values: object) -> str:
        return self._words.get(text, text).format(**values)

    def filled(self, text: str, values: Mapping[str, str]) -> str:
        """A text with its places filled by name; ``values`` says what stands where one is not known."""
        return self._words.get(text, text).format_map(values)

    def word(self, member: StrEnum) -> str:
        """What a state, a reason or a kind is called (`words`)."""
        return self(word_of(member))

    def name(self, name: str | Nobody) -> str:
        """What somebody is called (`names`); who is no person has a word."""
        return self.word(name) if isinstance(name, Nobody) else name

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """How many: `one` and `many` are the English singular and plural with `{count}`."""
        form = one if self._ways.locale.plural_form(count) == "one" else many
        return self._words.get(one, form).format(count=self.number(count), **values)

    def alarm(self, titles: Mapping[str, str], otherwise: str = "") -> tuple[Line, ...]:
        """The lines that say what is the matter: in this language, and in Chinese under it until this one is
        reviewed. ``otherwise`` stands where nothing has a title.
        """
        order = (self.language, Language.ZH_CN, Language.EN)
        lines = [Line(titles[each], each) for each in order if titles.get(each)]
        if not lines:
            return (Line(otherwise, self.language),)
        return self._doubled(lines[0], titles.get(Language.ZH_CN))

    def both(self, text: str, **values: object) -> tuple[Line, ...]:
        """The lines of a text of the pages that people act on in an alarm, doubled in the same way."""
        return self._doubled(
            Line(self(text, **values), self.language), Texts(Language.ZH_CN, self._zone)(text, **values)
        )

    def number(self, number: float | Decimal) -> str:
        """A number with its groups of digits, and decimals as they are (three at most)."""
        return format_decimal(number, locale=self._ways.locale)

    def percent(self, share: float) -> str:
        """A share of one in percent: 0.8 is 80%."""
        return format_percent(share, locale=self._ways.locale)

    def time(self, instant: datetime) -> str:
        """The wall time alone, on 24 hours."""
        return f"{local(instant, self._zone):%H:%M}"

    def date(self, when: When) -> str:
        """The day with its year, of an instant or of a day of the calendar."""
        return self._written(self._day_of(when), self._ways.date)

    def short(self, when: When) -> str:
        """The day without its year."""
        return self._written(self._day_of(when), self._ways.day)

    def month(self, when: When) -> str:
        """The month with its year."""
        return self._written(self._day_of(when), self._ways.month)

    def weekday(self, when: When) -> str:
        return self._written(self._day_of(when), WEEKDAY)

    def day(self, when: When, now: datetime) -> str:
        """The day as one says it now: today, yesterday, tomorrow, a weekday of the last six days, else its
        date, with the year where it is not this one.
        """
        day, today = self._day_of(when), self._day_of(now)
        past = (today - day).days
        if past in _NEAR:
            return self(_NEAR[past])
        if 0 < past < DAYS_BY_NAME:
            return self.weekday(day)
        return self._written(day, self._ways.day if day.year == today.year else self._ways.date)

    def clock(self, instant: datetime, now: datetime) -> str:
        """The wall time; with the day where it is not today's."""
        if self._day_of(instant) == self._day_of(now):
            return self.time(instant)
        return f"{self.day(instant, now)} {self.time(instant)}"

    def second(self, instant: datetime, now: datetime) -> str:
        """The wall time to the second, with the day as `clock` says it."""
        return f"{self.clock(instant, now)}:{local(instant, self._zone):%S}"

    def span(self, span: timedelta) -> str:
        """How long, in the two units that matter, rounded down to minutes; never less than none."""
        minutes = max(int(span.total_seconds()) // 60, 0)
        hours, days = minutes // 60, minutes // (60 * 24)
        if days:
            text = said("{days} d {hours} h") if hours % 24 else said("{days} d")
        elif hours:
            text = said("{hours} h {minutes} min") if minutes % 60 else said("{hours} h")
        else:
            text = said("{minutes} min")
        return self(text, days=days, hours=hours % 24, minutes=minutes % 60)

    def count(self, span: timedelta) -> str:
        """What a countdown shows: m:ss or h:mm:ss, and 0:00 when it is over."""
        seconds = max(int(span.total_seconds()), 0)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def ago(self, instant: datetime, now: datetime) -> str:
        """How long it is since then; what lies ahead by a clock that runs fast was just now."""
        past = now - instant
        if past < timedelta(minutes=1):
            return self(said("just now"))
        return self(said("{span} ago"), span=self.span(past))

    def left(self, until: datetime, now: datetime) -> str:
        """How long there is until then, by seconds in the last minute; by how much it is overdue after it."""
        left = until - now
        if left >= timedelta(minutes=1):
            return self(said("in {span}"), span=self.span(left))
        if left >= timedelta(seconds=1):
            seconds = self(said("{seconds} s"), seconds=int(left.total_seconds()))
            return self(said("in {span}"), span=seconds)
        if -left < timedelta(minutes=1):
            return self(said("due now"))
        return self(said("{span} overdue"), span=self.span(-left))

    def _doubled(self, line: Line, chinese: str | None) -> tuple[Line, ...]:
        if chinese and line.language is not Language.ZH_CN and not is_reviewed(line.language):
            return (line, Line(chinese, Language.ZH_CN))
        return (line,)

    def _day_of(self, when: When) -> When:
        return local(when, self._zone).date() if isinstance(when, datetime) else when

    def _written(self, day: When, pattern: str) -> str:
        # A Tibetan weekday of CLDR ends with the dot between two syllables, and none follows here.
        return format_date(day, pattern, self._ways.locale).removesuffix("་")


_NEAR = {0: said("today"), 1: said("yesterday"), -1: said("tomorrow")}
