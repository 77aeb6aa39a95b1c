"""The contracts of what people keep: registers, devices, logins, tokens and sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.domain.access import AccessToken, SignIn
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.homes import Grid
from services.domain.people import (
    Absence,
    Channel,
    ChannelKind,
    Contact,
    Language,
    Role,
    Shift,
    Team,
    User,
)
from services.domain.ports import AlreadyThere, Store
from services.domain.testing import TestWindow
from tests.contracts.cast import MINUTE, NIGHT, home, resident, worker

EMAIL = Channel(ChannelKind.EMAIL, "daughter@example.org")


def button(name: str, **said: object) -> Device:
    values: dict[str, object] = {
        "id": f"dev_{name}",
        "external_id": f"button-{name}",
        "ecosystem": Ecosystem.NATIVE,
        "type": DeviceType.CALL_BUTTON,
    }
    return Device(**(values | said))  # type: ignore[arg-type]  # the fields by name


def test_everything_that_people_keep_comes_back_as_it_was_given(store: Store) -> None:
    a_home = home("lhamo", grid_id="grd_1", places=("卧室", "浴室"), timezone="Asia/Urumqi", key_place="门后")
    a_resident = resident(
        "lhamo",
        birth_date=date(1947, 2, 3),
        tags=("独居", "高龄"),
        language=Language.BO,
        contacts=(Contact("德吉", "女儿", (EMAIL,)),),
        assigned_worker_id="wrk_dolma",
        away=Absence(NIGHT, NIGHT + MINUTE, "住院", "wrk_dolma"),
    )
    a_worker = worker("dolma", grid_ids=("grd_1",), channels=(EMAIL,), active=False, language=Language.EN)
    a_grid = Grid("grd_1", "一格", "tea_1", ("grd_2",))
    a_team = Team("tea_1", "中心")
    a_shift = Shift("shf_1", "tea_1", "wrk_dolma", NIGHT, NIGHT + MINUTE)
    a_device = button("a", mapping={"polarity": {"open": True}}, battery_percent=81.5, last_seen_at=NIGHT)
    a_user = User("usr_1", "dolma", Role.MANAGER, "argon2", "wrk_dolma", active=False)
    with store.writing() as unit:
        unit.homes.add(a_home)
        unit.residents.add(a_resident)
        unit.workers.add(a_worker)
        unit.grids.add(a_grid)
        unit.teams.add(a_team)
        unit.shifts.add(a_shift)
        unit.devices.add(a_device)
        unit.users.add(a_user)
    with store.reading() as unit:
        assert unit.homes.get(a_home.id) == a_home
        assert unit.residents.get(a_resident.id) == a_resident
        assert unit.workers.get(a_worker.id) == a_worker
        assert unit.grids.get(a_grid.id) == a_grid
        assert unit.teams.get(a_team.id) == a_team
        assert unit.shifts.get(a_shift.id) == a_shift
        assert unit.devices.get(a_device.id) == a_device
        assert unit.users.get(a_user.id) == a_user


def test_a_register_answers_in_the_order_of_storing(store: Store) -> None:
    with store.writing() as unit:
        for name in ("c", "a", "b"):
            unit.homes.add(home(name))
        unit.homes.save(home("c", address="新址"))
    with store.reading() as unit:
        assert [kept.id for kept in unit.homes.all()] == ["hom_c", "hom_a", "hom_b"]
        assert unit.homes.get("hom_c") == home("c", address="新址")
        assert unit.homes.get("hom_nobody") is None


def test_an_id_is_given_once(store: Store) -> None:
    with store.writing() as unit:
        unit.homes.add(home("a"))
        with pytest.raises(AlreadyThere) as refused:
            unit.homes.add(home("a"))
        assert refused.value.field == "id"
        unit.homes.add(home("b"))


def test_what_was_never_added_cannot_be_saved(store: Store) -> None:
    with store.writing() as unit, pytest.raises(LookupError, match="hom_a"):
        unit.homes.save(home("a"))


def test_registers_are_listed_by_their_plain_fields(store: Store) -> None:
    with store.writing() as unit:
        for name, grid in (("a", "grd_1"), ("b", "grd_2"), ("c", "grd_1"), ("d", None)):
            unit.homes.add(home(name, grid_id=grid))
    with store.reading() as unit:
        page = unit.homes.page({"grid_id": "grd_1"}, 0, 1)
        assert [kept.id for kept in page.items] == ["hom_a"]
        assert [kept.id for kept in unit.homes.page({"grid_id": "grd_1"}, page.next or 0, 1).items] == [
            "hom_c"
        ]
        assert [kept.id for kept in unit.homes.page({"grid_id": None}, 0, 9).items] == ["hom_d"]
        for name in ("places", "number"):
            with pytest.raises(ValueError, match=f"no filter {name}"):
                unit.homes.page({name: "x"}, 0, 9)


def test_listing_by_flags_words_and_days(store: Store) -> None:
    with store.writing() as unit:
        unit.workers.add(worker("a"))
        unit.workers.add(worker("b", active=False, role=Role.MANAGER))
        unit.residents.add(resident("old", birth_date=date(1930, 1, 1), synthetic=True))
        unit.residents.add(resident("young", birth_date=date(1960, 1, 1)))
    with store.reading() as unit:
        assert [kept.id for kept in unit.workers.page({"active": True}, 0, 9).items] == ["wrk_a"]
        assert [kept.id for kept in unit.workers.page({"role": "manager"}, 0, 9).items] == ["wrk_b"]
        assert [kept.id for kept in unit.residents.page({"synthetic": False}, 0, 9).items] == ["res_young"]
        born = unit.residents.page({"birth_date": date(1930, 1, 1)}, 0, 9)
        assert [kept.id for kept in born.items] == ["res_old"]


def test_a_name_on_the_wire_is_borne_by_one_device(store: Store) -> None:
    with store.writing() as unit:
        unit.devices.add(button("a", external_id="0x01"))
        unit.devices.add(button("b", external_id="0x01", ecosystem=Ecosystem.ZIGBEE2MQTT))
        with pytest.raises(AlreadyThere) as refused:
            unit.devices.add(button("c", external_id="0x01"))
        assert refused.value.field == "external_id"
        unit.devices.add(button("d", external_id="0x02"))
        with pytest.raises(AlreadyThere) as refused:
            unit.devices.save(button("d", external_id="0x01"))
        assert refused.value.field == "external_id"


def test_the_name_of_a_retired_device_is_free(store: Store) -> None:
    old = button("old", external_id="0x01", state=DeviceState.RETIRED)
    new = button("new", external_id="0x01")
    with store.writing() as unit:
        unit.devices.add(old)
        assert unit.devices.by_external_id("native", "0x01") == old
        unit.devices.add(new)
        unit.devices.add(replace(old, id="dev_older"))
        assert unit.devices.by_external_id(Ecosystem.NATIVE, "0x01") == new
        with pytest.raises(AlreadyThere):
            unit.devices.save(replace(old, state=DeviceState.LIVE))
        assert unit.devices.by_external_id("native", "0x09") is None


def test_devices_are_found_by_their_resident(store: Store) -> None:
    with store.writing() as unit:
        kept = [unit.devices.add(button(name, resident_id="res_lhamo")) for name in "ab"]
        unit.devices.add(button("c"))
        assert unit.devices.of_resident("res_lhamo") == kept


def test_the_first_sign_of_life_makes_each_device_live(store: Store) -> None:
    with store.writing() as unit:
        for name in "abc":
            unit.devices.add(button(name))
        unit.devices.seen({})
        unit.devices.seen({"dev_a": NIGHT, "dev_b": NIGHT + MINUTE})
        assert unit.devices.get("dev_a") == button("a", state=DeviceState.LIVE, last_seen_at=NIGHT)
        assert unit.devices.get("dev_b") == button("b", state=DeviceState.LIVE, last_seen_at=NIGHT + MINUTE)
        assert unit.devices.get("dev_c") == button("c")


def test_only_a_newer_sign_of_life_counts(store: Store) -> None:
    with store.writing() as unit:
        unit.devices.add(button("a"))
        for at in (NIGHT, NIGHT + MINUTE, NIGHT - MINUTE):
            unit.devices.seen({"dev_a": at})
        kept = unit.devices.get("dev_a")
    assert kept is not None
    assert kept.last_seen_at == NIGHT + MINUTE


@pytest.mark.parametrize(
    ("before", "after"),
    [(DeviceState.SILENT, DeviceState.LIVE), (DeviceState.RETIRED, DeviceState.RETIRED)],
)
def test_a_device_that_speaks_is_live_unless_retired(
    store: Store, before: DeviceState, after: DeviceState
) -> None:
    with store.writing() as unit:
        unit.devices.add(button("a", state=before))
        unit.devices.seen({"dev_a": NIGHT})
        kept = unit.devices.get("dev_a")
    assert kept is not None
    assert kept.state is after


def test_a_shift_can_be_taken_out_once(store: Store) -> None:
    with store.writing() as unit:
        unit.shifts.add(Shift("shf_1", "tea_1", "wrk_a", NIGHT, NIGHT + MINUTE))
        assert unit.shifts.remove("shf_1")
        assert not unit.shifts.remove("shf_1")
        assert unit.shifts.all() == []


def test_a_username_is_given_once(store: Store) -> None:
    desk = User("usr_1", "desk", Role.DUTY_DESK, "argon2")
    with store.writing() as unit:
        unit.users.add(desk)
        unit.users.add(User("usr_2", "grid", Role.GRID_WORKER, "argon2"))
        assert unit.users.by_username("desk") == desk
        assert unit.users.by_username("Desk") is None
        with pytest.raises(AlreadyThere) as refused:
            unit.users.save(User("usr_2", "desk", Role.GRID_WORKER, "argon2"))
        assert refused.value.field == "username"
        unit.users.save(replace(desk, active=False))


def test_a_revoked_token_opens_nothing(store: Store) -> None:
    given = AccessToken("tok_1", "hash", Role.ADMIN, NIGHT, "check", "wrk_dolma")
    with store.writing() as unit:
        unit.access.add_token(given)
        assert unit.access.token("hash") == given
        assert unit.access.token("other") is None
        assert unit.access.revoke_token("tok_1", NIGHT)
        assert unit.access.token("hash") is None
        assert not unit.access.revoke_token("tok_1", NIGHT)
        assert not unit.access.revoke_token("tok_9", NIGHT)


def test_sessions_end_one_by_one_and_all_of_a_user(store: Store) -> None:
    def session(name: str, user: str) -> SignIn:
        return SignIn(f"ses_{name}", f"hash {name}", user, NIGHT, NIGHT + timedelta(days=1))

    with store.writing() as unit:
        for name, user in (("a", "usr_1"), ("b", "usr_1"), ("c", "usr_1"), ("d", "usr_2")):
            unit.access.add_session(session(name, user))
        assert unit.access.session("hash a") == session("a", "usr_1")
        unit.access.end_session("hash a")
        unit.access.end_session("hash nobody")
        assert unit.access.session("hash a") is None
        assert [each.id for each in unit.access.sessions_of("usr_1")] == ["ses_b", "ses_c"]
        assert unit.access.end_sessions_of("usr_1") == 2
        assert unit.access.end_sessions_of("usr_1") == 0
        assert [name for name in "abcd" if unit.access.session(f"hash {name}")] == ["d"]


def test_the_end_of_a_session_moves_and_one_that_is_over_is_forgotten(store: Store) -> None:
    noon = NIGHT + timedelta(hours=12)
    with store.writing() as unit:
        for name in "ab":
            unit.access.add_session(SignIn(f"ses_{name}", f"hash {name}", "usr_1", NIGHT, noon))
        unit.access.renew_session("hash b", noon + timedelta(hours=1))
        unit.access.renew_session("hash nobody", noon)
        unit.access.forget_sessions_over(noon - timedelta(microseconds=1))
        assert unit.access.session("hash a") is not None
        unit.access.forget_sessions_over(noon)
        assert unit.access.session("hash a") is None
        assert [each.expires_at for each in unit.access.sessions_of("usr_1")] == [noon + timedelta(hours=1)]


WINDOW = TestWindow("wrk_tek", NIGHT, NIGHT + MINUTE)


def test_a_test_window_comes_back_as_it_was_given_and_is_found_while_it_is_open(store: Store) -> None:
    with store.writing() as unit:
        for name in ("a", "b", "c"):
            unit.devices.add(button(name))
        for name in ("c", "a"):
            unit.devices.save(button(name, test_window=WINDOW, last_test_id="alt_before"))
    with store.reading() as unit:
        assert unit.devices.get("dev_a") == button("a", test_window=WINDOW, last_test_id="alt_before")
        assert unit.devices.named("native", ["button-c"])["button-c"].test_window == WINDOW
        assert [device.id for device in unit.devices.in_test()] == ["dev_a", "dev_c"]


def test_a_test_window_is_ended_and_nothing_else_is_touched(store: Store) -> None:
    known = button("a", test_window=WINDOW, last_test_id="alt_before", last_seen_at=NIGHT)
    with store.writing() as unit:
        unit.devices.add(known)
        unit.devices.add(button("b", test_window=WINDOW))
        unit.devices.end_test_window("dev_a")
        unit.devices.end_test_window("dev_a")
        unit.devices.end_test_window("dev_unknown")
    with store.reading() as unit:
        assert unit.devices.get("dev_a") == replace(known, test_window=None)
        assert [device.id for device in unit.devices.in_test()] == ["dev_b"]


def test_a_test_uses_its_window_up_and_is_known_as_the_newest(store: Store) -> None:
    with store.writing() as unit:
        unit.devices.add(button("a", test_window=WINDOW, battery_percent=50.0))
        unit.devices.tested("dev_a", "alt_test")
    with store.reading() as unit:
        assert unit.devices.get("dev_a") == button("a", last_test_id="alt_test", battery_percent=50.0)
        assert unit.devices.in_test() == []


def test_a_sign_of_life_leaves_the_window_open(store: Store) -> None:
    with store.writing() as unit:
        unit.devices.add(button("a", test_window=WINDOW))
        unit.devices.seen({"dev_a": NIGHT})
        unit.devices.battery("dev_a", 40)
    with store.reading() as unit:
        found = unit.devices.get("dev_a")
        assert found is not None
        assert (found.test_window, found.state) == (WINDOW, DeviceState.LIVE)


def test_many_are_asked_for_at_once_in_the_order_of_storing(store: Store) -> None:
    with store.writing() as unit:
        for name, home_id in (("one", "hom_a"), ("two", "hom_b"), ("three", "hom_a"), ("four", "hom_c")):
            unit.residents.add(resident(name, home_id=home_id))
    with store.reading() as unit:
        of_two = unit.residents.having("home_id", ["hom_c", "hom_a", "hom_none"])
        assert [each.id for each in of_two] == ["res_one", "res_three", "res_four"]
        assert unit.residents.having("home_id", []) == []


def test_who_has_credentials_may_sign_in_and_nobody_else(store: Store) -> None:
    with store.writing() as unit:
        unit.devices.add(button("a", credential_hash="hash a"))
        unit.devices.add(button("b"))
        unit.devices.add(button("c", credential_hash="hash c", state=DeviceState.RETIRED))
    with store.reading() as unit:
        assert [device.id for device in unit.devices.with_credentials("native")] == ["dev_a", "dev_c"]
        assert unit.devices.with_credentials("tasmota") == []
