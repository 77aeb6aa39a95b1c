"""A run says what it left out; under CI=true leaving out is failing. Each rule is shown by a run of pytest of
its own on a small folder, with a program that no machine has.
"""

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
from tests import programs
programs.PACKAGES["no-such-program"] = "no-such-package"
pytest_plugins = ["tests.completeness"]
"""

NEEDS_A_PROGRAM = """
import pytest
@pytest.mark.needs_program("no-such-program")
def test_that_starts_it(): raise AssertionError
def test_that_does_not(): pass
"""


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nmarkers =\n    needs_program(name): as in the house\n")
    return pytester


def test_at_a_desk_a_missing_program_leaves_its_tests_out_and_names_the_command(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    folder.makepyfile(NEEDS_A_PROGRAM)
    result = folder.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["*left out on this machine*", "*no-such-program: 1", "*apt-get install no-such-package"]
    )


def test_under_ci_a_missing_program_is_a_failure(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    folder.makepyfile(NEEDS_A_PROGRAM)
    result = folder.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*needs no-such-program: apt-get install no-such-package*"])


@pytest.mark.parametrize(
    ("body", "arguments", "fault"),
    [
        ("import pytest\ndef test_a(): pytest.skip('no')\n", [], "1 skipped"),
        ("import pytest\n@pytest.mark.xfail\ndef test_a(): assert False\n", [], "1 xfailed"),
        ("import pytest\n@pytest.mark.xfail\ndef test_a(): pass\n", [], "1 xpassed"),
        ("def test_a(): pass\ndef test_b(): pass\n", ["-k", "test_a"], "1 deselected"),
    ],
)
def test_under_ci_nothing_may_be_passed_over(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, body: str, arguments: list[str], fault: str
) -> None:
    monkeypatch.setenv("CI", "true")
    folder.makepyfile(body)
    result = folder.runpytest_subprocess(*arguments)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*not everything ran*", f"*{fault}*"])


@pytest.mark.parametrize(
    ("body", "arguments", "fault"),
    [
        ("import pytest\ndef test_a(): pytest.skip('no')\n", [], "1 skipped"),
        ("def test_a(): pass\ndef test_b(): pass\n", ["-k", "test_a"], "1 deselected"),
    ],
)
def test_several_processes_are_judged_as_one_run(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, body: str, arguments: list[str], fault: str
) -> None:
    monkeypatch.setenv("CI", "true")
    folder.makepyfile(body)
    result = folder.runpytest_subprocess("-p", "xdist.plugin", "-n", "2", *arguments)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*not everything ran*", f"*{fault}*"])


def test_under_ci_a_whole_run_is_a_good_run(folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    folder.makepyfile("def test_a(): pass\n")
    assert folder.runpytest_subprocess().ret == pytest.ExitCode.OK
