"""Whoever reads less than the limit takes that for all there is, also where another process stores beside."""

from __future__ import annotations

from services.storage.store import SqlStore
from tests.contracts.cast import event
from tests.contracts.postgresql import PostgresqlServer
from tests.stores import RecordingSignals


def test_a_read_goes_on_into_what_another_process_stored(postgresql: PostgresqlServer) -> None:
    with postgresql.database() as url:
        here, there = SqlStore(url, RecordingSignals()), SqlStore(url, RecordingSignals())
        for store, name in ((here, "a"), (here, "b"), (there, "c"), (there, "d")):
            with store.writing() as uow:
                uow.events.append([event(name), event(f"{name}-press", kind="call_button.pressed")])
        for store in (here, there):
            with store.reading() as uow:
                assert [each.seq for each in uow.events.after(0, 100)] == list(range(1, 9))
                assert [each.seq for each in uow.events.after(2, 3)] == [3, 4, 5]
                assert [each.seq for each in uow.events.after(0, 100, only_alarms=True)] == [2, 4, 6, 8]
        here.close()
        there.close()
