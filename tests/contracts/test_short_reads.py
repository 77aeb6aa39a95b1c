"""Whoever reads less than the limit takes that for all there is, also where another process stores beside."""

from __future__ import annotations

from services.domain.ports import Store
from tests.contracts.cast import event


def test_a_read_goes_on_into_what_another_process_stored(store: Store, another_process: Store) -> None:
    writers = (store, store, another_process, another_process)
    for writer, name in zip(writers, "abcd", strict=True):
        with writer.writing() as uow:
            uow.events.append([event(name), event(f"{name}-press", kind="call_button.pressed")])
    for reader in (store, another_process):
        with reader.reading() as uow:
            assert [each.seq for each in uow.events.after(0, 100)] == list(range(1, 9))
            assert [each.seq for each in uow.events.after(2, 3)] == [3, 4, 5]
            assert [each.seq for each in uow.events.after(0, 100, only_alarms=True)] == [2, 4, 6, 8]
