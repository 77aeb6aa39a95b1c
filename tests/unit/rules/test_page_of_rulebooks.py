"""The page that explains rulebooks says what the engine does: its rules are read, its history is replayed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.domain.findings import Trigger
from services.rules.reading import read_rulebook
from services.rules.replay import replay
from tests.house import tree

PAGE = tree.text(Path("docs/rulebooks.md"))
TRYING = tree.text(Path("docs/guides/trying-rules.md"))


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_rulebook_on_the_page_has_no_fault(text: str) -> None:
    assert read_rulebook(text).rules


def test_the_page_shows_every_trigger() -> None:
    shown = {rule.trigger for text in blocks("yaml") for rule in read_rulebook(text).rules}
    assert shown == set(Trigger)


def test_the_history_of_trying_rules_has_the_findings_that_it_says() -> None:
    (history,) = blocks("jsonl", TRYING)
    found = [(each["rule"], each["at"]) for each in replay(blocks("yaml")[0], history.splitlines())]
    assert found == [("out-of-bed-at-night", "2025-07-22T18:30:10Z")]
