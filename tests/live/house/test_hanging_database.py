"""A database that hangs: the server takes connections and answers nobody. The house says so, from outside its
own threads that hang in it, and is well again by itself.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from devices.simulator import clock
from services.wiring.probe import HANGS_SECONDS
from services.wiring.pulse import STALLED_SECONDS
from tests.contracts.postgresql import PostgresqlServer
from tests.live.house.running import HouseProcess

SAID_WITHIN = timedelta(seconds=HANGS_SECONDS + STALLED_SECONDS + 15)
AT_ONCE = 5.0
"""Seconds: an answer that waits for nobody, on a machine that has much else to do."""


@contextmanager
def standing_still(server: PostgresqlServer) -> Iterator[None]:
    """Every process of the server stopped where it is."""
    first = server.pid
    os.kill(first, signal.SIGSTOP)
    children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()
    pids = [first, *map(int, children)]
    try:
        for pid in pids[1:]:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_a_database_that_hangs_shows_while_everything_hangs_in_it(tmp_path: Path) -> None:
    with PostgresqlServer() as server, server.database(migrated=False) as url:
        house = HouseProcess(tmp_path / "data", env={"ANXIN_DATABASE_URL": url})
        try:
            http = house.start().ready["http"]

            def ready() -> dict[str, Any]:
                answer = httpx2.get(f"{http}/readyz", timeout=AT_ONCE)
                said: dict[str, Any] = answer.json()
                assert answer.status_code == (200 if said["ready"] else 503)
                return said

            def says(words: str) -> bool:
                return any(words in reason for reason in ready()["reasons"])

            assert ready()["reasons"] == []
            with standing_still(server):
                assert clock.until(lambda: says("The store "), SAID_WITHIN)
                assert clock.until(lambda: says("s: it hangs in a step."), SAID_WITHIN)
                assert httpx2.get(f"{http}/healthz", timeout=AT_ONCE).status_code == 200
                figures = httpx2.get(f"{http}/metrics", timeout=AT_ONCE).text
                assert "anxin_store_readable 0.0" in figures
                assert "anxin_notices_due" not in figures
            assert clock.until(lambda: bool(ready()["ready"]), SAID_WITHIN)
        finally:
            assert house.end() == 0
