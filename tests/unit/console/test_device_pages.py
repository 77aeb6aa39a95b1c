"""The pages of devices: registered once with all faults said, shown its password once, found, moved, retired;
and who sees what.
"""

from __future__ import annotations

import html
import logging
import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from services.console.rights import FITTING, HOMES
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.people import Role
from services.domain.self_watch import own_button, own_resident
from tests.unit.console.cast import NIGHT, Cast

PAGE = {"Accept": "text/html", "Cookie": "anxin_language=en"}
FORM = {
    "once": "once-1",
    "resident": "dawa",
    "home": "home-2",
    "place": "bedroom",
    "type": "call_button",
    "label": "b-2",
}


@pytest.fixture
def technician(house: Cast) -> TestClient:
    client = house.worker("tashi")
    client.headers.update(PAGE)
    return client


def send(client: TestClient, path: str = "/devices", **fields: str) -> Response:
    return client.post(
        path, data={**FORM, **fields} if path == "/devices" else fields, follow_redirects=False
    )


def devices(house: Cast) -> dict[str, Device]:
    with house.store.reading() as uow:
        return {device.external_id: device for device in uow.devices.all()}


def faults(page: str) -> set[str]:
    return set(re.findall(r'id="fault-(\w+)"', page))


# ---------------------------------------------------------------------- choosing


def test_people_are_found_by_name_address_and_grid_those_without_a_call_button_first(
    technician: TestClient,
) -> None:
    page = technician.get("/devices/new").text
    assert page.index("Dawa") < page.index("Yangzom")
    for search in ("yang", "river LANE", "first grid", "lane river"):
        found = technician.get("/devices/new", params={"search": search}).text
        assert "resident=yangzom" in found, search
        assert "resident=dawa" not in found, search
    assert "Nobody is called that" in technician.get("/devices/new?search=nobody").text


def test_the_house_s_own_resident_who_lives_in_no_home_is_in_nobody_s_way(
    house: Cast, technician: TestClient
) -> None:
    with house.store.writing() as uow:
        uow.residents.add(own_resident(NIGHT))
        uow.devices.add(own_button(NIGHT))
    for path in ("/devices/new", "/devices/new?search=self-watch", "/devices"):
        answer = technician.get(path)
        assert answer.status_code == 200
        assert "hom_self_watch" not in answer.text
        assert "resident=res_self_watch" not in answer.text


def test_a_label_that_was_scanned_first_is_kept_while_somebody_is_chosen(technician: TestClient) -> None:
    page = html.unescape(technician.get("/devices/new?label=b-2&type=call_button").text)
    assert "/devices/new?label=b-2&type=call_button&resident=dawa" in page
    form = technician.get("/devices/new?label=b-2&type=call_button&resident=dawa").text
    assert 'name="label" value="b-2"' in form
    assert 'value="call_button" checked' in form


def test_a_home_that_is_not_there_is_said(technician: TestClient) -> None:
    assert "Home not found" in technician.get("/devices/new?resident=nobody").text


# ---------------------------------------------------------------------- registering


