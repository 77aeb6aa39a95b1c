"""What people record is found by its index, among the far greater number of what devices say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.domain.events import Json
from tests.stores import sqlite_store

JULY = datetime(2025, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filters", "by_index"),
    [
        ({"kind": "visit.completed", "since": JULY}, True),
        ({"kind": "resident.away"}, True),
        ({"kind": "rule.overridden"}, True),
        ({"kind": "bed.exited"}, False),
    ],
)
def test_kinds_that_no_device_sends_are_found_by_their_index(
    tmp_path: Path, filters: dict[str, Json], *, by_index: bool
) -> None:
    store = sqlite_store(tmp_path)
    asked: list[str] = []
    with store.reading() as uow:
        driver = uow.events._connection.connection.driver_connection  # type: ignore[attr-defined]
        driver.set_trace_callback(asked.append)
        uow.events.page(filters, 0, 500)
        driver.set_trace_callback(None)
        plans = [
            str(row)
            for statement in asked
            if "FROM events" in statement
            for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
    store.close()
    assert plans, "nothing was asked"
    assert any("ix_events_not_from_devices" in plan for plan in plans) == by_index, plans
