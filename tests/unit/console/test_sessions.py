"""Signing in: cookies, how long one stays in, how it ends, and the origin of requests."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.console.gate import SAFE
from services.console.parts import ConsoleSettings
from services.console.rights import ONLY_WHERE_OFFERED, RIGHTS
from services.console.sessions import AT_A_DESK, ON_A_PHONE, RENEWED_EVERY, Life, typed_name
from services.domain.people import Role
from services.domain.ports import StoreUnavailable
from tests.unit.console.cast import PASSWORD, Cast, cast

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
        "invented": False,
    }


def test_the_cookie_is_kept_from_scripts_and_other_sites(house: Cast) -> None:
    answer = house.client().post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie  # a link in a message must find whoever is signed in already
    assert "path=/" in cookie
    assert f"max-age={24 * 3600}" in cookie


def test_the_secret_of_a_session_is_stored_nowhere(house: Cast) -> None:
    client = signed_in(house)
    secret = client.cookies["anxin_session"]
    with house.store.reading() as uow:
        assert uow.access.session(secret) is None


def test_a_cookie_over_tls_is_of_this_host_alone(tmp_path: Path) -> None:
    settings = ConsoleSettings(public_url="https://console.test", secure_cookies=True)
    with cast(tmp_path, settings=settings) as house:
        client = TestClient(house.app, base_url="https://console.test")
        answer = client.post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-anxin_session=")
        assert {"secure", "path=/", "httponly"} <= set(cookie.lower().split("; "))
        assert "domain" not in cookie.lower()
        assert "max-age=" in answer.headers["strict-transport-security"]
        assert client.get("/api/v1/session").status_code == 200
        client.cookies.clear()
        client.cookies.set("anxin_session", cookie.partition("=")[2].partition(";")[0])
        assert client.get("/api/v1/session").status_code == 401  # a neighbour of the domain may have set it


def test_without_tls_nothing_is_said_of_it(house: Cast) -> None:
    assert "strict-transport-security" not in house.client().get("/healthz").headers


@pytest.mark.parametrize(("username", "life"), [("desk", AT_A_DESK), ("grid", ON_A_PHONE)])
def test_a_session_that_is_not_used_ends_by_itself(house: Cast, username: str, life: Life) -> None:
    client = signed_in(house, username)
    house.clock.move(life.unused)
    assert client.get("/api/v1/session").status_code == 401
    client = signed_in(house, username)
    house.clock.move(life.unused - timedelta(seconds=1))
    assert client.get("/api/v1/session").status_code == 200


@pytest.mark.parametrize(("username", "life"), [("desk", AT_A_DESK), ("grid", ON_A_PHONE)])
def test_who_does_something_stays_in_up_to_a_bound(house: Cast, username: str, life: Life) -> None:
    client = signed_in(house, username)
    step = timedelta(hours=6)
    for _ in range(life.at_most // step - 1):
        house.clock.move(step)
        assert client.get("/api/v1/session").status_code == 200
    house.clock.move(step - timedelta(seconds=1))
    assert client.get("/api/v1/session").status_code == 200
    house.clock.move(timedelta(seconds=1))
    assert client.get("/api/v1/session").status_code == 401


def test_nobody_is_signed_out_within_a_shift_and_an_alarm_after_it(house: Cast) -> None:
    client = signed_in(house)
    house.clock.move(timedelta(hours=11, minutes=50))
    assert client.get("/").status_code == 200
    house.clock.move(timedelta(hours=2))
    assert client.get("/").status_code == 200


def test_looking_at_pages_is_not_writing(house: Cast) -> None:
    client = signed_in(house)
    first = client.get("/api/v1/session").json()["expires_at"]
    house.clock.move(RENEWED_EVERY - timedelta(seconds=1))
    assert client.get("/api/v1/session").json()["expires_at"] == first
    house.clock.move(timedelta(seconds=1))
    assert client.get("/api/v1/session").json()["expires_at"] > first


def test_a_store_that_cannot_be_written_to_costs_nobody_a_page(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(house)
    house.clock.move(timedelta(hours=1))

    def full() -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(house.store, "writing", full)
    assert client.get("/api/v1/session").status_code == 200


def test_a_session_that_was_ended_is_not_renewed_into_being(house: Cast) -> None:
    client = signed_in(house)
    house.clock.move(timedelta(hours=1))
    house.of(Role.ADMIN).delete("/api/v1/users/usr-desk/sessions")
    assert client.get("/api/v1/session").status_code == 401
    with house.store.reading() as uow:
        assert uow.access.sessions_of("usr-desk") == []


def test_each_sign_in_makes_a_new_session_and_ends_the_one_before(house: Cast) -> None:
    client = signed_in(house)
    before = client.cookies["anxin_session"]
    client.post("/api/v1/session", json={"username": "grid", "password": PASSWORD})
    assert client.cookies["anxin_session"] != before
    stolen = house.client()
    stolen.cookies.set("anxin_session", before)
    assert stolen.get("/api/v1/session").status_code == 401


def test_a_session_that_somebody_else_chose_is_never_taken(house: Cast) -> None:
    client = house.client()
    client.cookies.set("anxin_session", "chosen-by-somebody-else")
    answer = client.post("/api/v1/session", json={"username": "desk", "password": PASSWORD})
    assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]
    other = house.client()
    other.cookies.set("anxin_session", "chosen-by-somebody-else")
    assert other.get("/api/v1/session").status_code == 401


def test_sessions_that_are_over_are_forgotten(house: Cast) -> None:
    signed_in(house)
    house.clock.move(timedelta(days=2))
    signed_in(house)
    with house.store.reading() as uow:
        assert len(uow.access.sessions_of("usr-desk")) == 1


def test_one_signs_out_everywhere(house: Cast) -> None:
    phone, desk, other = signed_in(house), signed_in(house), signed_in(house, "grid")
    assert phone.delete("/api/v1/session", params={"everywhere": True}).status_code == 204
    assert desk.get("/api/v1/session").status_code == 401
    assert other.get("/api/v1/session").status_code == 200


def test_an_administrator_sees_and_ends_the_sessions_of_a_login(house: Cast) -> None:
    phone, desk = signed_in(house), signed_in(house)
    admin = house.of(Role.ADMIN)
    listed = admin.get("/api/v1/users/usr-desk/sessions").json()
    assert [set(each) for each in listed["items"]] == [{"id", "created_at", "expires_at"}] * 2
    assert admin.delete("/api/v1/users/usr-desk/sessions").status_code == 204
    assert admin.get("/api/v1/users/usr-desk/sessions").json()["items"] == []
    assert {phone.get("/api/v1/session").status_code, desk.get("/api/v1/session").status_code} == {401}
    assert admin.get("/api/v1/users/nobody/sessions").status_code == 404
    assert admin.delete("/api/v1/users/nobody/sessions").status_code == 404
    assert house.of(Role.MANAGER).get("/api/v1/users/usr-desk/sessions").status_code == 403


@pytest.mark.parametrize("change", [{"password": "another long one"}, {"role": "manager"}, {"active": False}])
def test_a_new_password_or_role_and_switching_off_end_every_session(
    house: Cast, change: dict[str, object]
) -> None:
    clients = [signed_in(house), signed_in(house)]
    house.of(Role.ADMIN).patch("/api/v1/users/usr-desk", json=change)
    assert [client.get("/api/v1/session").status_code for client in clients] == [401, 401]


def test_a_worker_who_is_deactivated_is_out_with_their_login(house: Cast) -> None:
    client = signed_in(house)
    house.of(Role.ADMIN).patch("/api/v1/workers/pema", json={"active": False})
    assert client.get("/api/v1/session").status_code == 401


def test_signing_out_ends_the_session_and_not_only_the_cookie(house: Cast) -> None:
    client = signed_in(house)
    secret = client.cookies["anxin_session"]
    assert client.delete("/api/v1/session").status_code == 204
    client.cookies.set("anxin_session", secret)
    assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("typed", ["desk ", " desk", "Desk", "DESK", "ｄｅｓｋ"])
def test_a_name_is_known_as_the_keyboard_of_a_phone_writes_it(house: Cast, typed: str) -> None:
    answer = house.client().post("/api/v1/session", json={"username": typed, "password": PASSWORD})
    assert (answer.status_code, answer.json()["username"]) == (201, "desk")


def test_a_password_is_taken_to_the_letter(house: Cast) -> None:
    for typed in (f"{PASSWORD} ", PASSWORD.upper()):
        answer = house.client().post("/api/v1/session", json={"username": "desk", "password": typed})
        assert answer.status_code == 401
    assert typed_name("dawa\u3000") == "dawa"


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


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": OURS},
        {"Referer": "http://elsewhere.test/page"},
        {"Origin": "http://[broken"},
    ],
)
def test_a_browser_that_tells_of_another_site_in_any_way_is_refused(
    house: Cast, headers: dict[str, str]
) -> None:
    client = signed_in(house)
    assert client.delete("/api/v1/session", headers=headers).status_code == 403


def test_where_people_come_by_tls_a_page_without_it_is_foreign(tmp_path: Path) -> None:
    settings = ConsoleSettings(public_url="https://console.test", secure_cookies=True)
    with cast(tmp_path, settings=settings) as house:
        client = TestClient(house.app, base_url="https://console.test")
        login = {"username": "desk", "password": PASSWORD}
        assert client.post("/api/v1/session", json=login, headers={"Origin": OURS}).status_code == 403
        ours = {"Origin": "https://console.test"}
        assert client.post("/api/v1/session", json=login, headers=ours).status_code == 201


def test_every_unsafe_route_refuses_what_another_site_sends(house: Cast) -> None:
    client = signed_in(house)
    for method, path in RIGHTS:
        if method in SAFE or (method, path) in ONLY_WHERE_OFFERED:
            continue
        answer = client.request(method, re.sub(r"{\w+}", "x", path), headers={"Origin": "null"})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin"), (method, path)


def test_pages_of_our_own_and_programs_may(house: Cast) -> None:
    for headers in (
        {"Origin": OURS},
        {"Origin": OURS, "Sec-Fetch-Site": "same-origin"},
        {"Referer": f"{OURS}/"},
    ):
        assert signed_in(house).delete("/api/v1/session", headers=headers).status_code == 204
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


def test_a_session_says_whether_everybody_here_is_invented(tmp_path: Path) -> None:
    with cast(tmp_path, settings=ConsoleSettings(demo=True)) as demonstration:
        assert demonstration.of(Role.ADMIN).get("/api/v1/session").json()["invented"] is True
