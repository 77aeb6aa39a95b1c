"""The policy shelf: a spoilt file changes nothing that is in force, and is said once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.domain.findings import Severity
from services.wiring.policy_shelf import PolicyShelf
from services.wiring.shipped import shipped


def emergency(shelf: PolicyShelf) -> object:
    return shelf.policies().named("emergency", Severity.HIGH)


PARTS: dict[str, tuple[str, str, Callable[[PolicyShelf], object]]] = {
    "emergency.yaml": ("after: 2m ", "after: 1m ", emergency),
    "silences.yaml": ("grid_worker: 4h", "grid_worker: 3h", PolicyShelf.silencing),
    "figures.yaml": ("pages_a_night: 4", "pages_a_night: 7", PolicyShelf.aims),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in shipped("policies").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def save(path: Path, text: str) -> None:
    """A save that is seen however coarse the clock of the disk is."""
    before = path.stat().st_mtime_ns
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


@pytest.mark.parametrize("name", PARTS)
def test_what_was_in_force_goes_on_when_its_file_is_spoilt(
    folder: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    found, instead, of = PARTS[name]
    shelf = PolicyShelf(folder)
    as_shipped = of(shelf)
    text = (folder / name).read_text(encoding="utf-8")
    assert found in text
    save(folder / name, text.replace(found, instead))
    own = of(shelf)
    assert own != as_shipped
    assert not caplog.records
    save(folder / name, "format: [")
    for _ in range(2):
        assert of(shelf) == own
    assert len([each for each in caplog.records if name in each.getMessage()]) == 1
    assert of(PolicyShelf(folder)) == as_shipped
