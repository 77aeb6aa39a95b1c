"""Who sees whom: a grid worker and a neighbour see what lies around them, the others see all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.findings import Severity
from services.domain.notices import Attempt, AttemptResult, Notice, NoticeKind, NoticeReason
from services.domain.people import ChannelKind, Language, Role
from tests.unit.console.cast import NIGHT, Cast, press
from tests.unit.escalation.cast import finding

AROUND_YANGZOM = ["basang", "cering", "dolma", "karma"]


@pytest.fixture
def two_alerts(house: Cast) -> Cast:
    press(house)
    press(house, "alert-2", "dawa", device_id=None)
    return house


def seen(house: Cast, name: str, path: str) -> list[str]:
    return [item["id"] for item in house.worker(name).get(f"/api/v1/{path}").json()["items"]]


@pytest.mark.parametrize("name", AROUND_YANGZOM)
def test_those_around_somebody_see_them_and_nobody_else(two_alerts: Cast, name: str) -> None:
    assert seen(two_alerts, name, "residents") == ["yangzom"]
    assert seen(two_alerts, name, "homes") == ["home-1"]
    assert seen(two_alerts, name, "devices") == ["button-1"]
    assert seen(two_alerts, name, "alerts") == ["alert-1"]


def test_another_grid_sees_nothing_of_it(two_alerts: Cast) -> None:
    assert seen(two_alerts, "norbu", "residents") == ["dawa"]
    assert seen(two_alerts, "norbu", "alerts") == ["alert-2"]
    assert seen(two_alerts, "norbu", "devices") == []
    client = two_alerts.worker("norbu")
    for path in ("residents/yangzom", "homes/home-1", "devices/button-1", "alerts/alert-1"):
        assert client.get(f"/api/v1/{path}").status_code == 404
    assert client.post("/api/v1/alerts/alert-1/accept").status_code == 404


@pytest.mark.parametrize("name", ["pema", "lhamo"])
def test_the_desk_and_managers_see_everybody(two_alerts: Cast, name: str) -> None:
    assert seen(two_alerts, name, "residents") == ["yangzom", "dawa"]
    assert seen(two_alerts, name, "alerts") == ["alert-1", "alert-2"]


def test_a_technician_sees_every_device_and_only_the_alerts_they_were_told_of(two_alerts: Cast) -> None:
    assert seen(two_alerts, "tashi", "devices") == ["button-1"]
    assert seen(two_alerts, "tashi", "alerts") == []
    tell(two_alerts, "tashi", "alert-2")
    assert seen(two_alerts, "tashi", "alerts") == ["alert-2"]


def test_the_token_of_a_role_sees_what_any_of_the_role_sees(two_alerts: Cast) -> None:
    client = two_alerts.of(Role.GRID_WORKER)
    assert [item["id"] for item in client.get("/api/v1/alerts").json()["items"]] == ["alert-1", "alert-2"]


def tell(house: Cast, worker_id: str, alert_id: str = "alert-1") -> None:
    with house.store.writing() as uow:
        uow.notices.add(
            [
                Notice(
                    id=f"notice-{worker_id}",
                    alert_id=alert_id,
                    kind=NoticeKind.ALERT,
                    reason=NoticeReason.STEP,
                    created_at=NIGHT,
                    severity=Severity.HIGH,
                    language=Language.ZH_CN,
                    worker_id=worker_id,
                    recipient_name=worker_id,
                )
            ]
        )
        uow.notices.start(
            Attempt(
                f"attempt-{worker_id}",
                f"notice-{worker_id}",
                ChannelKind.EMAIL,
                f"{worker_id}@example.org",
                NIGHT,
                NIGHT + timedelta(seconds=1),
                AttemptResult.ACCEPTED_UNCONFIRMED,
                "250",
            )
        )


def test_who_was_told_of_an_alert_sees_it_wherever_it_is(two_alerts: Cast) -> None:
    tell(two_alerts, "norbu")
    assert seen(two_alerts, "norbu", "alerts") == ["alert-1", "alert-2"]
    assert two_alerts.worker("norbu").get("/api/v1/residents/yangzom").status_code == 404


def test_findings_and_visits_are_seen_by_those_around_alone(house: Cast) -> None:
    with house.store.writing() as uow:
        found = finding(1, NIGHT, resident_id="yangzom", device_id="button-1", home_id="home-1")
        uow.findings.add([found])
    visit = house.worker("basang").post("/api/v1/visits", json={"resident_id": "yangzom"}).json()
    for path, thing_id in (("findings", "fnd_1"), ("visits", visit["id"])):
        assert seen(house, "basang", path) == [thing_id]
        assert seen(house, "norbu", path) == []
        assert house.worker("norbu").get(f"/api/v1/{path}/{thing_id}").status_code == 404


def test_who_moves_away_takes_their_past_with_them(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post(
        "/api/v1/events", json={"kind": "checkup.completed", "resident_id": "yangzom"}
    )
    event_id = answer.json()["id"]
    assert seen(house, "dolma", "events") == [event_id]
    with house.store.writing() as uow:
        resident = uow.residents.get("yangzom")
        assert resident is not None
        uow.residents.save(replace(resident, home_id="home-2"))
    assert seen(house, "dolma", "events") == []
    assert seen(house, "norbu", "events") == [event_id]


def test_notices_and_attempts_are_seen_with_their_alert(two_alerts: Cast) -> None:
    tell(two_alerts, "basang")
    assert seen(two_alerts, "cering", "notices")[-1] == "notice-basang"
    assert seen(two_alerts, "cering", "attempts?alert_id=alert-1") == ["attempt-basang"]
    assert seen(two_alerts, "norbu", "notices?alert_id=alert-1") == []
    assert seen(two_alerts, "norbu", "attempts") == []
    assert two_alerts.worker("norbu").get("/api/v1/notices/notice-basang").status_code == 404
    notice = two_alerts.worker("cering").get("/api/v1/notices/notice-basang").json()
    assert (notice["state"], notice["reason"], notice["step"]) == ("due", "step", 0)


def test_the_address_of_an_attempt_is_masked_by_role(two_alerts: Cast) -> None:
    tell(two_alerts, "basang")

    def address(name: str) -> str:
        items = two_alerts.worker(name).get("/api/v1/attempts?notice_id=notice-basang").json()["items"]
        return str(items[0]["address"])

    assert address("lhamo") == address("basang") == "basang@example.org"
    assert address("cering") == address("pema") == "b…@example.org"
