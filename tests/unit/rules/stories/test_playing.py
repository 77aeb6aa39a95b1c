"""A story is played by the engine that runs live, and as a history it is what anybody can replay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.domain.events import Json
from services.domain.instants import format_instant
from services.rules.replay import play, replay
from services.rules.stories.playing import history_of, play_story
from services.wiring.story_files import SHIPPED, found_in, read_file, rulebook_beside

FILES = found_in([SHIPPED])


def restarted(lines: list[Mapping[str, Json]]) -> list[str]:
    """The history with a restart before every line that has a time."""
    found: list[Mapping[str, Json]] = []
    for line in lines:
        if "received_at" in line:
            found.append({"type": "restart", "received_at": line["received_at"]})
        found.append(line)
    return [json.dumps(line) for line in found]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_story_comes_out_the_same_when_the_house_starts_anew_between_all_its_steps(file: Path) -> None:
    told = read_file(file, {})
    for story in told.stories:
        straight = play_story(story, told.book)
        again = play(told.book, restarted(history_of(story)), story.zone)
        assert [(each.rule, each.at, each.raised_at, each.state) for each in straight.findings] == [
            (each.rule, each.at, each.raised_at, each.state) for each in again.findings
        ], story.title


def test_what_a_story_finds_is_what_a_replay_of_its_history_prints() -> None:
    file = FILES[0]
    told = read_file(file, {})
    text = (rulebook_beside(file) or file).read_text(encoding="utf-8")
    for story in told.stories[:5]:
        printed = list(replay(text, [json.dumps(line) for line in history_of(story)]))
        played = play_story(story, told.book)
        assert [(each["rule"], each["at"], each["state"]) for each in printed] == [
            (each.rule, format_instant(each.at), played.states[each.id].value) for each in played.findings
        ]
