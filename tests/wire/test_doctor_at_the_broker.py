"""The doctor at a real broker: it hears whether one answers, takes the house, and lets it subscribe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from services.ingest.mqtt_session import BrokerAddress
from services.wiring.broker import EmbeddedBroker
from services.wiring.clock import stopwatch
from services.wiring.data_folder import DataFolder
from services.wiring.doctor.broker import own_broker
from services.wiring.doctor.examination import examine
from services.wiring.doctor.judgement import Judgement, State
from services.wiring.settings import read_settings
from tests.unit.wiring.doctor.patient import NOW
from tests.wire.house import with_credentials
from tests.wire.mosquitto import Mosquitto


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """A broker that lets nobody in without credentials."""
    broker = EmbeddedBroker(tmp_path / "closed")
    broker.start()
    yield broker
    broker.stop()


def asked(broker: EmbeddedBroker, username: str | None, password: str | None) -> Judgement:
    return own_broker(BrokerAddress("127.0.0.1", broker.port, username, password), stopwatch)


def test_a_broker_that_takes_the_house_is_well(closed: EmbeddedBroker) -> None:
    said = asked(closed, closed.house.username, closed.house.password)
    assert said.state is State.OK, said


def test_a_wrong_password_is_told_from_a_broker_that_is_not_there(closed: EmbeddedBroker) -> None:
    assert "refuses the house" in asked(closed, closed.house.username, "wrong").found
    port = closed.port
    closed.stop()
    gone = own_broker(BrokerAddress("127.0.0.1", port), stopwatch)
    assert gone.state is State.FAULT
    assert "cannot be reached" in gone.found


def test_a_login_that_may_not_subscribe_is_told(closed: EmbeddedBroker) -> None:
    devices, credentials = with_credentials("button")
    closed.set_devices(devices)
    said = asked(closed, credentials["button"].username, credentials["button"].password)
    assert said.state is State.FAULT
    assert "anxin/v1/+/alarm" in said.found


@pytest.mark.needs_program("mosquitto")
def test_another_broker_is_asked_in_the_same_way(tmp_path: Path) -> None:
    mosquitto = Mosquitto(tmp_path / "mosquitto")
    mosquitto.start()
    try:
        assert own_broker(BrokerAddress("127.0.0.1", mosquitto.port), stopwatch).state is State.OK
    finally:
        mosquitto.stop()


def judged(data_dir: Path, port: int, **others: object) -> Judgement:
    settings = read_settings(
        data_dir=data_dir, http_bind="127.0.0.1:0", mqtt_bind=f"127.0.0.1:{port}", **others
    )
    [said] = [each for each in examine(settings, {}, NOW, stopwatch) if each.check == "broker"]
    return said


def test_where_the_service_runs_its_broker_has_to_answer_and_else_the_port_has_to_be_free(
    closed: EmbeddedBroker, tmp_path: Path
) -> None:
    folder, port = DataFolder(tmp_path / "data"), closed.port
    (tmp_path / "data").mkdir()
    assert judged(folder.path, port).state is State.FAULT, "somebody else has the port"
    folder.hold()
    assert "answers on" in judged(folder.path, port).found, "though it lets nobody in"
    closed.stop()
    assert judged(folder.path, port).state is State.FAULT
    folder.let_go()
    assert "is free" in judged(folder.path, port).found


def test_a_broker_of_its_own_is_asked_in_place_of_the_embedded_one(
    closed: EmbeddedBroker, tmp_path: Path
) -> None:
    house, where = closed.house, f"127.0.0.1:{closed.port}"
    signed_in = judged(
        tmp_path, 0, mqtt_url=f"mqtt://{quote(house.username, safe='')}:{house.password}@{where}"
    )
    assert (signed_in.state, signed_in.found) == (State.OK, f"{where} takes the house and its subscription")
    assert "refuses the house" in judged(tmp_path, 0, mqtt_url=f"mqtt://somebody:wrong@{where}").found
