"""The report: whatever happened is on it, in each language, and nothing of it asks for anything elsewhere or
runs what a scenario says.
"""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from devices.simulator.happenings import Happening, What
from devices.simulator.judging import Verdict, judge
from devices.simulator.pages import LANGUAGES, Language, html, svg, write
from devices.simulator.pages.picture import whole
from devices.simulator.pages.speaking import Speech
from devices.simulator.pages.story import FULL, STRIPS, Story
from devices.simulator.pages.telling import what
from devices.simulator.run import Played
from tests.unit.simulator.pages.told import everything, night, played

ELSEWHERE = re.compile(
    r"(?:src|href|action)=[\"'](?!#)|url\((?!#)|@import|https?://(?!www\.w3\.org/2000/svg)"
)
HOSTILE = "\"><script>alert(1)</script>&amp;'"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_happening_stands_on_the_page(language: Language) -> None:
    story = night()
    page = html(played(story), story, language)
    told = Story(story, played(story).happenings, ())
    speech = Speech(language, told.frame)
    words = re.sub(r"\s+", " ", "".join(_parsed(_rows(page)).itertext()))
    for each in told.happenings:
        assert speech.time(each.at) in words
        assert what(told, speech, each) in words


def _parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - made here, a line before


def _rows(page: str) -> str:
    table = page[page.index('<table class="all">') :]
    return table[: table.index("</table>") + len("</table>")]


@pytest.mark.parametrize(
    "mark",
    [
        'class="bed in"',
        'class="bed out"',
        'class="bed away"',
        'class="press"',
        'class="event sensor"',
        'class="event person"',
        'class="vital heart"',
        'class="vital breath"',
        'class="finding"',
        'class="fault"',
        'class="alert open s-high"',
        'class="alert accepted s-high"',
        'class="alert arrived s-high"',
        'class="notice reached"',
        'class="notice lost"',
        'class="notice kept"',
        'class="answer a-accept"',
        'class="answer a-close"',
        'class="way there"',
        'class="said h-heard"',
        'class="badge pass"',
        'class="badge fail"',
        'class="ghost"',
        'class="night"',
    ],
)
def test_each_sort_of_thing_has_its_mark_in_the_picture(mark: str) -> None:
    story = night()
    assert mark in svg(played(story), story, "en")


@pytest.mark.parametrize("make", [html, svg])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_asked_for_from_elsewhere(make: type, language: Language) -> None:
    story = night()
    assert ELSEWHERE.findall(make(played(story), story, language)) == []


def test_words_of_a_scenario_are_never_run() -> None:
    story = night(title=HOSTILE)
    resident = replace(story.cast.residents[0], called=HOSTILE)
    story = replace(story, cast=replace(story.cast, residents=(resident,)))
    happenings = [
        *everything(story),
        Happening(story.ends_at, What.EVENT, HOSTILE, HOSTILE, {"kind": HOSTILE, "device": HOSTILE}),
        Happening(story.ends_at, What.FAULT, HOSTILE, HOSTILE, {"fault": HOSTILE}),
        Happening(story.ends_at, What.NOTICE, HOSTILE, HOSTILE, {"notice": HOSTILE, "alert": HOSTILE}),
    ]
    hostile = Played(happenings, [*judge(story, happenings), Verdict(HOSTILE, passed=False, nearest=HOSTILE)])
    for make in (html, svg):
        made = make(hostile, story, "en")
        assert "<script>alert" not in made
        assert "&lt;script&gt;alert(1)" in made
    _parsed(svg(hostile, story, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_its_language_and_the_language_of_a_title_that_is_in_another(language: Language) -> None:
    story = night()
    page = html(played(story), story, language)
    assert f'<html lang="{language}">' in page
    assert '<h1 lang="en">One press at night.</h1>' in page


def test_each_wish_and_its_mark_lead_to_each_other() -> None:
    story = night()
    page = html(played(story), story, "en")
    for number in range(1, 6):
        assert page.count(f'id="mark-{number}"') == page.count(f'id="wish-{number}"') == 1
        assert f'href="#mark-{number}"' in page
        assert f'href="#wish-{number}"' in page


def test_a_wish_that_failed_is_told_with_the_nearest_thing_and_how_it_differs() -> None:
    story = night()
    page = html(played(story), story, "zh-CN")
    assert "5 项中 3 项" in page
    assert "是否送达为否，应为是" in page


def test_an_alert_that_came_late_says_how_late() -> None:
    story = night(expect=[{"alert": "call-button", "about": "deji", "by": "+1 day 02:12:30"}], must_not=None)
    assert "30 s too late" in html(played(story), story, "en")


def test_of_many_residents_those_with_alerts_or_wishes_have_lanes_and_the_others_are_counted() -> None:
    small = night()
    deji = small.cast.residents[0]
    many = tuple(replace(deji, name=f"r{n}", called=f"R{n}") for n in range(FULL + STRIPS))
    story = replace(small, cast=replace(small.cast, residents=(*many, deji)))
    told = Story(story, everything(story), judge(story, everything(story)))
    assert [each.name for each in told.full] == ["deji"]
    assert (len(told.strips), told.undrawn) == (STRIPS, FULL)
    page = html(played(story), story, "en")
    assert f"1 of {FULL + STRIPS + 1} residents in full; {STRIPS} more as strips" in page
    assert f"{FULL} residents are not drawn" in page


def test_a_long_story_has_no_more_marks_than_can_be_looked_at() -> None:
    story = night(until="+30 days 03:00")
    one = next(each for each in everything(story) if each.fields.get("kind") == "motion.detected")
    many = [one] * 50_000
    page = html(Played(many, ()), story, "en")
    assert len(page) < 200_000
    assert "50,000" in page


def test_where_nothing_happened_the_page_says_so_by_figures() -> None:
    story = night()
    page = html(Played((), judge(story, ())), story, "en")
    assert "Not as expected" in page
    assert "nothing of the kind happened at all" in page


def test_the_file_is_a_picture_if_it_is_called_so(tmp_path: Path) -> None:
    story = night()
    for name, begins in (("a.svg", "<svg "), ("a.html", "<!doctype html>")):
        write(tmp_path / name, played(story), story, "bo")
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_the_same_story_makes_the_same_bytes() -> None:
    story = night()
    assert html(played(story), story, "en") == html(played(story), story, "en")


def test_a_picture_alone_is_small_enough_for_a_page_of_docs() -> None:
    story = night()
    assert len(svg(played(story), story, "bo").encode()) < 60_000


def test_names_stand_beside_rows_that_do_not_overlap() -> None:
    story = night()
    told = Story(story, played(story).happenings, played(story).verdicts)
    names = whole(told, Speech("en", told.frame), 0, 1000, links=True).names
    assert all(before.y + before.height <= after.y for before, after in pairwise(names))
