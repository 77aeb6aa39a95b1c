"""The stories beside the shipped rulebooks: all of them come true, and each rule has one that shows what it
is for and one that shows where it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.rules.reading import FLOOR
from services.rules.stories.judging import try_story
from services.rules.stories.story import Story, StoryBook
from services.wiring.story_files import SHIPPED, found_in, read_file

FILES = found_in([SHIPPED])
TOLD = {file.name: read_file(file, {}) for file in FILES}
STORIES = [
    pytest.param(told, story, id=f"{name}: {story.title}")
    for name, told in TOLD.items()
    for story in told.stories
]


def of_book(name: str) -> Iterator[Story]:
    for told in TOLD.values():
        if told.book.name == name:
            yield from told.stories


RULES = sorted({(told.book.name, rule.id) for told in TOLD.values() for rule in told.book.rules})


@pytest.mark.parametrize(("told", "story"), STORIES)
def test_every_shipped_story_comes_true(told: StoryBook, story: Story) -> None:
    assert [each.message for each in try_story(story, told.book).failures] == []


@pytest.mark.parametrize(("book", "rule"), RULES)
def test_every_shipped_rule_is_shown_at_its_work(book: str, rule: str) -> None:
    assert any(each.rule == rule for story in of_book(book) for each in story.expected)


@pytest.mark.parametrize(("book", "rule"), RULES)
def test_every_shipped_rule_is_shown_where_it_says_nothing(book: str, rule: str) -> None:
    assert any(each.rule == rule for story in of_book(book) for each in story.forbidden)


def test_every_shipped_rulebook_has_stories() -> None:
    books = {path.stem for path in SHIPPED.glob("*.yaml") if ".story." not in path.name}
    assert books == {book for book, _ in RULES}
    assert FLOOR not in {rule for _, rule in RULES}


@pytest.mark.parametrize(("told", "story"), STORIES)
def test_a_story_is_a_sentence(told: StoryBook, story: Story) -> None:
    assert story.title.endswith("."), f"{told.file}:{story.line}"
