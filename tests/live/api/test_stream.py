"""The live stream over a real connection: what moves arrives, in order, from the cursor on, and to who
may see it.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client import CollectorRegistry

from services.console.api.stream import MOST_OF_ONE
from services.console.app import make_app
from services.domain.people import Role
from services.domain.ports import Topic
from services.wiring.signals import LocalSignals
from services.wiring.web import WebServer, bind
from tests.unit.console.cast import PASSWORD, Cast, cast, press

SECONDS = 20.0
"""How long a test waits at most for what must come; it is there within milliseconds."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Cast, str]]:
    signals = LocalSignals()
    with cast(tmp_path, signals, waiter=lambda seconds: signals.wait(Topic.ALERTS, seconds)) as community:
        listener = bind("127.0.0.1", 0)
        server = WebServer(community.app, listener)
        server.start(SECONDS)
        try:
            yield community, f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop(SECONDS)
            listener.close()


class Reader:
    """Reads the events of one stream."""

    def __init__(self, response: httpx2.Response) -> None:
        self._lines = response.iter_lines()

    def next(self) -> tuple[str, dict[str, Any]]:
        number, data = "", ""
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "id":
                number = value
            elif name == "data":
                data = value
            elif not line and data:
                return number, json.loads(data)
        raise EOFError

    def name_of_next(self) -> str:
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "event":
                return value
        raise EOFError


