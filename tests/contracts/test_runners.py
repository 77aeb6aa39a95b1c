"""The contract of roles that one process at a time may have."""

from __future__ import annotations

from services.domain.ports import Store
from services.domain.runners import RunnerLease
from tests.contracts.cast import MINUTE, NIGHT

ROLE = "rules"


def take(store: Store, holder: str, role: str = ROLE) -> RunnerLease:
    with store.writing() as unit:
        return unit.runners.take(role, holder, NIGHT)


def test_a_role_belongs_to_whoever_took_it_last_and_its_fence_grows(store: Store) -> None:
    with store.reading() as unit:
        assert unit.runners.lease(ROLE) is None
    first, second = take(store, "tashi"), take(store, "dolma")
    assert second.fence > first.fence
    with store.reading() as unit:
        assert unit.runners.lease(ROLE) == second


def test_whoever_lost_a_role_cannot_renew_it_or_give_it_up(store: Store) -> None:
    lost, held = take(store, "tashi"), take(store, "dolma")
    with store.writing() as unit:
        assert not unit.runners.renew(lost, NIGHT + MINUTE)
        unit.runners.give_up(lost)
    with store.reading() as unit:
        assert unit.runners.lease(ROLE) == held


def test_the_holder_renews_and_gives_up_and_the_fence_is_kept(store: Store) -> None:
    held = take(store, "tashi")
    with store.writing() as unit:
        assert unit.runners.renew(held, NIGHT + MINUTE)
        unit.runners.give_up(held)
    with store.reading() as unit:
        assert unit.runners.lease(ROLE) == RunnerLease(ROLE, "", held.fence, NIGHT + MINUTE)
    assert take(store, "tashi").fence > held.fence


def test_roles_are_apart_and_listed_by_name(store: Store) -> None:
    rules, delivery = take(store, "tashi"), take(store, "tashi", "delivery/tashi")
    with store.reading() as unit:
        assert unit.runners.all() == [delivery, rules]
