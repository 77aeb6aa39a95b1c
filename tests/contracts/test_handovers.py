"""The contract of hand-overs: what was handed over and written down stays."""

from __future__ import annotations

from typing import Any

from services.domain.handovers import Handover, ShiftNote
from services.domain.ports import Store
from tests.contracts.cast import MINUTE, NIGHT


def handover(name: str, at: int, **said: str) -> Handover:
    values: dict[str, Any] = {
        "from_worker_id": "wrk_a",
        "taken_over_by": "wrk_b",
        "recorded_by": "user:desk",
    } | said
    return Handover(f"hnd_{name}", taken_over_at=NIGHT + at * MINUTE, running=("alt_1", "alt_2"), **values)


def test_what_was_handed_over_comes_back_as_it_was_given_the_newest_first(store: Store) -> None:
    first, second = handover("a", 0, note="钥匙"), handover("b", 480, from_worker_id="wrk_b")
    with store.writing() as unit:
        unit.handovers.add(first)
        unit.handovers.add(second)
    with store.reading() as unit:
        assert unit.handovers.get("hnd_a") == first
        assert unit.handovers.get("nobody") is None
        assert unit.handovers.newest(1) == [second]
        assert unit.handovers.newest(5) == [second, first]
        page = unit.handovers.page({"since": NIGHT + MINUTE}, 0, 10)
        assert (page.items, page.next) == ((second,), None)
        assert unit.handovers.page({"from_worker_id": "wrk_a"}, 0, 10).items == (first,)


def test_notes_are_read_from_an_instant_on_in_the_order_of_writing_and_the_last_of_many(store: Store) -> None:
    notes = [ShiftNote(f"nte_{each}", NIGHT + each * MINUTE, "wrk_a", f"第 {each} 条") for each in range(4)]
    with store.writing() as unit:
        for note in notes:
            unit.handovers.add_note(note)
    with store.reading() as unit:
        assert unit.handovers.notes(NIGHT + MINUTE, 10) == notes[1:]
        assert unit.handovers.notes(NIGHT, 2) == notes[2:]
        assert unit.handovers.page_of_notes({"author": "wrk_a"}, 0, 3).items == tuple(notes[:3])


def test_a_hand_over_takes_the_notes_since_the_one_before_it_along(store: Store) -> None:
    first, second = handover("a", 2), handover("b", 4)
    notes = [ShiftNote(f"nte_{each}", NIGHT + each * MINUTE, "wrk_a", f"第 {each} 条") for each in range(6)]
    with store.writing() as unit:
        for note in notes:
            unit.handovers.add_note(note)
        unit.handovers.add(first)
        unit.handovers.add(second)
    with store.reading() as unit:
        assert unit.handovers.notes_taken(first, NIGHT + MINUTE, 10) == notes[1:2]
        assert unit.handovers.notes_taken(second, NIGHT, 10) == notes[2:4]
        assert unit.handovers.notes_taken(second, NIGHT, 1) == notes[3:4]
