"""Kept states are what lies in the store, whether a batch was stored, undone, or nobody knows."""

from __future__ import annotations

import pytest

from services.domain.ports import StateKey, StoredState
from services.rules.kept import Kept
from services.rules.memory import GAPS, Memory
from tests.unit.rules.cast import TWO

A, B = StateKey("book/rule", "r1"), StateKey("book/rule", "r2")


@pytest.fixture
def kept() -> Kept:
    """Has read up to 10; a batch from there on is writing one of two states."""
    kept = Kept()
    kept.committed({A: ("old", None), B: ("other", None)})
    kept.begin(10, moves=True)
    kept.doubt([A])
    return kept


def test_what_is_being_written_is_not_known(kept: Kept) -> None:
    assert kept.get(A) is None
    assert kept.get(B) == ("other", None)


def test_a_batch_that_was_undone_left_everything_as_it_was(kept: Kept) -> None:
    kept.begin(10, moves=True)
    assert kept.get(A) == ("old", None)


def test_a_batch_that_was_stored_though_nobody_heard_of_it_is_read_again(kept: Kept) -> None:
    kept.begin(20, moves=True)
    assert kept.get(A) is None
    kept.begin(10, moves=True)
    assert kept.get(A) is None


def test_a_batch_that_was_stored_is_known(kept: Kept) -> None:
    kept.committed({A: ("new", None)})
    kept.begin(10, moves=True)
    assert kept.get(A) == ("new", None)


def test_of_a_batch_without_events_no_cursor_tells(kept: Kept) -> None:
    kept.begin(10, moves=False)
    kept.doubt([B])
    kept.begin(10, moves=True)
    assert kept.get(A) == ("old", None)
    assert kept.get(B) is None


def test_states_that_were_made_anew_are_read_again(kept: Kept) -> None:
    kept.forget()
    kept.begin(10, moves=True)
    assert kept.get(A) is None


def test_what_is_kept_is_not_read_from_its_text_again() -> None:
    kept = Kept()
    kept.committed({GAPS: (((TWO, None),), TWO)})
    memory = Memory({}, kept=kept)
    memory.remember([StoredState(GAPS, 1, "no text of a state", TWO)])
    assert memory.gaps() == ((TWO, None),)
    assert memory.due_at(GAPS) == TWO
    assert memory.unreadable == []


def test_a_text_of_another_version_is_never_taken_for_what_is_kept() -> None:
    kept = Kept()
    kept.committed({GAPS: (((TWO, None),), TWO)})
    memory = Memory({}, kept=kept)
    memory.remember([StoredState(GAPS, 2, "[]", TWO)])
    assert memory.unreadable == [GAPS]