def test_the_password_stands_in_the_answer_once_and_nowhere_else(
    house: Cast, technician: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = send(technician)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert ">pass</span><span>word</span><span>-1</span>" in answer.text
    assert "mqtt://127.0.0.1:1" in answer.text
    [(side, modules)] = re.findall(r'<svg width="(\d+)" height="\1" viewBox="0 0 (\d+) \2"', answer.text)
    assert int(side) >= 4 * int(modules), "a camera reads four pixels a module, half a metre away"
    device = devices(house)["b-2"]
    assert (device.resident_id, device.home_id, device.place) == ("dawa", "home-2", "bedroom")
    later = technician.get(f"/devices/{device.id}").text
    assert "pass</span>" not in later
    assert "password-1" not in later
    assert "password-1" not in caplog.text


def test_a_form_that_comes_twice_makes_one_device_and_shows_no_password_again(
    house: Cast, technician: TestClient
) -> None:
    send(technician)
    again = send(technician)
    device = devices(house)["b-2"]
    assert (again.status_code, again.headers["location"]) == (303, f"/devices/{device.id}?again=true")
    assert house.broker.issued == ["b-2"]
    page = technician.get(again.headers["location"]).text
    assert "Make new credentials" in page
    assert f'href="/devices/{device.id}/credentials"' in page


def test_a_form_that_somebody_went_back_to_registers_what_its_label_says_now(
    house: Cast, technician: TestClient
) -> None:
    send(technician)
    assert send(technician, label="b-3").status_code == 201
    assert {"b-2", "b-3"} <= devices(house).keys()


def test_one_form_s_mark_is_nobody_else_s(house: Cast, technician: TestClient) -> None:
    send(technician)
    manager = house.worker("lhamo")
    manager.headers.update(PAGE)
    answer = send(manager, label="b-3")
    assert answer.status_code == 201
    assert {"b-2", "b-3"} <= devices(house).keys()


def test_every_fault_stands_at_its_field_and_what_was_typed_stays(
    house: Cast, technician: TestClient
) -> None:
    answer = send(
        technician, label="b/2", type="", other_place="x" * 201, mapping='{"a": ', gateway="button-1"
    )
    assert answer.status_code == 422
    assert faults(answer.text) == {"label", "type", "place", "mapping"}
    page = html.unescape(answer.text)
    for typed in ('value="b/2"', "x" * 201, '{"a": ', 'value="once-1"'):
        assert typed in page, typed
    assert "b/2" not in devices(house)


def test_a_label_that_is_taken_says_where_and_leads_there(technician: TestClient) -> None:
    for more in ({}, {"type": ""}):
        page = send(technician, label="button-1", **more).text
        assert "This label is registered already:" in page
        assert '<a href="/devices/button-1">Yangzom · 3 River Lane</a>' in page


def test_a_name_that_the_broker_cannot_carry_is_refused_in_words(technician: TestClient) -> None:
    page = send(technician, label="living room", ecosystem="zigbee2mqtt").text
    assert "The broker cannot carry this name" in page
    assert "disconnects whoever publishes" in page


def test_blanks_that_a_scanner_adds_are_no_part_of_a_label(house: Cast, technician: TestClient) -> None:
    assert send(technician, label=" b-2\t").status_code == 201
    assert "b-2" in devices(house)


def test_another_place_goes_before_a_chosen_one(house: Cast, technician: TestClient) -> None:
    send(technician, other_place="  beside   the stove ")
    assert devices(house)["b-2"].place == "beside the stove"


def test_a_device_of_nobody_in_particular_stands_in_its_home(house: Cast, technician: TestClient) -> None:
    send(technician, resident="")
    device = devices(house)["b-2"]
    assert (device.resident_id, device.home_id) == (None, "home-2")


def test_what_this_house_cannot_hear_is_said_to_protect_nobody(house: Cast, technician: TestClient) -> None:
    answer = send(technician, ecosystem="tuya", mapping='{"contact": {"open": false}}')
    device = devices(house)["b-2"]
    assert device.mapping == {"contact": {"open": False}}
    assert answer.headers["location"] == f"/devices/{device.id}"
    assert "protects nobody" in technician.get(f"/devices/{device.id}").text
    assert house.broker.issued == []


# ---------------------------------------------------------------------- credentials, moving, retiring


def test_new_credentials_are_asked_for_shown_once_and_made_once(house: Cast, technician: TestClient) -> None:
    asked = technician.get("/devices/button-1/credentials").text
    assert "The old ones end at once" in asked
    assert house.broker.issued == []
    once = re.search(r'name="once" value="([^"]+)"', asked)
    assert once is not None
    answer = send(technician, "/devices/button-1/credentials", once=once[1])
    assert ">pass</span><span>word</span><span>-1</span>" in answer.text
    again = send(technician, "/devices/button-1/credentials", once=once[1])
    assert again.headers["location"] == "/devices/button-1?again=true"
    assert devices(house)["button-1"].credential_hash == "hash-1"


def test_a_device_is_moved_within_its_home_and_to_another(house: Cast, technician: TestClient) -> None:
    assert "3 River Lane" in technician.get("/devices/button-1/move").text
    send(technician, "/devices/button-1/move", resident="yangzom", home="home-1", other_place="kitchen")
    device = devices(house)["button-1"]
    assert (device.resident_id, device.place) == ("yangzom", "kitchen")
    assert "/devices/button-1/move?resident=dawa" in technician.get("/devices/button-1/move?search=").text
    send(technician, "/devices/button-1/move", resident="", home="home-2", place="bedroom")
    device = devices(house)["button-1"]
    assert (device.resident_id, device.home_id, device.place) == (None, "home-2", "bedroom")


def test_a_form_without_a_home_leaves_a_device_where_it_hangs(house: Cast, technician: TestClient) -> None:
    before = devices(house)["button-1"]
    answer = technician.post(f"/devices/{before.id}/move", data={"place": "hall"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/devices/{before.id}/move?search=")
    assert devices(house)["button-1"] == before


def test_a_device_is_retired_after_one_more_question(house: Cast, technician: TestClient) -> None:
    assert "Yangzom cannot call with it any more" in technician.get("/devices/button-1/retire").text
    assert devices(house)["button-1"].state is DeviceState.LIVE
    send(technician, "/devices/button-1/retire")
    device = devices(house)["button-1"]
    assert (device.state, device.credential_hash) == (DeviceState.RETIRED, None)
    page = technician.get("/devices/button-1").text
    assert "It was taken away." in page
    assert "/devices/button-1/move" not in page


# ---------------------------------------------------------------------- the list


def test_the_list_is_searched_and_shows_what_is_to_be_mended_first(
    house: Cast, technician: TestClient
) -> None:
    with house.store.writing() as uow:
        for name, state, battery in (
            ("a-live", DeviceState.LIVE, 80.0),
            ("x-low", DeviceState.LIVE, 19.9),
            ("y-never", DeviceState.REGISTERED, None),
            ("z-silent", DeviceState.SILENT, None),
            ("gone", DeviceState.RETIRED, None),
        ):
            uow.devices.add(
                Device(
                    name,
                    name,
                    Ecosystem.NATIVE,
                    DeviceType.BED_SENSOR,
                    home_id="home-2",
                    resident_id="dawa",
                    state=state,
                    battery_percent=battery,
                )
            )

    def shown(query: str) -> list[str]:
        page = technician.get(f"/devices?{query}").text
        return re.findall(r'href="/devices/([a-z0-9-]+)"><span', page.replace("\n", ""))

    assert shown("") == ["z-silent", "y-never", "x-low", "a-live", "button-1"]
    for query, found in {
        "show=silent": ["z-silent"],
        "show=never": ["y-never"],
        "show=low": ["x-low"],
        "show=retired": ["gone"],
        "search=Yangzom": ["button-1"],
        "search=river+button": ["button-1"],
        "search=second+grid+low": ["x-low"],
        "search=nothing": [],
    }.items():
        assert shown(query) == found, query


# ---------------------------------------------------------------------- rights


@pytest.mark.parametrize("role", Role)
def test_only_who_fits_devices_is_shown_how_and_may(house: Cast, role: Role) -> None:
    client = house.of(role)
    client.headers.update(PAGE)
    page = client.get("/devices/button-1")
    assert page.status_code == (200 if role in HOMES.roles else 403)
    fits = role in FITTING.roles
    assert ("/devices/button-1/retire" in page.text) == fits
    assert ("data-every" in page.text) == fits
    assert client.get("/devices/new").status_code == (200 if fits else 403)
    assert send(client).status_code == (201 if fits else 403)
    for doing in ("move", "credentials", "retire"):
        assert client.get(f"/devices/button-1/{doing}").status_code == (200 if fits else 403), doing


def test_who_sees_only_their_own_sees_no_device_of_others(house: Cast) -> None:
    norbu = house.worker("norbu")
    norbu.headers.update(PAGE)
    assert norbu.get("/devices/button-1").status_code == 404
    assert "button-1" not in norbu.get("/devices").text
    basang = house.worker("basang")
    basang.headers.update(PAGE)
    assert "button-1" in basang.get("/devices").text


def test_a_form_of_another_site_registers_nothing(house: Cast) -> None:
    client = house.client()
    client.headers.update(PAGE)
    answer = client.post("/devices", data=FORM, headers={"Origin": "http://elsewhere.test"})
    assert answer.status_code == 403
    assert "b-2" not in devices(house)
