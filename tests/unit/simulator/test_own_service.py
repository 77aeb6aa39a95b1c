"""A service of one's own, with a small program in its place: started, read, and stopped whatever happens."""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.simulator import clock
from devices.simulator.own_service import ServiceDidNotStart, own_service

NOW = datetime(2025, 7, 22, 13, 30, tzinfo=UTC)

PROGRAM = """
import json, os, signal, sys, time
from pathlib import Path
here = Path(__file__).parent
(here / "-".join(sys.argv[1:3])).write_text(" ".join(sys.argv[1:]))
settings = {{name: value for name, value in os.environ.items() if name.startswith("ANXIN_")}}
(here / f"settings-of-{{sys.argv[1]}}").write_text(json.dumps(settings))
if sys.argv[1] == "token":
    {token}
else:
    signal.signal(signal.SIGTERM, lambda *_: ((here / "ended").touch(), sys.exit(0)))
    print({ready}, flush=True)
    {then}
"""


def command(
    folder: Path, ready: str, then: str = "signal.pause()", token: str = 'print("a-token")'
) -> list[str]:
    program = folder / "program.py"
    program.write_text(PROGRAM.format(ready=ready, then=then, token=token))
    return [sys.executable, str(program)]


READY = """json.dumps({"ready": True, "http": "http://127.0.0.1:9", "mqtt": "mqtt://127.0.0.1:8"})"""


def test_it_is_started_on_stepped_time_with_a_folder_of_its_own_and_ends_with_the_context(
    tmp_path: Path,
) -> None:
    with own_service(command(tmp_path, READY), NOW) as service:
        service.wait_until_ready()
        assert (service.url, service.token) == ("http://127.0.0.1:9", "a-token")
        assert not (tmp_path / "ended").exists()
    assert (tmp_path / "ended").exists()
    started = (tmp_path / "up---clock").read_text().split()
    assert started[1:5] == ["--clock", "stepped", "--now", "2025-07-22T13:30:00Z"]
    assert started[7:] == ["--http-port", "0", "--mqtt-port", "0"]
    asked = (tmp_path / "token-add").read_text().split()
    assert asked[2:] == ["--role", "admin", "--data-dir", started[6]]
    assert not Path(started[6]).exists()


def test_it_has_no_settings_but_its_own_so_that_a_story_reaches_nobody_of_a_real_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANXIN_DATABASE_URL", "postgresql+psycopg://anxin@db/anxin")
    monkeypatch.setenv("ANXIN_LAST_RESORT", "mailto:desk@example.org")
    with own_service(command(tmp_path, READY), NOW, {"ANXIN_SMTP_PORT": "2525"}) as service:
        service.wait_until_ready()
        for verb in ("up", "token"):
            settings = json.loads((tmp_path / f"settings-of-{verb}").read_text())
            assert settings == {"ANXIN_SMTP_PORT": "2525"}


def test_it_ends_also_when_the_play_broke_off(tmp_path: Path) -> None:
    def play() -> None:
        with own_service(command(tmp_path, READY), NOW) as service:
            service.wait_until_ready()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        play()
    assert (tmp_path / "ended").exists()


@pytest.mark.parametrize("ready", ["'{}'", "'hello'", "''"])
def test_a_service_that_does_not_say_ready_is_refused_with_its_own_words(tmp_path: Path, ready: str) -> None:
    broken = command(tmp_path, ready, then='sys.exit("the disk is full")')
    with pytest.raises(ServiceDidNotStart, match="the disk is full"), own_service(broken, NOW) as service:
        service.wait_until_ready()


def test_its_token_is_made_while_it_starts(tmp_path: Path) -> None:
    asked = '(here / "token-add").exists()'
    ready = f'next(({READY} for _ in range(1000) if {asked} or time.sleep(0.01)), "")'
    with own_service(command(tmp_path, ready), NOW) as service:
        service.wait_until_ready()
        assert service.token == "a-token"


def test_nothing_of_it_outlives_the_context_before_it_was_ready(tmp_path: Path) -> None:
    token = '(here / "pid").write_text(str(os.getpid())), signal.pause()'
    asked = tmp_path / "pid"
    with own_service(command(tmp_path, READY, token=token), NOW):
        assert clock.until(lambda: asked.exists() and bool(asked.read_text()), timedelta(seconds=10))
    with pytest.raises(ProcessLookupError):
        os.kill(int(asked.read_text()), 0)


def test_it_lies_in_memory_unless_somebody_says_where_temporary_files_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr("devices.simulator.own_service.MEMORY", memory)
    monkeypatch.setattr("devices.simulator.own_service.ROOM", 0)
    monkeypatch.delenv("TMPDIR", raising=False)
    with own_service(command(tmp_path, READY), NOW) as service:
        service.wait_until_ready()
        assert service.data_dir.is_relative_to(memory)
    monkeypatch.setattr("devices.simulator.own_service.ROOM", 2**62)
    with own_service(command(tmp_path, READY), NOW) as service:
        service.wait_until_ready()
        assert not service.data_dir.is_relative_to(memory)
    monkeypatch.setattr("devices.simulator.own_service.ROOM", 0)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with own_service(command(tmp_path, READY), NOW) as service:
        service.wait_until_ready()
        assert not service.data_dir.is_relative_to(memory)
