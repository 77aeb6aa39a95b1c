"""Playing a story: its cast and timeline as a history, through the engine that runs live.

Nothing is judged here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from services.domain.events import Json
from services.domain.instants import format_instant
from services.rules.replay import Played, play
from services.rules.rulebook import Rulebook
from services.rules.stories.story import Story


def play_story(story: Story, book: Rulebook) -> Played:
    """What the rulebook finds in the story."""
    return play(book, lines_of(story), story.zone)


def lines_of(story: Story) -> list[str]:
    """The story as the text of a history."""
    return [json.dumps(line, ensure_ascii=False) for line in history_of(story)]


def history_of(story: Story) -> list[Mapping[str, Json]]:
    """The story as the lines of a history (`anxin rules replay` reads the same)."""
    end: Mapping[str, Json] = {"type": "end", "received_at": format_instant(story.ends_at)}
    return [*story.register, *(each.told for each in story.happenings), end]
