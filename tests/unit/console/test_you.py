"""One's own page: another password for whoever knows the present one, and out everywhere."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from services.console.throttle import TRIES_OF_A_NAME
from tests.unit.console.cast import PASSWORD, Cast

NEW = "four words put together"


def signed_in(house: Cast, password: str = PASSWORD) -> TestClient:
    client = house.client()
    client.headers["Accept"] = "text/html"
    client.post("/sign-in", data={"username": "desk", "password": password})
    return client


def change(client: TestClient, present: str, new: str) -> tuple[int, str]:
    answer = client.post("/you/password", data={"present": present, "new": new})
    return answer.status_code, answer.text


def is_in(client: TestClient) -> bool:
    return client.get("/api/v1/session").status_code == 200


def test_the_page_says_who_one_is_and_where_one_is_signed_in(house: Cast) -> None:
    signed_in(house)
    page = signed_in(house).get("/you").text
    for word in ("Pema", "值班台", "这台电脑或手机", "其他电脑或手机", "02:13 起"):
        assert word in page


def test_a_new_password_takes_the_place_of_the_old_and_ends_other_sessions(house: Cast) -> None:
    here, elsewhere = signed_in(house), signed_in(house)
    status, page = change(here, PASSWORD, NEW)
    assert status == 200
    assert "密码已修改" in page
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert (is_in(signed_in(house, NEW)), is_in(signed_in(house, PASSWORD))) == (True, False)


def test_who_does_not_know_the_present_password_sets_none(house: Cast) -> None:
    client = signed_in(house)
    status, page = change(client, "not the present one", NEW)
    assert status == 403
    assert "当前密码不正确。" in page
    assert NEW not in page
    assert is_in(signed_in(house))


@pytest.mark.parametrize("new", ["too short", "x" * 201])
def test_a_password_that_will_not_do_is_not_taken(house: Cast, new: str) -> None:
    assert change(signed_in(house), PASSWORD, new)[0] == 422
    assert is_in(signed_in(house))


def test_the_present_password_is_not_guessed_from_inside_either(house: Cast) -> None:
    client = signed_in(house)
    found = [change(client, "a guess", NEW)[0] for _ in range(TRIES_OF_A_NAME + 1)]
    assert found == [403] * TRIES_OF_A_NAME + [429]


def test_signing_out_everywhere_ends_each_session_and_leads_to_the_door(house: Cast) -> None:
    here, elsewhere = signed_in(house), signed_in(house)
    answer = here.post("/you/sign-out", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert (is_in(here), is_in(elsewhere)) == (False, False)


def test_a_token_has_no_password_and_no_sessions(house: Cast) -> None:
    client = house.worker("pema")
    client.headers["Accept"] = "text/html"
    assert change(client, PASSWORD, NEW)[0] == 404
    assert 'type="password"' not in client.get("/you").text
