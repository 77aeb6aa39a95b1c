"""Rooms are named for the work and files for the thing; a file stays short enough to be read in one go; and
what is written speaks of the product alone.
"""

import re
import statistics

import pytest

from tests.house import tree

LONGEST = 400
MEDIAN = 270
READ_BY_PEOPLE = {".py", ".js", ".css", ".html", ".md", ".yaml", ".yml", ".sh"}

# A path and why it is better in one piece.
LONG_FOR_A_REASON: dict[str, str] = {}

DRAWERS = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "shared", "util", "utils"}

FOREIGN_WORDS = re.compile(
    r"\b(TODO|FIXME|XXX|as requested|as you asked|lorem ipsum|language model|co-authored-by"
    r"|generated (with|by)|issues? #?\d+)\b|/(work/(main|shared)|root)\b",
    re.IGNORECASE,
)
ROOT_HOME, WORK_TREE = ("", "root", ".cache"), ("", "work", "main")
"""Paths of machines, in parts: they stand nowhere in the tree, not even as examples."""
THIS_FILE = "tests/house/test_names_and_sizes.py"


def test_no_file_is_longer_than_can_be_read_in_one_go() -> None:
    long = {
        str(path): lines
        for path in tree.files()
        if path.suffix in READ_BY_PEOPLE and (lines := len(tree.text(path).splitlines())) > LONGEST
    }
    assert {path: lines for path, lines in long.items() if path not in LONG_FOR_A_REASON} == {}
    assert LONG_FOR_A_REASON.keys() <= long.keys(), "a reason for a file that is short again"


def test_the_middle_file_is_short() -> None:
    lengths = [len(tree.text(path).splitlines()) for path in tree.files() if path.suffix == ".py"]
    assert statistics.median(lengths) < MEDIAN


def test_nothing_is_kept_in_a_drawer_for_everything() -> None:
    def words(name: str) -> list[str]:
        return re.split(r"[_\-.]", name.lower())

    drawers = [
        str(path)
        for path in tree.files()
        for part in (*path.parts[:-1], path.stem)
        if part.lower() in DRAWERS or words(part)[-1] in DRAWERS - {"base", "common", "shared"}
    ]
    assert drawers == []


@pytest.mark.parametrize(
    "sentence",
    ["TODO: later", "see issue 12", "as requested", "in " + "/".join(ROOT_HOME), "cd " + "/".join(WORK_TREE)],
)
def test_the_search_for_foreign_words_finds(sentence: str) -> None:
    assert FOREIGN_WORDS.search(sentence)


def test_the_tree_speaks_of_the_product_alone() -> None:
    found = []
    for path in tree.files():
        if str(path) == THIS_FILE:
            continue
        try:
            lines = tree.text(path).splitlines()
        except UnicodeDecodeError:  # a picture
            continue
        found += [
            f"{path}:{number}: {line.strip()}"
            for number, line in enumerate(lines, 1)
            if FOREIGN_WORDS.search(line)
        ]
    assert found == []
