"""No event is ever skipped because two writers committed out of order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from services.domain.alerts import AlertChange
from services.domain.ports import Store, UnitOfWork
from tests.contracts.cast import alert, change, event, finding

WRITERS = 6
TIMES = 30
OVERTAKEN = 200
"""How often one writer tries to commit before another who has the smaller number."""


def _append(unit: UnitOfWork, name: str) -> None:
    unit.events.append([event(f"{name}-{number}") for number in range(3)])


def _find(unit: UnitOfWork, name: str) -> None:
    unit.findings.add([finding(name)])


def _move(unit: UnitOfWork, name: str) -> None:
    stored = alert(name, subject=f"resident:{name}")
    unit.alerts.add(stored, [change(stored.id)])


def _read_events(unit: UnitOfWork, after: int) -> list[int]:
    return [kept.seq for kept in unit.events.after(after, 1000)]


def _read_findings(unit: UnitOfWork, after: int) -> list[int]:
    return [kept.number for kept in unit.findings.after(after, 1000)]


def _read_changes(unit: UnitOfWork, after: int) -> list[int]:
    moves: list[AlertChange] = unit.alerts.changes_after(after, 1000)
    return [move.number for move in moves]


@pytest.mark.parametrize(
    ("write", "read"),
    [(_append, _read_events), (_find, _read_findings), (_move, _read_changes)],
    ids=["events", "findings", "changes"],
)
def test_a_reader_with_a_cursor_misses_nothing_while_many_write(
    store: Store,
    another_process: Store,
    write: Callable[[UnitOfWork, str], None],
    read: Callable[[UnitOfWork, int], list[int]],
) -> None:
    over = threading.Event()

    def write_often(writer: int) -> None:
        through = (store, another_process)[writer % 2]
        for time in range(TIMES):
            with through.writing() as unit:
                write(unit, f"{writer}-{time}")
                # Transactions of very different length: the long ones are overtaken, if anybody can be.
                for _ in range(writer * time % 7):
                    unit.events.last_seq()

    def follow() -> list[int]:
        seen: list[int] = []
        while True:
            last_look = over.is_set()
            with another_process.reading() as unit:
                news = read(unit, seen[-1] if seen else 0)
            seen += news
            if last_look and not news:
                return seen

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        following = threads.submit(follow)
        writing = [threads.submit(write_often, writer) for writer in range(WRITERS)]
        wait(writing, 60)
        over.set()
        for written in writing:
            written.result()
        seen = following.result(60)
    with store.reading() as unit:
        assert seen == read(unit, 0)
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) in {WRITERS * TIMES, 3 * WRITERS * TIMES}


def test_a_number_is_never_handed_out_before_the_smaller_one_is_committed(
    store: Store, another_process: Store
) -> None:
    """The classic: A takes a number, B takes the next and commits first, a reader passes A by. That B waits
    for the number is not enough: it must not even have looked at anything before A committed.
    """

    def slow(time: int, has_its_number: threading.Event, other_tries: threading.Event) -> int:
        with store.writing() as unit:
            seq = unit.events.append([event(f"a{time}")])[0].event.seq
            has_its_number.set()
            # Long enough for B to overtake, if it could: it is on its way, and nothing but the lock holds it.
            other_tries.wait(30)
            for _ in range(20):
                unit.events.last_seq()
        return seq

    def quick(
        time: int, other_has_its_number: threading.Event, tries: threading.Event
    ) -> tuple[int, int, int]:
        other_has_its_number.wait(30)
        tries.set()
        with another_process.writing() as unit:
            found = unit.events.last_seq()
            seq = unit.events.append([event(f"b{time}")])[0].event.seq
        with another_process.reading() as unit:
            return found, seq, unit.events.last_seq()

    with ThreadPoolExecutor(2) as threads:
        for time in range(OVERTAKEN):
            a_has_its_number, b_tries = threading.Event(), threading.Event()
            a = threads.submit(slow, time, a_has_its_number, b_tries)
            b = threads.submit(quick, time, a_has_its_number, b_tries)
            found, seq, visible = b.result(60)
            assert found == a.result(60)
            assert (seq, visible) == (found + 1, found + 1)
