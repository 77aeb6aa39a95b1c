"""The simulator's side of the HTTP API: what it asks, and what it makes of the answers."""

import json
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx2
import pytest

from devices.simulator.api import Api, ApiRefused, ApiUnreachable


def api(answer: Callable[[httpx2.Request], httpx2.Response]) -> Api:
    return Api("http://127.0.0.1:1/", "secret", transport=httpx2.MockTransport(answer))


def test_a_list_is_read_to_its_end_by_its_cursor() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url.query, "ascii"))
        assert request.headers["authorization"] == "Bearer secret"
        first = "after" not in request.url.params
        return httpx2.Response(200, json={"items": [{"id": 1 if first else 2}], "next": 7 if first else None})

    assert [item["id"] for item in api(answer).all("alerts", state="open")] == [1, 2]
    assert asked == ["limit=500&state=open", "limit=500&state=open&after=7"]


def test_what_is_not_known_is_left_out_and_time_is_utc() -> None:
    bodies: list[tuple[str, object]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        bodies.append((request.url.path, json.loads(request.content)))
        return httpx2.Response(201, json={"id": "x", "now": "2025-07-22T18:13:00Z"})

    spoken = api(answer)
    assert spoken.make("residents", name="德吉", home_id=None)["id"] == "x"
    spoken.move_time_to(datetime(2025, 7, 23, 2, 13, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert bodies == [
        ("/api/v1/residents", {"name": "德吉"}),
        ("/api/v1/clock", {"to": "2025-07-22T18:13:00Z"}),
    ]


def test_a_refusal_says_the_problem_and_its_fields() -> None:
    problem = {
        "title": "Not as expected",
        "status": 422,
        "detail": "name: expected a name",
        "errors": [{"field": "name", "found": "", "expected": "a name"}],
    }
    with pytest.raises(ApiRefused, match=r"422: Not as expected; name: found '', expected a name$") as caught:
        api(lambda _: httpx2.Response(422, json=problem)).get("x")
    assert caught.value.status == 422


def test_a_refusal_without_a_problem_says_what_was_asked() -> None:
    with pytest.raises(ApiRefused, match="404: POST clock"):
        api(lambda _: httpx2.Response(404, text="<html>")).post("clock", {})


def test_a_service_that_is_gone_is_another_thing_than_a_refusal() -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    with pytest.raises(ApiUnreachable, match="GET x: refused"):
        api(answer).get("x")
