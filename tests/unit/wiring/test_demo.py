"""The demo community: 71 homes in 6 grids, everybody invented, nobody unreachable, and no real resident
among them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.devices import DeviceState, DeviceType
from services.domain.people import PERSONS_ROLES, Role
from services.wiring.demo import (
    GRIDS,
    HOMES,
    RealResidents,
    is_invented,
    logins_of,
    mark_as_invented,
    prepare_demo,
)
from services.wiring.demo_nights import NIGHTS
from tests.stores import sqlite_store

NOW = datetime(2025, 7, 23, 6, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def test_the_community_has_its_homes_grids_and_people(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    logins = prepare_demo(store, tmp_path, NOW, ZONE, lambda password: f"hash of {password}")
    with store.reading() as uow:
        residents, workers = uow.residents.all(), {worker.id: worker for worker in uow.workers.all()}
        assert len(uow.homes.all()) == HOMES == 71
        assert len(uow.grids.all()) == len(GRIDS) == 6
        assert len({resident.name for resident in residents}) == len(residents), "nobody bears another's name"
        assert all(resident.assigned_worker_id in workers for resident in residents)
        assert all(resident.backup_worker_id in workers for resident in residents)
        assert {worker.role for worker in workers.values()} == PERSONS_ROLES - {Role.ADMIN}
        assert all(uow.users.by_username(name) for name in logins.users)
        visits = [event for event in uow.events.after(0, 10_000) if event.kind == "visit.completed"]
        assert visits
        assert all(visit.occurred_at < NOW for visit in visits)
    assert is_invented(tmp_path)
    store.close()


def test_every_home_can_be_telephoned_at_a_number_that_is_nobodys(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    prepare_demo(store, tmp_path, NOW, ZONE, str)
    with store.reading() as uow:
        homes, residents = uow.homes.all(), uow.residents.all()
    store.close()
    assert all(home.phone and home.phone.startswith("000-") for home in homes)
    own = [resident.phone for resident in residents if resident.phone]
    assert len(own) > HOMES / 2
    assert all(number.startswith("000-") for number in own)
    assert len({*own, *(home.phone for home in homes)}) == len(own) + HOMES


def test_a_second_start_makes_new_passwords_and_nobody_twice(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    first = prepare_demo(store, tmp_path, NOW, ZONE, str)
    second = prepare_demo(store, tmp_path, NOW, ZONE, str)
    assert first.password != second.password
    with store.reading() as uow:
        assert len(uow.homes.all()) == HOMES
        admin = uow.users.by_username("admin")
        assert admin is not None
        assert admin.password_hash == second.password
    store.close()


def test_the_logins_of_a_demo_are_named_and_those_of_no_other_house(tmp_path: Path) -> None:
    assert logins_of(tmp_path) == {}
    mark_as_invented(tmp_path, "simulated")
    assert logins_of(tmp_path) == {}
    store = sqlite_store(tmp_path)
    made = prepare_demo(store, tmp_path, NOW, ZONE, str)
    assert set(logins_of(tmp_path)) == set(made.users)
    store.close()


def test_it_is_not_put_among_real_residents(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "real").mkdir()
    demo, real = sqlite_store(tmp_path / "demo"), sqlite_store(tmp_path / "real")
    prepare_demo(demo, tmp_path / "demo", NOW, ZONE, str)
    with demo.reading() as uow, real.writing() as other:
        other.residents.add(uow.residents.all()[0])
    with pytest.raises(RealResidents, match="another --data-dir"):
        prepare_demo(real, tmp_path / "real", NOW, ZONE, str)
    with real.reading() as uow:
        assert len(uow.residents.all()) == 1
        assert uow.users.all() == []
    demo.close()
    real.close()


@pytest.mark.parametrize("now", [NOW, datetime(2025, 7, 22, 18, 0, tzinfo=UTC)], ids=["afternoon", "night"])
def test_a_fortnight_of_nights_lies_behind_and_is_calm(tmp_path: Path, now: datetime) -> None:
    store = sqlite_store(tmp_path)
    prepare_demo(store, tmp_path, now, ZONE, str)
    with store.reading() as uow:
        beds = [device for device in uow.devices.all() if device.type is DeviceType.BED_SENSOR]
        said = [event for event in uow.events.after(0, 20_000) if event.kind.startswith("bed.")]
    store.close()
    for bed in beds:
        own = [event for event in said if event.device_id == bed.id]
        assert {event.kind for event in own[::2]} == {"bed.entered"}
        assert {event.kind for event in own[1::2]} == {"bed.exited"}
        assert (bed.state, bed.last_seen_at) == (DeviceState.LIVE, own[-1].occurred_at)
        assert len({event.occurred_at.astimezone(ZONE).date() for event in own}) >= NIGHTS
        assert all(event.occurred_at < now for event in own)
        for up, back in zip(own[1::2], own[2::2], strict=False):
            is_night = not 6 <= up.occurred_at.astimezone(ZONE).hour < 20
            assert not is_night or back.occurred_at - up.occurred_at < timedelta(minutes=20)
