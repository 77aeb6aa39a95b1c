"""The templates hold nothing that the policy of the pages forbids: it has no exceptions, so a script or a
style that stood in a page would be dead, and an address elsewhere would tell others who looks.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.console.outside import CONTENT_POLICY
from tests.house import tree

TEMPLATES = [path for path in tree.files() if path.match("services/console/pages/templates/*.html")]
SCRIPTS = [path for path in tree.files() if path.match("services/console/pages/static/*.js")]
FORBIDDEN = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)|<base\b|<iframe\b|<object\b"
    r"|\b(?:src|href|action|formaction|srcset|poster)\s*=\s*[\"']?\s*(?:https?:)?//|\|\s*safe\b",
    re.IGNORECASE,
)
AS_CODE = re.compile(
    r"\beval\(|\bnew Function\(|\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write"
)

TOO_YOUNG = re.compile(
    r"AbortSignal\.(?:timeout|any)|\.(?:at|findLast|findLastIndex|replaceAll|toSorted|replaceChildren)\(|\bstructuredClone\("
    r"|randomUUID|Object\.(?:hasOwn|groupBy)|Promise\.(?:any|withResolvers)"
)
"""What a browser may lack that runs the scripts at all, because it knows modules and `?.` (Chromium of early
2020): on a phone that is no longer looked after an answer would never be sent.
"""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_a_style_or_an_address_elsewhere(path: Path) -> None:
    found = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(tree.text(path).splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_code_of_text(path: Path) -> None:
    assert AS_CODE.findall(tree.text(path)) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_asks_for_what_old_phones_lack(path: Path) -> None:
    assert TOO_YOUNG.findall(tree.text(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">',
        '<button onclick="go()">',
        "<script>go()</script>",
        '<a href="https://elsewhere.test/">',
        '<img src="//elsewhere.test/x.png">',
        "{{ name | safe }}",
    ],
)
def test_the_search_for_what_is_forbidden_finds(line: str) -> None:
    assert FORBIDDEN.search(line)


def test_the_policy_has_no_exceptions() -> None:
    assert "default-src 'none'" in CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert "*" not in CONTENT_POLICY
    assert "http" not in CONTENT_POLICY
