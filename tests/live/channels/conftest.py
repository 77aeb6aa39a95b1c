"""What the tests of the channels share."""

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from services.notify.channels.posting import Poster
from tests.live.channels.dripping import Dripping


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    made = Dripping()
    yield made
    made.close()


@pytest.fixture(scope="session")
def running() -> Iterator[HTTPServer]:
    with HTTPServer(port=0) as made:  # it takes half a second to end, and is one for all of these tests
        yield made


@pytest.fixture
def server(running: HTTPServer) -> HTTPServer:
    running.clear()
    return running


@pytest.fixture(scope="session")
def poster() -> Iterator[Poster]:
    made = Poster()
    yield made
    made.close()
