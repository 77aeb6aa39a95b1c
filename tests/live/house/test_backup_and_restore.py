"""A backup of a house that runs, restored on another machine: what ran goes on, and nobody is told twice.

Everything is real: the commands, the brokers, both databases, a stock MQTT client as the device. Only time is
stepped.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.wiring.kept_files import FILES, FOLDERS
from tests.contracts.postgresql import PostgresqlServer
from tests.live.house.forked import called
from tests.live.house.registering import button, by_webhook, worker
from tests.live.house.running import (
    PATIENCE,
    Api,
    Hook,
    HouseProcess,
    environment,
    stock_client,
    until,
)

CAST = {"grid": "grid_worker", "backup": "grid_worker", "desk": "duty_desk"}
LEFT_BEHIND = {"anxin.db", "anxin.db-shm", "anxin.db-wal", "broker", "house.lock"}
"""The store goes by its rows; the broker's messages are no part of the instant; a lock is a lock."""


def anxin(*words: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return called(words, environment(env or {}), within=PATIENCE)


@dataclass
class Community:
    """One home in a running house; ``button`` is what its registration answered."""

    house: HouseProcess
    api: Api
    token: str
    hooks: dict[str, Hook]
    button: dict[str, Any]

    def told(self) -> dict[str, list[str]]:
        """What each telephone received since this was last asked."""
        return {name: kinds for name, hook in self.hooks.items() if (kinds := hook.kinds())}


@pytest.fixture
def community(tmp_path: Path) -> Iterator[Community]:
    with ExitStack() as ending:
        house = HouseProcess(
            tmp_path / "old", "--clock", "stepped", "--now", "2025-07-23T13:00:00+08:00"
        ).start()
        ending.callback(house.end)
        token = house.token()
        api = Api(house.ready["http"], token)
        ending.callback(api.close)
        hooks = {name: Hook() for name in CAST}
        for hook in hooks.values():
            ending.callback(hook.close)
        workers = {name: worker(api, name, role, by_webhook(hooks[name])) for name, role in CAST.items()}
        resident = api.post(
            "residents",
            {"name": "措姆", "assigned_worker_id": workers["grid"], "backup_worker_id": workers["backup"]},
        )["id"]
        yield Community(house, api, token, hooks, button(api, resident))


def press(button: dict[str, Any], url: str, number: int, at: str) -> str:
    """Press at a local time of 23 July, by the credentials of the registration; what the device hears."""
    client = stock_client({**button["mqtt"], "url": url})
    said = {
        "id": f"press-{number}",
        "kind": "call_button.pressed",
        "occurred_at": f"2025-07-{at}+08:00",
        "data": {},
    }
    with client.hearing("anxin/v1/button-0417/receipt") as device:
        published = client.publish("anxin/v1/button-0417/alarm", said)
        assert published.returncode == 0, published.stderr
        return str(device.next())


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment of a machine with an empty store of that kind."""
    if request.param == "sqlite":
        yield {}
        return
    with PostgresqlServer() as server, server.database(migrated=False) as url:
        yield {"ANXIN_DATABASE_URL": url}


@pytest.mark.needs_program("mosquitto_pub")
@pytest.mark.needs_program("mosquitto_sub")
def test_on_another_machine_what_ran_goes_on_and_nobody_is_told_twice(
    community: Community, target: dict[str, str], tmp_path: Path
) -> None:
    old = community.house
    community.api.post("clock", {"to": "2025-07-23T14:00:00+08:00"}, status=200)
    assert "stored" in press(community.button, old.ready["mqtt"], 1, "23T14:00:00")
    community.api.post("clock", {"to": "2025-07-23T14:01:00+08:00"}, status=200)
    assert community.told() == {"grid": ["alert"]}

    taken = anxin("db", "backup", tmp_path / "night.zip", "--data-dir", old.folder)
    assert taken.returncode == 0, taken.stderr
    kept = {path.name for path in old.folder.iterdir()} - LEFT_BEHIND
    assert kept == {*FILES, *FOLDERS}, "whatever lies in a data folder is in the backup or left out knowingly"
    assert old.end() == 0

    again = anxin(
        "db", "restore", tmp_path / "night.zip", "--data-dir", tmp_path / "new" / "data", env=target
    )
    assert again.returncode == 0, again.stderr
    assert "running alerts that go on at the next start: 1" in again.stdout

    examined = anxin(
        "doctor", "--json", "--data-dir", tmp_path / "new" / "data", "--http-port", "0", env=target
    )
    states = {each["check"]: each["state"] for each in json.loads(examined.stdout)["checks"]}
    about = ("data folder", "store", "schema", "store writable", "store sound", "signing key", "policies")
    assert {states[check] for check in about} == {"ok"}, examined.stdout

    # Twelve hours later: the step of 14:02 has been due since, that of 14:00 was met.
    new = HouseProcess(
        tmp_path / "new" / "data", "--clock", "stepped", "--now", "2025-07-24T02:00:00+08:00", env=target
    ).start()
    try:
        api = Api(new.ready["http"], community.token)
        api.post("clock", {"to": "2025-07-24T02:00:01+08:00"}, status=200)
        told = community.told()
        assert "grid" not in told, "who was told at 14:00 is not told of the same step again"
        assert told["backup"] == ["alert"]
        assert "duplicate" in press(community.button, new.ready["mqtt"], 1, "23T14:00:00")
        api.post("clock", {"to": "2025-07-24T02:00:02+08:00"}, status=200)
        assert community.told() == {}, "a re-sent press is the one that is stored"
        [alert] = api.items("alerts")
        assert alert["state"] == "open"
        assert "stored" in press(community.button, new.ready["mqtt"], 2, "24T02:00:02")
        api.post("clock", {"to": "2025-07-24T02:00:03+08:00"}, status=200)
        assert community.told()["grid"] == ["joined"]
        api.close()
    finally:
        new.end()


def test_a_database_of_a_newer_version_is_refused_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert anxin("db", "upgrade", "--data-dir", folder).returncode == 0
    database = sqlite3.connect(folder / "anxin.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    for words in (
        ["up", "--http-port", "0", "--mqtt-port", "0"],
        ["db", "upgrade"],
        ["token", "add", "--role", "admin"],
    ):
        refused = anxin(*words, "--data-dir", folder)
        assert refused.returncode == 1
        assert "a newer version wrote it" in refused.stderr
        assert "Traceback" not in refused.stderr


def until_each_has_a_telephone(house: HouseProcess) -> None:
    """The demonstration hands them out after the house is ready."""
    with closing(house.api()) as api:
        until(lambda: all(worker["channels"] for worker in api.items("workers")))


def test_the_doctor_sees_a_house_that_runs_and_one_that_does_not(tmp_path: Path) -> None:
    house = HouseProcess(tmp_path / "data", "--demo").start()
    ports = [
        "--http-port",
        house.ready["http"].rpartition(":")[2],
        "--mqtt-port",
        house.ready["mqtt"].rpartition(":")[2],
    ]
    try:
        until_each_has_a_telephone(house)
        well = anxin("doctor", "--data-dir", house.folder, *ports)
    finally:
        house.end()
    assert well.returncode == 0, well.stdout
    assert "ready on" in well.stdout
    assert "answers on" in well.stdout
    stopped = anxin("doctor", "--data-dir", house.folder, *ports)
    assert stopped.returncode == 0, stopped.stdout
    assert "does not run on this folder" in stopped.stdout
