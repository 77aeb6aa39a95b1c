"""The door of replies: who may bring them, and in which form."""

from __future__ import annotations

import pytest

from services.domain.people import Role
from tests.unit.console.answering import NUMBERS, PHONE, Messenger, give_addresses
from tests.unit.console.cast import Cast, press

BASANG = NUMBERS["basang"]


def test_a_messenger_may_do_nothing_else(house: Cast) -> None:
    press(house)
    client = house.of(Role.MESSENGER)
    for path in ("alerts", "homes", "notices", "workers", "session", "residents", "audit"):
        assert client.get(f"/api/v1/{path}").status_code == 403
    assert client.post("/api/v1/alerts/alert-1/accept", json={"worker_id": "basang"}).status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MESSENGER}))
def test_nobody_else_brings_replies(house: Cast, role: Role) -> None:
    said = {"id": "m", "channel": PHONE.value, "from": "x", "text": "1"}
    assert house.of(role).post("/api/v1/replies", json=said).status_code == 403
    assert house.client().post("/api/v1/replies", json=said).status_code == 401


def test_no_person_is_a_messenger(house: Cast) -> None:
    worker = {"name": "Pasang", "role": "messenger"}
    assert house.of(Role.ADMIN).post("/api/v1/workers", json=worker).status_code == 422
    login = {"username": "pasang", "role": "messenger"}
    assert house.of(Role.ADMIN).post("/api/v1/users", json=login).status_code == 422


def test_a_form_says_the_same_as_json(house: Cast) -> None:
    give_addresses(house, **NUMBERS)
    messenger = Messenger(house)
    press(house)
    said = {"id": "m-1", "channel": PHONE.value, "from": BASANG, "text": "收到", "sent_at": ""}
    answer = messenger.client.post("/api/v1/replies", data=said)
    assert (answer.status_code, answer.json()) == (201, {"result": "accepted"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"id=1&id=2&channel=email&from=x&text=1",
        b"id=1&channel=pigeon&from=x&text=1",
        b"id=1&channel=email&text=1",
        b"id=1&channel=email&from=%FF&text=1",
        b"id=1&channel=email&from=x&text=1&more=2",
    ],
)
def test_a_form_that_does_not_fit_is_refused_in_words(house: Cast, body: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = house.of(Role.MESSENGER).post("/api/v1/replies", content=body, headers=kind)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"id": 1}', b'{"id":"1","channel":"email","from":"","text":"1"}']
)
def test_json_that_does_not_fit_is_refused_in_words(house: Cast, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    answer = house.of(Role.MESSENGER).post("/api/v1/replies", content=body, headers=kind)
    assert answer.status_code in {400, 422}
