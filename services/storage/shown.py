"""Shown: a digest of the rows behind what open pages show. It reads the registers whole, they are small and
hardly change, and of what grows the newest rows alone, by an index.

When a device was last heard is left out on purpose: else every message of every device would move the mark.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table

from services.domain.kinds import RECORDED_KINDS
from services.domain.people import ChannelKind
from services.domain.protection import LOW_BATTERY_PERCENT
from services.storage.prepared import run
from services.storage.rosters import plan_of
from services.storage.tables import (
    attempts,
    devices,
    events,
    grids,
    homes,
    leaves,
    notices,
    own_presses,
    residents,
    rosters,
    shifts,
    swaps,
    teams,
    workers,
)

NEWEST = 200
"""Notices and attempts whose results are looked at: those under way are among the newest."""
_A_MOMENT = timedelta(microseconds=1)


def _rows(table: Table, columns: Iterable[Column[object]], beside: str = "") -> str:
    names = ", ".join(column.name for column in columns)
    real = " WHERE NOT synthetic" if "synthetic" in table.c else ""
    return f"SELECT {names}{beside} FROM {table.name}{real} ORDER BY number"  # noqa: S608 - names of tables


def _newest(table: Table, result: Column[object], where: str) -> str:
    """Without what comes of the house's own presses: it moves each minute, and no page shows it."""
    newest = f"SELECT number, {result.name} FROM {table.name} WHERE {where}"  # noqa: S608 - as above
    return f"{newest} ORDER BY number DESC LIMIT {NEWEST}"


def _newest_of(kind: str) -> str:
    return f"(SELECT max(seq) FROM {events.name} WHERE device_id IS NULL AND kind = '{kind}')"  # noqa: S608 - as above


_OF_A_DEVICE = (
    devices.c.number,
    devices.c.state,
    devices.c.type,
    devices.c.home_id,
    devices.c.place,
    devices.c.resident_id,
    devices.c.external_id,
    devices.c.test_window,
    devices.c.last_test_id,
)
_QUERIES = (
    *(
        _rows(table, table.c)
        for table in (residents, homes, workers, grids, teams, shifts, rosters, swaps, leaves)
    ),
    _rows(devices, _OF_A_DEVICE, f", battery_percent < {LOW_BATTERY_PERCENT} AS low"),
    _newest(notices, notices.c.state, "NOT synthetic"),
    _newest(attempts, attempts.c.result, f"channel <> '{ChannelKind.LOOPBACK.value}'"),
    f"SELECT max({own_presses.c.number.name}) FROM {own_presses.name} WHERE told_at IS NOT NULL",  # noqa: S608 - as above
    # One by one: only so is each answered by its index without walking through all that people recorded.
    f"SELECT {', '.join(map(_newest_of, sorted(RECORDED_KINDS)))}",
)


class SqlShown:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark(self, at: datetime) -> str:
        digest = hashlib.blake2b(digest_size=16)
        for query in _QUERIES:
            digest.update(self._said_of(query))
        plan = plan_of(self._connection, at, at)
        turns = [(duty.team_id, duty.worker_id) for duty in plan.duties(at, at + _A_MOMENT)]
        digest.update(repr((turns, [leave.id for leave in plan.leaves if leave.covers(at)])).encode())
        return digest.hexdigest()

    def _said_of(self, query: str) -> bytes:
        """The rows themselves; of a server a digest of its own, so that they do not cross the network."""
        if self._connection.dialect.name == "postgresql":
            query = f"SELECT md5(string_agg(r::text, '|')) FROM ({query}) r"  # noqa: S608 - as above
        return repr(run(self._connection, query, ()).fetchall()).encode()
