"""The words of the report: each language has all of them, with the same places to fill, and has them of its
own.
"""

import re
from string import Formatter

import pytest

from devices.simulator.pages.speaking import LANGUAGES, Language, Speech, language_of, words_of
from devices.simulator.pages.story import BED, STAY
from devices.simulator.sentences import OUTCOMES, Move
from notation.sentences import TROUBLES, VERBS
from tests.house import tree
from tests.unit.simulator.stories import scenario

SAME_EVERYWHERE = {"page.in_time", "page.span_d", "page.dates", "page.date", "page.day"}
TIBETAN, HAN = re.compile(r"[\u0f00-\u0fff]"), re.compile(r"[\u3400-\u9fff]")


def flat(language: Language) -> dict[str, str]:
    return {
        f"{section}.{key}": word for section, of in words_of(language).items() for key, word in of.items()
    }


def places(word: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(word) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_places(language: Language) -> None:
    ours, english = flat(language), flat("en")
    assert ours.keys() == english.keys()
    assert {key for key in ours if places(ours[key]) != places(english[key])} == set()


def test_every_word_is_in_the_letters_of_its_language() -> None:
    assert [key for key, word in flat("bo").items() if not TIBETAN.search(word)] == []
    chinese = {key for key, word in flat("zh-CN").items() if not HAN.search(word)}
    assert chinese <= SAME_EVERYWHERE
    assert [key for key, word in flat("en").items() if TIBETAN.search(word) or HAN.search(word)] == []
    assert [key for key, word in flat("bo").items() if HAN.search(word)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_scenario_can_do_has_a_word(language: Language) -> None:
    words = words_of(language)
    assert {doing.kind for doing in VERBS.values()} | BED.keys() | STAY.keys() <= words["kinds"].keys()
    assert {trouble.name for trouble in TROUBLES} <= words["faults"].keys()
    assert set(Move) <= words["moves"].keys()
    assert set(OUTCOMES) <= words["outcomes"].keys()


def test_every_alert_of_the_shipped_rulebooks_has_a_title() -> None:
    known = set()
    for path in tree.files():
        if path.match("rulebooks/*.yaml") and ".story" not in path.name:
            for rule in tree.text(path).split("\n  - id: ")[1:]:
                alert = re.search(r"^    alert: (\S+)", rule, re.MULTILINE)
                known.add(alert[1] if alert else rule.split()[0])
    assert "call-button" in known
    assert known <= words_of("en")["alerts"].keys()


def test_a_time_says_its_day_once_it_is_not_the_first() -> None:
    frame = scenario().frame
    pressed_at = scenario().steps[-1].at
    assert Speech("en", frame).time(frame.starts_at) == "21:30:00"
    assert Speech("en", frame).time(pressed_at) == "23 Jul 02:13:00"
    assert Speech("zh-CN", frame).time(pressed_at) == "7月23日 02:13:00"
    assert Speech("bo", frame).time(pressed_at) == "ཟླ་ 7 ཚེས་ 23 02:13:00"


def test_what_has_no_word_is_shown_as_it_is_written() -> None:
    assert Speech("bo", scenario().frame).word("kinds", "kettle.boiled") == "kettle.boiled"


def test_a_text_is_known_by_its_letters() -> None:
    assert [language_of(text) for text in ("A night", "一夜 night", "མཚན་ 夜")] == ["en", "zh-CN", "bo"]
