"""The contract of rosters, swaps, leaves and of what is kept of their holes; and the plan of a stretch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from services.domain.people import Role, Shift
from services.domain.ports import AlreadyThere, Store
from services.domain.posts import StandingHole
from services.domain.rosters import Leave, NamedShift, Roster, Swap
from tests.contracts.cast import MINUTE, NIGHT, worker

DAY = timedelta(days=1)
ROSTER = Roster(
    "ros_1",
    "tea_1",
    "夜班",
    "Asia/Shanghai",
    (NamedShift("夜", time(20), time(8)), NamedShift("昼", time(8), time(20))),
    ("夜", "", "昼"),
    ("wrk_dolma", "wrk_carer"),
    date(2025, 7, 1),
    3,
    date(2025, 12, 31),
)
SWAP = Swap("swp_1", "tea_1", "wrk_dolma", "wrk_carer", "desk", NIGHT, "ros_1", date(2025, 7, 22), None, "病")
LEAVE = Leave("lea_1", "wrk_dolma", NIGHT - MINUTE, NIGHT + MINUTE, "学习", "desk", NIGHT)


def test_what_is_written_down_is_read_again_and_can_be_taken_back(store: Store) -> None:
    with store.writing() as unit:
        unit.rosters.add(ROSTER)
        unit.swaps.add(SWAP)
        unit.leaves.add(LEAVE)
        unit.rosters.save(replace(ROSTER, ends_on=None))
    with store.writing() as unit:
        assert unit.rosters.all() == [replace(ROSTER, ends_on=None)]
        assert unit.swaps.page({"team_id": "tea_1"}, 0, 5).items == (SWAP,)
        assert unit.leaves.page({"worker_id": "wrk_dolma"}, 0, 5).items == (LEAVE,)
        with pytest.raises(AlreadyThere):
            unit.rosters.add(ROSTER)
        assert (unit.swaps.remove("swp_1"), unit.swaps.remove("swp_1")) == (True, False)
        assert unit.leaves.remove("lea_1")
        assert unit.rosters.remove("ros_1")
    with store.reading() as unit:
        assert (unit.rosters.all(), unit.swaps.all(), unit.leaves.all()) == ([], [], [])


@pytest.mark.parametrize(
    "at", [NIGHT - 40 * DAY, NIGHT, NIGHT + MINUTE, NIGHT + 12 * 60 * MINUTE, NIGHT + DAY]
)
def test_the_plan_of_an_instant_says_the_same_as_the_plan_of_everything(store: Store, at: datetime) -> None:
    with store.writing() as unit:
        unit.rosters.add(ROSTER)
        unit.swaps.add(SWAP)
        unit.swaps.add(replace(SWAP, id="swp_2", day=date(2025, 7, 25), instead_id="wrk_desk"))
        unit.swaps.add(
            replace(SWAP, id="swp_3", roster_id=None, day=None, shift_id="shf_1", worker_id="wrk_far")
        )
        unit.leaves.add(LEAVE)
        unit.leaves.add(replace(LEAVE, id="lea_2", worker_id="wrk_carer", ends_at=NIGHT))
        for number, start in enumerate((NIGHT - 30 * DAY, NIGHT, NIGHT + 30 * DAY), 1):
            unit.shifts.add(Shift(f"shf_{number}", "tea_2", "wrk_far", start, start + MINUTE))
    people = [
        worker("dolma", team_id="tea_1"),
        worker("carer", team_id="tea_1"),
        worker("far", team_id="tea_2"),
        worker("other", team_id="tea_3"),
        worker("desk", role=Role.DUTY_DESK),
    ]
    with store.reading() as unit:
        then, always = unit.people.plan(at, at), unit.people.plan(NIGHT - 400 * DAY, NIGHT + 400 * DAY)
    assert [each.name for each in then.on_duty(people, at)] == [
        each.name for each in always.on_duty(people, at)
    ]
    assert then.on_leave(people, at) == always.on_leave(people, at)
    assert len(then.shifts) < len(always.shifts)


def test_the_next_look_and_what_stands_are_one_thing_each(store: Store, another_process: Store) -> None:
    with store.writing() as unit:
        assert (unit.roster_looks.next_due_at(), unit.roster_looks.standing()) == (None, [])
        unit.roster_looks.set_due_at(NIGHT)
        unit.roster_looks.set_due_at(NIGHT + MINUTE)
        unit.roster_looks.set_standing([StandingHole("house:roster/a", "fnd_1", NIGHT)])
        unit.roster_looks.set_standing(
            StandingHole(f"house:roster/{name}", f"fnd_{name}", NIGHT) for name in ("b", "a")
        )
    with another_process.reading() as unit:
        assert unit.roster_looks.next_due_at() == NIGHT + MINUTE
        assert [hole.subject for hole in unit.roster_looks.standing()] == ["house:roster/b", "house:roster/a"]
