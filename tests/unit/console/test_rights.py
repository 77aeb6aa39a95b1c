"""The table of rights holds a row for each route and a route for each row, and what it says is what
happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.routing import Route

from services.console.api import health
from services.console.app import make_app
from services.console.gate import GuardedRoute
from services.console.parts import Stepped
from services.console.rights import ONLY_WHERE_OFFERED, RIGHTS, Right
from services.domain.backtests import Backtest, BusyTrying
from services.domain.people import Role
from tests.unit.console.cast import NIGHT, Cast, cast


class NoStepper:
    def advance(self, to: object) -> Stepped:
        return Stepped(NIGHT, 0, 0)


def always_busy(text: str, file: str, days: int, until: object) -> Backtest:
    raise BusyTrying


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Cast]:
    """The console with everything that wiring can hand in."""
    with cast(
        tmp_path, stepper=NoStepper(), replay=lambda entry_id: False, backtest=always_busy
    ) as community:
        yield community


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (method, route.path_format)
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }


def test_every_route_has_a_row_and_every_row_a_route(whole: Cast) -> None:
    assert routes_of(whole.app) == set(RIGHTS)


def test_every_route_stands_behind_the_gate(whole: Cast) -> None:
    assert all(isinstance(route, GuardedRoute) for route in whole.app.routes)


def test_what_wiring_does_not_offer_is_not_routed(house: Cast) -> None:
    assert set(RIGHTS) - routes_of(house.app) == ONLY_WHERE_OFFERED


def test_a_route_without_a_row_answers_403(house: Cast) -> None:
    app = make_app(replace(house.parts, registry=CollectorRegistry()))
    app.router.routes.append(GuardedRoute("/api/v1/forgotten", health.is_alive, methods=["GET"]))
    house.app = app
    answer = house.of(Role.ADMIN).get("/api/v1/forgotten")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_right")


def path_of(template: str) -> str:
    return template.replace("{action}", "accept").replace("{name}", "none").replace("{", "").replace("}", "")


@pytest.mark.parametrize("role", Role)
def test_a_role_passes_the_gate_where_its_row_says_so_and_nowhere_else(whole: Cast, role: Role) -> None:
    client = whole.of(role)
    passed: set[tuple[str, str]] = set()
    refused: set[tuple[str, str]] = set()
    for (method, template), right in RIGHTS.items():
        if right.public or template.endswith("/stream"):
            continue
        answer = client.request(method, path_of(template))
        stopped = answer.status_code == 403 and answer.json()["code"] == "not_your_role"
        (refused if stopped else passed).add((method, template))
    assert passed == {key for key, right in RIGHTS.items() if role in right.roles and key[1][-6:] != "stream"}
    others = {key for key, right in RIGHTS.items() if role not in right.roles and not right.public}
    assert refused == {key for key in others if key[1][-6:] != "stream"}


def test_nobody_passes_the_gate_unknown(whole: Cast) -> None:
    client = whole.client()
    for (method, template), right in RIGHTS.items():
        answer = client.request(method, path_of(template), headers={"Accept": "application/json"})
        if not right.public:
            assert answer.status_code == 401, template
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_gate_asks_who_before_it_reads_the_body(house: Cast) -> None:
    answer = house.client().post("/api/v1/homes", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "bearer token-admin x"]
)
def test_a_bad_token_is_nobody_even_beside_a_good_cookie(house: Cast, header: str) -> None:
    client = house.client()
    client.post("/api/v1/session", json={"username": "desk", "password": "a night in July"})
    assert client.get("/api/v1/session", headers={"Authorization": header}).status_code == 401


def test_only_admins_make_logins_and_tokens() -> None:
    def roles(*keys: tuple[str, str]) -> set[Role]:
        return {role for key in keys for role in RIGHTS[key].roles}

    assert roles(("POST", "/api/v1/users"), ("POST", "/api/v1/tokens")) == {Role.ADMIN}


def test_an_empty_right_lets_nobody_pass() -> None:
    assert not Right().public
    assert not Right().roles
