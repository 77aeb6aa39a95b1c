"""The pictures as they are drawn: whole, small, in words as well, and true to the wall clock of the place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from markupsafe import Markup

from services.console.pages.pictures import strips, telling
from services.console.pages.pictures.bed import spells
from services.console.pages.pictures.drawing import MOST_MARKS, Scale
from services.console.pages.pictures.gathering import NIGHTS, Moment, Strip, means
from services.console.pages.texts import Texts
from services.domain.events import Event
from services.domain.instants import start_of_day, utc_of_local
from services.domain.people import Language
from tests.unit.console.pictures.reports import EVENING, MINUTE, at, report

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
ENGLISH = Texts(Language.EN, SHANGHAI)
LANGUAGES = [Texts(language, SHANGHAI) for language in Language]


def restless(since: datetime, long: int, every: int) -> list[Event]:
    """Up and down again all the time."""
    shift = (since - EVENING) / MINUTE
    return [
        each
        for start in range(5, long, every)
        for each in (report("bed.entered", shift + start), report("bed.exited", shift + start + every - 12))
    ]


def strip(
    minutes: int = 720,
    alarms: int = 2,
    zone: ZoneInfo = SHANGHAI,
    since: datetime = EVENING,
    every: int = 50,
) -> Strip:
    until = since + minutes * MINUTE
    return Strip(
        since,
        until,
        zone,
        spells(restless(since, minutes, every), since, until, until),
        alarms=tuple(Moment("call_button.pressed", since + (200 + 7 * n) * MINUTE) for n in range(alarms)),
    )


def full_day() -> Strip:
    """A day that has everything: fifteen times up, four presses, readings all day, motion all day."""
    plain = strip(1440, 4, every=96)
    vitals = [
        report("bed.vitals", n * 2, data={"heart_rate": 50 + n % 40, "respiration_rate": 10 + n % 9})
        for n in range(720)
    ]
    return Strip(
        plain.since,
        plain.until,
        plain.zone,
        plain.pieces,
        plain.alarms,
        tuple(Moment("motion.detected", at(n * 31)) for n in range(46)),
        means(vitals, plain.since),
    )


def elements(markup: Markup) -> Iterator[ET.Element]:
    return ET.fromstring(f"<div>{markup}</div>").iter()  # noqa: S314 - our own markup


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
def test_pictures_are_small(t: Texts) -> None:
    day = str(strips.day(t, full_day()))
    assert len(re.sub(r"</svg><ul class=.legend.*", "</svg>", day).encode()) <= 3 * 1024
    fortnight = strips.nights(
        t, [strip(since=EVENING - n * timedelta(days=1), every=120) for n in range(NIGHTS)]
    )
    assert len(str(fortnight).encode()) <= 10 * 1024


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
def test_each_picture_says_in_words_what_it_shows(t: Texts) -> None:
    for drawn in (strips.night(t, strip()), strips.day(t, full_day())):
        (picture,) = (each for each in elements(drawn) if each.get("role") == "img")
        named = {each.get("id"): each.text for each in picture if each.tag in {"title", "desc"}}
        assert all(named[name] for name in (picture.get("aria-labelledby") or "").split())
    rows = [each for each in elements(strips.nights(t, [strip()] * 3)) if each.get("role") == "img"]
    assert len(rows) == 3
    assert all(each.get("aria-label") for each in rows)


def test_the_words_count_what_the_picture_shows() -> None:
    pieces = spells(
        [report("bed.entered", 100), report("bed.exited", 365), report("bed.entered", 377)],
        at(0),
        at(720),
        at(720),
    )
    night = Strip(at(0), at(720), SHANGHAI, pieces, (Moment("call_button.pressed", at(370)),))
    assert telling.title(ENGLISH, night) == "From 07-22 20:00 to 07-23 08:00"
    assert telling.description(ENGLISH, night) == (
        "In bed 10 h 8 min · Got up: 1 · Nothing known for 1 h 40 min · Alarms: 1 · Got up at 02:05"
    )
    assert telling.details(ENGLISH, night) == (
        "20:00–21:40 nothing known",
        "21:40–02:05 in bed",
        "02:05–02:17 out of bed (12 min)",
        "02:10 call button",
        "02:17–08:00 in bed",
    )


def test_a_night_of_which_nothing_is_known_says_only_that() -> None:
    night = Strip(at(0), at(720), SHANGHAI, spells([], at(0), at(720), at(720)))
    assert telling.summary(ENGLISH, night) == "Nothing known for 12 h"
    ahead = Strip(at(0), at(720), SHANGHAI, spells([], at(0), at(720), at(0)))
    assert telling.summary(ENGLISH, ahead) == "Nothing known yet"


def test_hours_are_those_of_the_wall_there() -> None:
    drawn = strips.night(ENGLISH, strip())
    hours = [each.text for each in elements(drawn) if each.tag == "text"]
    assert hours == ["20:00", "22:00", "00:00", "02:00", "04:00", "06:00", "08:00"]


@pytest.mark.parametrize(("day", "minutes"), [(date(2025, 10, 26), 1500), (date(2025, 3, 30), 1380)])
def test_a_day_on_which_clocks_change_is_as_long_as_it_is(day: date, minutes: int) -> None:
    scale = Scale(start_of_day(day, BERLIN), start_of_day(day + timedelta(days=1), BERLIN), BERLIN)
    assert scale.minutes == minutes
    noon = utc_of_local(day, time(12), BERLIN)
    assert noon in list(scale.full_hours(3))
    assert scale.minute(noon) == minutes - 720
    shown = list(scale.full_hours(1))
    assert shown == sorted(set(shown))


def test_labels_at_the_ends_are_not_cut_off() -> None:
    drawn = [each for each in elements(strips.night(ENGLISH, strip())) if each.tag == "text"]
    assert (drawn[0].get("class"), drawn[-1].get("class")) == ("first", "last")


def test_what_stretches_with_the_page_holds_no_writing() -> None:
    for drawn in (strips.night(ENGLISH, strip()), strips.day(ENGLISH, full_day())):
        for each in elements(drawn):
            if each.get("viewBox"):
                assert not list(each.iter("text"))


def test_of_countless_alarms_the_newest_are_drawn_and_all_are_counted() -> None:
    stormy = strip(alarms=60)
    drawn = strips.night(ENGLISH, stormy)
    assert str(drawn).count("M-6 1H6L0 12z") == MOST_MARKS
    assert "Alarms: 60" in str(drawn)


def test_names_that_hold_marks_of_the_language_stay_words() -> None:
    odd = Strip(at(0), at(720), SHANGHAI, (), (Moment("<script>", at(5)),))
    assert "<script>" not in str(strips.night(ENGLISH, odd))


def test_a_line_is_broken_where_nothing_was_measured() -> None:
    vitals = [report("bed.vitals", n, data={"heart_rate": 60 + n % 2}) for n in (0, 31, 61, 200, 221)]
    day = Strip(at(0), at(1440), SHANGHAI, (), readings=means(vitals, at(0)))
    (line,) = (each for each in elements(strips.day(ENGLISH, day)) if each.get("class") == "measured")
    assert (line.get("d") or "").count("M") == 2


def test_readings_are_the_means_of_their_time() -> None:
    vitals = [
        report("bed.vitals", n, data=data)
        for n, data in enumerate(({"heart_rate": 60}, {"heart_rate": 64}, {}))
    ]
    (reading,) = means(vitals, at(0))
    assert (reading.heart_rate, reading.respiration_rate, reading.at) == (62, None, at(15))


def test_no_style_and_no_script_stands_in_a_picture() -> None:
    for drawn in (
        strips.night(ENGLISH, strip()),
        strips.day(ENGLISH, full_day()),
        strips.nights(ENGLISH, [strip()]),
    ):
        assert not re.search(r"style=|<style|<script|\son\w+=|href", str(drawn))


def test_the_zone_of_the_night_is_the_residents_own() -> None:
    start = datetime(2025, 7, 22, 18, 0, tzinfo=UTC)
    drawn = strips.night(ENGLISH, strip(zone=BERLIN, since=start))
    assert next(each.text for each in elements(drawn) if each.tag == "text") == "20:00"
