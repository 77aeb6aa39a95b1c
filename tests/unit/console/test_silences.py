"""Silences through the API and the pages: who may, for how long, and what nobody may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.console.parts import RulebookStatus, RuleStatus
from services.domain.findings import Severity, Trigger
from services.domain.instants import format_instant
from services.domain.people import Role
from services.rules.rulebook import Rule
from tests.unit.console.cast import NIGHT, Cast, cast

API = "/api/v1/silences"
HOUR = timedelta(hours=1)


def rule(name: str, kind: str, alert_kind: str) -> RuleStatus:
    made = Rule(
        rulebook="home",
        id=name,
        trigger=Trigger.ON,
        kind=kind,
        severity=Severity.HIGH,
        policy="emergency",
        alert_kind=alert_kind,
        titles={"zh-CN": f"中文 {name}", "en": name},
    )
    return RuleStatus(id=name, title=made.titles, trigger="on", severity="high", rule=made)


RULES = (
    rule("out-of-bed", "bed.exited", "out-of-bed"),
    rule("call", "call_button.pressed", "own-call"),
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Cast]:
    with cast(tmp_path, rules=lambda: (RulebookStatus("home", 1, "0", None, RULES),)) as house:
        yield house


def asked(hours: float = 1, **said: Any) -> dict[str, Any]:
    body = {"resident_id": "yangzom", "reason": "女儿陪着", "until": format_instant(NIGHT + hours * HOUR)}
    return {key: value for key, value in (body | said).items() if value is not None}


def made(client: TestClient, **said: Any) -> dict[str, Any]:
    answer = client.post(API, json=asked(**said))
    assert answer.status_code == 201, answer.text
    silence: dict[str, Any] = answer.json()
    return silence


def refused(client: TestClient, **said: Any) -> dict[str, str]:
    answer = client.post(API, json=asked(**said))
    assert answer.status_code == 422, answer.text
    return {fault["field"]: fault["expected"] for fault in answer.json()["errors"]}


def test_a_silence_has_a_reason_an_author_and_an_end(home: Cast) -> None:
    desk = home.worker("pema")
    silence = made(desk, alert_kind="out-of-bed")
    assert silence["author"] == "pema"
    assert silence["subject"] == "resident:yangzom"
    assert (silence["since"], silence["until"]) == ("2025-07-22T18:13:00Z", "2025-07-22T19:13:00Z")
    assert silence["running"] is True
    assert desk.get(f"{API}/{silence['id']}").json() == silence
    assert desk.get(API, params={"running": True, "resident_id": "yangzom"}).json()["items"] == [silence]
    assert desk.get(API, params={"running": False}).json()["items"] == []
    audit = home.of(Role.ADMIN).get("/api/v1/audit").json()["items"]
    assert [(each["action"], each["object_id"]) for each in audit] == [("silence.made", silence["id"])]


@pytest.mark.parametrize("missing", ["reason", "until"])
def test_none_is_without_a_reason_and_none_without_an_end(home: Cast, missing: str) -> None:
    assert missing in refused(home.worker("pema"), **{missing: None})
    for nothing_seen in (" ", "\u3000", "\u200b\ufeff", "\u202e\u2066"):
        assert missing in refused(home.worker("pema"), **{missing: nothing_seen})


@pytest.mark.parametrize(
    ("role", "hours"), [(Role.GRID_WORKER, 4), (Role.DUTY_DESK, 12), (Role.MANAGER, 72), (Role.ADMIN, 72)]
)
def test_each_role_silences_for_as_long_as_the_policy_says_and_not_a_second_longer(
    home: Cast, role: Role, hours: int
) -> None:
    client = home.worker("basang") if role is Role.GRID_WORKER else home.of(role)
    assert "at most" in refused(client, hours=hours + 1 / 3600)["until"]
    assert "until" in refused(client, hours=0)
    made(client, hours=hours)


def test_a_grid_worker_silences_their_own_people_and_a_neighbour_nobody(home: Cast) -> None:
    basang = home.worker("basang")
    made(basang)
    assert "resident_id" in refused(basang, resident_id="dawa")
    for name in ("dolma", "karma", "tashi"):
        assert home.worker(name).post(API, json=asked()).status_code == 403
    theirs = made(home.of(Role.DUTY_DESK), resident_id="dawa")
    assert basang.get(f"{API}/{theirs['id']}").status_code == 404
    assert basang.delete(f"{API}/{theirs['id']}").status_code == 404
    assert [each["resident_id"] for each in basang.get(API).json()["items"]] == ["yangzom"]


@pytest.mark.parametrize("kind", ["call-button", "fall", "smoke", "gas", "own-call"])
def test_nothing_silences_a_call_for_help_and_who_asks_for_it_is_told_so(home: Cast, kind: str) -> None:
    assert "nothing silences a press" in refused(home.of(Role.ADMIN), alert_kind=kind)["alert_kind"]


def test_what_cannot_be_silenced_is_named(home: Cast) -> None:
    desk = home.of(Role.DUTY_DESK)
    assert refused(desk, alert_kind="no-such") == {"alert_kind": "one of out-of-bed"}
    assert refused(desk, alert_kind="away-overdue") == {"alert_kind": "one of out-of-bed"}
    assert "resident_id" in refused(desk, resident_id=None)
    assert "resident_id" in refused(desk, device_id="button-1")
    assert "device_id" in refused(desk, resident_id=None, device_id="none")
    assert made(desk, resident_id=None, device_id="button-1")["subject"] == "device:button-1"


def test_an_end_is_put_off_and_taken_back_and_twice_is_once(home: Cast) -> None:
    desk = home.worker("pema")
    path = f"{API}/{made(desk)['id']}"
    later = {"until": format_instant(NIGHT + 3 * HOUR), "reason": "still there"}
    assert desk.patch(path, json=later).json()["until"] == later["until"]
    too_long = {**later, "until": format_instant(NIGHT + 13 * HOUR)}
    assert desk.patch(path, json=too_long).status_code == 422
    over = desk.delete(path).json()
    assert (over["running"], over["ending"], over["ended_by"]) == (False, "lifted", "pema")
    assert desk.delete(path).json() == over
    assert desk.patch(path, json=later).json()["code"] == "already_over"
    actions = [each["action"] for each in home.of(Role.ADMIN).get("/api/v1/audit").json()["items"]]
    assert actions == ["silence.made", "silence.moved", "silence.lifted"]


def test_an_absence_stands_in_the_list_and_ends_by_a_return_alone(home: Cast) -> None:
    basang = home.worker("basang")
    data = {"reason": "family", "until": format_instant(NIGHT + 48 * HOUR)}
    away = {"kind": "resident.away", "resident_id": "yangzom", "data": data}
    assert basang.post("/api/v1/events", json=away).status_code == 201
    [absence] = basang.get(API).json()["items"]
    assert (absence["kind"], absence["author"], absence["reason"]) == ("away", "basang", "family")
    assert basang.delete(f"{API}/{absence['id']}").json()["code"] == "is_away"
    longer = {**away, "data": {**data, "until": format_instant(NIGHT + 72 * HOUR)}}
    basang.post("/api/v1/events", json=longer)
    first, second = basang.get(API).json()["items"]
    assert (first["ending"], second["running"]) == ("taken_back", True)
    basang.post("/api/v1/events", json={"kind": "resident.returned", "resident_id": "yangzom"})
    assert basang.get(API).json()["items"][1]["ending"] == "returned"


# ------------------------------------------------------------------ pages


def test_a_silence_does_not_go_with_a_device_to_somebody_elses_home(home: Cast) -> None:
    desk, admin = home.worker("pema"), home.of(Role.ADMIN)
    silence = made(desk, resident_id=None, device_id="button-1")
    assert admin.patch("/api/v1/devices/button-1", json={"place": "走廊"}).status_code == 200
    assert desk.get(f"{API}/{silence['id']}").json()["running"] is True, "it hangs where it did"
    assert admin.patch("/api/v1/devices/button-1", json={"resident_id": "dawa"}).status_code == 200
    ended = desk.get(f"{API}/{silence['id']}").json()
    assert (ended["running"], ended["ending"], ended["ended_by"]) == (False, "lifted", "token:tok-admin")


def test_nobody_is_asked_to_look_for_somebody_who_has_left(home: Cast) -> None:
    desk = home.worker("pema")
    away = {"kind": "resident.away", "resident_id": "yangzom", "data": {"reason": "住院"}}
    assert desk.post("/api/v1/events", json=away).status_code == 201
    later = {"left_at": format_instant(NIGHT + HOUR), "left_reason": "moved"}
    admin = home.of(Role.ADMIN)
    assert admin.patch("/api/v1/residents/yangzom", json=later).status_code == 200
    assert desk.get(API).json()["items"][0]["running"] is True
    left = {"left_at": format_instant(NIGHT)}
    assert admin.patch("/api/v1/residents/yangzom", json=left).status_code == 200
    [absence] = desk.get(API).json()["items"]
    assert (absence["running"], absence["ending"]) == (False, "taken_back")


def test_the_form_silences_and_the_list_ends_it(home: Cast) -> None:
    desk = home.worker("pema")
    form = desk.get("/silences/new?resident=yangzom", headers={"Accept-Language": "en"}).text
    assert 'value="720"' in form
    assert 'value="1440"' not in form, "a duty desk silences for a shift"
    assert "out-of-bed" in form
    assert "own-call" not in form
    said = {"resident_id": "yangzom", "minutes": "60", "reason": "女儿陪着", "alert_kind": ""}
    assert desk.post("/silences", data={**said, "reason": " "}).status_code == 422
    assert desk.post("/silences", data={**said, "minutes": "1440"}).status_code == 422
    assert desk.post("/silences", data=said, follow_redirects=False).status_code == 303
    [silence] = desk.get(API).json()["items"]
    listed = desk.get("/silences").text
    assert "女儿陪着" in listed
    assert "Pema" in listed
    assert 'class="tag silenced"' in desk.get("/").text
    assert "女儿陪着" in desk.get("/residents/yangzom").text
    desk.post(f"/silences/{silence['id']}/extend", data={"minutes": "60"})
    assert desk.get(f"{API}/{silence['id']}").json()["until"] == format_instant(NIGHT + 2 * HOUR)
    assert desk.post(f"/silences/{silence['id']}/extend", data={"minutes": "61"}).status_code == 422
    desk.post(f"/silences/{silence['id']}/end")
    assert desk.get(f"{API}/{silence['id']}").json()["ending"] == "lifted"
    assert 'class="tag silenced"' not in desk.get("/").text


def test_who_may_not_silence_sees_the_list_and_no_button(home: Cast) -> None:
    made(home.worker("pema"))
    karma = home.worker("karma")
    listed = karma.get("/silences").text
    assert "女儿陪着" in listed
    assert "/end" not in listed
    assert karma.get("/silences/new?resident=yangzom").status_code == 403
    assert "/silences/new" not in karma.get("/residents/yangzom").text


def test_a_synthetic_resident_is_on_no_list(home: Cast) -> None:
    with home.store.writing() as uow:
        resident = uow.residents.get("yangzom")
        assert resident is not None
        uow.residents.save(replace(resident, synthetic=True))
    desk = home.of(Role.ADMIN)
    made(desk)
    assert desk.get(API).json()["items"] == []
    assert len(desk.get(API, params={"synthetic": True}).json()["items"]) == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "求助仍会照常通知"),
        ("bo", "རོགས་འབོད་བྱུང་ན་སྔར་བཞིན་བརྡ་གཏོང་།"),
        ("en", "Calls for help are told all the same."),
    ],
)
def test_the_board_says_that_calls_for_help_are_told_in_spite_of_a_silence(
    home: Cast, language: str, said: str
) -> None:
    desk = home.worker("pema")
    wanted = {"resident_id": "yangzom", "minutes": "60", "reason": "女儿陪着", "alert_kind": ""}
    assert desk.post("/silences", data=wanted, follow_redirects=False).status_code == 303
    desk.cookies.set("anxin_language", language)
    board = desk.get("/", headers={"Accept": "text/html"}).text
    assert said in board[board.index('data-part="silenced"') :]
