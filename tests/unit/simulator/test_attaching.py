"""At somebody else's service: nothing is written where a real person lives, and whoever came leaves."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from devices.simulator.api import Api
from devices.simulator.attaching import MARK, Guests, NotAdmitted, admit, farewell

URL = "http://127.0.0.1:1"
NOW = datetime(2025, 7, 22, 18, 0, tzinfo=UTC)
OURS = {"id": "r1", "tags": ["独居", MARK]}
REAL = {"id": "r2", "tags": ["独居"]}
TELEPHONE = {"kind": "webhook", "address": f"http://127.0.0.1:1234/{MARK}/worker-1"}


def worker(*channels: dict[str, str], active: bool = True) -> dict[str, Any]:
    return {"id": "w1", "active": active, "channels": list(channels)}


class House:
    """A service that tells who lives there and keeps every call that would change something."""

    def __init__(self, **answers: Any) -> None:
        self.session = {"role": "admin", "invented": False} | answers.pop("session", {})
        self.lists: dict[str, list[dict[str, Any]]] = answers
        self.changes: list[tuple[str, str, Any]] = []
        self.refuses: set[str] = set()

    @property
    def api(self) -> Api:
        return Api(URL, "token", transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/api/v1/")
        if request.method != "GET":
            self.changes.append((request.method, path, json.loads(request.content)))
            return httpx2.Response(409 if path in self.refuses else 200, json={})
        if path == "session":
            return httpx2.Response(200, json=self.session)
        return httpx2.Response(200, json={"items": self.lists.get(path, []), "next": None})


@pytest.mark.parametrize(
    "house",
    [
        House(session={"invented": True}, residents=[REAL], workers=[worker({"kind": "email"})]),
        House(),
        House(residents=[OURS], workers=[worker(TELEPHONE), worker()]),
        House(workers=[worker({"kind": "email", "address": "a@example.org"}, active=False)]),
    ],
    ids=["invented", "empty", "of an earlier run", "workers who are gone"],
)
def test_it_is_admitted_where_nobody_real_can_be_meant(house: House) -> None:
    admit(house.api, URL)


@pytest.mark.parametrize(
    ("house", "words"),
    [
        (House(residents=[OURS, REAL]), "people live at"),
        (House(residents=[REAL | {"left_at": "2025-07-01T00:00:00Z"}]), "people live at"),
        (House(workers=[worker({"kind": "email", "address": "a@example.org"})]), "can be reached"),
        (House(workers=[worker({"kind": "webhook", "address": "http://127.0.0.1:9/mine"})]), "can be reach"),
        (House(session={"role": "manager"}), "of role manager"),
    ],
)
def test_it_is_refused_where_somebody_real_lives_or_would_be_called(house: House, words: str) -> None:
    with pytest.raises(NotAdmitted, match=words):
        admit(house.api, URL)
    assert house.changes == []


def test_a_service_that_does_not_say_that_all_are_invented_is_taken_for_real() -> None:
    house = House(residents=[REAL])
    del house.session["invented"]
    with pytest.raises(NotAdmitted):
        admit(house.api, URL)


def test_a_token_that_nobody_knows_is_named_as_the_fault() -> None:
    unknown = httpx2.MockTransport(lambda _: httpx2.Response(401, json={"title": "Unauthorized"}))
    with pytest.raises(NotAdmitted, match="does not know the token"):
        admit(Api(URL, "wrong", transport=unknown), URL)


def test_who_leaves_closes_what_is_open_about_them_first_and_nobody_elses() -> None:
    alerts = [
        {"id": "a1", "resident_id": "r1", "device_id": "d1", "accepted_by": None},
        {"id": "a2", "resident_id": "r2", "device_id": None, "accepted_by": None},
        {"id": "a3", "resident_id": None, "device_id": "d1", "accepted_by": "w9"},
    ]
    house = House(alerts=alerts)
    house.refuses = {"alerts/a1/close"}  # somebody was quicker
    farewell(house.api, Guests(frozenset({"r1"}), frozenset({"d1"}), frozenset({"w1"})), NOW)
    assert house.changes == [
        ("POST", "alerts/a1/accept", {"worker_id": "w1"}),
        ("POST", "alerts/a1/close", {"worker_id": "w1", "outcome": "test"}),
        ("POST", "alerts/a3/close", {"worker_id": "w9", "outcome": "test"}),
        (
            "PATCH",
            "residents/r1",
            {"left_at": "2025-07-22T18:00:00Z", "left_reason": "the simulator ended"},
        ),
        ("PATCH", "devices/d1", {"state": "retired"}),
        ("PATCH", "workers/w1", {"active": False}),
    ]
