"""A name stays a name on the page: it turns no sentence around, and holds nothing that no page can show."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from devices.simulator.pages import html, svg
from devices.simulator.pages.apart import apart
from tests.unit.simulator.pages.told import night, played


@pytest.mark.parametrize("name", ["德吉", "བདེ་སྐྱིད།", "O'Neill <3", "José", ""])
def test_names_in_the_letters_of_the_house_stay_as_they_are(name: str) -> None:
    assert apart(name) == name


def test_a_name_from_the_right_is_set_apart_and_one_that_turns_the_line_around_does_not() -> None:
    assert apart("مريم") == "\u2068مريم\u2069"
    assert apart("\u202edeji") == "deji"
    assert apart("\u2067مريم") == "\u2068مريم\u2069", "an isolate without its end would swallow the line"


def test_a_page_and_a_picture_hold_no_character_that_turns_lines_or_that_no_file_may_hold() -> None:
    story = night(title="\u202eA night\x07")
    (resident,) = story.cast.residents
    story = replace(story, cast=replace(story.cast, residents=(replace(resident, called="\u202ede\x1bji"),)))
    for make in (html, svg):
        made = make(played(story), story, "en")
        assert not {"\u202e", "\x07", "\x1b"} & set(made)
        assert "deji" in made
    ET.fromstring(svg(played(story), story, "en"))  # noqa: S314 - made here
