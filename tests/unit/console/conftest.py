"""The community of the console's tests, one for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.console.cast import Cast, cast


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Cast]:
    with cast(tmp_path) as community:
        yield community
