"""Wakes between processes on PostgreSQL: a commit there wakes here, and the loss of the connection is made
good.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from psycopg.sql import SQL

from services.domain.ports import Topic, UnitOfWork
from services.storage.store import SqlStore
from services.storage.wakes import Listener
from tests.contracts.postgresql import PostgresqlServer
from tests.stores import RecordingSignals, sqlite_store

SECONDS = 20.0


class CountingSignals:
    """Signals that can be waited for."""

    def __init__(self) -> None:
        self.counts: Counter[Topic] = Counter()
        self._changed = threading.Condition()

    def wake(self, topic: Topic) -> None:
        with self._changed:
            self.counts[topic] += 1
            self._changed.notify_all()

    def wait_for(self, topic: Topic, times: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.counts[topic] >= times, SECONDS), self.counts


@pytest.fixture
def database(postgresql: PostgresqlServer) -> Iterator[str]:
    with postgresql.database() as url:
        yield url


@pytest.fixture
def heard() -> CountingSignals:
    return CountingSignals()


@pytest.fixture
def here(database: str, heard: CountingSignals) -> Iterator[SqlStore]:
    store = SqlStore(database, heard)
    listener = store.listener()
    assert listener is not None
    listener.start()
    assert listener.wait_until_listening(SECONDS)
    heard.wait_for(Topic.ALERTS, 1)
    yield store
    assert listener.stop(SECONDS)
    store.close()


@pytest.fixture
def there(database: str) -> Iterator[SqlStore]:
    store = SqlStore(database, RecordingSignals())
    yield store
    store.close()


def commit(store: SqlStore, *topics: Topic) -> None:
    with store.writing() as uow:
        for topic in topics:
            uow.wake_after(topic)


def _fail_after_a_wake(uow: UnitOfWork) -> None:
    uow.wake_after(Topic.FINDINGS)
    raise ValueError("no such list")


def test_a_commit_of_another_process_wakes_its_topics_here_and_no_others(
    here: SqlStore, there: SqlStore, heard: CountingSignals
) -> None:
    commit(there, Topic.EVENTS, Topic.NOTICES, Topic.EVENTS)
    heard.wait_for(Topic.NOTICES, 2)
    assert heard.counts == {Topic.EVENTS: 2, Topic.NOTICES: 2, Topic.FINDINGS: 1, Topic.ALERTS: 1}


def test_what_rolls_back_wakes_nobody_and_ones_own_commit_wakes_once(
    here: SqlStore, there: SqlStore, heard: CountingSignals
) -> None:
    with pytest.raises(ValueError, match="no such list"), there.writing() as uow:
        _fail_after_a_wake(uow)
    commit(here, Topic.EVENTS)
    commit(there, Topic.ALERTS)
    heard.wait_for(Topic.ALERTS, 2)
    assert heard.counts == {Topic.EVENTS: 2, Topic.NOTICES: 1, Topic.FINDINGS: 1, Topic.ALERTS: 2}


def test_a_lost_connection_is_made_anew_and_everybody_looks_what_was_missed(
    here: SqlStore, there: SqlStore, heard: CountingSignals, postgresql: PostgresqlServer
) -> None:
    postgresql.say(
        SQL(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname <> current_database() AND application_name = 'anxin wakes'"
        )
    )
    for topic in Topic:
        heard.wait_for(topic, 2)
    commit(there, Topic.ALERTS)
    heard.wait_for(Topic.ALERTS, 3)


def test_sqlite_has_nobody_else_to_hear(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = sqlite_store(tmp_path_factory.mktemp("store"))
    assert store.listener() is None
    commit(store, Topic.EVENTS)
    store.close()


def test_what_nobody_can_read_wakes_nobody(heard: CountingSignals) -> None:
    listener = Listener("postgresql+psycopg://nobody@/nowhere", heard, "me")
    for payload in ("me events", "you nonsense", "you"):
        listener._hear(payload)
    assert not heard.counts
