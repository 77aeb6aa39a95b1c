"""`do.py` meets people on machines that lack things: what it says to them, and that a second start does no
work while a changed or half-made set-up is never used.
"""

import ast
import os
from pathlib import Path

import pytest

import do
from tests import programs
from tests.house import tree

READY: dict[str, object] = {
    "python": "3.11.7",
    "root": "anxin",
    "project": "p1",
    "locks": {do.RUN_LOCK: "r1", do.DEV_LOCK: "d1"},
}


def test_an_old_python_can_still_read_the_front_door() -> None:
    source = tree.text(Path("do.py"))
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__" not in source


def test_an_old_python_is_told_which_one_is_needed() -> None:
    fault = do.machine_fault((3, 9), has_ensurepip=True)
    assert fault is not None
    assert "3.11 or newer, this is 3.9" in fault
    assert do.machine_fault((3, 11), has_ensurepip=True) is None


def test_a_machine_without_ensurepip_is_told_the_package_in_one_line() -> None:
    fault = do.machine_fault((3, 11), has_ensurepip=False)
    assert fault is not None
    assert "apt-get install python3-venv" in fault
    assert "\n" not in fault


def test_a_finished_set_up_costs_nothing() -> None:
    assert do.work_to_do(READY, READY) == "nothing"


def test_an_unfinished_set_up_is_made_anew() -> None:
    assert do.work_to_do(READY, {}) == "all"


@pytest.mark.parametrize("what", ["python", "root"])
def test_another_python_or_another_folder_makes_it_anew(what: str) -> None:
    assert do.work_to_do(READY, {**READY, what: "another"}) == "all"


def test_a_changed_lock_makes_it_anew_so_that_what_left_the_lock_is_gone() -> None:
    assert do.work_to_do(READY, {**READY, "locks": {do.RUN_LOCK: "r0", do.DEV_LOCK: "d1"}}) == "all"


def test_testing_after_running_adds_the_tools_of_a_developer() -> None:
    assert do.work_to_do(READY, {**READY, "locks": {do.RUN_LOCK: "r1"}}) == "packages"


def test_running_after_testing_costs_nothing() -> None:
    assert do.work_to_do({**READY, "locks": {do.RUN_LOCK: "r1"}}, READY) == "nothing"


def test_a_changed_project_file_installs_the_project_alone() -> None:
    assert do.work_to_do(READY, {**READY, "project": "p0"}) == "project"


def test_a_machine_without_network_is_told_so() -> None:
    words = do.pip_fault(["WARNING: Retrying after connection broken by 'NewConnectionError'", "ERROR: none"])
    assert "needs the network" in words


def test_a_package_that_is_not_the_locked_one_is_named() -> None:
    words = do.pip_fault(["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "    segno==1.6.6"])
    assert "not the one in the lock" in words
    assert "segno" in words


def test_an_unknown_verb_is_a_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert do.main(["fly"]) == 2
    assert "no verb 'fly'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "place", "started"),
    [
        ([], None, ["--data-dir", str(do.ROOT / ".anxin-demo")]),
        (["--http-port", "0"], None, ["--data-dir", str(do.ROOT / ".anxin-demo"), "--http-port", "0"]),
        (["--data-dir=/srv/a"], None, ["--data-dir=/srv/a"]),
        ([], "/srv/b", []),
    ],
)
def test_run_starts_the_demo_where_it_was_told_to(
    monkeypatch: pytest.MonkeyPatch, words: list[str], place: str | None, started: list[str]
) -> None:
    monkeypatch.delenv("ANXIN_DATA_DIR", raising=False)
    if place:
        monkeypatch.setenv("ANXIN_DATA_DIR", place)
    handed: list[list[str]] = []
    monkeypatch.setattr(do, "set_up", lambda locks: None)
    monkeypatch.setattr(do, "hand_over", handed.append)
    do.main(["run", *words])
    assert handed == [[do.tool("anxin"), "up", "--demo", "--welcome", *started]]


@pytest.mark.parametrize(
    ("words", "cores", "added"),
    [
        ([], 2, ["-n", "3"]),
        (["-x", "tests/live"], 64, ["-n", "4"]),
        ([], 1, []),
        (["tests/live/test_matrix.py"], 2, []),
        (["tests/unit/test_a.py::test_that"], 2, []),
        (["tests/unit", "-n0"], 2, []),
        (["--pdb"], 2, []),
        (["-p", "no:xdist"], 2, []),
    ],
)
def test_tests_run_on_every_core_unless_somebody_looks_into_one(
    words: list[str], cores: int, added: list[str]
) -> None:
    assert do.processes(words, cores) == added


def test_where_no_compiled_code_may_lie_about_the_tests_keep_theirs_with_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX")
    do.keep_what_is_compiled()
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert os.environ["PYTHONPYCACHEPREFIX"].startswith(str(do.VENV))


def test_ci_installs_every_program_that_a_test_may_ask_for() -> None:
    script = tree.text(Path(".ci/run"))
    assert [package for package in programs.PACKAGES.values() if package not in script] == []


def test_ci_can_be_started() -> None:
    assert os.access(tree.ROOT / ".ci/run", os.X_OK)