@contextmanager
def listening(url: str, name: str, path: str = "", **headers: str) -> Iterator[Reader]:
    headers = {"Authorization": f"Bearer token-{name}", **headers}
    with (
        httpx2.Client(base_url=url, headers=headers, timeout=SECONDS) as client,
        client.stream("GET", f"/api/v1/stream{path}") as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Reader(response)


def test_the_past_is_told_from_the_cursor_on(served: tuple[Cast, str]) -> None:
    house, url = served
    press(house)
    house.worker("basang").post("/api/v1/alerts/alert-1/accept")
    with listening(url, "pema", "?after=0") as reader:
        moves = [reader.next() for _ in range(3)]
    assert [(number, move["number"]) for number, move in moves] == [("1", 1), ("2", 2), ("3", 3)]
    assert [move["reason"] for _, move in moves] == ["opened", "step_due", "accepted"]
    assert moves[2][1]["alert_id"] == "alert-1"
    assert (moves[2][1]["from"], moves[2][1]["to"]) == ("open", "accepted")
    with listening(url, "pema", "?after=2") as reader:
        assert reader.next()[0] == "3"


def test_a_browser_that_comes_back_goes_on_where_it_was(served: tuple[Cast, str]) -> None:
    house, url = served
    press(house)
    with listening(url, "pema", "?after=0", **{"Last-Event-ID": "1"}) as reader:
        assert reader.next()[0] == "2"


def test_what_happens_now_arrives_while_it_is_open(served: tuple[Cast, str]) -> None:
    house, url = served
    with listening(url, "pema", "?after=0") as reader:
        press(house)
        assert reader.next()[1]["reason"] == "opened"
        assert reader.next()[1]["reason"] == "step_due"
        house.worker("basang").post("/api/v1/alerts/alert-1/accept")
        assert reader.next()[1]["reason"] == "accepted"


def test_nobody_hears_of_what_they_may_not_see(served: tuple[Cast, str]) -> None:
    house, url = served
    press(house)
    press(house, "alert-2", "dawa")
    with listening(url, "norbu", "?after=0") as reader:
        assert reader.next()[1]["alert_id"] == "alert-2"


def test_a_stream_ends_with_its_session(served: tuple[Cast, str]) -> None:
    _, url = served
    with httpx2.Client(base_url=url, timeout=SECONDS) as client:
        client.post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
        with client.stream("GET", "/api/v1/stream?after=0") as response:
            ended = threading.Event()

            def read() -> None:
                for _ in response.iter_lines():
                    pass
                ended.set()

            reading = threading.Thread(target=read)
            reading.start()
            with httpx2.Client(base_url=url, cookies=client.cookies, timeout=SECONDS) as other:
                assert other.delete("/api/v1/session").status_code == 204
            assert ended.wait(SECONDS)
            reading.join()


@pytest.mark.parametrize("path", ["?after=-1", "?after=x", "?since=1"])
def test_a_cursor_is_a_number(served: tuple[Cast, str], path: str) -> None:
    house, _ = served
    assert house.worker("pema").get(f"/api/v1/stream{path}").status_code == 422


def test_more_streams_than_there_are_threads_for_are_refused(served: tuple[Cast, str]) -> None:
    house, _ = served
    house.app.state.streams.open = 10_000
    answer = house.worker("pema").get("/api/v1/stream")
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_streams")


def test_nobody_takes_the_streams_of_all_others(served: tuple[Cast, str]) -> None:
    house, url = served
    press(house)
    of_one = house.app.state.streams.of_one
    with listening(url, "norbu"):
        [norbu] = of_one
        of_one[norbu] = MOST_OF_ONE
        answer = httpx2.get(
            f"{url}/api/v1/stream", headers={"Authorization": "Bearer token-norbu"}, timeout=SECONDS
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "too_many_streams")
        with listening(url, "pema", "?after=0") as reader:
            reader.next()
            assert of_one[norbu] == MOST_OF_ONE
            assert len(of_one) == len({"norbu", "pema"})
        of_one[norbu] = 1


def test_a_watch_that_failed_is_kept_again_for_who_comes_while_others_listen(
    served: tuple[Cast, str],
) -> None:
    house, url = served
    lookout = house.app.state.streams.lookout
    press(house)

    def fails() -> str:
        raise OSError("no file is left to open")

    with listening(url, "pema", "?after=0&looks=true") as reader:
        while reader.name_of_next() != "beat":
            pass
        lookout._read = fails
        with pytest.raises((EOFError, httpx2.HTTPError)):
            deque(iter(reader.name_of_next, ""))
        del lookout._read
        # Somebody whose line takes nothing in is still counted when the next one comes.
        lookout._listening += 1
        lookout._looking += 1
        with listening(url, "basang", "?after=0&looks=true") as later:
            while later.name_of_next() != "beat":
                pass
            move_home(house)
            assert later.name_of_next() == "look"


def test_streams_are_counted_while_they_are_open(served: tuple[Cast, str]) -> None:
    house, url = served
    press(house)
    with listening(url, "pema", "?after=0") as reader:
        reader.next()
        assert house.app.state.streams.open == 1


def move_home(house: Cast) -> None:
    moved = house.of(Role.ADMIN).patch("/api/v1/homes/home-1", json={"address": "9 River Lane"})
    assert moved.status_code == 200


def test_a_page_hears_a_beat_at_once_and_a_look_when_something_else_it_shows_has_moved(
    served: tuple[Cast, str],
) -> None:
    house, url = served
    with listening(url, "pema", "?after=0&looks=true") as reader:
        assert reader.name_of_next() == "beat"
        move_home(house)
        assert reader.name_of_next() == "look"
        press(house)
        assert reader.name_of_next() == "change"


def test_looks_are_for_who_asks_for_them(served: tuple[Cast, str]) -> None:
    house, url = served
    with listening(url, "pema", "?after=0") as plain, listening(url, "pema", "?after=0&looks=true") as page:
        assert page.name_of_next() == "beat"
        move_home(house)
        assert page.name_of_next() == "look"
        press(house)
        assert plain.name_of_next() == "change"


def test_every_page_hears_of_one_move(served: tuple[Cast, str]) -> None:
    house, url = served
    with (
        listening(url, "pema", "?after=0&looks=true") as one,
        listening(url, "basang", "?after=0&looks=true") as other,
    ):
        for reader in (one, other):
            assert reader.name_of_next() == "beat"
        move_home(house)
        assert [one.name_of_next(), other.name_of_next()] == ["look", "look"]


def test_nobody_looks_while_nobody_listens(served: tuple[Cast, str]) -> None:
    house, url = served
    lookout = house.app.state.streams.lookout
    with listening(url, "pema", "?after=0&looks=true") as reader:
        reader.name_of_next()
        assert lookout.is_looking
    with listening(url, "pema", "?after=0") as reader:
        press(house)
        reader.next()
        assert not lookout.is_looking


def test_a_cursor_goes_on_after_a_restart_of_the_service(served: tuple[Cast, str]) -> None:
    house, url = served
    press(house)
    with listening(url, "pema", "?after=0") as reader:
        cursor = reader.next()[0]
    restarted = make_app(replace(house.parts, registry=CollectorRegistry()))
    listener = bind("127.0.0.1", 0)
    server = WebServer(restarted, listener)
    server.start(SECONDS)
    try:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with listening(address, "pema", f"?after={cursor}") as reader:
            assert reader.next()[1]["reason"] == "step_due"
    finally:
        server.stop(SECONDS)
        listener.close()
