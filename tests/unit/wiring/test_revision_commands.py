"""`anxin rules put`, `revisions`, `rollback`, `override`, `overrides`, `end-override`: on a store at rest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.domain.homes import Home
from services.domain.people import Resident
from services.wiring.cli.main import app
from tests.stores import sqlite_store
from tests.unit.rules.cast import rulebook

CALL = "id: call, on: call_button.pressed, severity: high"
OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high"
AT = datetime(2025, 7, 23, tzinfo=UTC)


class Machine:
    """A data folder, and the command line on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        store = sqlite_store(folder)
        with store.writing() as uow:
            uow.homes.add(Home("home"))
            uow.residents.add(Resident("yangzom", "home", "Yangzom", AT))
        store.close()

    def rules(self, *words: str) -> Result:
        return CliRunner().invoke(app, ["rules", *words, "--data-dir", str(self.folder)])

    def text(self, *rules: str) -> str:
        path = self.folder / "new.yaml"
        path.write_text(rulebook(*rules), encoding="utf-8")
        return str(path)

    def audit(self) -> list[tuple[str, str]]:
        store = sqlite_store(self.folder)
        with store.reading() as uow:
            entries = uow.audit.page({}, 0, 50).items
        store.close()
        return [(entry.actor, entry.action) for entry in entries]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_put_list_and_go_back(machine: Machine) -> None:
    first = machine.rules("put", machine.text(CALL), "--reason", "the first", "--by", "lhamo")
    assert (first.exit_code, first.stdout.startswith("test: revision 1 ")) == (0, True)
    assert machine.rules("put", machine.text(CALL, OUT), "--reason", "nights").exit_code == 0
    again = machine.rules("put", machine.text(CALL, OUT), "--reason", "nights")
    assert "was in force already" in again.stdout
    late = machine.rules("put", machine.text(OUT), "--reason", "mine", "--made-from", "1")
    assert (late.exit_code, "revision 2 is the newest" in late.output) == (1, True)
    back = machine.rules("rollback", "test", "1", "--reason", "too many", "--by", "lhamo")
    assert back.stdout == "test: revision 3 is in force, with the text of revision 1\n"
    said = [line.split("\t") for line in machine.rules("revisions", "test").stdout.splitlines()]
    assert (said[0][0], said[0][3], said[0][4]) == ("1", "lhamo", "the first")
    assert said[2][4] == "too many (as revision 1)"
    assert said[1][3].startswith("machine:")
    assert [action for _, action in machine.audit()] == [
        "rulebook.revised",
        "rulebook.revised",
        "rulebook.rolled_back",
    ]


def test_what_a_revision_says_otherwise_than_another_is_said_in_words(machine: Machine) -> None:
    machine.rules("put", machine.text(OUT), "--reason", "the first")
    machine.rules("put", machine.text(OUT.replace("20m", "25m")), "--reason", "slower")
    said = machine.rules("text", "test@2", "--since", "test@1", "--language", "zh-CN")
    assert said.exit_code == 0, said.output
    assert ("20 分钟" in said.stdout, "25 分钟" in said.stdout) == (True, True)
    unknown = machine.rules("text", "test@9")
    assert (unknown.exit_code, "no such revision" in unknown.output) == (1, True)


def test_faults_are_all_said_and_nothing_is_stored(machine: Machine) -> None:
    refused = machine.rules(
        "put", machine.text(CALL.replace("severity", "severty"), "id: x"), "--reason", "r"
    )
    assert refused.exit_code == 1
    assert len(refused.stderr.splitlines()) == 2
    assert machine.rules("revisions", "test").exit_code == 1
    assert machine.rules("rollback", "test", "1", "--reason", "r").exit_code == 1
    assert machine.rules("rollback", "test", "9" * 20, "--reason", "r").exit_code == 2


def test_an_override_is_made_listed_and_taken_back(machine: Machine) -> None:
    machine.rules("put", machine.text(CALL, OUT), "--reason", "the first")
    made = machine.rules(
        "override", "out", "yangzom", "for", "40m", "--reason", "the stove", "--until", "2199-01-01T08:00:00"
    )
    assert made.exit_code == 0, made.output
    assert "2199-01-01T00:00:00" in made.output  # in the zone of the house
    assert machine.rules("overrides").stdout == made.stdout
    off = machine.rules("override", "test/call", "yangzom", "enabled", "false", "--reason", "r")
    assert "No override stops an alarm" in off.output
    ended = machine.rules("end-override", "out", "yangzom", "for", "--reason", "no stove")
    assert "taken back" in ended.output
    assert len(machine.rules("overrides", "yangzom").stdout.splitlines()) == 1
    assert len(machine.rules("overrides", "--all").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["oot", "yangzom", "for", "40m"], "did you mean 'out'?"),
        (["out", "nobody", "for", "40m"], "no resident has the id 'nobody'"),
        (["out", "yangzom", "fro", "40m"], "cannot be overridden"),
        (["out", "yangzom", "for", "soon"], "'soon' is no value for 'for'"),
        (["out", "yangzom", "for", "40m", "--until", "2020-01-01T00:00:00Z"], "must lie ahead"),
        (["out", "yangzom", "for", "40m", "--until", "9999-12-31T23:59:59Z"], "before the year 2200"),
    ],
)
def test_an_override_that_cannot_be_says_why(machine: Machine, words: list[str], said: str) -> None:
    machine.rules("put", machine.text(CALL, OUT), "--reason", "the first")
    refused = machine.rules("override", *words, "--reason", "r")
    assert (refused.exit_code, said in refused.output) == (1, True), refused.output
