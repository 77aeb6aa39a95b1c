"""Where the key is, whom to ring, what to mind: only for whoever goes, and the audit knows each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.events import Event, Origin
from services.domain.people import Role
from tests.unit.console.answering import audited, link_to, tap
from tests.unit.console.cast import Cast, press

KEY, PHONE, TAG, NOTE = "under the pot", "0894-5550101", "失能", "walks badly since spring"
UNFOLDED = "alert.unfolded"


@pytest.fixture(autouse=True)
def _known(house: Cast) -> None:
    now = house.clock.now()
    with house.store.writing() as uow:
        home, yangzom = uow.homes.get("home-1"), uow.residents.get("yangzom")
        assert home is not None
        assert yangzom is not None
        uow.homes.save(replace(home, key_place=KEY))
        uow.residents.save(replace(yangzom, phone=PHONE, tags=(TAG,)))
        for days, note in ((40, "old"), (3, NOTE), (1, "")):
            visit = Event(
                id=f"visit-{days}",
                kind="visit.completed",
                occurred_at=now - timedelta(days=days),
                received_at=now,
                origin=Origin.PERSON,
                resident_id="yangzom",
                home_id="home-1",
                data={"note": note} if note else {},
                dedupe_key=f"visit-{days}",
            )
            uow.events.append([visit])


def test_a_link_shows_it_once_one_has_it_and_not_before(house: Cast) -> None:
    press(house)
    client, link = house.client(), link_to(house, "basang")
    before = client.get(link).text
    assert not [each for each in (KEY, PHONE, TAG, NOTE) if each in before]
    assert audited(house, UNFOLDED) == []
    after = tap(client, link, "accept").text
    assert not [each for each in (KEY, PHONE, TAG, NOTE) if each not in after]
    assert "old" not in after.partition("<main")[2]
    assert audited(house, UNFOLDED) == [("link:basang", "alert-1")]


def test_to_look_unfolds_nothing_even_for_whoever_has_it(house: Cast) -> None:
    press(house)
    client, link = house.client(), link_to(house, "basang")
    tap(client, link, "accept")
    assert KEY not in client.get(link).text
    assert len(audited(house, UNFOLDED)) == 1
    assert KEY in tap(client, link, "unfold").text
    assert len(audited(house, UNFOLDED)) == 2


def test_it_does_not_unfold_for_who_came_second_nor_after_the_end(house: Cast) -> None:
    press(house)
    client, link = house.client(), link_to(house, "basang")
    house.worker("cering").post("/api/v1/alerts/alert-1/accept", json={})
    asked = {"alert": "alert-1", "action": "unfold"}
    assert KEY not in client.post(link, data=asked).text
    house.worker("cering").post("/api/v1/alerts/alert-1/close", json={"outcome": "helped"})
    assert KEY not in client.post(link, data=asked).text
    assert audited(house, UNFOLDED) == []


def test_it_does_not_unfold_after_the_end_for_who_had_it_either(house: Cast) -> None:
    press(house)
    client, link = house.client(), link_to(house, "basang")
    assert KEY in tap(client, link, "accept").text
    house.worker("basang").post("/api/v1/alerts/alert-1/close", json={"outcome": "helped"})
    assert KEY not in client.post(link, data={"alert": "alert-1", "action": "unfold"}).text
    assert len(audited(house, UNFOLDED)) == 1


@pytest.mark.parametrize("path", ["/api/v1/homes/home-1", "/api/v1/homes"])
def test_the_api_tells_a_grid_worker_where_the_key_is_while_they_have_an_alert(
    house: Cast, path: str
) -> None:
    basang = house.worker("basang")
    assert KEY not in basang.get(path).text
    press(house)
    assert KEY not in basang.get(path).text
    basang.post("/api/v1/alerts/alert-1/accept", json={})
    assert KEY in basang.get(path).text
    assert KEY not in house.worker("cering").get(path).text
    assert audited(house, UNFOLDED) == [("token:tok-basang", "alert-1")]
    basang.get(path)
    assert len(audited(house, UNFOLDED)) == 1, "once for each time that they have it"
    basang.post("/api/v1/alerts/alert-1/close", json={"outcome": "helped"})
    assert KEY not in basang.get(path).text


def test_each_time_that_somebody_has_it_is_written_down(house: Cast) -> None:
    press(house)
    basang = house.worker("basang")
    for _ in range(2):
        basang.post("/api/v1/alerts/alert-1/accept", json={})
        basang.get("/api/v1/homes/home-1")
        house.clock.move(timedelta(minutes=1))
        basang.post("/api/v1/alerts/alert-1/decline", json={})
    assert len(audited(house, UNFOLDED)) == 2


@pytest.mark.parametrize("role", [Role.DUTY_DESK, Role.TECHNICIAN, Role.MANAGER, Role.ADMIN])
def test_who_answers_for_the_whole_community_sees_it_always(house: Cast, role: Role) -> None:
    assert KEY in house.of(role).get("/api/v1/homes/home-1").text


@pytest.mark.parametrize("page", ["/", "/alerts/alert-1", "/residents/yangzom"])
def test_the_pages_show_it_to_whoever_has_it(house: Cast, page: str) -> None:
    press(house)
    basang, cering = house.worker("basang"), house.worker("cering")
    assert KEY not in basang.get(page).text
    basang.post("/api/v1/alerts/alert-1/accept", json={})
    assert KEY in basang.get(page).text
    assert KEY not in cering.get(page).text
    assert audited(house, UNFOLDED) == [("token:tok-basang", "alert-1")]


def test_a_number_is_read_as_it_is_dialled_beside_a_name_that_is_written_from_the_right(house: Cast) -> None:
    with house.store.writing() as uow:
        resident = uow.residents.get("yangzom")
        assert resident is not None
        uow.residents.save(replace(resident, name="\u0645\u062d\u0645\u062f", phone="139 0000-0001"))
    press(house)
    unfolded = tap(house.client(), link_to(house, "basang"), "accept").text
    page = house.worker("basang").get("/alerts/alert-1", headers={"Accept": "text/html"}).text
    for each in (unfolded, page):
        assert '<span class="number" dir="ltr">139 0000-0001</span>' in each
        assert "<bdi>3 River Lane</bdi>" in each


def test_what_is_entered_in_tibetan_letters_is_marked_so_on_a_page_of_another_language(house: Cast) -> None:
    name, address = "བསྟན་འཛིན་རྒྱ་མཚོ་", "གྲོང་ཚོ་དང་པོ།"
    with house.store.writing() as uow:
        resident, home = uow.residents.get("yangzom"), uow.homes.get("home-1")
        assert resident is not None
        assert home is not None
        uow.residents.save(replace(resident, name=name))
        uow.homes.save(replace(home, address=address))
    press(house)
    html = {"Accept": "text/html"}
    by_link = house.client().get(link_to(house, "basang")).text
    pages = [house.worker("basang").get(path, headers=html).text for path in ("/alerts/alert-1", "/")]
    for page in (by_link, *pages):
        assert f'<bdi lang="bo">{name}</bdi>' in page
        assert f'<bdi lang="bo">{address}' in page
