"""People, logins and ways out: who could not be told, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.domain.people import Channel, ChannelKind, Resident, Role, User, Worker
from services.wiring.demo import mark_as_invented
from services.wiring.doctor.judgement import State
from tests.live.mailbox import Mailbox, started
from tests.unit.wiring.doctor.patient import DESK, NOW, Patient, shift

MAIL = (Channel(ChannelKind.EMAIL, "desk@example.invalid"),)


@pytest.fixture
def mail_port() -> Iterator[int]:
    server = started(Mailbox())
    yield server.port
    server.stop()


def test_a_roster_with_a_hole_in_the_next_24_hours_is_a_fault(patient: Patient) -> None:
    patient.change(
        lambda uow: [uow.shifts.add(shift("wrk_desk", -1, 8)), uow.shifts.add(shift("wrk_desk", 9, 30))]
    )
    found = patient.examined()
    assert found["rosters"].state is State.FAULT
    assert "tea_desk" in found["rosters"].found
    assert "07-23 20:00 to 07-23 21:00 (Asia/Shanghai)" in found["rosters"].found
    assert found["duty desk"].state is State.FAULT, "and nobody sits at the desk meanwhile"


@pytest.mark.parametrize(("ends", "state"), [(24, State.OK), (23.5, State.FAULT)])
def test_a_roster_has_to_reach_through_the_next_24_hours(patient: Patient, ends: float, state: State) -> None:
    patient.change(
        lambda uow: [uow.shifts.add(shift("wrk_desk", -1, 8)), uow.shifts.add(shift("wrk_desk", 8, ends))]
    )
    assert patient.examined()["rosters"].state is state


def test_a_shift_of_somebody_who_is_inactive_fills_no_hole(patient: Patient) -> None:
    patient.change(
        lambda uow: [uow.shifts.add(shift("wrk_desk", -1, 30)), uow.workers.save(replace(DESK, active=False))]
    )
    assert patient.examined()["rosters"].state is State.FAULT


def test_a_team_without_any_roster_is_on_duty_as_a_whole(patient: Patient) -> None:
    found = patient.examined()
    assert found["rosters"].state is State.OK
    assert found["duty desk"].state is State.OK


@pytest.mark.parametrize("channels", [(), MAIL], ids=["none", "e-mail without a mail server"])
def test_a_duty_desk_that_cannot_be_reached_is_a_fault(
    patient: Patient, channels: tuple[Channel, ...]
) -> None:
    patient.change(lambda uow: uow.workers.save(replace(DESK, channels=channels)))
    found = patient.examined()
    assert found["duty desk"].state is State.FAULT
    assert "wrk_desk" in found["channels"].found


def test_an_e_mail_is_a_channel_where_there_is_a_mail_server(patient: Patient, mail_port: int) -> None:
    patient.change(lambda uow: uow.workers.save(replace(DESK, channels=MAIL)))
    patient.settings |= {"smtp_host": "127.0.0.1", "smtp_port": mail_port}
    found = patient.examined()
    assert {found[name].state for name in ("duty desk", "channels", "mail server")} == {State.OK}


def test_a_mail_server_that_is_not_there_is_a_fault(patient: Patient) -> None:
    patient.settings |= {"smtp_host": "127.0.0.1", "smtp_port": 1}
    assert patient.examined()["mail server"].state is State.FAULT


def test_a_mail_server_that_has_no_tls_is_a_fault_where_it_is_asked_for(
    patient: Patient, mail_port: int
) -> None:
    patient.settings |= {"smtp_host": "127.0.0.1", "smtp_port": mail_port, "smtp_starttls": True}
    assert patient.examined()["mail server"].state is State.FAULT


def test_whoever_cannot_be_reached_is_named_only_while_on_duty(patient: Patient) -> None:
    silent = Worker("wrk_silent", "无声", Role.CAREGIVER, team_id="tea_desk")
    patient.change(lambda uow: [uow.workers.add(silent), uow.shifts.add(shift("wrk_desk", -1, 30))])
    assert patient.examined()["channels"].state is State.OK
    patient.change(lambda uow: uow.shifts.add(shift("wrk_silent", 20, 30)))
    said = patient.examined()["channels"]
    assert said.state is State.TO_SEE_TO
    assert "wrk_silent" in said.found


def test_a_resident_whom_nobody_is_assigned_to_is_named_by_id(patient: Patient) -> None:
    patient.change(lambda uow: uow.workers.save(Worker("wrk_grid", "网格员", Role.GRID_WORKER, active=False)))
    said = patient.examined()["residents"]
    assert said.state is State.TO_SEE_TO
    assert "res_1" in said.found
    assert "措姆" not in said.found
    resident = replace(_resident(patient), left_at=NOW)
    patient.change(lambda uow: uow.residents.save(resident))
    assert "nobody is enrolled" in patient.examined()["residents"].found


def _resident(patient: Patient) -> Resident:
    with patient.store.reading() as uow:
        resident = uow.residents.get("res_1")
    assert resident is not None
    return resident


def test_a_last_resort_is_demanded_where_people_are_real(patient: Patient) -> None:
    patient.settings |= {"last_resort": ""}
    assert patient.examined()["last resort"].state is State.FAULT
    mark_as_invented(patient.data_dir, "demo")
    assert patient.examined()["last resort"].state is State.OK


def test_a_last_resort_by_e_mail_wants_a_mail_server(patient: Patient) -> None:
    patient.settings |= {"last_resort": "mailto:desk@example.org"}
    assert patient.examined()["last resort"].state is State.FAULT


def test_device_credentials_that_no_broker_can_check_are_a_fault(patient: Patient) -> None:
    with patient.store.reading() as uow:
        device = uow.devices.get("dev_1")
    assert device is not None
    for hashed, state in ((None, State.TO_SEE_TO), ("plain", State.FAULT)):
        changed = replace(device, credential_hash=hashed)
        patient.change(lambda uow, changed=changed: uow.devices.save(changed))  # type: ignore[misc]
        said = patient.examined()["device credentials"]
        assert said.state is state
        assert "dev_1" in said.found


def test_an_admin_who_can_sign_in_is_asked_for(patient: Patient) -> None:
    patient.change(lambda uow: uow.users.save(User("usr_1", "dawa", Role.ADMIN, "unknown")))
    assert patient.examined()["logins"].state is State.FAULT
    patient.change(lambda uow: uow.users.save(User("usr_1", "dawa", Role.ADMIN, "unknown", active=False)))
    assert "user add --role admin" in patient.examined()["admins"].to_do


def test_a_zone_that_this_machine_does_not_know_is_a_fault(patient: Patient) -> None:
    patient.change(lambda uow: uow.residents.save(replace(_resident(patient), timezone="Asia/Bomi")))
    assert "res_1" in patient.examined()["time zones"].found
