"""What people record is found by its index, among the far greater number of what devices say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

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
    plans: list[str] = []

    def explained(connection, cursor, statement, parameters, context, many):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        if "FROM events" in statement and "EXPLAIN" not in statement:
            plans.extend(map(str, connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)))

    with store.reading() as uow:
        connection = uow.events._connection  # type: ignore[attr-defined]
        event.listen(connection, "before_cursor_execute", explained)
        uow.events.page(filters, 0, 500)
        event.remove(connection, "before_cursor_execute", explained)
    store.close()
    assert plans, "nothing was asked"
    assert any("ix_events_not_from_devices" in plan for plan in plans) == by_index, plans
