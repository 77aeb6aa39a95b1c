"""Silence counts only while somebody listens at the broker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.domain.events import Event, Origin
from services.domain.kinds import HOUSE_CONNECTED, HOUSE_DISCONNECTED
from services.domain.stepping import advance, settle
from services.ingest.connection import Connection
from services.rules.connection import end_of
from services.rules.history import read_history
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import TWO, in_bed, rulebook
from tests.unit.rules.live import Live

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUIET = "id: quiet, silent: any, for: 2h, per: device, severity: low"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("gaps", "minutes"),
    [
        ([], 60),
        ([(-30, -10)], 60),
        ([(10, 40)], 90),
        ([(-10, 40)], 100),
        ([(59, 70)], 71),
        ([(60, 70)], 60),
        ([(10, 20), (50, 80)], 100),
        ([(10, None)], None),
        ([(60, None)], 60),
    ],
)
def test_time_without_a_connection_does_not_count(
    gaps: list[tuple[int, int | None]], minutes: int | None
) -> None:
    spans = [(TWO + since * MINUTE, None if until is None else TWO + until * MINUTE) for since, until in gaps]
    expected = None if minutes is None else TWO + minutes * MINUTE
    assert end_of(TWO, HOUR, spans) == expected


def heard_at_two(store: SqlStore) -> Live:
    live = Live(store, {"test.yaml": rulebook(QUIET)}, TWO - 2 * HOUR)
    for line in read_history(in_bed().event("bed.exited", 0).texts()):
        live.take(line)
    settle([live.loop])
    return live


def note(live: Live, kind: str, at: datetime) -> None:
    advance(live.clock, [live.loop], at)
    with live.store.writing() as uow:
        uow.events.append([Event(f"{kind}-{at}", kind, at, at, Origin.HOUSE, dedupe_key=f"{kind}-{at}")])
    settle([live.loop])


def test_no_device_is_silent_while_the_house_hears_nobody(store: SqlStore) -> None:
    live = heard_at_two(store)
    note(live, HOUSE_DISCONNECTED, TWO + HOUR)
    advance(live.clock, [live.loop], TWO + 4 * HOUR)
    assert live.findings() == []
    live.loop = live.rebuilt()
    note(live, HOUSE_CONNECTED, TWO + 4 * HOUR)
    advance(live.clock, [live.loop], TWO + 5 * HOUR - MINUTE)
    assert live.findings() == []
    advance(live.clock, [live.loop], TWO + 5 * HOUR + 5 * MINUTE)
    assert [found.at for found in live.findings()] == [TWO + 5 * HOUR]


def test_a_process_that_was_killed_says_when_it_was_heard_of_last(store: SqlStore) -> None:
    live = heard_at_two(store)
    there = [False]
    connection = Connection(store, lambda: there[0])
    connection.look(TWO + 3 * HOUR)
    there[0] = True
    for minutes in (0, 1, 2):
        connection.look(TWO + 3 * HOUR + minutes * MINUTE)
    with store.reading() as uow:
        said = [each for each in uow.events.after(0, 100) if each.kind.startswith("house.")]
    assert [(each.kind, each.occurred_at - TWO) for each in said] == [
        (HOUSE_DISCONNECTED, timedelta(0)),
        (HOUSE_CONNECTED, 3 * HOUR),
    ]
    live.clock.move_to(TWO + 3 * HOUR)
    settle([live.loop])
    assert live.findings() == []


def test_a_lost_connection_is_written_down_once(store: SqlStore) -> None:
    there = [True]
    connection = Connection(store, lambda: there[0])
    connection.look(TWO)
    there[0] = False
    connection.look(TWO + MINUTE)
    connection.look(TWO + 2 * MINUTE)
    with store.reading() as uow:
        said = [(each.kind, each.occurred_at) for each in uow.events.after(0, 100)]
    assert said == [(HOUSE_CONNECTED, TWO), (HOUSE_DISCONNECTED, TWO + MINUTE)]


def test_a_house_that_is_back_at_the_very_instant_at_which_it_was_there_is_there(store: SqlStore) -> None:
    for _ in range(2):
        Connection(store, lambda: True).look(TWO)
    with store.reading() as uow:
        said = [each.kind for each in uow.events.after(0, 100)]
    assert said == [HOUSE_CONNECTED, HOUSE_DISCONNECTED, HOUSE_CONNECTED]
