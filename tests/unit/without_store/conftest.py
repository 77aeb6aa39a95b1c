"""An outage in the small community, once a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.without_store.outage import Outage


@pytest.fixture
def outage(tmp_path: Path) -> Iterator[Outage]:
    made = Outage(tmp_path)
    made.begins()
    yield made
    made.close()
