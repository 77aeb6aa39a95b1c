"""What each fault does to the house, and that one without an end is said so."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.simulator import clock
from devices.simulator.faults import HOUSE_FAULTS
from devices.simulator.faults import house as houses
from devices.simulator.faults.house import House, HouseNotWhole, wait_for
from devices.simulator.faults.processes import broker_of, kill
from devices.simulator.own_service import OwnService

NOW = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)


def house(folder: Path) -> House:
    service = OwnService(["nothing"], folder, {})
    service.data_dir.mkdir()
    return House(service, {})


def test_while_the_database_pauses_nobody_else_writes_and_afterwards_they_do(tmp_path: Path) -> None:
    struck = house(tmp_path)
    database = struck.service.data_dir / "anxin.db"
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE presses (id)")
        mend = HOUSE_FAULTS["database-pause"].strike(struck, NOW, timedelta(seconds=0.4))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.execute("INSERT INTO presses VALUES (1)")
        mend()
        writer.execute("INSERT INTO presses VALUES (1)")


def test_a_database_that_cannot_be_held_is_said_when_the_pause_should_be_over(tmp_path: Path) -> None:
    struck = house(tmp_path)
    (struck.service.data_dir / "anxin.db").mkdir()
    mend = HOUSE_FAULTS["database-pause"].strike(struck, NOW, timedelta(seconds=0.1))
    with pytest.raises(HouseNotWhole, match="could not be held"):
        mend()


def test_a_service_without_a_broker_of_its_own_cannot_lose_it(tmp_path: Path) -> None:
    with pytest.raises(HouseNotWhole, match="no broker of its own"):
        HOUSE_FAULTS["broker-restart"].strike(house(tmp_path), NOW, timedelta(0))


def test_what_does_not_come_back_in_time_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(houses, "WHOLE_AGAIN_WITHIN", timedelta(seconds=0.05))
    with pytest.raises(HouseNotWhole, match="another broker did not come"):
        wait_for(lambda: False, "another broker")


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a child that has the broker's name."""
    named = tmp_path / "nats-server"
    named.symlink_to("/bin/sleep")
    program = (
        "import subprocess as s, sys; p = s.Popen([sys.argv[1], '60']); print(p.pid, flush=True); p.wait()"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(named)], stdout=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_the_broker_is_found_among_the_children_and_ends_alone(parent: subprocess.Popen[bytes]) -> None:
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert clock.until(lambda: broker_of(parent.pid) == child, timedelta(seconds=10))
    kill(child)
    parent.wait(10)
    assert broker_of(parent.pid) is None
    kill(child)
