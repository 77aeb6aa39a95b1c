"""Whatever lies in a file of stories is read, or refused in words; what is read can be played and judged."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from notation.faults import StoryFaults
from services.rules.stories.judging import try_story
from services.rules.stories.reading import read_stories
from tests.unit.rules.stories.told import BOOK

WORDS = st.sampled_from(
    [
        *(
            "22:00",
            "+1 day 02:10",
            "+9999 days 10:00",
            "2199-12-31 23:59:59",
            "02:10",
            "5m",
            "0s",
            "deji",
            "pema",
        ),
        *(
            "bed.exited",
            "bed.entered",
            "visit.completed",
            "device.offline",
            "resident.away",
            "smoke.detected",
        ),
        *(
            "not-back",
            "visits",
            "not-up",
            "medicine",
            "floor",
            "holds",
            "late",
            "bed_sensor",
            "up",
            "x" * 300,
            "",
        ),
    ]
)
SCALARS = (
    WORDS
    | st.none()
    | st.booleans()
    | st.integers(-3, 400)
    | st.floats(allow_nan=False)
    | st.text(max_size=4)
)
KEYS = st.sampled_from(
    ["at", "event", "rule", "data", "set", "days", "for", "deji", "type", "tags", "devices", "x"]
)
ANYTHING = st.recursive(
    SCALARS, lambda more: st.lists(more, max_size=3) | st.dictionaries(KEYS, more, max_size=3), max_leaves=6
)
TIMES = st.sampled_from(["22:00", "22:30", "23:00:01", "+1 day 02:10", "+1 day 05:50", "2025-08-01 00:00"])
ENTRIES = st.fixed_dictionaries(
    {"at": TIMES},
    optional={
        "event": st.sampled_from(
            ["bed.exited", "bed.entered", "visit.completed", "bed.vitals", "resident.away"]
        )
        | WORDS,
        "override": WORDS,
        "retract": WORDS,
        "resident": st.sampled_from(["deji"]) | SCALARS,
        "device": SCALARS,
        "data": st.just({"heart_rate": 120}) | ANYTHING,
        "received": TIMES,
        "every": WORDS,
        "until": TIMES,
        "id": WORDS,
        "set": st.just({"for": "30m"}) | ANYTHING,
    },
)
EXPECTED = st.fixed_dictionaries(
    {"rule": st.sampled_from(["not-back", "visits", "floor"]), "at": TIMES},
    optional={"state": WORDS, "late": WORDS, "resident": WORDS},
)
STORIES = st.fixed_dictionaries(
    {"story": st.text(min_size=1, max_size=5), "timeline": st.lists(ENTRIES, max_size=4) | ANYTHING},
    optional={
        "cast": st.just({"deji": None, "pema": None}) | ANYTHING,
        "devices": ANYTHING,
        "day": WORDS,
        "until": TIMES,
        "expect": st.lists(EXPECTED, max_size=2) | ANYTHING,
        "must_not": st.lists(st.sampled_from(["not-back", "visits"]), max_size=2) | ANYTHING,
        "nothing_else": SCALARS,
    },
)
PLAIN = st.fixed_dictionaries(
    {
        "at": TIMES,
        "event": st.sampled_from(
            ["bed.exited", "bed.entered", "visit.completed", "bed.vitals", "resident.away"]
        ),
    },
    optional={"received": TIMES},
)
PLAIN_STORIES = st.fixed_dictionaries(
    {
        "story": st.just("One."),
        "timeline": st.lists(PLAIN, min_size=1, max_size=6).map(lambda each: sorted(each, key=_order)),
        "expect": st.lists(
            st.fixed_dictionaries({"rule": st.sampled_from([rule.id for rule in BOOK.rules]), "at": TIMES}),
            max_size=3,
        ),
    },
    optional={"must_not": st.lists(st.sampled_from([rule.id for rule in BOOK.rules]), max_size=2)},
)


def _order(entry: dict[str, str]) -> tuple[int, str]:
    text = entry.get("received", entry["at"])
    return (len(text) if not text.startswith("+") else 9, text)


def try_all(given_: object) -> int:
    """How many stories of a file can be played."""
    try:
        read = read_stories(json.dumps(given_), "beds.story.yaml", BOOK)
    except StoryFaults:
        return 0
    for story in read.stories:
        assert all(failure.message for failure in try_story(story, BOOK).failures)
    return len(read.stories)


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries({"format": st.just(1), "stories": st.lists(STORIES, min_size=1, max_size=2)})
    | ANYTHING
)
def test_no_text_is_too_strange_for_the_reader(given_: object) -> None:
    try_all(given_)


@settings(max_examples=60, deadline=None)
@given(PLAIN_STORIES)
def test_no_story_is_too_strange_to_be_judged(story: dict[str, object]) -> None:
    try_all({"format": 1, "stories": [story]})
