"""The contract of the circle: who stands around a resident or a device at an instant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.domain.circle import Circle
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.homes import Grid
from services.domain.people import Role, Shift, Worker
from services.domain.ports import Store
from tests.contracts.cast import MINUTE, NIGHT, home, resident, worker


@pytest.fixture
def community(store: Store) -> Store:
    """Lhamo and her husband in grid 1 of the first team; grid 2 next door belongs to the second; grid 3 is
    far.
    """
    with store.writing() as unit:
        unit.grids.add(Grid("grd_1", "一格", "tea_1", ("grd_2",)))
        unit.grids.add(Grid("grd_2", "二格", "tea_2"))
        unit.grids.add(Grid("grd_3", "三格", "tea_3"))
        unit.homes.add(home("lhamo", grid_id="grd_1", neighbour_id="wrk_neighbour"))
        unit.homes.add(home("tashi", grid_id="grd_3"))
        unit.residents.add(resident("lhamo", assigned_worker_id="wrk_dolma", backup_worker_id="wrk_gone"))
        unit.residents.add(resident("husband"))
        unit.residents.add(resident("left", left_at=NIGHT))
        unit.residents.add(resident("tashi", home_id="hom_tashi"))
        for person in (
            worker("dolma", team_id="tea_1"),
            worker("gone", team_id="tea_1", active=False),
            worker("carer", team_id="tea_1", role=Role.CAREGIVER),
            worker("neighbour", role=Role.NEIGHBOUR),
            worker("next_door", team_id="tea_2"),
            worker("knows_grid_2", team_id="tea_3", grid_ids=("grd_2",)),
            worker("far", team_id="tea_3", grid_ids=("grd_3",)),
            worker("desk", role=Role.DUTY_DESK),
            worker("desk_of_team", role=Role.DUTY_DESK, team_id="tea_1"),
            worker("manager", role=Role.MANAGER, team_id="tea_1"),
            worker("admin", role=Role.ADMIN),
            worker("technician", role=Role.TECHNICIAN),
            worker("idle", role=Role.MANAGER, active=False),
        ):
            unit.workers.add(person)
    return store


def around(store: Store, **subject: str) -> Circle:
    whole: dict[str, str | None] = {"resident_id": None, "device_id": None, "home_id": None}
    whole.update(subject)
    with store.reading() as unit:
        return unit.people.circle(
            resident_id=whole["resident_id"], device_id=whole["device_id"], home_id=whole["home_id"], at=NIGHT
        )


def names(people: tuple[Worker, ...]) -> list[str]:
    return [person.name for person in people]


def test_the_circle_of_a_resident(community: Store) -> None:
    circle = around(community, resident_id="res_lhamo")
    assert circle.resident == resident("lhamo", assigned_worker_id="wrk_dolma", backup_worker_id="wrk_gone")
    assert [person.name for person in circle.residents] == ["lhamo", "husband"]
    assert circle.home == home("lhamo", grid_id="grd_1", neighbour_id="wrk_neighbour")
    assert circle.grid == Grid("grd_1", "一格", "tea_1", ("grd_2",))
    assert circle.assigned == worker("dolma", team_id="tea_1")
    assert circle.neighbour == worker("neighbour", role=Role.NEIGHBOUR)
    assert names(circle.team_on_duty) == ["dolma", "carer"]
    assert names(circle.duty_desk) == ["desk", "desk_of_team"]
    assert names(circle.managers) == ["manager"]
    assert names(circle.admins) == ["admin"]
    assert names(circle.technicians) == ["technician"]
    assert names(circle.neighbouring_on_duty) == ["next_door", "knows_grid_2"]
    assert len(circle.workers) == 13


def test_an_inactive_backup_is_named_for_the_reason_why_not(community: Store) -> None:
    assert around(community, resident_id="res_lhamo").backup == worker("gone", team_id="tea_1", active=False)


def test_nobody_is_invented_for_a_resident_without_workers(community: Store) -> None:
    circle = around(community, resident_id="res_tashi")
    assert (circle.assigned, circle.backup, circle.neighbour) == (None, None, None)
    assert names(circle.team_on_duty) == ["knows_grid_2", "far"]
    assert circle.neighbouring_on_duty == ()


def test_a_team_with_a_roster_is_on_duty_by_its_shifts(community: Store) -> None:
    with community.writing() as unit:
        unit.shifts.add(Shift("shf_1", "tea_1", "wrk_carer", NIGHT, NIGHT + MINUTE))
        unit.shifts.add(Shift("shf_2", "tea_1", "wrk_dolma", NIGHT - MINUTE, NIGHT))
        unit.shifts.add(Shift("shf_3", "tea_2", "wrk_next_door", NIGHT - 2 * MINUTE, NIGHT - MINUTE))
    circle = around(community, resident_id="res_lhamo")
    assert names(circle.team_on_duty) == ["carer"]
    assert names(circle.duty_desk) == ["desk"]
    assert names(circle.neighbouring_on_duty) == ["knows_grid_2"]
    assert circle.assigned is not None


def test_a_device_of_a_resident_leads_to_the_resident(community: Store) -> None:
    with community.writing() as unit:
        unit.devices.add(
            Device("dev_1", "b-1", Ecosystem.NATIVE, DeviceType.CALL_BUTTON, resident_id="res_lhamo")
        )
    assert around(community, device_id="dev_1") == around(community, resident_id="res_lhamo")


def test_a_device_of_a_home_names_all_who_live_there(community: Store) -> None:
    with community.writing() as unit:
        unit.devices.add(
            Device("dev_1", "b-1", Ecosystem.NATIVE, DeviceType.SMOKE_DETECTOR, home_id="hom_lhamo")
        )
    circle = around(community, device_id="dev_1")
    assert circle.resident is None
    assert [person.name for person in circle.residents] == ["lhamo", "husband"]
    assert circle.assigned is None
    assert names(circle.team_on_duty) == ["dolma", "carer"]
    assert circle == around(community, home_id="hom_lhamo")


def test_the_house_itself_has_a_duty_desk(community: Store) -> None:
    circle = around(community)
    assert names(circle.duty_desk) == ["desk", "desk_of_team"]
    assert (circle.home, circle.grid, circle.residents, circle.team_on_duty) == (None, None, (), ())


def test_who_left_is_still_named_when_the_button_is_theirs(community: Store) -> None:
    circle = around(community, resident_id="res_left")
    assert circle.resident == replace(resident("left"), left_at=NIGHT)
    assert "left" not in [person.name for person in circle.residents]


def test_what_the_register_has_lost_is_no_fault(community: Store) -> None:
    with community.writing() as unit:
        unit.residents.add(resident("lost", home_id="hom_gone", assigned_worker_id="wrk_never_was"))
    circle = around(community, resident_id="res_lost")
    assert (circle.home, circle.assigned) == (None, None)
    assert names(circle.duty_desk) == ["desk", "desk_of_team"]
    assert around(community, resident_id="res_never_was").resident is None
