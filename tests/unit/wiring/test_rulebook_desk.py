"""The folder of rulebooks beside the store: files follow revisions, saved files become revisions, and
nobody's change is lost over another's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.records import RulebookRevision
from services.domain.stepping import settle
from services.rules import shelf
from services.rules.faults import Fault
from services.rules.reading import read_what_is_good
from services.rules.revising import By, put_in_force, roll_back
from services.rules.rulebook import Rulebook
from services.rules.run import RulesLoop
from services.storage.store import SqlStore
from services.wiring.rulebook_desk import NOTES, FolderDesk
from services.wiring.shipped import lay_out, shipped, texts_in
from tests.stores import sqlite_store
from tests.unit.rules.cast import TWO, rulebook
from tests.unit.rules.live import StandingClock

CALL = rulebook("id: call, on: call_button.pressed, severity: high")
OUT = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high")
MANY = rulebook("id: many, on: bed.exited, count: 4, within: 2h, severity: high")
BAD = rulebook("id: out, on: bed.exitd")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


class Machine:
    """A process that runs the rules, with a folder of its own."""

    def __init__(self, store: SqlStore, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.store = store
        self.folder = folder
        self.clock = StandingClock(TWO)
        self.start()

    def start(self) -> None:
        desk = FolderDesk(self.folder)
        zone = ZoneInfo("Asia/Shanghai")
        self.loop = RulesLoop(self.store, self.clock, texts_in(self.folder), zone, desk=desk)

    def looks(self, at: datetime | None = None) -> None:
        self.clock.move_to(at or self.clock.now() + timedelta(seconds=1))
        settle([self.loop])

    def saves(self, text: str | None, name: str = "test.yaml") -> None:
        path = self.folder / name
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")

    @property
    def file(self) -> str | None:
        path = self.folder / "test.yaml"
        return path.read_text("utf-8") if path.exists() else None

    def put(self, text: str, made_from: int | None) -> RulebookRevision:
        with self.store.writing() as uow:
            return put_in_force(uow, "test", text, made_from, By("lhamo", "why", self.clock.now()))[0]

    def back_to(self, revision: int) -> None:
        with self.store.writing() as uow:
            roll_back(uow, "test", revision, None, By("lhamo", "why", self.clock.now()))

    def at_work(self) -> list[tuple[str, int]]:
        return [(rule.rule.id, book.revision) for book in self.loop.status() for rule in book.rules]

    def revisions(self) -> list[tuple[int, str | None]]:
        with self.store.reading() as uow:
            return [(each.revision, each.author) for each in uow.rulebooks.page("test", 0, 99).items]


@pytest.fixture
def machine(store: SqlStore, tmp_path: Path) -> Machine:
    return Machine(store, tmp_path / "rulebooks")


def test_what_is_put_is_written_into_the_file_and_makes_no_second_revision(machine: Machine) -> None:
    machine.put(CALL, None)
    machine.looks()
    assert (machine.file, machine.at_work()) == (CALL, [("call", 1)])
    machine.put(OUT, 1)
    machine.looks()
    machine.looks()
    machine.start()
    machine.looks()
    assert (machine.file, machine.at_work()) == (OUT, [("out", 2)])
    assert machine.revisions() == [(1, "lhamo"), (2, "lhamo")]


def test_a_saved_file_is_the_next_revision_an_old_text_as_well(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    machine.put(OUT, 1)
    machine.looks()
    machine.saves(CALL)  # somebody takes it out of their version control again
    machine.looks()
    assert (machine.at_work(), machine.revisions()) == ([("call", 3)], [(1, None), (2, "lhamo"), (3, None)])


def test_a_file_saved_while_the_house_was_down_counts_too(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    machine.put(OUT, 1)
    machine.looks()
    machine.saves(CALL)
    machine.start()
    machine.looks()
    assert machine.at_work() == [("call", 3)]


def test_a_rollback_is_written_into_the_file(machine: Machine) -> None:
    machine.put(CALL, None)
    machine.looks()
    machine.put(OUT, 1)
    machine.looks()
    machine.back_to(1)
    machine.looks()
    assert (machine.file, machine.at_work()) == (CALL, [("call", 3)])


def test_two_who_change_it_at_once_do_not_overwrite_one_another(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    machine.put(OUT, 1)
    machine.saves(MANY)  # made from revision 1, which nobody runs any more
    machine.looks()
    assert (machine.at_work(), machine.file) == ([("out", 2)], MANY)
    assert any("a change of revision 1" in fault for fault in machine.loop.faults)
    with machine.store.reading() as uow:
        [fault] = uow.rulebooks.faults()
    assert (fault.file, fault.expected) == ("test.yaml", "a change of revision 2, which lhamo put in force")
    machine.start()
    machine.looks()
    assert machine.at_work() == [("out", 2)]
    machine.put(MANY, 2)  # they have seen revision 2, and mean it
    machine.looks()
    assert (machine.at_work(), machine.loop.faults) == ([("many", 3)], ())


def test_a_faulty_file_is_refused_and_stays_as_it_was_saved(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    machine.saves(BAD)
    machine.looks()
    machine.start()
    machine.looks()
    assert (machine.at_work(), machine.file) == ([("call", 1)], BAD)
    machine.saves(CALL)
    machine.looks()
    assert (machine.at_work(), machine.loop.faults) == ([("call", 1)], ())


def test_a_file_that_is_taken_away_takes_its_rules_with_it_and_comes_back(machine: Machine) -> None:
    machine.put(CALL, None)
    machine.looks()
    machine.saves(None)
    machine.looks()
    assert (machine.at_work(), machine.revisions()) == ([], [(1, "lhamo"), (2, None)])
    machine.saves(CALL)
    machine.looks()
    assert (machine.file, machine.at_work()) == (CALL, [("call", 3)])


def test_what_was_put_while_no_rules_ran_is_at_work_from_the_start(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    machine.put(OUT, 1)
    machine.start()
    machine.looks()
    assert (machine.file, machine.at_work()) == (OUT, [("out", 2)])


def test_without_notes_an_older_revisions_text_lags_behind(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    machine.put(OUT, 1)
    (machine.folder / NOTES).write_text("{", encoding="utf-8")
    machine.start()
    machine.looks()
    assert (machine.file, machine.at_work()) == (OUT, [("out", 2)])


def test_another_machine_takes_over_what_is_at_work_and_not_what_lies_in_its_folder(
    machine: Machine, store: SqlStore, tmp_path: Path
) -> None:
    machine.saves(CALL)
    machine.looks()
    other = Machine(store, tmp_path / "other")
    other.looks()
    machine.put(OUT, 1)
    machine.looks()
    machine.saves(MANY)
    machine.looks()
    other.start()
    other.looks(machine.clock.now())
    assert (other.file, other.at_work()) == (MANY, [("many", 3)])
    assert len(machine.revisions()) == 3


def test_the_shipped_rulebooks_of_a_new_machine_do_not_undo_what_is_at_work(
    store: SqlStore, tmp_path: Path
) -> None:
    lay_out(tmp_path)
    first = Machine(store, tmp_path / "rulebooks")
    first.looks()
    name = "home-beds"
    own = shipped("rulebooks")[f"{name}.yaml"] + "# ours\n"
    first.saves(own, f"{name}.yaml")
    first.looks()
    (tmp_path / "new").mkdir()
    lay_out(tmp_path / "new")
    second = Machine(store, tmp_path / "new" / "rulebooks")
    second.looks(first.clock.now())
    assert (second.folder / f"{name}.yaml").read_text("utf-8") == own
    with store.reading() as uow:
        assert uow.rulebooks.heads()[name] == 2


def test_a_folder_that_cannot_be_written_keeps_nothing_from_being_at_work(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.saves(CALL)
    machine.looks()

    def refuse(*_: object) -> None:
        raise PermissionError("read-only")

    with monkeypatch.context() as patched:
        patched.setattr(FolderDesk, "write", refuse)
        machine.put(OUT, 1)
        machine.looks()
        machine.looks()
        assert (machine.file, machine.at_work()) == (CALL, [("out", 2)])
        assert any("cannot be brought into step" in fault for fault in machine.loop.faults)
    machine.looks()
    assert (machine.file, machine.loop.faults) == (OUT, ())
    machine.start()
    machine.looks()
    assert machine.at_work() == [("out", 2)]


def test_every_revision_that_a_file_made_is_in_the_audit(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    machine.saves(None)
    machine.looks()
    with machine.store.reading() as uow:
        entries = uow.audit.page({}, 0, 9).items
    assert [(each.actor, each.action, each.object_id, each.detail) for each in entries] == [
        ("file", "rulebook.revised", "test", "revision 1"),
        ("file", "rulebook.taken_away", "test", "revision 2"),
    ]


def test_what_is_put_in_force_is_read_while_everybody_else_may_write(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(store, tmp_path / "rulebooks")
    machine.looks()
    read = []

    def reading(text: str, file: str) -> tuple[Rulebook | None, list[Fault]]:
        with store.writing():  # as a press does that comes in meanwhile
            read.append(text)
        return read_what_is_good(text, file)

    monkeypatch.setattr(shelf, "read_what_is_good", reading)
    slow = f"{MANY}# a text that nobody has read before\n"
    machine.put(slow, None)
    machine.looks()
    assert machine.at_work() == [("many", 1)]
    assert read == [slow]


def test_a_copy_beside_a_rulebook_puts_no_old_rules_in_force(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    machine.saves(OUT)
    machine.looks()
    machine.saves(CALL, "a-copy.yaml")
    machine.looks()
    assert machine.at_work() == [("out", 2)]
    [book] = machine.loop.status()
    assert [(fault.file, fault.found) for fault in book.faults] == [("a-copy.yaml", "'test' a second time")]
    machine.saves(MANY)  # and an edit of the rulebook itself still counts
    machine.looks()
    assert machine.at_work() == [("many", 3)]


def test_of_two_new_files_the_one_that_is_called_so_is_the_rulebook(machine: Machine) -> None:
    machine.saves(CALL, "a-copy.yaml")
    machine.saves(OUT)
    machine.looks()
    assert machine.at_work() == [("out", 1)]


def test_a_folder_that_is_gone_takes_no_rules_away(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    shutil.move(machine.folder, machine.folder.with_name("elsewhere"))
    machine.looks()
    assert machine.at_work() == [("call", 1)]
    assert machine.file == CALL
    machine.saves(OUT)  # what lies there now is the rulebooks' folder
    machine.looks()
    assert machine.at_work() == [("out", 2)]


def test_an_empty_folder_in_the_place_of_the_folder_takes_no_rules_away(machine: Machine) -> None:
    machine.saves(CALL)
    machine.looks()
    shutil.move(machine.folder, machine.folder.with_name("elsewhere"))
    machine.folder.mkdir()
    machine.looks()
    assert machine.at_work() == [("call", 1)]
