"""A resident's page: what stands on it and for whom; nothing stands there that the API would not show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.console.pages.residents.view import age_on
from services.domain.alerts import AlertState, Outcome
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.events import Event, Origin
from services.domain.homes import Home
from services.domain.people import Absence, Channel, ChannelKind, Contact, Language, Resident, Role
from tests.unit.console.cast import NIGHT, Cast, press
from tests.unit.console.test_pages import PAGE, signed_in, words

HERE = "/residents/yangzom"


def english(house: Cast, username: str = "desk") -> list[str]:
    client = signed_in(house, username)
    client.cookies.set("anxin_language", "en")
    return words(client.get(HERE).text)


def report(house: Cast, kind: str, ago: timedelta, event_id: str, **fields: object) -> None:
    at = house.clock.now() - ago
    event = Event(event_id, kind, at, at, Origin.DEVICE, "yangzom", "bed-1", dedupe_key=event_id)
    with house.store.writing() as uow:
        uow.events.append([replace(event, **fields)])  # type: ignore[arg-type]


def change(house: Cast, **fields: object) -> None:
    with house.store.writing() as uow:
        resident = uow.residents.get("yangzom")
        assert resident is not None
        uow.residents.save(replace(resident, **fields))  # type: ignore[arg-type]


def test_a_page_says_who_and_where_and_who_answers_for_them(house: Cast) -> None:
    change(
        house,
        birth_date=date(1947, 7, 23),
        tags=("独居", "失能"),
        language=Language.BO,
        phone="0894-2",
        contacts=(Contact("Tsering", "niece", (Channel(ChannelKind.EMAIL, "tsering@example.org"),)),),
    )
    with house.store.writing() as uow:
        home = uow.homes.get("home-1")
        assert home is not None
        uow.homes.save(replace(home, key_place="above the door", places=("bedroom", "kitchen")))
        uow.residents.add(Resident("nima", "home-1", "Nima", NIGHT))
    page = english(house)
    assert {
        "Yangzom",
        "78 years old",
        "独居",
        "失能",
        "3 River Lane",
        "above the door",
        "0894-1",
        "0894-2",
    } <= set(page)
    assert {
        "Basang",
        "Cering",
        "Dolma",
        "First grid",
        "bedroom, kitchen",
        "Nima",
        "Tsering",
        "23 Jul 1947",
    } <= set(page)
    assert "t…@example.org" in page
    assert "tsering@example.org" not in page


def test_addresses_of_the_family_are_for_those_who_see_addresses(house: Cast) -> None:
    change(house, contacts=(Contact("Tsering", "", (Channel(ChannelKind.EMAIL, "tsering@example.org"),)),))
    assert "tsering@example.org" in house.of(Role.MANAGER).get(HERE, headers=PAGE).text
    assert "tsering@example.org" not in house.worker("basang").get(HERE, headers=PAGE).text


@pytest.mark.parametrize(
    ("today", "age"), [(date(2025, 7, 22), 77), (date(2025, 7, 23), 78), (date(1947, 7, 22), None)]
)
def test_a_year_is_full_on_the_birthday(today: date, age: int | None) -> None:
    assert age_on(date(1947, 7, 23), today) == age
    assert age_on(None, today) is None


def test_somebody_foreign_is_not_found(house: Cast) -> None:
    assert house.worker("norbu").get(HERE, headers=PAGE).status_code == 404
    assert house.worker("basang").get("/residents/dawa", headers=PAGE).status_code == 404
    assert house.of(Role.ADMIN).get("/residents/nobody", headers=PAGE).status_code == 404
    assert house.worker("basang").get(HERE, headers=PAGE).status_code == 200


def test_who_is_not_known_is_asked_to_sign_in(house: Cast) -> None:
    answer = house.client().get(HERE, headers=PAGE, follow_redirects=False)
    assert answer.status_code == 303


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_of_visits_and_alerts_what_the_api_shows_it(house: Cast, role: Role) -> None:
    press(house)
    client = house.of(role) if role is not Role.TECHNICIAN else house.worker("tashi")
    page = client.get(HERE, headers=PAGE).text
    sees_alert = client.get("/api/v1/alerts/alert-1").status_code == 200
    assert ("card alarm high open" in page) == sees_alert
    assert ('id="past"' in page) == sees_alert
    assert ('id="visits"' in page) == bool(client.get("/api/v1/residents/yangzom").is_success and sees_alert)


def test_a_technician_sees_that_there_is_an_alert_and_no_more_of_it(house: Cast) -> None:
    press(house)
    client = house.worker("tashi")
    client.cookies.set("anxin_language", "en")
    page = words(client.get(HERE, headers=PAGE).text)
    assert "Alert running" in page
    assert "Call button pressed" not in page
    assert "Record a visit" not in page


def test_a_running_alert_stands_first_with_who_has_it_and_the_next_step(house: Cast) -> None:
    press(house)
    page = english(house)
    assert page.index("Call button pressed") < page.index("Home")
    assert {"Urgent", "Nobody has it yet", "To the alert", "then the next are told", "2:00"} <= set(page)
    assert any("Basang" in each for each in page[: page.index("Home")])
    text = signed_in(house).get(HERE).text
    assert "<title>(1) Yangzom" in text
    assert re.search(r'href="/(alerts/|#)alert-1"', text)


def test_who_is_no_person_is_said_in_words_and_never_as_a_code(house: Cast) -> None:
    alert = press(house)
    with house.store.writing() as uow:
        uow.alerts.save(replace(alert, owner_ids=("last_resort",)), [])
    client = signed_in(house)
    client.cookies.set("anxin_language", "en")
    text = client.get(HERE).text
    assert "the last resort" in text
    assert "last_resort" not in text


def test_the_way_to_a_running_alert_is_under_the_thumb(house: Cast) -> None:
    bar = re.compile(r'<div class="thumb-bar".*?</div>', re.DOTALL)
    client = signed_in(house)
    calm = bar.search(client.get(HERE).text)
    press(house)
    alarmed = bar.search(client.get(HERE).text)
    assert calm is not None
    assert alarmed is not None
    assert "alert-1" not in calm[0]
    assert calm[0].count('class="act"') == alarmed[0].count('class="act"') == 1
    assert alarmed[0].index("alert-1") < alarmed[0].index("/visits/new")


def test_a_gap_says_why_whose_it_is_and_until_when(house: Cast) -> None:
    with house.store.writing() as uow:
        button = uow.devices.get("button-1")
        assert button is not None
        uow.devices.save(replace(button, state=DeviceState.SILENT, last_seen_at=NIGHT - timedelta(hours=20)))
    page = " ".join(english(house))
    assert re.search(r"Not protected : A device is silent To be mended by Tashi · in 4 h", page)


def test_away_says_how_to_read_it(house: Cast) -> None:
    change(house, away=Absence(NIGHT - timedelta(hours=2), None, "hospital", "basang"))
    page = " ".join(english(house))
    assert "Away · since 00:13 · until when is not known · hospital · recorded by Basang" in page
    assert "A press still alerts." in page


def test_who_has_left_reads_so_and_is_not_visited(house: Cast) -> None:
    change(house, left_at=NIGHT - timedelta(days=1), left_reason="moved to her son")
    page = " ".join(english(house))
    assert "Has left · 22 Jul 2025 · moved to her son" in page
    assert "Record a visit" not in page


def test_devices_that_want_seeing_to_stand_first(house: Cast) -> None:
    with house.store.writing() as uow:
        for name, type_, state, percent in (
            ("bed-1", DeviceType.BED_SENSOR, DeviceState.SILENT, 80.0),
            ("door-1", DeviceType.DOOR_SENSOR, DeviceState.RETIRED, None),
            ("motion-1", DeviceType.MOTION_SENSOR, DeviceState.LIVE, 12.0),
        ):
            uow.devices.add(
                Device(
                    name,
                    name,
                    Ecosystem.NATIVE,
                    type_,
                    home_id="home-1",
                    place="bedroom",
                    resident_id="yangzom",
                    state=state,
                    last_seen_at=NIGHT - timedelta(hours=3),
                    battery_percent=percent,
                )
            )
    page = english(house)
    assert page.index("Bed sensor") < page.index("Motion sensor") < page.index("Call button")
    assert {"Battery 12%", "Battery 80%"} <= set(page)
    assert "Door sensor" not in page
    assert any("heard 3 h ago" in each for each in page)


def test_visits_of_this_month_are_listed_with_service_who_and_when(house: Cast) -> None:
    ago = timedelta(days=2)
    report(
        house,
        "visit.completed",
        ago,
        "visit-1",
        origin=Origin.PERSON,
        device_id=None,
        recorded_by="basang",
        data={"service": "助医", "worker_id": "cering", "note": "medicine fetched"},
    )
    report(
        house, "visit.completed", ago, "visit-2", origin=Origin.PERSON, device_id=None, recorded_by="dolma"
    )
    report(house, "visit.completed", timedelta(days=40), "visit-0", origin=Origin.PERSON, device_id=None)
    page = " ".join(english(house))
    assert "Medical errands · Cering" in page
    assert "medicine fetched" in page
    assert page.count("Looked in") == 1
    assert "Looked in · Dolma" in page
    text = signed_in(house).get(HERE).text
    assert 'href="/visits/new?resident=yangzom"' in text


def test_a_visit_that_was_taken_back_is_not_listed(house: Cast) -> None:
    report(house, "visit.completed", timedelta(days=2), "visit-1", origin=Origin.PERSON, device_id=None)
    report(
        house,
        "event.retracted",
        timedelta(days=1),
        "back-1",
        origin=Origin.PERSON,
        device_id=None,
        data={"event_id": "visit-1", "reason": "wrong person"},
    )
    assert "No visit yet." in english(house)


def test_nights_and_the_last_day_are_drawn_from_what_the_bed_said(house: Cast) -> None:
    for hours, kind in ((5.0, "bed.entered"), (2.0, "bed.exited"), (1.8, "bed.entered")):
        report(house, kind, timedelta(hours=hours), f"bed-{hours}")
    for night in range(1, 14):
        report(house, "bed.entered", timedelta(days=night, hours=4), f"in-{night}")
        report(house, "bed.exited", timedelta(days=night) - timedelta(hours=4), f"out-{night}")
    text = signed_in(house).get(HERE).text
    assert text.count('class="row" role="img"') == 14
    page = english(house)
    assert "In bed 4 h 48 min · Got up: 1" in " ".join(page).replace("\u00a0", " ")


def test_where_nothing_was_heard_no_picture_pretends(house: Cast) -> None:
    text = signed_in(house).get(HERE).text
    assert "<figure" not in text
    page = english(house)
    assert "Nothing was reported in the last 24 hours." in page
    assert "Here stand the nights in bed as soon as a bed sensor reports." in page


def test_a_home_of_which_nothing_is_known_says_so(house: Cast) -> None:
    with house.store.writing() as uow:
        uow.homes.add(Home("bare"))
        uow.residents.add(Resident("bare", "bare", "Sonam", NIGHT))
    client = signed_in(house)
    client.cookies.set("anxin_language", "en")
    page = words(client.get("/residents/bare").text)
    assert "Nothing is entered about the home yet: no address, no key, no grid." in page
    assert {"No device stands here yet.", "No alert so far.", "No family or contact is entered."} <= set(page)


def test_past_alerts_are_the_newest_with_their_outcome_and_more_on_demand(house: Cast) -> None:
    for number in range(25):
        press(
            house,
            f"alert-{number}",
            state=AlertState.CLOSED,
            opened_at=NIGHT - timedelta(days=50 - number),
            closed_at=NIGHT - timedelta(days=50 - number),
            closed_by="basang",
            outcome=Outcome.HOSPITAL if number == 24 else Outcome.HELPED,
            note="broken hip" if number == 24 else None,
        )
    client = signed_in(house)
    client.cookies.set("anxin_language", "en")
    first = client.get(HERE).text
    assert first.count("<b>Helped</b>") == 19
    assert first.count("<b>To hospital</b>") == 1
    assert "Basang · broken hip" in first
    more = re.search(r'href="([^"]*alerts=\d+)#past"', first)
    assert more is not None
    whole = client.get(more[1]).text
    assert whole.count("<b>Helped</b>") == 24
    assert "Show more" not in whole


def test_the_page_goes_on_from_the_moment_it_shows(house: Cast) -> None:
    press(house)
    page = signed_in(house).get(HERE).text
    with house.store.reading() as uow:
        assert f'data-after="{uow.alerts.last_change()}"' in page
    parts = re.findall(r'data-part="([\w-]+)"', page)
    assert len(parts) == len(set(parts)) >= 8


def test_no_style_and_no_script_stands_in_the_page(house: Cast) -> None:
    press(house)
    report(house, "bed.entered", timedelta(hours=1), "bed-1")
    page = signed_in(house).get(HERE).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page)
    assert page.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_what_people_wrote_is_text_whatever_it_holds(house: Cast) -> None:
    evil = "<script>alert(1)</script>"
    change(house, name=evil, tags=(evil,), contacts=(Contact(evil, evil),), phone=evil)
    report(
        house,
        "visit.completed",
        timedelta(hours=1),
        "v",
        origin=Origin.PERSON,
        device_id=None,
        data={"note": evil},
    )
    assert "<script>alert" not in signed_in(house).get(HERE).text


def test_times_are_those_of_the_residents_own_wall(house: Cast) -> None:
    change(house, timezone="Europe/Berlin")
    press(house)
    assert "20:13" in english(house)
