"""The community of the console's tests, one for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.console import passwords
from tests.unit.console.cast import QUICK, Cast, cast


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords at next to no cost; else the tests of guessing would take most of the room's time."""
    monkeypatch.setattr(passwords, "_ARGON2", QUICK)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Cast]:
    with cast(tmp_path) as community:
        yield community
