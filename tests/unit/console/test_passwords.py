"""Guessing: a wrong name and a wrong password look alike and cost the same, and who tries too often waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.console import passwords
from services.console.throttle import MOST_AT_ONCE, TRIES_OF_A_NAME, TRIES_OF_AN_ADDRESS, Throttle, address_of
from services.domain.people import Role, User
from tests.unit.console.cast import PASSWORD, Cast


def tries(house: Cast, address: str, username: str, password: str) -> int:
    client = TestClient(house.app, base_url="http://console.test", client=(address, 5000))
    answer = client.post("/api/v1/session", json={"username": username, "password": password})
    return answer.status_code


@pytest.mark.parametrize(
    ("username", "password"),
    [("desk", "wrong"), ("nobody", PASSWORD), ("nobody", "wrong")],
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    house: Cast, username: str, password: str
) -> None:
    answer = house.client().post("/api/v1/session", json={"username": username, "password": password})
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_name_or_password"
    assert "set-cookie" not in answer.headers


class CountingHasher(Argon2Hasher):
    """Argon2 that counts how often it worked."""

    def __init__(self) -> None:
        super().__init__()
        self.worked = 0

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002 - the hasher's own word
        self.worked += 1
        return super().verify(password, hash)


@pytest.mark.parametrize(
    "stored",
    [None, "no hash at all", pytest.param(passwords.hashed("another word"), id="the hash of another word")],
)
def test_an_unknown_name_takes_the_work_of_a_known_one(
    monkeypatch: pytest.MonkeyPatch, stored: str | None
) -> None:
    hasher = CountingHasher()
    monkeypatch.setattr(passwords, "_ARGON2", PasswordHash((hasher,)))
    assert not passwords.check("a word", stored).fits
    assert hasher.worked == 1


def test_the_right_password_fits_its_hash_alone() -> None:
    assert passwords.check("a word", passwords.hashed("a word")) == passwords.Check(fits=True)


def test_a_weaker_hash_is_made_anew_at_the_next_sign_in(house: Cast) -> None:
    weak = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with house.store.writing() as uow:
        uow.users.add(User("usr-old", "old", Role.DUTY_DESK, weak, worker_id="pema"))
    assert tries(house, "192.0.2.1", "old", "wrong") == 401
    with house.store.reading() as uow:
        assert uow.users.get("usr-old") == User("usr-old", "old", Role.DUTY_DESK, weak, worker_id="pema")
    assert tries(house, "192.0.2.1", "old", PASSWORD) == 201
    with house.store.reading() as uow:
        user = uow.users.get("usr-old")
    assert user is not None
    assert user.password_hash != weak
    assert passwords.check(PASSWORD, user.password_hash) == passwords.Check(fits=True)


def test_who_fails_too_often_waits_even_with_the_right_password(house: Cast) -> None:
    client = house.client()
    for _ in range(10):
        client.post("/api/v1/session", json={"username": "desk", "password": "wrong"})
    answer = client.post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    other = client.post("/api/v1/session", json={"username": "grid", "password": PASSWORD})
    assert other.status_code == 201


def test_nobody_is_locked_out_from_elsewhere(house: Cast) -> None:
    for _ in range(TRIES_OF_A_NAME):
        assert tries(house, "192.0.2.66", "desk", "wrong") == 401
    assert tries(house, "192.0.2.66", "desk", PASSWORD) == 429
    assert tries(house, "192.0.2.1", "desk", PASSWORD) == 201


def test_another_spelling_of_a_name_is_no_further_try(house: Cast) -> None:
    for number in range(TRIES_OF_A_NAME):
        tries(house, "192.0.2.66", ("desk", "DESK", " Desk")[number % 3], "wrong")
    assert tries(house, "192.0.2.66", "dESk", PASSWORD) == 429


def test_one_address_does_not_try_all_names(house: Cast) -> None:
    throttle: Throttle = house.app.state.throttle
    for number in range(TRIES_OF_AN_ADDRESS):
        throttle.begin("192.0.2.66", f"name-{number}")
    assert tries(house, "192.0.2.66", "desk", PASSWORD) == 429
    assert tries(house, "192.0.2.1", "desk", PASSWORD) == 201


def test_many_tries_at_once_are_no_way_around(house: Cast) -> None:
    with ThreadPoolExecutor(20) as crowd:
        found = list(crowd.map(lambda _: tries(house, "192.0.2.66", "desk", "wrong"), range(40)))
    assert found.count(401) <= TRIES_OF_A_NAME
    assert found.count(429) == 40 - TRIES_OF_A_NAME


def test_who_knows_the_password_in_the_end_begins_anew(house: Cast) -> None:
    for _ in range(3):
        for _ in range(TRIES_OF_A_NAME - 1):
            tries(house, "192.0.2.1", "desk", "wrong")
        assert tries(house, "192.0.2.1", "desk", PASSWORD) == 201


def test_a_flood_of_passwords_leaves_the_machine_to_the_alarms(house: Cast) -> None:
    throttle: Throttle = house.app.state.throttle
    for _ in range(MOST_AT_ONCE):
        throttle.at_work.acquire()
    answer = house.client().post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "1")
    assert house.of(Role.DUTY_DESK).get("/api/v1/alerts").status_code == 200
    throttle.at_work.release()
    assert tries(house, "192.0.2.1", "desk", PASSWORD) == 201


def test_the_page_says_how_long_to_wait(house: Cast) -> None:
    client = house.client()
    for _ in range(TRIES_OF_A_NAME):
        client.post("/sign-in", data={"username": "desk", "password": "wrong"})
    answer = client.post("/sign-in", data={"username": "desk", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "300")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_all_addresses_of_one_line_count_as_one(host: str, address: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1)})) == address


@pytest.mark.parametrize(
    "body", [{"username": "desk", "password": "#" * 201}, {"username": "x" * 201, "password": "#"}]
)
def test_what_is_too_long_for_a_login_is_not_worked_on(house: Cast, body: dict[str, str]) -> None:
    answer = house.client().post("/api/v1/session", json=body)
    assert answer.status_code == 422
    assert body["password"] not in answer.text
