"""Signing in: cookies, their end, the origin of requests, and too many tries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from services.console import passwords
from services.console.sessions import LASTS_FOR
from services.domain.people import Role
from tests.unit.console.cast import PASSWORD, Cast

OURS = "http://console.test"


def signed_in(house: Cast, username: str = "desk") -> TestClient:
    client = house.client()
    answer = client.post("/api/v1/session", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 201
    return client


def test_a_session_knows_who_asks(house: Cast) -> None:
    client = signed_in(house)
    assert client.get("/api/v1/session").json() == {
        "username": "desk",
        "role": "duty_desk",
        "worker_id": "pema",
        "expires_at": "2025-07-23T06:13:00Z",
    }


def test_the_cookie_is_kept_from_scripts_and_other_sites(house: Cast) -> None:
    answer = house.client().post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


def test_the_secret_of_a_session_is_stored_nowhere(house: Cast) -> None:
    client = signed_in(house)
    secret = client.cookies["anxin_session"]
    with house.store.reading() as uow:
        assert uow.access.session(secret) is None


def test_a_session_ends_by_itself(house: Cast) -> None:
    client = signed_in(house)
    house.clock.move(LASTS_FOR - timedelta(seconds=1))
    assert client.get("/api/v1/session").status_code == 200
    house.clock.move(timedelta(seconds=1))
    assert client.get("/api/v1/session").status_code == 401


def test_signing_out_ends_the_session_and_not_only_the_cookie(house: Cast) -> None:
    client = signed_in(house)
    secret = client.cookies["anxin_session"]
    assert client.delete("/api/v1/session").status_code == 204
    client.cookies.set("anxin_session", secret)
    assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize(
    ("username", "password"),
    [("desk", "wrong"), ("nobody", PASSWORD), ("nobody", "wrong"), ("DESK", PASSWORD)],
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    house: Cast, username: str, password: str
) -> None:
    answer = house.client().post("/api/v1/session", json={"username": username, "password": password})
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_name_or_password"
    assert "set-cookie" not in answer.headers


def test_an_unknown_name_takes_the_work_of_a_known_one() -> None:
    assert not passwords.matches("anything", None)
    assert passwords.matches("a word", passwords.hashed("a word"))
    assert not passwords.matches("a word", "no hash at all")


def test_who_fails_too_often_waits_even_with_the_right_password(house: Cast) -> None:
    client = house.client()
    for _ in range(10):
        client.post("/api/v1/session", json={"username": "desk", "password": "wrong"})
    answer = client.post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    other = client.post("/api/v1/session", json={"username": "grid", "password": PASSWORD})
    assert other.status_code == 201


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.test", "null", "http://console.test.elsewhere.test", ""]
)
def test_a_cookie_does_nothing_for_a_page_of_another_site(house: Cast, origin: str) -> None:
    client = signed_in(house)
    answer = client.delete("/api/v1/session", headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert client.get("/api/v1/session").status_code == 200


def test_another_site_cannot_sign_anybody_in(house: Cast) -> None:
    answer = house.client().post(
        "/api/v1/session",
        json={"username": "desk", "password": PASSWORD},
        headers={"Origin": "http://elsewhere.test"},
    )
    assert answer.status_code == 403


def test_a_browser_that_tells_of_another_site_without_an_origin_is_refused(house: Cast) -> None:
    client = signed_in(house)
    assert client.delete("/api/v1/session", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_pages_of_our_own_and_programs_may(house: Cast) -> None:
    assert signed_in(house).delete("/api/v1/session", headers={"Origin": OURS}).status_code == 204
    assert signed_in(house).delete("/api/v1/session").status_code == 204


def test_a_bearer_token_needs_no_origin(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post(
        "/api/v1/teams", json={"name": "x"}, headers={"Origin": "http://e.test"}
    )
    assert answer.status_code == 201


def test_a_login_that_is_switched_off_is_out_at_once(house: Cast) -> None:
    client = signed_in(house)
    house.of(Role.ADMIN).patch("/api/v1/users/usr-desk", json={"active": False})
    assert client.get("/api/v1/session").status_code == 401
    again = house.client().post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
    assert again.status_code == 401


def test_a_worker_who_is_switched_off_takes_their_login_along(house: Cast) -> None:
    client = signed_in(house)
    house.of(Role.ADMIN).patch("/api/v1/workers/pema", json={"active": False})
    assert client.get("/api/v1/session").status_code == 401


def test_a_session_that_outlived_its_login_opens_nothing(house: Cast) -> None:
    client = signed_in(house)
    with house.store.writing() as uow:
        user = uow.users.get("usr-desk")
        assert user is not None
        uow.users.save(replace(user, active=False))
    assert client.get("/api/v1/session").status_code == 401


def test_the_token_of_a_worker_who_is_switched_off_opens_nothing(house: Cast) -> None:
    assert house.worker("norbu").get("/api/v1/session").status_code == 200
    house.of(Role.ADMIN).patch("/api/v1/workers/norbu", json={"active": False})
    assert house.worker("norbu").get("/api/v1/session").status_code == 401


def test_a_new_password_ends_the_sessions_of_the_old_one(house: Cast) -> None:
    client = signed_in(house)
    house.of(Role.ADMIN).patch("/api/v1/users/usr-desk", json={"password": "another night"})
    assert client.get("/api/v1/session").status_code == 401


def test_a_revoked_token_is_nobody(house: Cast) -> None:
    admin = house.of(Role.ADMIN)
    made = admin.post("/api/v1/tokens", json={"role": "manager", "name": "county"}).json()
    client = house.client(made["token"])
    assert client.get("/api/v1/session").json()["role"] == "manager"
    assert admin.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    assert client.get("/api/v1/session").status_code == 401
    assert admin.delete(f"/api/v1/tokens/{made['id']}").status_code == 404


def test_a_sign_in_is_audited(house: Cast) -> None:
    signed_in(house)
    [entry] = house.of(Role.ADMIN).get("/api/v1/audit?action=session.opened").json()["items"]
    assert (entry["actor"], entry["role"], entry["object_id"]) == ("user:desk", "duty_desk", "usr-desk")


def test_a_login_without_a_password_gets_one_that_is_shown_once(house: Cast) -> None:
    admin = house.of(Role.ADMIN)
    made = admin.post("/api/v1/users", json={"username": "new", "role": "manager"}).json()
    answer = house.client().post("/api/v1/session", json={"username": "new", "password": made["password"]})
    assert answer.status_code == 201
    assert "password" not in admin.get(f"/api/v1/users/{made['id']}").json()


def test_two_logins_cannot_bear_one_name(house: Cast) -> None:
    answer = house.of(Role.ADMIN).post("/api/v1/users", json={"username": "desk", "role": "manager"})
    assert (answer.status_code, answer.json()["field"]) == (409, "username")
