"""One name for one thing: what a message tells somebody to tap is on the page by that name, and an outcome is
called on the pages as in the messages, language by language.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import services.escalation
from services.console.pages.catalogues import catalogue
from services.console.pages.words import WORDS
from services.domain.alerts import Outcome
from services.domain.people import Language
from services.escalation.text import texts

TEXTS = Path(services.escalation.__file__).parent / "texts"
QUOTED = re.compile(r"“([^”]+)”|tap \"([^\"]+)\"|, or \"([^\"]+)\"")


@pytest.mark.parametrize("language", list(Language))
def test_a_button_that_a_message_names_is_on_the_page(language: Language) -> None:
    said = (TEXTS / f"{language.value}.yaml").read_text("utf-8")
    buttons = {next(filter(None, found)) for found in QUOTED.findall(said)}
    names = catalogue(Language.ZH_CN) if language is Language.EN else catalogue(language)
    assert len(buttons) >= 3
    assert buttons <= set(names if language is Language.EN else names.values())


@pytest.mark.parametrize("language", [Language.ZH_CN, Language.BO])
def test_an_outcome_is_called_the_same_on_the_pages_and_in_the_messages(language: Language) -> None:
    on_pages = {str(outcome): catalogue(language)[word] for outcome, word in WORDS[Outcome].items()}
    assert on_pages == texts(language).outcomes
