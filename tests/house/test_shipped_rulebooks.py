"""The rulebooks as shipped: every number in them has its row in docs/shipped-rulebooks.md, and each rule says
what it is for and what it will not catch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notation.yaml_core import read_yaml
from services.rules.reading import read_rulebook
from tests.house.tree import ROOT

BOOKS = sorted(path for path in (ROOT / "rulebooks").glob("*.yaml") if ".story." not in path.name)
PAGE = (ROOT / "docs/shipped-rulebooks.md").read_text(encoding="utf-8")
NUMBERS = ("settle", "for", "gap", "within", "count", "from", "by", "until", "at_least", "warn", "between")


def rules_of(book: Path) -> list[dict[str, Any]]:
    given = read_yaml(book.read_text(encoding="utf-8"), lambda *fault: pytest.fail(str(fault)))
    assert isinstance(given, dict)
    rules = given["rules"]
    assert isinstance(rules, list)
    return [rule for rule in rules if isinstance(rule, dict)]


def numbers_of(rule: dict[str, Any]) -> Iterator[str]:
    yield from (str(rule[key]) for key in NUMBERS if isinstance(rule.get(key), str | int))
    for found in re.finditer(r"[<>]=? [\d.]+", str(rule.get("where", ""))):
        yield found[0]


def rows_about(rule_id: str, book: str) -> str:
    """The rows of the rule's table that are about it: its own, and those below that name no other."""
    section = PAGE.split(f"## {book}\n", 1)[1].split("\n## ", 1)[0]
    rows, is_own = [], False
    for row in (line for line in section.splitlines() if line.startswith("|")):
        first = row.split("|")[1]
        is_own = f"`{rule_id}`" in first or (is_own and not first.strip())
        rows += [row] if is_own else []
    return "\n".join(rows)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_every_number_of_a_shipped_rule_has_its_source(book: Path) -> None:
    for rule in rules_of(book):
        about = rows_about(rule["id"], book.stem)
        assert about, f"docs/shipped-rulebooks.md says nothing about {rule['id']}"
        words = set(re.split(r"[\s|,;–]+", about)) | set(re.findall(r"[<>]=? [\d.]+", about))
        missing = [number for number in numbers_of(rule) if number not in words]
        assert not missing, f"{rule['id']}: {missing} without a source"


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_every_shipped_rule_says_what_it_is_for_in_each_language(book: Path) -> None:
    for rule in read_rulebook(book.read_text(encoding="utf-8"), book.name).rules:
        for texts in (rule.titles, rule.why):
            assert {"zh-CN", "bo", "en"} == set(texts), rule.id
            assert len(set(texts.values())) == 3, rule.id


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_above_every_shipped_rule_stands_a_carer_s_sentence_and_what_it_will_not_catch(book: Path) -> None:
    text = book.read_text(encoding="utf-8")
    blocks = re.split(r"\n\n", text)
    for rule in rules_of(book):
        block = next(each for each in blocks if f"- id: {rule['id']}\n" in each)
        comments = [line.strip() for line in block.splitlines() if line.strip().startswith("#")]
        assert re.match(r'# "', comments[0]), rule["id"]
        assert any(line.startswith("# Will not catch: ") for line in comments), rule["id"]
