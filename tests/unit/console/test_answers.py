"""How the API says no, and how lists answer a part of themselves."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from services.console.app import make_app
from services.domain.people import Resident, Role
from services.domain.ports import StoreUnavailable, UnitOfWork
from tests.unit.console.cast import NIGHT, Cast


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= body.keys()
    assert (body["status"], body["code"]) == (status, code)
    return body


def test_every_faulty_field_is_named_with_what_was_found_and_expected(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post("/api/v1/residents", json={"name": "", "tags": [7], "nmae": "x"})
    faults = assert_problem(answer, 422, "unfit")["errors"]
    assert {fault["field"] for fault in faults} == {"name", "tags.0", "nmae"}
    assert all(fault["expected"] for fault in faults)
    assert {fault["field"]: fault["found"] for fault in faults} == {"name": "", "tags.0": 7, "nmae": "x"}


def test_a_password_is_never_said_back(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post(
        "/api/v1/users", json={"username": "x", "role": "manager", "password": "short"}
    )
    assert "short" not in answer.text
    assert assert_problem(answer, 422, "unfit")["errors"][0]["field"] == "password"


def test_json_that_is_none_answers_400(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post(
        "/api/v1/homes", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert_problem(answer, 400, "malformed_json")


def test_a_body_that_is_not_said_to_be_json_answers_422(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post("/api/v1/homes", content=b"{}")
    assert "application/json" in assert_problem(answer, 422, "unfit")["errors"][0]["expected"]


def test_a_body_over_a_mebibyte_answers_413(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post("/api/v1/homes", json={"address": "x" * 2**20})
    assert_problem(answer, 413, "too_large")


def test_an_unknown_query_parameter_is_refused(house: Cast) -> None:
    answer = house.of(Role.ADMIN).get("/api/v1/alerts?residnet_id=yangzom")
    fault = assert_problem(answer, 422, "unfit")["errors"][0]
    assert fault["field"] == "residnet_id"
    assert "resident_id" in fault["expected"]


def test_a_query_parameter_is_given_once(house: Cast) -> None:
    assert_problem(house.of(Role.ADMIN).get("/api/v1/homes?limit=1&limit=2"), 422, "unfit")


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", ""])
def test_a_limit_lies_between_1_and_500(house: Cast, limit: str) -> None:
    assert_problem(house.of(Role.ADMIN).get(f"/api/v1/homes?limit={limit}"), 422, "unfit")


def test_an_unknown_path_and_a_wrong_method_are_problems_as_well(house: Cast) -> None:
    client = house.of(Role.ADMIN)
    assert_problem(client.get("/api/v1/nothing"), 404, "not_found")
    answer = client.put("/api/v1/homes", json={})
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


class NoStore:
    def reading(self) -> AbstractContextManager[UnitOfWork]:
        raise StoreUnavailable("gone")

    writing = reading


def test_a_store_that_is_gone_answers_503(house: Cast) -> None:
    app = make_app(replace(house.parts, store=NoStore(), registry=CollectorRegistry()))
    client = TestClient(app, headers={"Authorization": "Bearer token-admin"})
    answer = client.get("/api/v1/homes")
    assert_problem(answer, 503, "store_unavailable")
    assert answer.headers["retry-after"] == "5"


def test_a_fault_of_the_house_keeps_its_inside_to_itself(house: Cast) -> None:
    def fails() -> list[str]:
        raise RuntimeError("the secret of the house")

    app = make_app(replace(house.parts, health=fails, registry=CollectorRegistry()))
    answer = TestClient(app, raise_server_exceptions=False).get("/readyz")
    assert_problem(answer, 500, "fault")
    assert "secret" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_every_answer_keeps_caches_and_frames_away(house: Cast) -> None:
    for path in ("/healthz", "/api/v1/homes", "/sign-in", "/static/x/nothing.css", "/nothing"):
        headers = house.client().get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def many(house: Cast, count: int) -> None:
    with house.store.writing() as uow:
        for number in range(count):
            uow.residents.add(Resident(f"r{number:03}", "home-2", f"Person {number}", NIGHT))


def test_pages_hold_each_thing_once_in_the_order_of_storing(house: Cast) -> None:
    many(house, 10)
    client = house.of(Role.ADMIN)
    seen: list[str] = []
    after = 0
    while True:
        page = client.get(f"/api/v1/residents?after={after}&limit=5").json()
        assert len(page["items"]) <= 5
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == ["yangzom", "dawa", *(f"r{number:03}" for number in range(10))]


def test_who_sees_a_part_pages_through_that_part_alone(house: Cast) -> None:
    many(house, 30)
    client = house.worker("basang")
    seen: list[str] = []
    after = 0
    while True:
        page = client.get(f"/api/v1/residents?after={after}&limit=3").json()
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == ["yangzom"]


def test_a_hundred_are_answered_where_nobody_says_how_many(house: Cast) -> None:
    many(house, 110)
    page = house.of(Role.ADMIN).get("/api/v1/residents").json()
    assert len(page["items"]) == 100
    assert page["next"] is not None


def test_instants_are_answered_in_utc(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post(
        "/api/v1/residents", json={"name": "Nyima", "enrolled_at": "2025-07-20T08:00:00+08:00"}
    )
    assert answer.json()["enrolled_at"] == "2025-07-20T00:00:00Z"


@pytest.mark.parametrize("instant", ["2025-07-20", "2025-07-20T08:00:00", 1753000000, "now", None])
def test_an_instant_without_an_offset_is_none(house: Cast, instant: object) -> None:
    answer = house.of(Role.ADMIN).post(
        "/api/v1/shifts",
        json={
            "team_id": "team",
            "worker_id": "pema",
            "starts_at": instant,
            "ends_at": "2025-07-21T00:00:00Z",
        },
    )
    assert assert_problem(answer, 422, "unfit")["errors"][0]["field"] == "starts_at"
