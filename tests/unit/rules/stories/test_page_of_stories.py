"""The page about stories says what is so: its examples are read, fit the schema and come true."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema_rs
import pytest

from notation.entries import Entry, Resident
from notation.yaml_core import read_yaml
from services.rules.reading import read_rulebook
from services.rules.schemas.rulebooks import rulebook_schema
from services.rules.schemas.stories import story_schema
from services.rules.stories.form import Expected, Forbidden, Told
from services.rules.stories.judging import try_story
from services.rules.stories.reading import read_stories
from services.wiring.story_files import SHIPPED
from tests.house import tree

PAGE = tree.text(Path("docs/stories.md"))
BEDS = read_rulebook((SHIPPED / "home-beds.yaml").read_text(encoding="utf-8"))
STORY = jsonschema_rs.validator_for(story_schema())
RULEBOOK = jsonschema_rs.validator_for(rulebook_schema())


def blocks(page: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", blocks(PAGE))
def test_every_example_fits_the_schema_and_comes_true(text: str) -> None:
    STORY.validate(read_yaml(text, lambda *fault: pytest.fail(str(fault))))
    for story in read_stories(text, "page", BEDS).stories:
        assert [each.message for each in try_story(story, BEDS).failures] == []


@pytest.mark.parametrize(
    "entry", re.findall(r"`(\{at: [^`]+\})`", PAGE.split("## What happens")[1].split("##")[0])
)
def test_every_entry_of_the_table_can_be_written(entry: str) -> None:
    head = (
        "format: 1\ncast: {deji: {devices: {mat-1: bed_sensor}}}\nstories:\n  - story: One.\n    timeline:\n"
    )
    before = '      - {at: "00:00", event: visit.completed, id: wrong}\n' if "retract" in entry else ""
    assert read_stories(f"{head}{before}      - {entry}\n    must_not: [call]\n", "page", BEDS).stories


def test_the_page_names_every_key() -> None:
    forms = (Entry, Expected, Forbidden, Resident, Told)
    keys = {info.alias or name for form in forms for name, info in form.model_fields.items()}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", PAGE)] == []


@pytest.mark.parametrize("text", blocks(tree.text(Path("docs/rulebooks.md"))))
def test_the_rulebooks_of_their_page_fit_the_schema(text: str) -> None:
    RULEBOOK.validate(read_yaml(text, lambda *fault: pytest.fail(str(fault))))
