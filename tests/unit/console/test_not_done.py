"""A refusal that somebody meets on a page is said in a sentence of their language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services import console
from services.console.pages.not_done import sentence_of
from services.console.problems import Problem
from services.domain.people import Role
from services.escalation.permission import Refusal
from tests.unit.console.cast import Cast
from tests.unit.console.test_pages import signed_in

ROOM = Path(console.__file__).parent
TO_SIGNING_IN = 401
"""With this status a page leads to signing in, and says nothing of its own."""


def refusals() -> Iterator[tuple[int, str]]:
    """Status and code of each refusal outside the programs' interface, as written in the room's own code."""
    for path in ROOM.rglob("*.py"):
        if path.parent.name == "api":
            continue
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Problem":
                status, code, *_ = call.args
                if isinstance(status, ast.Constant) and isinstance(code, ast.Constant):
                    yield int(str(status.value)), str(code.value)


CODES = sorted({code for status, code in refusals() if status != TO_SIGNING_IN})
OF_THE_FRAMEWORK = ["malformed", "method_not_allowed", "too_large"]


def test_the_walk_finds_what_the_room_refuses() -> None:
    assert {"already_there", "foreign_origin", "not_of_today", "too_many_tries", "unfit"} <= set(CODES)


@pytest.mark.parametrize(
    "code", [*CODES, *OF_THE_FRAMEWORK, Refusal.NOT_THE_HOLDER, Refusal.NOT_ACCEPTED_YET]
)
def test_each_refusal_has_a_sentence(code: str) -> None:
    assert sentence_of(Problem(409, code, "Its own words."))


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/residents/none", "There is nothing here."),
        ("/visits?unheard=of", "Not done: something in the form was not right. Try again."),
    ],
)
def test_the_words_of_the_interface_are_small_print(house: Cast, address: str, sentence: str) -> None:
    client = signed_in(house)
    client.cookies.set("anxin_language", "en")
    page = client.get(address, headers={"Accept": "text/html"}).text
    assert f'role="alert">{sentence}</p>' in page
    assert '<small lang="en">' in page


@pytest.mark.parametrize(
    ("login", "address", "status"),
    [("desk", "/nothing-here", 404), ("grid", "/handover", 403), ("desk", "/visits?unheard=of", 422)],
)
def test_a_refusal_speaks_the_language_of_whoever_asks_and_leads_back(
    house: Cast, login: str, address: str, status: int
) -> None:
    client = signed_in(house, login)
    worker = client.get("/api/v1/session").json()["worker_id"]
    changed = house.of(Role.ADMIN).patch(f"/api/v1/workers/{worker}", json={"language": "bo"})
    assert changed.status_code == 200, changed.text
    answer = client.get(address, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert answer.status_code == status
    assert '<html lang="bo">' in answer.text
    assert '<a href="/rosters"' in answer.text, "the sections are the way back"
    assert 'action="/sign-out"' in answer.text
