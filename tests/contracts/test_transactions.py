"""The contract of the store itself: what a transaction promises."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from services.domain.events import Event
from services.domain.ports import Store, StoreUnavailable, Topic, UnitOfWork
from services.storage.engines import Synchronous
from services.storage.store import SqlStore
from tests.contracts.cast import event, finding, home
from tests.contracts.postgresql import PostgresqlServer
from tests.stores import RecordingSignals, sqlite_url

CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'"


class Broken(Exception):
    """A fault in the middle of the work."""


def append_and_break(store: Store, event: Event) -> None:
    with store.writing() as unit:
        unit.events.append([event])
        raise Broken


def test_a_clean_exit_commits(store: Store, another_process: Store) -> None:
    with store.writing() as unit:
        unit.events.append([event("a")])
    with another_process.reading() as unit:
        assert unit.events.last_seq() == 1


def test_a_fault_leaves_nothing(store: Store, signals: RecordingSignals) -> None:

    def work() -> None:
        with store.writing() as unit:
            unit.events.append([event("a")])
            unit.findings.add([finding("a")])
            unit.cursors.set("rules", 1)
            unit.wake_after(Topic.EVENTS)
            raise Broken

    with pytest.raises(Broken):
        work()
    with store.reading() as unit:
        assert unit.events.last_seq() == 0
        assert unit.findings.after(0, 9) == []
        assert unit.cursors.get("rules") == 0
    assert signals.woken == []


def test_a_part_on_trial_that_fails_takes_only_itself_back(store: Store, signals: RecordingSignals) -> None:

    def fail(unit: UnitOfWork) -> None:
        with unit.on_trial():
            unit.events.append([event("b")])
            unit.wake_after(Topic.FINDINGS)
            raise Broken

    with store.writing() as unit:
        unit.events.append([event("a")])
        unit.wake_after(Topic.EVENTS)
        with pytest.raises(Broken):
            fail(unit)
        with unit.on_trial():
            unit.events.append([event("c")])
    with store.reading() as unit:
        assert [(each.id, each.seq) for each in unit.events.after(0, 9)] == [
            (event("a").id, 1),
            (event("c").id, 2),
        ]
    assert signals.woken == [Topic.EVENTS]


def test_a_number_that_was_rolled_back_is_given_again(store: Store) -> None:
    with store.writing() as unit:
        unit.events.append([event("a")])
        unit.events.append([event("b")])
    with pytest.raises(Broken):
        append_and_break(store, event("c"))
    with store.writing() as unit:
        assert unit.events.append([event("d")])[0].event.seq == 3


def test_nothing_is_seen_before_the_commit(store: Store) -> None:
    with store.writing() as writer:
        writer.events.append([event("a")])
        assert writer.events.last_seq() == 1
        with store.reading() as reader:
            assert reader.events.last_seq() == 0


def test_waiters_are_woken_after_the_commit_and_once_a_topic(store: Store, signals: RecordingSignals) -> None:
    with store.writing() as unit:
        unit.wake_after(Topic.FINDINGS)
        unit.wake_after(Topic.ALERTS)
        unit.wake_after(Topic.FINDINGS)
        assert signals.woken == []
    assert signals.woken == [Topic.FINDINGS, Topic.ALERTS]


def test_whoever_is_woken_sees_what_was_committed(url: str) -> None:
    seen: list[int] = []

    class Looking:
        def wake(self, topic: Topic) -> None:
            with store.reading() as unit:
                seen.append(unit.events.last_seq())

    store = SqlStore(url, Looking(), synchronous=Synchronous.OFF)
    with store.writing() as unit:
        unit.events.append([event("a")])
        unit.wake_after(Topic.EVENTS)
    store.close()
    assert seen == [1]


def test_a_reader_sees_one_instant(store: Store, another_process: Store) -> None:
    with store.reading() as reader:
        assert reader.events.last_seq() == 0
        with another_process.writing() as writer:
            writer.events.append([event("a")])
            writer.homes.add(home("lhamo"))
        assert reader.events.last_seq() == 0
        assert reader.homes.all() == []
    with store.reading() as reader:
        assert reader.events.last_seq() == 1


def test_what_a_reader_writes_is_thrown_away(store: Store) -> None:
    with store.reading() as unit:
        unit.events.append([event("what if")])
        assert unit.events.last_seq() == 1
    with store.reading() as unit:
        assert unit.events.last_seq() == 0


def test_a_thread_cannot_write_inside_its_own_writing(store: Store) -> None:
    with store.writing(), pytest.raises(RuntimeError, match="second time"), store.writing():
        pass


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_writer_who_waits_too_long_is_told_so(url: str, another_process: Store, elsewhere: bool) -> None:
    impatient = SqlStore(url, RecordingSignals(), patience=timedelta(milliseconds=50))
    holder = another_process if elsewhere else impatient
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with holder.writing() as unit:
            unit.cursors.set("rules", 1)
            holding.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(30)
    with pytest.raises(StoreUnavailable), impatient.writing() as unit:
        unit.cursors.set("rules", 2)
    done.set()
    thread.join(30)
    with impatient.writing() as unit:
        assert unit.cursors.get("rules") == 1
    impatient.close()


def test_many_threads_write_one_after_the_other(store: Store) -> None:
    def count_up() -> None:
        for _ in range(25):
            with store.writing() as unit:
                unit.cursors.set("count", unit.cursors.get("count") + 1)

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with store.reading() as unit:
        assert unit.cursors.get("count") == 200


def test_a_full_disk_is_told_and_nothing_is_stored(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    store = SqlStore(url, RecordingSignals(), synchronous=Synchronous.OFF)
    with store.writing() as unit:
        unit.events.append([event("before")])
        pages = unit.events._connection.exec_driver_sql("PRAGMA page_count").scalar_one()  # type: ignore[attr-defined]
        unit.events._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]
    with pytest.raises(StoreUnavailable, match="full"), store.writing() as unit:
        unit.events.append([event(str(number), data={"note": "x" * 500}) for number in range(500)])
    with store.reading() as unit:
        assert unit.events.last_seq() == 1
    with store.writing() as unit:
        unit.events._connection.exec_driver_sql("PRAGMA max_page_count = 1000000")  # type: ignore[attr-defined]
    with store.writing() as unit:
        assert unit.events.append([event("after")])[0].event.seq == 2
    store.close()


def full(unit: UnitOfWork) -> None:
    """Let the disk be full from here on; write until it says so."""
    connection = unit.events._connection  # type: ignore[attr-defined]
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    unit.events.append([event(str(number), data={"note": "x" * 500}) for number in range(500)])


def test_a_disk_that_fills_up_on_trial_takes_all_back_and_is_told(
    tmp_path: Path, signals: RecordingSignals
) -> None:
    store = SqlStore(sqlite_url(tmp_path), signals, synchronous=Synchronous.OFF)

    def work() -> None:
        with store.writing() as unit:
            unit.events.append([event("press")])
            unit.wake_after(Topic.EVENTS)
            with unit.on_trial():
                full(unit)

    with pytest.raises(StoreUnavailable, match="full"):
        work()
    with store.reading() as unit:
        assert unit.events.after(0, 9) == []
    assert signals.woken == []
    store.close()


def test_a_transaction_that_the_database_took_back_is_never_called_committed(
    url: str, signals: RecordingSignals
) -> None:
    store = SqlStore(url, signals, synchronous=Synchronous.OFF)
    is_sqlite = url.startswith("sqlite")

    def work() -> None:
        with store.writing() as unit:
            unit.events.append([event("press")])
            connection = unit.events._connection  # type: ignore[attr-defined]
            with pytest.raises((StoreUnavailable, ProgrammingError)):  # caught by somebody who should not
                full(unit) if is_sqlite else connection.exec_driver_sql("SELECT nothing FROM nowhere")

    with pytest.raises(StoreUnavailable if is_sqlite else RuntimeError):
        work()
    with store.reading() as unit:
        assert unit.events.after(0, 9) == []
    store.close()


def test_a_connection_that_is_lost_on_trial_is_told(postgresql: PostgresqlServer) -> None:
    with postgresql.database() as url:
        store = SqlStore(url, RecordingSignals())

        def work() -> None:
            with store.writing() as unit:
                unit.events.append([event("press")])
                with unit.on_trial():
                    postgresql.say(CUT_OFF)
                    unit.events.append([event("what follows")])

        with pytest.raises(StoreUnavailable):
            work()
        with store.reading() as unit:
            assert unit.events.last_seq() == 0
        store.close()


def test_a_connection_that_was_lost_is_told_and_made_anew(postgresql: PostgresqlServer) -> None:
    with postgresql.database() as url:
        store = SqlStore(url, RecordingSignals())
        with store.writing() as unit:
            unit.events.append([event("before")])
        postgresql.say(CUT_OFF)
        with pytest.raises(StoreUnavailable), store.writing() as unit:
            unit.events.append([event("lost")])
        with store.writing() as unit:
            assert unit.events.append([event("after")])[0].event.seq == 2
        store.close()


def test_a_connection_that_is_lost_at_work_leaves_nothing(postgresql: PostgresqlServer) -> None:
    with postgresql.database() as url:
        store = SqlStore(url, RecordingSignals())

        def work() -> None:
            with store.writing() as unit:
                unit.events.append([event("lost")])
                postgresql.say(CUT_OFF)

        with pytest.raises(StoreUnavailable):
            work()
        with store.reading() as unit:
            assert unit.events.last_seq() == 0
        store.close()


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    nowhere = tmp_path / "no folder" / "anxin.db"
    for url in (f"sqlite:///{nowhere}", f"postgresql+psycopg://anxin@/anxin?host={tmp_path}"):
        store = SqlStore(url, RecordingSignals())
        with pytest.raises(StoreUnavailable), store.writing():
            pass
        with pytest.raises(StoreUnavailable), store.reading() as unit:
            unit.events.last_seq()
        store.close()


def test_a_fault_of_ours_is_never_called_unavailable(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE audit"))
    engine.dispose()
    store = SqlStore(url, RecordingSignals())
    with store.reading() as unit, pytest.raises(Exception, match="audit") as caught:
        unit.audit.page({}, 0, 1)
    assert not isinstance(caught.value, StoreUnavailable)
    store.close()


def test_only_two_kinds_of_databases_are_known() -> None:
    with pytest.raises(ValueError, match="mysql"):
        SqlStore("mysql://anxin@localhost/anxin", RecordingSignals())
