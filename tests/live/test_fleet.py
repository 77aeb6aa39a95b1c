"""A small fleet at a service of its own, and the generator at a broker that nobody listens to."""

import json
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
