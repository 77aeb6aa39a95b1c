"""Homes at somebody else's service: enrolled, told apart, and gone afterwards whatever happened."""

import json
import re
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from devices.simulator.attaching import MARK, NotAdmitted
from devices.simulator.fleet.places import Broker, CannotPlay, attached_house
from devices.simulator.own_service import Service


class House:
    """A service of invented people whose broker is nowhere."""

    def __init__(self, server: HTTPServer, **session: Any) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self._session = {"role": "admin", "invented": True} | session
        self._made = 0
        self.paths: dict[str, object] = {}
        self.service = Service(server.url_for("").rstrip("/"), "token")
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/api/v1/")
        if path == "/openapi.json":
            return _json({"paths": self.paths})
        if request.method == "GET":
            found: Any = self._session if path == "session" else {"items": [{"tags": []}], "next": None}
            return _json({"items": [], "next": None} if path == "alerts" else found)
        self.calls.append((request.method, path, request.get_json()))
        self._made += 1
        return _json({"id": f"id{self._made}", "mqtt": {"url": "mqtt://127.0.0.1:1"}}, 201)


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def test_a_broker_that_lets_nobody_speak_for_all_is_found_out_with_one_home_which_leaves(
    httpserver: HTTPServer,
) -> None:
    house = House(httpserver)
    with (
        pytest.raises(CannotPlay, match="--open-mqtt"),
        attached_house(house.service, None, 50, lambda name: f"http://127.0.0.1:2/{name}", lambda: None),
    ):
        pass
    made = [(path, body) for method, path, body in house.calls if method == "POST"]
    assert [path for path, _ in made] == ["workers"] * 3 + ["residents"] + ["devices"] * 4
    assert made[0][1]["channels"][0]["address"].endswith(f"/{MARK}/worker")
    assert made[3][1]["tags"] == [MARK]
    changed = [path.partition("/")[0] for method, path, _ in house.calls if method == "PATCH"]
    assert changed == ["residents", *["devices"] * 4, *["workers"] * 3]


def test_nothing_is_written_where_somebody_real_lives(httpserver: HTTPServer) -> None:
    house = House(httpserver, invented=False)
    with (
        pytest.raises(NotAdmitted),
        attached_house(house.service, None, 50, lambda name: name, lambda: None),
    ):
        pass
    assert house.calls == []


def test_where_time_stands_still_no_fleet_is_played(httpserver: HTTPServer) -> None:
    house = House(httpserver)
    house.paths = {"/api/v1/clock": {}}
    with (
        pytest.raises(CannotPlay, match="time stands still"),
        attached_house(house.service, None, 50, lambda name: name, lambda: None),
    ):
        pass
    assert house.calls == []


def test_the_address_of_a_broker_may_hold_an_account() -> None:
    assert Broker.of("mqtt://all:secret@example.org:1884") == Broker("example.org", 1884, "all", "secret")
    assert Broker.of("mqtt://example.org") == Broker("example.org", 1883)
