"""Each shipped scenario has its page with its picture, and the list is complete: a new one is shown or
a test fails. Pictures stay small and carry the sentence of their scenario, so that an old one is noticed.
"""

from html import escape
from pathlib import Path

import pytest

from devices.simulator.reading import read, shipped
from tests.house import tree

FOLDER = Path("docs/scenarios")
LIST = tree.text(FOLDER / "README.md")
LARGEST, LARGEST_OF_A_CROWD = 60_000, 350_000
"""Bytes of a picture."""
CROWD = 24
NAMES = [path.stem for path in shipped()]


def test_the_list_names_every_scenario_and_no_other() -> None:
    rows = [line.split("]")[0][3:] for line in LIST.splitlines() if line.startswith("| [")]
    assert rows == NAMES
    assert {path.stem for path in (tree.ROOT / FOLDER).glob("*.md")} == {*NAMES, "README"}
    assert {path.stem for path in (tree.ROOT / FOLDER).glob("*.svg")} == {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_its_picture_and_says_how_to_play_it(name: str) -> None:
    page = tree.text(FOLDER / f"{name}.md")
    assert f"]({name}.svg)" in page
    assert f"anxin simulate run {name}\n" in page
    assert [heading in page for heading in ("## What is proved", "## What must not", "## Its limits")] == [
        True
    ] * 3
    assert len(page.splitlines()) <= 40


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_a_picture_is_small_of_its_scenario_and_of_one_that_passed(path: Path) -> None:
    picture = (tree.ROOT / FOLDER / f"{path.stem}.svg").read_text("utf-8")
    scenario = read(path)
    is_crowd = len(scenario.cast.residents) > CROWD
    assert len(picture.encode()) <= (LARGEST_OF_A_CROWD if is_crowd else LARGEST)
    assert escape(scenario.title, quote=False) in picture
    assert "All as expected" in picture
