"""Readers: a connection that read is at hand for the next reading, and none is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.pool import QueuePool

from services.storage.engines import open_engines
from services.storage.readers import MOST_KEPT, Readers


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engines = open_engines(f"sqlite:///{tmp_path / 'store.db'}", timedelta(seconds=5))
    yield engines.reading
    engines.dispose()


def lent(engine: Engine) -> int:
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


def test_whoever_reads_again_asks_no_pool(engine: Engine) -> None:
    asked: list[object] = []
    event.listen(engine, "checkout", lambda *of: asked.append(of))
    readers = Readers(engine)
    for _ in range(3):
        with readers.connected() as connection, connection.begin() as transaction:
            connection.execute(text("SELECT 1"))
            transaction.rollback()
    assert len(asked) == 1
    readers.close()
    assert lent(engine) == 0


def test_a_reading_that_fails_leaves_a_connection_that_reads(engine: Engine) -> None:
    readers = Readers(engine)

    def fail() -> None:
        with readers.connected() as connection, connection.begin():
            connection.execute(text("SELECT 1"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with readers.connected() as connection, connection.begin():
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    readers.close()


def test_of_many_at_once_few_are_kept_and_all_are_given_back(engine: Engine) -> None:
    readers = Readers(engine)
    nested = [readers.connected() for _ in range(2 * MOST_KEPT)]
    for each in nested:
        each.__enter__()
    assert lent(engine) == 2 * MOST_KEPT
    for each in nested:
        each.__exit__(None, None, None)
    assert lent(engine) == MOST_KEPT
    readers.close()
    assert lent(engine) == 0
    with readers.connected():
        assert lent(engine) == 1
    assert lent(engine) == 0, "one that is given back after the end is not kept"


def test_where_one_is_lost_none_is_kept(engine: Engine) -> None:
    readers = Readers(engine)
    with readers.connected(), readers.connected():
        pass
    assert lent(engine) == 2
    with readers.connected() as connection:
        connection.invalidate()
    assert lent(engine) == 0
