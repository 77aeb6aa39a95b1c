"""Channels that people have: without the account they need, and refused by who carries the messages."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer

from services.domain.notices import Attempt, AttemptResult
from services.domain.people import Channel, ChannelKind, Contact
from services.domain.ports import UnitOfWork
from services.wiring import ways_out
from services.wiring.doctor.judgement import State
from services.wiring.ways_out import NEEDED
from tests.unit.wiring.doctor.patient import DESK, NOW, TELEPHONE, Patient

PEMA = Channel(ChannelKind.WECOM_APP, "pema")


@pytest.mark.parametrize("kind", list(NEEDED))
def test_a_channel_of_somebody_that_lacks_its_settings_is_a_fault_that_names_them(
    patient: Patient, kind: ChannelKind
) -> None:
    own = Channel(kind, "13900001111")
    patient.change(lambda uow: uow.workers.save(replace(DESK, channels=(*TELEPHONE, own))))
    found = patient.examined()["accounts"]
    assert (found.state, "wrk_desk" in found.found, kind.value in found.found) == (State.FAULT, True, True)
    assert all(f"ANXIN_{name.upper()}" in found.to_do for name in NEEDED[kind])


def test_a_contact_of_a_resident_is_looked_at_too(patient: Patient) -> None:
    def entered(uow: UnitOfWork) -> None:
        resident = uow.residents.all()[0]
        uow.residents.save(replace(resident, contacts=(Contact("达瓦", "", (PEMA,)),)))

    patient.change(entered)
    assert "res_1" in patient.examined()["accounts"].found


def test_an_account_that_is_set_in_part_is_to_be_seen_to(patient: Patient) -> None:
    patient.settings["wecom_corp_id"] = "ww1"
    found = patient.examined()["accounts"]
    assert (found.state, "ANXIN_WECOM_SECRET" in found.to_do) == (State.TO_SEE_TO, True)
    patient.settings |= {"wecom_agent_id": 1, "wecom_secret": "hush"}
    patient.change(lambda uow: uow.workers.save(replace(DESK, channels=(PEMA,))))
    judgements = patient.examined()
    assert {judgements[name].state for name in ("accounts", "duty desk", "channels")} == {State.OK}


def ended(number: int, at: datetime, result: AttemptResult, status: str) -> Attempt:
    return Attempt(
        f"att_{number}", "ntc_1", PEMA.kind, PEMA.address, at, at, result, status, "secret is invalid"
    )


def keep(patient: Patient, *attempts: Attempt) -> None:
    def work(uow: UnitOfWork) -> None:
        for each in attempts:
            uow.notices.start(replace(each, ended_at=None, result=None, status=None, detail=None))
            uow.notices.finish(each)

    patient.change(work)


def test_a_provider_that_refuses_the_house_is_a_fault_with_what_it_said(patient: Patient) -> None:
    keep(patient, ended(1, NOW - timedelta(hours=1), AttemptResult.REFUSED, "account 40091"))
    found = patient.examined()["refusals"]
    assert found.state is State.FAULT
    assert "wecom_app refuses this installation (40091): secret is invalid" in found.found


def test_a_refusal_that_was_mended_since_is_none(patient: Patient) -> None:
    keep(
        patient,
        ended(1, NOW - timedelta(hours=2), AttemptResult.REFUSED, "account 40091"),
        ended(2, NOW - timedelta(hours=1), AttemptResult.DELIVERED, "0"),
    )
    assert patient.examined()["refusals"].state is State.OK


@pytest.mark.parametrize("status", ["93000", "45009"])
def test_a_refusal_of_a_message_is_none_of_the_house(patient: Patient, status: str) -> None:
    keep(patient, ended(1, NOW - timedelta(hours=1), AttemptResult.REFUSED, status))
    assert patient.examined()["refusals"].state is State.OK


def test_a_refusal_of_last_week_is_of_last_week(patient: Patient) -> None:
    keep(patient, ended(1, NOW - timedelta(days=7), AttemptResult.REFUSED, "account 40091"))
    assert patient.examined()["refusals"].state is State.OK


@pytest.mark.parametrize("is_there", [True, False])
def test_apprise_that_is_wanted_has_to_be_installed(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    monkeypatch.setattr(ways_out, "is_installed", lambda: is_there)
    patient.settings["apprise"] = True
    patient.change(
        lambda uow: uow.workers.save(
            replace(DESK, channels=(*TELEPHONE, Channel(ChannelKind.APPRISE, "ntfys://x/y")))
        )
    )
    found = patient.examined()["accounts"]
    assert (found.state is State.OK, "pip install apprise" in found.to_do) == (is_there, not is_there)


@pytest.fixture
def provider() -> Iterator[HTTPServer]:
    with HTTPServer(port=0) as made:
        yield made


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"errcode": 0, "errmsg": "ok", "access_token": "t", "expires_in": 7200}, State.OK),
        ({"errcode": 40001, "errmsg": "invalid credential hush"}, State.FAULT),
    ],
)
def test_the_login_in_wecom_is_tried_without_telling_anybody(
    patient: Patient, provider: HTTPServer, said: dict[str, object], state: State
) -> None:
    provider.expect_request("/cgi-bin/gettoken").respond_with_json(said)
    account = {"wecom_corp_id": "ww1", "wecom_agent_id": 1, "wecom_secret": "hush"}
    patient.settings |= {"wecom_url": provider.url_for("/"), **account}
    found = patient.examined()["WeCom"]
    assert (found.state, "hush" in found.found) == (state, False)
    assert [request.path for request, _ in provider.log] == ["/cgi-bin/gettoken"]


def test_a_notice_broker_that_is_not_there_is_a_fault_without_its_password(patient: Patient) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        patient.settings["notices_mqtt_url"] = f"mqtt://desk:hush@127.0.0.1:{taken.getsockname()[1]}"
        found = patient.examined()["notice broker"]
    assert (found.state, "hush" in found.found) == (State.FAULT, False)
