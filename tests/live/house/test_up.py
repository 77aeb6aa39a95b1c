"""`anxin up` as an administrator meets it: ready soon, ended at once, and back after the worst."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.live.house.forked import called
from tests.live.house.running import PATIENCE, HouseProcess, environment


@pytest.fixture
def house(tmp_path: Path) -> Iterator[HouseProcess]:
    process = HouseProcess(tmp_path / "data", from_nothing=True)
    yield process
    process.end()


def _children(pid: int) -> set[int]:
    """Every process below one, as the kernel lists them."""
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found |= {int(child)} | _children(int(child))
    return found


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_leaves_no_process_behind(tmp_path: Path, number: int) -> None:
    house = HouseProcess(tmp_path / "data", "--demo", from_nothing=True).start()
    children = _children(house.pid)
    assert len(children) >= 2, "the broker and the living demo"
    assert house.end(number) == 0
    assert not [child for child in children if _is_running(child)]


def test_a_start_after_a_kill_finds_no_lock_and_what_was_registered(house: HouseProcess) -> None:
    api = house.start().api()
    resident = api.post("residents", {"name": "措姆"})
    api.close()
    children = _children(house.pid)
    assert house.end(signal.SIGKILL) == -signal.SIGKILL
    assert not [child for child in children if _is_running(child)]
    again = house.start().api()
    assert again.get(f"residents/{resident['id']}")["name"] == "措姆"
    again.close()


def test_a_second_house_on_the_same_folder_is_refused_in_words(house: HouseProcess) -> None:
    house.start()
    second = _up(house.folder)
    assert second.returncode == 1
    assert "in use" in second.stderr


def test_the_demo_is_refused_where_a_real_resident_is_enrolled(house: HouseProcess) -> None:
    api = house.start().api()
    api.post("residents", {"name": "措姆"})
    api.close()
    house.end()
    refused = _up(house.folder, "--demo")
    assert refused.returncode == 1
    assert "not of the demo" in refused.stderr
    stepped = _up(house.folder, "--clock", "stepped", "--now", "2025-07-23T00:00:00Z")
    assert stepped.returncode == 2
    assert "not simulated" in stepped.stderr


def test_a_setting_that_cannot_be_used_is_named_and_nothing_starts(tmp_path: Path) -> None:
    refused = _up(tmp_path / "data", env={"ANXIN_TIMEZONE": "Asia/Bomi"})
    assert refused.returncode == 2
    assert "ANXIN_TIMEZONE" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_the_demo_signs_its_people_in_and_time_is_not_routed(tmp_path: Path) -> None:
    house = HouseProcess(tmp_path / "data", "--demo").start()
    try:
        demo, http = house.ready["demo"], house.ready["http"]
        assert demo["users"] == ["desk", "grid", "neighbour", "tech", "manager", "admin"]
        with httpx2.Client(base_url=http, timeout=PATIENCE) as client:
            for user in demo["users"]:
                answer = client.post("/api/v1/session", json={"username": user, "password": demo["password"]})
                assert answer.status_code in (200, 201), answer.text
            assert client.get("/readyz").status_code == 200
            assert client.post("/api/v1/clock", json={"to": "2030-01-01T00:00:00Z"}).status_code in (403, 404)
            assert len(client.get("/api/v1/homes?limit=500").json()["items"]) == 71
    finally:
        house.end()


def _up(folder: Path, *options: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    words = ["up", "--data-dir", str(folder), "--http-port", "0", "--mqtt-port", "0", *options]
    return called(words, environment(env or {}), within=PATIENCE)


def test_what_is_wrong_with_the_set_up_is_in_the_log_from_the_start(
    house: HouseProcess, tmp_path: Path
) -> None:
    for folder in ("policies", "rulebooks"):
        (house.folder / folder).mkdir(parents=True)
        (house.folder / folder / "routine.yaml").write_text("format: 1\nrulebook: x\nrule: []\n", "utf-8")
    house.start().api().close()
    assert house.end() == 0
    log = (tmp_path / "house.log").read_text(encoding="utf-8")
    for said in ("set ANXIN_LAST_RESORT", "a policy is not used", "a rulebook is refused"):
        assert said in log


def test_a_last_resort_is_asked_for_where_people_are_real(tmp_path: Path) -> None:
    for name, options, env in (
        ("demo", ["--demo"], {}),
        ("stepped", ["--clock", "stepped", "--now", "2025-07-23T02:00:00+08:00"], {}),
        ("set", [], {"ANXIN_LAST_RESORT": "mailto:desk@example.org"}),
    ):
        (tmp_path / name).mkdir()
        house = HouseProcess(tmp_path / name / "data", *options, env=env).start()
        assert house.end() == 0
        assert "ANXIN_LAST_RESORT" not in (tmp_path / name / "house.log").read_text(encoding="utf-8")
