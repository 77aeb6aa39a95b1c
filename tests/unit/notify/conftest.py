"""The small community, once a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.notify.community import Community, community


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Community]:
    made = community(tmp_path)
    yield made
    made.store.close()
