"""Revisions of rulebooks over the API: put in force, refused, overtaken, rolled back; each in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.console.api.backtests import LARGEST_TEXT
from services.domain.people import Role
from services.domain.stepping import settle
from services.rules import revising
from services.rules.reading import read_rulebook
from services.rules.revising import hash_of_good
from services.rules.rulebook import Rulebook
from services.rules.run import RulesLoop
from services.rules.status import BookStatus
from services.wiring.console_parts import rulebooks_of
from tests.unit.console.cast import Cast, cast
from tests.unit.rules.cast import rulebook

CALL = "id: call, on: call_button.pressed, severity: high"
OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high"
FIRST = rulebook(CALL)
SECOND = rulebook(CALL, OUT)
WHY = "too many calls at night"


class AtWork:
    """A console and the loop of the rules on one store."""

    def __init__(self, folder: Path, house: Cast, loop: list[RulesLoop]) -> None:
        self.folder = folder
        self.house = house
        self.loop = loop[0]
        self.manager = house.worker("lhamo")

    def looks(self) -> None:
        settle([self.loop])

    def put(self, text: str, made_from: int | None = None, **more: Any) -> Any:
        body = {"text": text, "reason": WHY, "made_from": made_from, **more}
        return self.manager.put("/api/v1/rulebooks/test", json=body)

    def revisions(self) -> list[Any]:
        items: list[Any] = self.manager.get("/api/v1/rulebooks/test/revisions").json()["items"]
        return items


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[AtWork]:
    loop: list[RulesLoop] = []

    def status() -> tuple[BookStatus, ...]:
        return loop[0].status()

    with cast(tmp_path, rules=rulebooks_of(status)) as house:
        loop.append(RulesLoop(house.store, house.clock, dict, ZoneInfo("Asia/Shanghai")))
        settle(loop)
        yield AtWork(tmp_path, house, loop)


def test_a_text_becomes_the_next_revision_and_is_at_work(at_work: AtWork) -> None:
    answer = at_work.put(FIRST)
    assert answer.status_code == 200, answer.text
    first = answer.json()
    assert (first["revision"], first["author"], first["reason"], first["text"]) == (1, "lhamo", WHY, FIRST)
    assert first["at_work"] is False
    at_work.looks()
    assert at_work.put(SECOND, 1).json()["revision"] == 2
    at_work.looks()
    assert [(each["revision"], each["at_work"]) for each in at_work.revisions()] == [(1, False), (2, True)]
    one = at_work.manager.get("/api/v1/rulebooks/test/revisions/1").json()
    assert (one["text"], one["content_hash"]) == (FIRST, first["content_hash"])
    rules = at_work.manager.get("/api/v1/rules").json()["items"]
    assert [rule["id"] for rule in rules] == ["call", "out"]
    audit = at_work.manager.get("/api/v1/audit?action=rulebook.revised").json()["items"]
    assert [(each["object_id"], each["detail"]) for each in audit] == [
        ("test", f"revision {number}: {WHY}") for number in (1, 2)
    ]


def test_a_text_with_faults_is_refused_whole_with_every_one_of_them(at_work: AtWork) -> None:
    at_work.put(FIRST)
    faulty = rulebook(CALL.replace("severity", "severty"), OUT.replace("bed.exited", "bed.exitd"))
    answer = at_work.put(faulty, 1)
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert [(each["file"], each["rule"], each["field"], each["nearest"]) for each in errors] == [
        ("test.yaml", "call", "severty", "severity"),
        ("test.yaml", "out", "on", "bed.exited"),
    ]
    assert all(each["found"] and each["expected"] for each in errors)
    assert len(at_work.revisions()) == 1


def test_a_text_of_another_rulebook_is_refused(at_work: AtWork) -> None:
    [error] = at_work.put(FIRST.replace("rulebook: test", "rulebook: other")).json()["errors"]
    assert (error["field"], error["found"], error["expected"]) == ("rulebook", "'other'", "'test'")


def test_nobody_overwrites_what_they_have_not_seen(at_work: AtWork) -> None:
    at_work.put(FIRST)
    assert at_work.put(SECOND, 1).status_code == 200
    late = at_work.put(rulebook(OUT), 1)
    assert (late.status_code, late.json()["code"], late.json()["revision"]) == (409, "not_the_newest", 2)
    assert late.json()["author"] == "lhamo"
    assert at_work.put(rulebook(OUT)).status_code == 409  # as if there were none yet
    assert at_work.put(rulebook(OUT), 2).status_code == 200


def test_the_same_text_is_no_new_revision(at_work: AtWork) -> None:
    at_work.put(FIRST)
    again = at_work.put(FIRST, 1)
    assert (again.status_code, again.json()["revision"]) == (200, 1)
    assert len(at_work.revisions()) == 1


def test_a_rollback_is_a_new_revision_with_the_old_text(at_work: AtWork) -> None:
    at_work.put(FIRST)
    at_work.put(SECOND, 1)
    back = {"revision": 1, "reason": "the second one woke everybody", "made_from": 2}
    answer = at_work.manager.post("/api/v1/rulebooks/test/rollback", json=back)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["revision"], answer.json()["restores"], answer.json()["text"]) == (3, 1, FIRST)
    at_work.looks()
    assert [rule["id"] for rule in at_work.manager.get("/api/v1/rules").json()["items"]] == ["call"]
    [entry] = at_work.manager.get("/api/v1/audit?action=rulebook.rolled_back").json()["items"]
    assert entry["detail"] == "revision 3 as revision 1: the second one woke everybody"
    overtaken = at_work.manager.post("/api/v1/rulebooks/test/rollback", json=back)
    assert overtaken.status_code == 409


@pytest.mark.parametrize("revision", [0, 7])
def test_there_is_no_way_back_to_what_never_was(at_work: AtWork, revision: int) -> None:
    at_work.put(FIRST)
    back = {"revision": revision, "reason": "why not"}
    assert at_work.manager.post("/api/v1/rulebooks/test/rollback", json=back).status_code == 404
    assert at_work.manager.post("/api/v1/rulebooks/none/rollback", json=back).status_code == 404


def test_a_reason_is_asked_for_and_others_may_not(at_work: AtWork) -> None:
    assert at_work.put(FIRST, reason=" ").status_code == 422
    desk = at_work.house.of(Role.DUTY_DESK)
    body = {"text": FIRST, "reason": WHY}
    assert desk.put("/api/v1/rulebooks/test", json=body).status_code == 403
    assert desk.get("/api/v1/rulebooks/test/revisions").status_code == 404  # there is none yet


def test_a_text_is_read_while_everybody_else_may_write(
    at_work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def reading(text: str, file: str) -> Rulebook:
        with at_work.house.store.writing():  # as a press does that comes in meanwhile
            read.append(text)
        return read_rulebook(text, file)

    hash_of_good.cache_clear()
    monkeypatch.setattr(revising, "read_rulebook", reading)
    assert at_work.put(FIRST).status_code == 200
    assert at_work.put(SECOND, 1).status_code == 200
    hash_of_good.cache_clear()
    back = {"revision": 1, "reason": WHY}
    assert at_work.manager.post("/api/v1/rulebooks/test/rollback", json=back).status_code == 201
    assert read == [FIRST, SECOND, FIRST]


def test_a_text_that_could_not_be_tried_is_not_put_in_force(at_work: AtWork) -> None:
    assert at_work.put(FIRST + "#" * LARGEST_TEXT).status_code == 422
