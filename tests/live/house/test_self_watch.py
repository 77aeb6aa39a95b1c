"""The house watches itself: its own press goes the whole way and stands nowhere among real ones; when the way
is cut it says so outside, once, and says when it is over.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pytest_httpserver import HTTPServer

from tests.live.house.forked import called
from tests.live.house.running import PATIENCE, Hook, HouseProcess, environment, until
from tests.live.mailbox import Mailbox, started

FAST = {
    "ANXIN_SELF_WATCH_EVERY": "1",
    "ANXIN_SELF_WATCH_WITHIN": "2",
    "ANXIN_WATCH_AFTER": "2",
    "ANXIN_WATCH_OVER_AFTER": "2",
    "ANXIN_PING_EVERY": "1",
}
LISTS = ("residents", "devices", "events", "findings", "alerts", "notices", "attempts")


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


def asked(url: str) -> tuple[int, str]:
    """Asked many times: without a client that reads the machine's certificates each time."""
    place = urlsplit(url)
    with closing(HTTPConnection(place.netloc, timeout=PATIENCE)) as connection:
        connection.request("GET", place.path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def figure(house: HouseProcess, name: str) -> float:
    text = asked(f"{house.ready['http']}/metrics")[1]
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def readiness(house: HouseProcess) -> str:
    status, text = asked(f"{house.ready['http']}/readyz")
    reasons: list[str] = json.loads(text)["reasons"]
    assert (status == 503) == bool(reasons)
    return " ".join(reasons)


def broker_of(house: HouseProcess) -> int:
    """The process of the embedded broker, a child of the house."""
    children = [
        int(each.parent.name)
        for each in Path("/proc").glob("[0-9]*/stat")
        if each.read_text().rpartition(")")[2].split()[1] == str(house.pid)
    ]
    [broker] = [each for each in children if b"nats-server" in Path(f"/proc/{each}/cmdline").read_bytes()]
    return broker


def test_the_houses_own_press_goes_the_whole_way_and_stands_in_no_list(tmp_path: Path) -> None:
    house = HouseProcess(tmp_path / "data", env=FAST | {"ANXIN_SELF_WATCH_WITHIN": "20"}).start()
    try:
        until(lambda: figure(house, 'anxin_self_watch_presses_total{result="back"}') >= 2)
        api = house.api()
        assert {name: api.items(name) for name in LISTS} == {name: [] for name in LISTS}
        assert "self_watch" not in str(api.items("audit"))
        own = {name: api.items(f"{name}?synthetic=true") for name in LISTS}
        assert [each["channel"] for each in own["attempts"]][:2] == ["loopback", "loopback"]
        assert own["alerts"][0]["outcome"] == "test"
        assert figure(house, "anxin_alerts_opened_total") == 0
        assert figure(house, "anxin_ingest_events_total") == 0
        assert readiness(house) == ""
        said = called(["doctor", "--data-dir", house.folder], environment({"COLUMNS": "200"})).stdout
        assert "in the last hour came back in" in said
        assert "outside monitor" in said
        api.close()
    finally:
        assert house.end() == 0


def test_a_broker_that_hangs_is_said_outside_and_one_that_is_killed_is_started_anew(
    tmp_path: Path, hook: Hook, httpserver: HTTPServer
) -> None:
    box = Mailbox()
    mail = started(box)
    lost = Hook()
    lost.close()  # a webhook that nobody answers: the others are told all the same
    httpserver.expect_request("/ping").respond_with_data("OK")
    pings = httpserver.log
    env = FAST | {
        "ANXIN_WATCH_TELL": f"{lost.address}, {hook.address}, mailto:admin@example.org",
        "ANXIN_SMTP_HOST": "127.0.0.1",
        "ANXIN_SMTP_PORT": str(mail.port),
        "ANXIN_LANGUAGE": "en",
        "ANXIN_PING_URL": httpserver.url_for("/ping"),
    }
    house = HouseProcess(tmp_path / "data", env=env).start()
    try:
        until(lambda: figure(house, 'anxin_self_watch_presses_total{result="back"}') >= 1)
        until(lambda: len(pings) >= 1)
        broker = broker_of(house)
        os.kill(broker, signal.SIGSTOP)
        begun = hook.next()["data"]
        while "way of a press is broken" not in begun["text"]:
            begun = hook.next()["data"]  # on a busy machine the sessions were missed first
        assert begun["alert_kind"] == "house.watch"
        assert "way of a press is broken" in readiness(house)
        assert figure(house, "anxin_watch_trouble") == 1
        heard = len(pings)
        until(lambda: figure(house, 'anxin_self_watch_presses_total{result="missed"}') >= 3)
        assert len(pings) == heard
        os.kill(broker, signal.SIGCONT)
        while "is over" not in hook.next()["data"]["text"]:
            continue
        until(lambda: len(pings) > heard)
        until(lambda: "well again" in str(box.letters()[-1]["Subject"]))
        assert "not well" in str(next(each["Subject"] for each in box.letters()))
        assert readiness(house) == ""
        broker = broker_of(house)
        back = figure(house, 'anxin_self_watch_presses_total{result="back"}')
        os.kill(broker, signal.SIGKILL)
        until(lambda: figure(house, 'anxin_self_watch_presses_total{result="back"}') >= back + 2)
        assert broker_of(house) != broker, "it was started anew, and a press goes the whole way"
        until(lambda: readiness(house) == "")
    finally:
        assert house.end() == 0
        mail.stop()
