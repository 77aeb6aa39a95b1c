"""The board of a large community: how many questions it asks does not grow with it, nobody is left out, and
it travels small.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from services.console.compressing import SMALLEST_BYTES
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.homes import Grid, Home
from services.domain.people import Resident
from services.storage import prepared
from tests.unit.console.cast import NIGHT, Cast, cast, press
from tests.unit.console.test_pages import PAGE

RESIDENTS = 500
ALERTS = 20
MOST_STATEMENTS = 30
"""What the gate and the page ask of the store, for whoever looks; with one more for each resident it would be
over 500, with one for each alert over 60.
"""
MOST_BYTES = 100 * 1024
WORKERS = ("pema", "basang", "dolma", "karma")


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    folder: Path = tmp_path_factory.mktemp("community")
    with cast(folder) as house:
        _fill(house)
        yield house


def _fill(house: Cast) -> None:
    with house.store.writing() as uow:
        for number in range(25):
            uow.grids.add(Grid(f"g{number}", f"网格{number}", team_id="team"))
        for number in range(RESIDENTS):
            name = f"res_{number:04}"
            home = Home(
                f"hom_{number:04}", f"雪松村 {number} 号", grid_id=f"g{number % 25}", neighbour_id="dolma"
            )
            uow.homes.add(home)
            uow.residents.add(Resident(name, home.id, f"德央 {number}", NIGHT, assigned_worker_id="basang"))
            for kind in (DeviceType.CALL_BUTTON, DeviceType.BED_SENSOR):
                uow.devices.add(_device(f"{kind}-{number}", kind, home.id, name))
    for number in range(ALERTS):
        press(house, f"alt_{number}", f"res_{number * 7:04}", device_id=f"dev_call_button-{number * 7}")


def _device(name: str, kind: DeviceType, home_id: str, resident_id: str) -> Device:
    return Device(
        f"dev_{name}",
        name,
        Ecosystem.NATIVE,
        kind,
        home_id=home_id,
        resident_id=resident_id,
        state=DeviceState.LIVE,
        registered_at=NIGHT - timedelta(days=9),
        last_seen_at=NIGHT,
    )


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, by both of the ways that there are."""
    said: list[str] = []
    run = prepared.run

    def run_counted(connection: object, text: str, bound: object, **how: bool) -> object:
        said.append(text)
        return run(connection, text, bound, **how)  # type: ignore[arg-type]

    def executing(*arguments: object) -> None:
        said.append(str(arguments[2]))

    monkeypatch.setattr(prepared, "run", run_counted)
    event.listen(Engine, "before_cursor_execute", executing)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", executing)


def open_board(house: Cast, worker: str) -> TestClient:
    client = house.worker(worker)
    client.headers.update(PAGE)
    return client


@pytest.mark.parametrize("worker", WORKERS)
def test_the_number_of_questions_does_not_grow_with_the_community(
    community: Cast, monkeypatch: pytest.MonkeyPatch, worker: str
) -> None:
    client = open_board(community, worker)
    with counted(monkeypatch) as said:
        page = client.get("/")
    assert page.status_code == 200
    assert page.text.count('class="tile ') >= RESIDENTS
    assert len(said) <= MOST_STATEMENTS, "\n".join(said)


def test_who_sees_little_of_it_is_not_asked_for_one_by_one(
    community: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(monkeypatch) as said:
        page = open_board(community, "norbu").get("/").text
    assert page.count('class="tile ') == 1
    assert len(said) <= MOST_STATEMENTS, "\n".join(said)


def test_everybody_has_a_tile_and_every_alert_a_card(community: Cast) -> None:
    page = open_board(community, "pema").get("/").text
    assert all(f'data-part="tile-res_{number:04}"' in page for number in range(RESIDENTS))
    assert all(f'data-part="alert-alt_{number}"' in page for number in range(ALERTS))


def test_it_travels_small(community: Cast) -> None:
    answer = open_board(community, "pema").get("/")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) < MOST_BYTES / 4
    plain = open_board(community, "pema").get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == answer.text


def test_what_may_hold_a_secret_and_what_programs_read_goes_as_it_is(community: Cast) -> None:
    read = community.worker("pema").get("/api/v1/residents")
    posted = community.client().post("/sign-in", data={"username": "desk", "password": "wrong"}, headers=PAGE)
    for answer in (read, posted):
        assert len(answer.content) > SMALLEST_BYTES
        assert "content-encoding" not in answer.headers
