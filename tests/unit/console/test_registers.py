"""What people keep: homes, residents, workers, grids, teams and shifts, and what each change sets off."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.domain.people import Role
from services.domain.ports import Topic
from tests.unit.console.cast import Cast, press


@pytest.fixture
def admin(house: Cast) -> TestClient:
    return house.of(Role.ADMIN)


def facts(house: Cast, **filters: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        house.of(Role.ADMIN).get("/api/v1/events", params={"origin": "house", **filters}).json()["items"]
    )
    return items


def actions(house: Cast) -> list[str]:
    return [entry["action"] for entry in house.of(Role.ADMIN).get("/api/v1/audit").json()["items"]]


def test_a_resident_needs_only_a_name_and_gets_a_home_of_their_own(house: Cast, admin: TestClient) -> None:
    made = admin.post("/api/v1/residents", json={"name": "Nyima"})
    assert made.status_code == 201
    resident = made.json()
    assert admin.get(f"/api/v1/homes/{resident['home_id']}").json()["address"] == ""
    assert resident["enrolled_at"] == "2025-07-22T18:13:00Z"
    assert resident["protection"] == {
        "state": "unprotected",
        "reasons": ["no_call_device", "nobody_assigned"],
        "owner_id": "tashi",
        "due_at": "2025-07-23T18:13:00Z",
    }
    assert admin.get(f"/api/v1/residents/{resident['id']}").json() == resident


def test_who_is_enrolled_is_told_to_the_rules_at_once(house: Cast, admin: TestClient) -> None:
    body = {"name": "Nyima", "home_id": "home-1", "tags": ["独居"], "birth_date": "1947-03-09"}
    made = admin.post("/api/v1/residents", json=body).json()
    [fact] = facts(house)
    assert (fact["kind"], fact["resident_id"]) == ("resident.enrolled", made["id"])
    assert fact["data"]["tags"] == ["独居"]
    assert fact["data"]["birth_date"] == "1947-03-09"
    assert fact["data"]["timezone"] == "Asia/Shanghai"
    assert Topic.EVENTS in house.signals.woken
    assert actions(house) == ["resident.enrolled"]


def test_a_change_and_its_taking_back_at_one_instant_are_two_facts(house: Cast, admin: TestClient) -> None:
    for tags in (["a"], [], ["a"]):
        admin.patch("/api/v1/residents/yangzom", json={"tags": tags})
    assert [fact["data"]["tags"] for fact in facts(house)] == [["a"], [], ["a"]]


def test_who_leaves_is_said_so_and_is_watched_no_more(house: Cast, admin: TestClient) -> None:
    left = {"left_at": "2025-07-22T10:00:00Z", "left_reason": "moved to the centre"}
    resident = admin.patch("/api/v1/residents/yangzom", json=left).json()
    assert resident["left_reason"] == "moved to the centre"
    assert resident["protection"] == {
        "state": "unprotected",
        "reasons": ["left"],
        "owner_id": None,
        "due_at": None,
    }
    assert [fact["kind"] for fact in facts(house)] == ["resident.left"]
    back = admin.patch("/api/v1/residents/yangzom", json={"left_at": None, "left_reason": None}).json()
    assert back["left_at"] is None
    assert [fact["kind"] for fact in facts(house)] == ["resident.left", "resident.changed"]


def test_nobody_leaves_before_they_came(admin: TestClient) -> None:
    answer = admin.patch("/api/v1/residents/yangzom", json={"left_at": "2020-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "left_at")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_an_instant_at_the_end_of_the_calendar_is_none(admin: TestClient, instant: str) -> None:
    answer = admin.patch("/api/v1/residents/yangzom", json={"left_at": instant})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "left_at")


def test_null_clears_and_what_is_left_out_stays(admin: TestClient) -> None:
    admin.patch("/api/v1/residents/yangzom", json={"phone": "0894-5", "tags": ["高龄"]})
    resident = admin.patch("/api/v1/residents/yangzom", json={"tags": None, "backup_worker_id": None}).json()
    assert (resident["tags"], resident["backup_worker_id"]) == ([], None)
    assert (resident["phone"], resident["assigned_worker_id"]) == ("0894-5", "basang")


def test_a_name_cannot_be_cleared(admin: TestClient) -> None:
    answer = admin.patch("/api/v1/residents/yangzom", json={"name": None})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("residents", {"name": "N", "home_id": "none"}, "home_id"),
        ("residents", {"name": "N", "assigned_worker_id": "none"}, "assigned_worker_id"),
        ("residents", {"name": "N", "backup_worker_id": "none"}, "backup_worker_id"),
        ("residents", {"name": "N", "timezone": "Asia/Bomi"}, "timezone"),
        ("residents", {"name": "N", "enrolled_at": "2025-07-22T18:13:01Z"}, "enrolled_at"),
        ("residents", {"name": "N", "contacts": [{"name": "女儿"}, {"name": "女儿"}]}, "contacts.1.name"),
        ("homes", {"grid_id": "none"}, "grid_id"),
        ("homes", {"neighbour_id": "none"}, "neighbour_id"),
        ("workers", {"name": "W", "role": "neighbour", "team_id": "none"}, "team_id"),
        ("workers", {"name": "W", "role": "neighbour", "grid_ids": ["grid-1", "none"]}, "grid_ids.1"),
        ("workers", {"name": "W", "role": "elder"}, "role"),
        ("grids", {"name": "G", "neighbouring_ids": ["none"]}, "neighbouring_ids.0"),
        (
            "shifts",
            {
                "team_id": "team",
                "worker_id": "none",
                "starts_at": "2025-01-01T00:00:00Z",
                "ends_at": "2025-01-01T08:00:00Z",
            },
            "worker_id",
        ),
        (
            "shifts",
            {
                "team_id": "team",
                "worker_id": "pema",
                "starts_at": "2025-01-01T08:00:00Z",
                "ends_at": "2025-01-01T08:00:00Z",
            },
            "ends_at",
        ),
    ],
)
def test_what_a_thing_refers_to_must_be_there(
    admin: TestClient, path: str, body: dict[str, Any], field: str
) -> None:
    answer = admin.post(f"/api/v1/{path}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("kind", "address", "fits"),
    [
        ("webhook", "http://127.0.0.1:9000/notices", True),
        ("webhook", "https://hook.example.org/a?b=c", True),
        ("webhook", "http://[::1]:8080/", True),
        ("webhook", "ftp://example.org/", False),
        ("webhook", "http://", False),
        ("webhook", "http://example.org:99999/", False),
        ("webhook", "basang@example.org", False),
        ("email", "basang@example.org", True),
        ("email", "Basang <basang@example.org>", False),
        ("email", "a@example.org,b@example.org", False),
        ("email", "basang@", False),
        ("wecom_bot", "693a91f6-7000-4bc4-97a0-0ec2511aa5aa", True),
        ("wecom_bot", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6", False),
        ("wecom_app", "pema", True),
        ("wecom_app", "@all", False),
        ("dingtalk", "566cc69da782ec#SEC0a1b", True),
        ("dingtalk", "13900001111&x", False),
        ("feishu", "0a1b2c3d-0000-4bc4", True),
        ("sms_aliyun", "13900001111", True),
        ("sms_tencent", "+8613900001111", True),
        ("sms_gateway", "139 0000 1111", False),
        ("voice", "089312345678", True),
        ("voice", "pema@example.org", False),
        ("ntfy", "pema-7Gk2", True),
        ("ntfy", "a/b", False),
        ("mqtt", "desk/siren", True),
        ("mqtt", "desk/#", False),
        ("apprise", "ntfys://ntfy.example.org/pema", True),
        ("apprise", "ntfy.example.org", False),
        ("pigeon", "loft 3", False),
    ],
)
def test_a_channel_fits_its_kind(admin: TestClient, kind: str, address: str, *, fits: bool) -> None:
    channels = [{"kind": kind, "address": address}]
    answer = admin.post("/api/v1/workers", json={"name": "W", "role": "neighbour", "channels": channels})
    assert answer.status_code == (201 if fits else 422)
    if fits:
        assert answer.json()["channels"] == channels


def test_addresses_are_shown_whole_to_their_owner_and_to_managers(house: Cast) -> None:
    def address_seen_by(client: TestClient) -> str:
        channels = client.get("/api/v1/workers/basang").json()["channels"]
        return str(channels[1]["address"])

    assert address_seen_by(house.worker("basang")) == "basang@example.org"
    assert address_seen_by(house.of(Role.MANAGER)) == "basang@example.org"
    assert address_seen_by(house.worker("norbu")) == "b…@example.org"
    assert address_seen_by(house.worker("pema")) == "b…@example.org"


def test_a_key_of_many_is_shown_whole_to_those_alone_who_keep_the_register(
    house: Cast, admin: TestClient
) -> None:
    keys = [
        {"kind": "dingtalk", "address": "566cc69da782ec#SEC0a1b"},
        {"kind": "voice", "address": "13900001234"},
    ]
    admin.patch("/api/v1/workers/basang", json={"channels": keys})

    def seen_by(client: TestClient) -> list[str]:
        return [each["address"] for each in client.get("/api/v1/workers/basang").json()["channels"]]

    assert seen_by(house.of(Role.MANAGER)) == ["566cc69da782ec#SEC0a1b", "13900001234"]
    assert seen_by(house.worker("basang")) == ["566…", "13900001234"]
    assert seen_by(house.worker("pema")) == ["566…", "…1234"]
    assert "SEC0a1b" not in house.of(Role.ADMIN).get("/api/v1/audit").text


def test_a_new_zone_of_a_home_is_told_for_who_has_none_of_their_own(house: Cast, admin: TestClient) -> None:
    admin.post("/api/v1/residents", json={"name": "N", "home_id": "home-1", "timezone": "Europe/Berlin"})
    admin.patch("/api/v1/homes/home-1", json={"timezone": "Asia/Urumqi"})
    [fact] = facts(house, kind="resident.changed")
    assert (fact["resident_id"], fact["data"]["timezone"]) == ("yangzom", "Asia/Urumqi")
    admin.patch("/api/v1/homes/home-1", json={"address": "somewhere else"})
    assert len(facts(house, kind="resident.changed")) == 1


def test_homes_keep_what_they_are_given(admin: TestClient) -> None:
    body = {
        "address": "5 River Lane",
        "key_place": "under the third stone",
        "phone": "0894-5",
        "grid_id": "grid-1",
        "neighbour_id": "dolma",
        "places": ["bedroom", "bathroom"],
        "timezone": None,
    }
    home = admin.post("/api/v1/homes", json=body).json()
    assert {name: home[name] for name in body} == body
    assert admin.get("/api/v1/homes?neighbour_id=dolma").json()["items"][-1] == home
    cleared = admin.patch(f"/api/v1/homes/{home['id']}", json={"places": None, "address": None}).json()
    assert (cleared["places"], cleared["address"], cleared["phone"]) == ([], "", "0894-5")


def test_the_roster_is_written_and_taken_back(admin: TestClient) -> None:
    body = {
        "team_id": "team",
        "worker_id": "pema",
        "starts_at": "2025-07-22T12:00:00Z",
        "ends_at": "2025-07-23T00:00:00Z",
    }
    shift = admin.post("/api/v1/shifts", json=body).json()
    longer = {"ends_at": "2025-07-23T02:00:00Z"}
    assert admin.patch(f"/api/v1/shifts/{shift['id']}", json=longer).json()["ends_at"] == longer["ends_at"]
    assert admin.delete(f"/api/v1/shifts/{shift['id']}").status_code == 204
    assert admin.delete(f"/api/v1/shifts/{shift['id']}").status_code == 404
    assert admin.get("/api/v1/shifts").json()["items"] == []


def test_teams_and_grids_can_be_made_and_renamed(admin: TestClient) -> None:
    team = admin.post("/api/v1/teams", json={"name": "East"}).json()
    grid = admin.post("/api/v1/grids", json={"name": "Third", "team_id": team["id"]}).json()
    assert admin.patch(f"/api/v1/teams/{team['id']}", json={"name": "West"}).json()["name"] == "West"
    assert admin.patch(f"/api/v1/grids/{grid['id']}", json={"team_id": None}).json()["team_id"] is None
    assert [each["id"] for each in admin.get("/api/v1/grids").json()["items"]][-1] == grid["id"]


def test_who_is_switched_off_while_holding_hands_on_at_once(house: Cast, admin: TestClient) -> None:
    press(house)
    house.worker("basang").post("/api/v1/alerts/alert-1/accept")
    admin.patch("/api/v1/workers/basang", json={"active": False})
    alert = admin.get("/api/v1/alerts/alert-1").json()
    assert (alert["state"], alert["accepted_by"]) == ("open", None)
    assert "basang" not in alert["owner_ids"]
    assert Topic.NOTICES in house.signals.woken
    told = admin.get("/api/v1/notices?alert_id=alert-1").json()["items"]
    assert any(notice["worker_id"] == "cering" for notice in told)


def test_who_is_switched_off_while_being_told_is_passed_over_at_once(house: Cast, admin: TestClient) -> None:
    press(house)
    admin.patch("/api/v1/workers/basang", json={"active": False})
    told = admin.get("/api/v1/notices?alert_id=alert-1").json()["items"]
    assert any(notice["worker_id"] == "cering" and notice["state"] != "not_sent" for notice in told)


def test_things_that_are_not_there_answer_404(admin: TestClient) -> None:
    for path in ("homes", "residents", "workers", "grids", "teams", "shifts", "users", "devices"):
        assert admin.get(f"/api/v1/{path}/none").status_code == 404, path
        assert admin.patch(f"/api/v1/{path}/none", json={}).status_code == 404, path
