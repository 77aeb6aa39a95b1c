"""A story played in a house that runs already: where one real resident lives nothing at all is written, and a
house of invented people is left as one leaves a stage.
"""

import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from devices.simulator import clock
from tests.live.house.running import HouseProcess
from tests.live.test_scenarios import simulate

STEPPED = ("--clock", "stepped", "--now", "2025-07-22T12:00:00Z")
PATIENCE = timedelta(seconds=20)

SHORT = """
scenario: short
title: A press that somebody hears of.
timezone: Asia/Shanghai
starts: "2025-07-22 21:30"
until: "21:33"
homes: {courtyard: {address: 雪松巷 5 号}}
workers: {norbu: {called: 罗布, role: grid_worker, answers: never}}
cast: {tsering: {called: 次仁, home: courtyard, worker: norbu, devices: {button: call_button}}}
timeline: ["21:31 tsering presses"]
expect: [{told: norbu, by: "21:32"}]
"""


def everything_in(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(f"file:{folder / 'anxin.db'}?mode=ro", uri=True) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608
    connection.close()
    return found


def rules_know_everybody(folder: Path) -> bool:
    found = everything_in(folder)
    read = [row[1] for row in found["cursors"] if row[0] == "rules"]
    return read == [len(found["events"])]


def played_in(house: HouseProcess, token: str, *what: str) -> subprocess.CompletedProcess[str]:
    return simulate(*what, "--attach", house.ready["http"], "--token", token)


def test_an_empty_house_on_the_wall_clock_is_no_stage_and_where_a_real_resident_lives_not_a_byte_is_written(
    tmp_path: Path,
) -> None:
    house = HouseProcess(tmp_path / "data").start()
    try:
        token = house.token()
        stays = played_in(house, token, "run", "quiet-night")
        assert stays.returncode == 2
        assert "goes by the wall clock" in stays.stderr
        with closing(house.api()) as api:
            api.post("residents", {"name": "德吉"})
        assert clock.until(lambda: rules_know_everybody(house.folder), PATIENCE)
        before = everything_in(house.folder)
        refused = played_in(house, token, "run", "quiet-night")
        assert refused.returncode == 2
        assert "whom no simulator invented" in refused.stderr
        refused = played_in(house, token, "fleet", "--homes", "2")
        assert refused.returncode == 2
        assert "whom no simulator invented" in refused.stderr
        after = everything_in(house.folder)
    finally:
        house.end()
    # In these two the house notes that it is alive and how far it has read, whether anybody comes or not.
    assert {name for name in before if before[name] != after[name]} <= {"runner_leases", "cursors"}
    assert len(before["residents"]) == 1


def test_a_house_on_simulated_time_is_left_by_everybody_who_came(tmp_path: Path) -> None:
    story = tmp_path / "short.yaml"
    story.write_text(SHORT, "utf-8")
    house = HouseProcess(tmp_path / "data", *STEPPED).start()
    try:
        played = played_in(house, house.token(), "run", str(story))
        assert played.returncode == 0, played.stdout + played.stderr
        with closing(house.api()) as api:
            assert [each["tags"] for each in api.items("residents")] == [["anxin-simulator"]]
            assert all(each["left_at"] for each in api.items("residents"))
            assert {each["state"] for each in api.items("devices")} == {"retired"}
            assert not any(each["active"] for each in api.items("workers"))
            assert {(each["state"], each["outcome"]) for each in api.items("alerts")} == {("closed", "test")}
        kept = [row for row in everything_in(house.folder)["devices"] if "$2" in str(row)]
        assert kept == []  # no hash of a password is left
    finally:
        house.end()
