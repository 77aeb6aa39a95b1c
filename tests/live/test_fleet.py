"""A small fleet at a service of its own, and the generator at a broker that nobody listens to."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.live.test_scenarios import simulate


def test_everything_that_a_fleet_says_is_stored_once_and_who_pressed_is_heard_of(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    words = ["--homes", "12", "--rate", "60/s", "--presses", "2/s", "--for", "2s", "--json", str(file)]
    played = simulate("fleet", *words)
    found = json.loads(file.read_text("utf-8"))
    lost = [fault for fault in found["faults"] if "rate was not held" not in fault]
    assert lost == [], played.stdout + played.stderr
    assert found["sent"] == found["acknowledged"] == found["stored"] > 60
    assert found["is_looked_up"]
    assert found["alerted"] == found["pressed"] > 1
    assert found["press_p50"] > 0
    assert "alerted" in played.stdout
    assert "sending: " in played.stderr


def test_the_generator_alone_is_measured_without_a_service() -> None:
    played = simulate("fleet", "--only-broker", "--homes", "40", "--rate", "max", "--for", "0.5s")
    assert played.returncode == 0, played.stdout + played.stderr
    assert "all acknowledged" in played.stdout


def test_a_low_rate_is_kept_to_by_all_processes_and_connections_together() -> None:
    played = simulate(
        "fleet", "--only-broker", "--homes", "4", "--rate", "3/s", "--for", "1s", "--processes", "2"
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.split()[:2] in (["sent", "3"], ["sent", "2"]), "the last may have been due too late"


def test_who_is_interrupted_says_what_was_sent_so_far_and_takes_down_what_they_put_up(tmp_path: Path) -> None:
    anxin = str(Path(sys.executable).with_name("anxin"))
    call = [anxin, "simulate", "fleet", "--only-broker", "--homes", "4", "--rate", "20/s", "--for", "60s"]
    environment = {**os.environ, "COLUMNS": "160", "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        call,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as fleet:
        assert fleet.stderr is not None
        assert "sending: " in fleet.stderr.readline()
        fleet.send_signal(signal.SIGINT)
        shown, complaints = fleet.communicate(timeout=60)
    assert fleet.returncode == 0, shown + complaints
    assert "stopped after " in shown
    assert " s of 60 s" in shown
    assert list(tmp_path.iterdir()) == [], "what was put up is taken down"
