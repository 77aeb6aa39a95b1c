"""Buttons: what a message tells somebody to tap is on the page, by the same name in the same language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import services.escalation
from services.console.pages.catalogues import catalogue
from services.domain.people import Language

TEXTS = Path(services.escalation.__file__).parent / "texts"
QUOTED = re.compile(r"“([^”]+)”|tap \"([^\"]+)\"|, or \"([^\"]+)\"")


@pytest.mark.parametrize("language", list(Language))
def test_a_button_that_a_message_names_is_on_the_page(language: Language) -> None:
    said = (TEXTS / f"{language.value}.yaml").read_text("utf-8")
    buttons = {next(filter(None, found)) for found in QUOTED.findall(said)}
    names = catalogue(Language.ZH_CN) if language is Language.EN else catalogue(language)
    assert len(buttons) >= 3
    assert buttons <= set(names if language is Language.EN else names.values())
