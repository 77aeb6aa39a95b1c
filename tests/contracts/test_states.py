"""The contracts of the rules' memory and of the cursors."""

from __future__ import annotations

from datetime import timedelta

from services.domain.ports import StateKey, Store, StoredState
from tests.contracts.cast import MINUTE, NIGHT


def state(rule: str, key: str, due_in: timedelta | None = None, body: str = "{}") -> StoredState:
    return StoredState(StateKey(rule, key), 1, body, None if due_in is None else NIGHT + due_in)


def keep(store: Store, *states: StoredState) -> None:
    with store.writing() as unit:
        unit.states.save(states)


def test_a_state_comes_back_as_it_was_saved(store: Store) -> None:
    given = StoredState(StateKey("home-beds/离床", "res_lhamo"), 3, '{"since":"夜"}', NIGHT)
    keep(store, given)
    with store.reading() as unit:
        assert unit.states.load([given.at, StateKey("home-beds/call", "res_lhamo")]) == {given.at: given}
        assert unit.states.load([]) == {}


def test_saving_replaces(store: Store) -> None:
    keep(store, state("r", "a", MINUTE), state("r", "b"))
    keep(store, StoredState(StateKey("r", "a"), 2, "[]", None))
    with store.reading() as unit:
        assert unit.states.load([StateKey("r", "a")]) == {
            StateKey("r", "a"): StoredState(StateKey("r", "a"), 2, "[]", None)
        }
        assert unit.states.next_due_at() is None


def test_of_two_states_of_one_key_in_one_save_the_later_counts(store: Store) -> None:
    keep(store, state("r", "a", body="1"), state("r", "a", body="2"))
    with store.reading() as unit:
        assert unit.states.load([StateKey("r", "a")])[StateKey("r", "a")].body == "2"


def test_hundreds_of_states_are_saved_and_loaded_at_once(store: Store) -> None:
    many = [state(f"rule {number % 7}", f"res_{number}", number * MINUTE) for number in range(900)]
    keep(store, *many)
    keep(store, *many)
    with store.reading() as unit:
        assert unit.states.load([kept.at for kept in many]) == {kept.at: kept for kept in many}


def test_states_of_a_key_include_those_below_it_and_no_others(store: Store) -> None:
    names = ["res_1", "res_1/bedroom", "res_1/卧室", "res_10", "res_1.5", "res_10/bedroom", "res_0"]
    keep(store, *[state("bed", name) for name in names], state("call", "res_1"))
    with store.reading() as unit:
        found = [(kept.at.rule, kept.at.key) for kept in unit.states.load_for("res_1")]
    assert sorted(found) == [
        ("bed", "res_1"),
        ("bed", "res_1/bedroom"),
        ("bed", "res_1/卧室"),
        ("call", "res_1"),
    ]


def test_what_is_due_comes_by_instant_then_rule_then_key(store: Store) -> None:
    keep(
        store,
        state("b", "x", 2 * MINUTE),
        state("b", "y", MINUTE),
        state("a", "z", MINUTE),
        state("B", "y", MINUTE),
        state("b", "x/1", MINUTE),
        state("b", "never"),
        state("b", "later", 3 * MINUTE),
    )
    with store.reading() as unit:
        found = [(kept.at.rule, kept.at.key) for kept in unit.states.due(NIGHT + 2 * MINUTE, 9)]
        assert found == [("B", "y"), ("a", "z"), ("b", "x/1"), ("b", "y"), ("b", "x")]
        assert len(unit.states.due(NIGHT + 2 * MINUTE, 2)) == 2


def test_a_deadline_is_due_at_its_instant_and_not_before(store: Store) -> None:
    keep(store, state("r", "a", timedelta()))
    with store.reading() as unit:
        assert unit.states.due(NIGHT - timedelta(microseconds=1), 9) == []
        assert len(unit.states.due(NIGHT, 9)) == 1


def test_the_nearest_deadline_is_known(store: Store) -> None:
    with store.reading() as unit:
        assert unit.states.next_due_at() is None
    keep(store, state("r", "a", 2 * MINUTE), state("r", "b", MINUTE), state("r", "c"))
    with store.reading() as unit:
        assert unit.states.next_due_at() == NIGHT + MINUTE


def test_states_are_forgotten_by_key_and_by_rule(store: Store) -> None:
    keep(store, state("r", "a"), state("r", "b"), state("s", "a"), state("s", "b"))
    with store.writing() as unit:
        unit.states.delete([StateKey("r", "a"), StateKey("r", "nobody")])
        unit.states.delete_rule("s")
    with store.reading() as unit:
        assert [kept.at for key in "ab" for kept in unit.states.load_for(key)] == [StateKey("r", "b")]


def test_a_cursor_starts_at_nothing_and_keeps_what_was_set(store: Store) -> None:
    with store.writing() as unit:
        assert unit.cursors.get("rules") == 0
        unit.cursors.set("rules", 7)
        unit.cursors.set("rules", 9)
        unit.cursors.set("notify", 1)
    with store.reading() as unit:
        assert (unit.cursors.get("rules"), unit.cursors.get("notify")) == (9, 1)
