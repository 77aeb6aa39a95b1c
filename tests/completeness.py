"""Decides what becomes of a test whose program is missing: at a desk it is skipped, and the end of the run
says which and what command helps; under CI=true it fails, and so does a run in which anything at all was
skipped, expected to fail or deselected. A run on several processes is judged as one: each says at its end
what it passed over. It must never leave out a test in silence.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests import programs

MARKER = "needs_program"
PROPERTY = "missing_program"
DESELECTED = "deselected"


class Completeness:
    def __init__(self, *, everything_must_run: bool) -> None:
        self.everything_must_run = everything_must_run
        self.left_out: Counter[str] = Counter()
        self.deselected = 0
        self.faults: list[str] = []

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        asked = [str(name) for marker in item.iter_markers(MARKER) for name in marker.args]
        missing = [name for name in asked if not programs.is_there(name)]
        if not missing:
            return
        words = f"needs {', '.join(missing)}: {install(missing)}"
        if self.everything_must_run:
            pytest.fail(words, pytrace=False)
        item.user_properties += [(PROPERTY, name) for name in missing]
        pytest.skip(words)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "setup":
            self.left_out.update(str(value) for name, value in report.user_properties if name == PROPERTY)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.deselected += len(items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """One of several processes has ended; all of them collected the same."""
        self.deselected = max(self.deselected, getattr(node, "workeroutput", {}).get(DESELECTED, 0))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        if (told := getattr(session.config, "workeroutput", None)) is not None:
            told[DESELECTED] = self.deselected
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if self.everything_must_run and isinstance(reporter, pytest.TerminalReporter):
            counts = {name: len(reporter.getreports(name)) for name in ("skipped", "xfailed", "xpassed")}
            counts["deselected"] = self.deselected
            self.faults = [f"{count} {name}" for name, count in counts.items() if count]
            if self.faults and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return (yield)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.faults:
            terminalreporter.section("not everything ran", red=True)
            terminalreporter.line(f"under CI=true every test runs, but: {', '.join(self.faults)}")
        if self.left_out:
            terminalreporter.section("left out on this machine", yellow=True)
            for name, count in sorted(self.left_out.items()):
                terminalreporter.line(f"tests that start {name}: {count}")
            terminalreporter.line(f"they run after: {install(self.left_out)}")


def install(missing: list[str] | Counter[str]) -> str:
    return f"apt-get install {' '.join(sorted({programs.PACKAGES[name] for name in missing}))}"


def pytest_configure(config: pytest.Config) -> None:
    plugin = Completeness(everything_must_run=os.environ.get("CI") == "true")
    config.pluginmanager.register(plugin, "completeness")
