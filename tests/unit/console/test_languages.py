"""Which language a page speaks: as chosen on the machine, else the worker's, the browser's, the house's."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from services.console.pages.preferred import preferred
from services.domain.people import Language, Role
from tests.unit.console.cast import PASSWORD, Cast

PAGE = {"Accept": "text/html"}


def stranger(house: Cast, asks: str = "") -> TestClient:
    client = house.client()
    client.headers.update(PAGE | ({"Accept-Language": asks} if asks else {}))
    return client


def signed_in(house: Cast, asks: str = "") -> TestClient:
    client = stranger(house, asks)
    client.post("/sign-in", data={"username": "desk", "password": PASSWORD})
    return client


def spoken(client: TestClient, page: str = "/sign-in") -> str:
    text = client.get(page).text
    return text.partition('<html lang="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH_CN),
        ("bo-CN", Language.BO),
        ("en-GB,en;q=0.9", Language.EN),
        ("zh-Hant-TW", Language.ZH_CN),
        ("fr, en;q=0.3, bo;q=0.7", Language.BO),
        ("en;q=0, bo;q=0.1", Language.BO),
        ("EN", Language.EN),
        ("bo ; q=0.5 , en ; q=0.6", Language.EN),
        ("en;q=0.5, bo;q=0.5", Language.EN),
        ("fr-FR,fr", None),
        ("*", None),
        ("", None),
        ("en;q=nan, ;;;,bo;q=9", None),
        ("english", None),
        ("x" * 5000 + ",en", None),
    ],
)
def test_a_browser_s_list_is_read_by_weight_then_order(header: str, language: Language | None) -> None:
    assert preferred(header) is language


def test_a_stranger_is_spoken_to_as_their_browser_asks_else_as_the_house_speaks(house: Cast) -> None:
    assert spoken(stranger(house, "bo-CN,en;q=0.5")) == "bo"
    assert spoken(stranger(house, "fr")) == "zh-CN"
    assert spoken(stranger(house)) == "zh-CN"


def test_a_worker_s_own_language_goes_before_the_browser_s(house: Cast) -> None:
    house.of(Role.ADMIN).patch("/api/v1/workers/pema", json={"language": "bo"})
    assert spoken(signed_in(house, "en"), "/") == "bo"


def test_what_was_chosen_on_a_machine_goes_before_all_and_stays_after_signing_out(house: Cast) -> None:
    client = signed_in(house, "bo")
    client.post("/language", data={"language": "en", "back": "/"})
    assert spoken(client, "/") == "en"
    client.post("/sign-out")
    assert spoken(client) == "en"


def test_a_choice_that_is_none_of_ours_is_no_choice(house: Cast) -> None:
    client = stranger(house, "en")
    client.cookies.set("anxin_language", "xx")
    assert spoken(client) == "en"


def test_no_page_is_kept_where_another_language_could_be_asked_for(house: Cast) -> None:
    client = signed_in(house)
    for answer in (
        client.get("/"),
        stranger(house).get("/sign-in"),
        client.post("/language", data={"language": "en", "back": "/"}, follow_redirects=False),
    ):
        assert answer.headers["cache-control"] == "no-store"
