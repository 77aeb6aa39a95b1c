"""The living demo as a newcomer starts it: somebody presses within seconds, somebody of the community is
told of it, and nothing of it is left when the house ends.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.simulator import clock
from devices.simulator.api import Api

ANXIN = str(Path(sys.executable).with_name("anxin"))
SEEN_WITHIN = timedelta(seconds=30)
"""A press comes after 2 s; a busy machine may need longer to start everything."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    ports = ["--http-port", "0", "--mqtt-port", "0"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [ANXIN, "up", "--demo", "--data-dir", str(tmp_path / "data"), *ports],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "ANXIN_TEST_HOUSE": str(tmp_path)},
        )
    with process:
        yield process
        process.terminate()


def started_by(tmp_path: Path) -> list[int]:
    """The processes of that house that still run, by the word that they carry in their environment."""
    word = f"ANXIN_TEST_HOUSE={tmp_path}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def first_press(api: Api) -> dict[str, Any] | None:
    """The first press: while telephones are handed out one by one, a post may lack one for a moment."""
    return next((each for each in api.all("alerts") if each["kind"] == "call-button"), None)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes by /proc")
def test_a_press_reaches_somebody_of_the_community_and_nothing_outlives_the_house(
    house: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert house.stdout is not None
    ready = json.loads(house.stdout.readline())
    token = subprocess.run(
        [ANXIN, "token", "add", "--role", "admin", "--data-dir", ready["data_dir"]],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()
    api = Api(ready["http"], token)
    try:
        assert clock.until(lambda: first_press(api) is not None, SEEN_WITHIN)
        alert = first_press(api)
        assert alert is not None
        assert (alert["kind"], alert["severity"]) == ("call-button", "high")
        rang = {"delivered"}
        assert clock.until(
            lambda: {each["result"] for each in api.all("attempts")} & rang == rang, SEEN_WITHIN
        )
    finally:
        api.close()
    assert len(started_by(tmp_path)) >= 3, "the house, its broker, its living demo"
    house.send_signal(signal.SIGTERM)
    assert house.wait(15) == 0
    assert clock.until(lambda: not started_by(tmp_path), timedelta(seconds=5))
