"""Devices: registered by their label, let in by a password that is shown once, retired for good."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.domain.people import Role
from tests.unit.console.cast import Cast

BUTTON = {"external_id": "b-2", "type": "call_button", "resident_id": "dawa"}


@pytest.fixture
def technician(house: Cast) -> TestClient:
    return house.worker("tashi")


def facts(house: Cast) -> list[tuple[str, str]]:
    items = house.of(Role.ADMIN).get("/api/v1/events?origin=house").json()["items"]
    return [(item["kind"], item["device_id"]) for item in items]


def test_a_native_device_gets_a_password_that_is_shown_once(house: Cast, technician: TestClient) -> None:
    answer = technician.post("/api/v1/devices", json=BUTTON)
    assert answer.status_code == 201
    device = answer.json()
    assert device["mqtt"] == {"url": "mqtt://127.0.0.1:1", "username": "b-2", "password": "password-1"}
    assert (device["state"], device["home_id"], device["ecosystem"]) == ("registered", "home-2", "native")
    assert "mqtt" not in technician.get(f"/api/v1/devices/{device['id']}").json()
    assert house.broker.changes == 1
    with house.store.reading() as uow:
        stored = uow.devices.get(device["id"])
        assert stored is not None
        assert stored.credential_hash == "hash-1"


def test_the_rules_hear_of_each_device(house: Cast, technician: TestClient) -> None:
    device = technician.post("/api/v1/devices", json=BUTTON).json()
    technician.patch(f"/api/v1/devices/{device['id']}", json={"place": "bedroom"})
    technician.patch(f"/api/v1/devices/{device['id']}", json={"state": "retired"})
    assert facts(house) == [
        ("device.registered", device["id"]),
        ("device.changed", device["id"]),
        ("device.retired", device["id"]),
    ]


def test_a_device_of_another_ecosystem_brings_its_own_credentials(
    house: Cast, technician: TestClient
) -> None:
    body = {
        "external_id": "0x00158d0001a2b3c4",
        "ecosystem": "zigbee2mqtt",
        "type": "door_sensor",
        "home_id": "home-1",
        "mapping": {"contact": {"open": False}},
    }
    device = technician.post("/api/v1/devices", json=body).json()
    assert device["mqtt"] is None
    assert device["mapping"] == {"contact": {"open": False}}
    assert house.broker.issued == []
    answer = technician.post(f"/api/v1/devices/{device['id']}/credentials")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_credentials")


def test_a_name_on_the_wire_is_borne_by_one_device_of_an_ecosystem(technician: TestClient) -> None:
    first = technician.post("/api/v1/devices", json=BUTTON).json()
    answer = technician.post("/api/v1/devices", json=BUTTON)
    assert (answer.status_code, answer.json()["field"]) == (409, "external_id")
    assert technician.post("/api/v1/devices", json={**BUTTON, "ecosystem": "tasmota"}).status_code == 201
    technician.patch(f"/api/v1/devices/{first['id']}", json={"state": "retired"})
    assert technician.post("/api/v1/devices", json=BUTTON).status_code == 201


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a+b", "#", "x" * 65, "呼叫器", "a\u0000b"])
def test_a_native_name_has_the_characters_of_the_wire(technician: TestClient, name: str) -> None:
    answer = technician.post("/api/v1/devices", json={**BUTTON, "external_id": name})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "external_id")


def test_a_name_that_the_broker_cannot_carry_is_refused_in_words(technician: TestClient) -> None:
    body = {**BUTTON, "ecosystem": "zigbee2mqtt", "external_id": "living room button"}
    answer = technician.post("/api/v1/devices", json=body)
    assert answer.status_code == 422
    assert "disconnects whoever publishes" in answer.json()["errors"][0]["expected"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"resident_id": "none"}, "resident_id"),
        ({"resident_id": None, "home_id": "none"}, "home_id"),
        ({"home_id": "home-1"}, "home_id"),
        ({"gateway_id": "button-1"}, "gateway_id"),
        ({"type": "teapot"}, "type"),
        ({"ecosystem": "carrier-pigeon"}, "ecosystem"),
        ({"mapping": []}, "mapping"),
        ({"mapping": {"deep": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}}, "mapping"),
        ({"mapping": {"long": "x" * 20000}}, "mapping"),
        ({"mqtt": {}}, "mqtt"),
    ],
)
def test_a_device_must_fit_its_place(technician: TestClient, fields: dict[str, Any], field: str) -> None:
    answer = technician.post("/api/v1/devices", json={**BUTTON, **fields})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_device_moves_to_its_new_resident_s_home(technician: TestClient) -> None:
    moved = technician.patch("/api/v1/devices/button-1", json={"resident_id": "dawa"}).json()
    assert (moved["resident_id"], moved["home_id"]) == ("dawa", "home-2")
    freed = technician.patch("/api/v1/devices/button-1", json={"resident_id": None}).json()
    assert (freed["resident_id"], freed["home_id"]) == (None, "home-2")


def test_new_credentials_end_the_old(house: Cast, technician: TestClient) -> None:
    answer = technician.post("/api/v1/devices/button-1/credentials")
    assert answer.status_code == 201
    assert answer.json()["mqtt"]["password"] == "password-1"
    with house.store.reading() as uow:
        device = uow.devices.get("button-1")
        assert device is not None
        assert device.credential_hash == "hash-1"
    assert house.broker.changes == 1


def test_revoked_credentials_let_nobody_in(house: Cast, technician: TestClient) -> None:
    technician.post("/api/v1/devices/button-1/credentials")
    assert technician.delete("/api/v1/devices/button-1/credentials").status_code == 204
    with house.store.reading() as uow:
        device = uow.devices.get("button-1")
        assert device is not None
        assert device.credential_hash is None
    assert house.broker.changes == 2


def test_a_retired_device_stays_readable_and_changes_no_more(house: Cast, technician: TestClient) -> None:
    technician.post("/api/v1/devices/button-1/credentials")
    retired = technician.patch("/api/v1/devices/button-1", json={"state": "retired"}).json()
    assert retired["state"] == "retired"
    assert house.broker.changes == 2
    answer = technician.patch("/api/v1/devices/button-1", json={"place": "hall"})
    assert (answer.status_code, answer.json()["code"]) == (409, "retired")
    resident = technician.get("/api/v1/residents/yangzom").json()
    assert resident["protection"]["reasons"] == ["no_call_device"]


@pytest.mark.parametrize("state", ["live", "silent", "registered", None])
def test_only_the_house_says_whether_a_device_lives(technician: TestClient, state: str | None) -> None:
    assert technician.patch("/api/v1/devices/button-1", json={"state": state}).status_code == 422


def test_devices_are_found_by_what_they_are(technician: TestClient) -> None:
    technician.post("/api/v1/devices", json=BUTTON)
    for query, found in {
        "state=live": ["button-1"],
        "resident_id=dawa": ["b-2"],
        "external_id=b-2": ["b-2"],
        "type=call_button": ["button-1", "b-2"],
        "ecosystem=tasmota": [],
        "synthetic=true": [],
    }.items():
        items = technician.get(f"/api/v1/devices?{query}").json()["items"]
        assert [item["external_id"] for item in items] == found, query
