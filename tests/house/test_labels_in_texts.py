"""What a text tells somebody to tap is the label of a button, to the letter: who is woken at night looks for
exactly that word. And a message names an outcome as the pages do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from services.console.pages.catalogues import catalogue
from services.console.pages.words import word_of
from services.domain.alerts import Outcome
from services.domain.people import Language
from services.escalation.text import texts as texts_of_messages
from tests.words.extraction import said_by_pages
from tests.words.lacking import TRANSLATED, key

QUOTED = {
    Language.ZH_CN: re.compile("“([^”]+)”"),
    Language.BO: re.compile("“([^”]+)”"),
    Language.EN: re.compile('"([^"]+)"'),
}


def messages(language: Language) -> Iterator[str]:
    said = texts_of_messages(language)
    for group in (said.alert, said.joined, said.test, said.stand_down, said.handover, said.answer):
        for template in group.values():
            yield from (template.title, template.body)
    yield from said.words.values()


def labels(language: Language) -> set[str]:
    words = catalogue(language)
    return {words.get(key(text), key(text)) for text in said_by_pages()}


@pytest.mark.parametrize("language", Language)
def test_what_a_message_says_to_tap_stands_on_the_pages(language: Language) -> None:
    quoted = {label for text in messages(language) for label in QUOTED[language].findall(text)}
    assert len(quoted) >= 5
    assert quoted - labels(language) == set()


@pytest.mark.parametrize("language", Language)
def test_messages_in_all_languages_say_to_tap_the_same(language: Language) -> None:
    words = {catalogue(language).get(key(text), key(text)): key(text) for text in said_by_pages()}
    meant = [[words[label] for label in QUOTED[language].findall(text)] for text in messages(language)]
    english = [QUOTED[Language.EN].findall(text) for text in messages(Language.EN)]
    assert [sorted(labels) for labels in meant] == [sorted(labels) for labels in english]


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_a_page_says_to_tap_stands_on_the_pages(language: Language) -> None:
    said = catalogue(language).values()
    quoted = {label for text in said for label in QUOTED[language].findall(text)}
    quoted = {
        label for label in quoted if not re.fullmatch(r"{\w+}", label)
    }  # what happened, not what to tap
    assert quoted - labels(language) == set()


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("outcome", Outcome)
def test_messages_and_pages_call_an_outcome_the_same(language: Language, outcome: Outcome) -> None:
    assert texts_of_messages(language).outcomes[outcome.value] == catalogue(language)[word_of(outcome)]
