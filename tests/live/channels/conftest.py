"""What the tests of the channels share."""

from collections.abc import Iterator

import pytest

from tests.live.channels.dripping import Dripping


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    made = Dripping()
    yield made
    made.close()
