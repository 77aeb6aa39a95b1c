"""The embedded broker: who may sign in and do what, and that it lives and dies with the house."""

from __future__ import annotations

import errno
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.wiring.broker import BrokerFailed, BrokerState, EmbeddedBroker, TurnedFrom
from services.wiring.broker_credentials import Credentials
from tests.wire.house import SECONDS, StockClient, with_credentials

pytestmark = [pytest.mark.needs_program("mosquitto_pub"), pytest.mark.needs_program("mosquitto_sub")]

REFUSED = 5
"""What mosquitto_pub ends with when the broker does not let it in."""


@pytest.fixture(name="broker")
def open_broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker(tmp_path / "broker", open_mqtt=True)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def closed(tmp_path: Path) -> EmbeddedBroker:
    return EmbeddedBroker(tmp_path / "closed", guests=["player"])


def test_nobody_comes_in_without_credentials(closed: EmbeddedBroker) -> None:
    closed.start()
    try:
        assert StockClient(closed).publish("anxin/v1/a/event", "x").returncode == REFUSED
    finally:
        closed.stop()


def test_whoever_is_turned_away_is_told_by_name(tmp_path: Path) -> None:
    told: queue.Queue[tuple[str, TurnedFrom]] = queue.Queue()
    broker = EmbeddedBroker(tmp_path / "b", on_turned_away=lambda *turned: told.put(turned))
    devices, credentials = with_credentials("button-1")
    broker.set_devices(devices)
    broker.start()
    try:
        wrong = Credentials("button-1", "a password of another day")
        assert StockClient(broker, wrong).publish("anxin/v1/button-1/event", "x").returncode == REFUSED
        assert told.get(timeout=10) == ("button-1", TurnedFrom.DOOR)
        StockClient(broker, credentials["button-1"]).publish("anxin/v1/Button.1/event", "x")
        assert told.get(timeout=10) == ("Button.1", TurnedFrom.TOPIC)
    finally:
        broker.stop()


def test_a_device_hears_and_speaks_for_itself_alone(closed: EmbeddedBroker) -> None:
    devices, credentials = with_credentials("dot.ted-1_A", "other")
    closed.set_devices(devices)
    closed.start()
    try:
        device = StockClient(closed, credentials["dot.ted-1_A"])
        house = StockClient(closed, closed.house)
        with house.hearing("anxin/v1/#") as heard:
            device.publish("anxin/v1/other/event", "as another")
            device.publish("anxin/v1/dot.ted-1_A/receipt", "as the house")
            device.publish("anxin/v1/dot.ted-1_A/alarm", "as itself")
            assert heard.next() == "0 anxin/v1/dot.ted-1_A/alarm as itself"
        for topic in ("anxin/v1/other/command", "anxin/v1/+/receipt", "#", "$MQTT/sub/#"):
            with device.hearing(topic) as refused:
                assert refused.was_refused, topic
        with device.hearing("anxin/v1/dot.ted-1_A/receipt") as receipts:
            house.publish("anxin/v1/dot.ted-1_A/receipt", "yours")
            assert receipts.next() == "0 anxin/v1/dot.ted-1_A/receipt yours"
    finally:
        closed.stop()


def test_a_new_list_lets_in_the_new_and_keeps_out_the_old_without_dropping_the_rest(
    closed: EmbeddedBroker,
) -> None:
    devices, credentials = with_credentials("stays", "leaves", "comes")
    closed.set_devices(devices[:2])
    closed.start()
    try:
        with StockClient(closed, credentials["stays"]).hearing("anxin/v1/stays/command") as stays:
            assert (
                StockClient(closed, credentials["comes"]).publish("anxin/v1/comes/event", "x").returncode
                == REFUSED
            )
            closed.set_devices([devices[0], devices[2]])
            assert (
                StockClient(closed, credentials["comes"]).publish("anxin/v1/comes/event", "x").returncode == 0
            )
            left = StockClient(closed, credentials["leaves"]).publish("anxin/v1/leaves/event", "x")
            assert left.returncode == REFUSED
            StockClient(closed, closed.house).publish("anxin/v1/stays/command", "still there")
            assert stays.next() == "0 anxin/v1/stays/command still there"
    finally:
        closed.stop()


def test_a_wrong_password_is_refused_and_a_guest_plays_every_device(closed: EmbeddedBroker) -> None:
    closed.start()
    try:
        guest = closed.guest("player")
        assert StockClient(closed, guest).publish("anxin/v1/a/event", "x").returncode == 0
        wrong = Credentials(guest.username, "wrong")
        assert StockClient(closed, wrong).publish("anxin/v1/a/event", "x").returncode == REFUSED
    finally:
        closed.stop()


def test_two_thousand_devices_are_let_in_at_once_and_one_more_after_them(closed: EmbeddedBroker) -> None:
    [model], credentials = with_credentials("button")
    many = [replace(model, id=f"dev_{number}", external_id=f"button-{number}") for number in range(2000)]
    closed.start()
    try:
        closed.set_devices(many)
        closed.set_devices([*many, model])
        password = credentials["button"].password
        for name in ("button-0", "button-1999", "button"):
            client = StockClient(closed, Credentials(name, password))
            assert client.publish(f"anxin/v1/{name}/event", "x").returncode == 0
    finally:
        closed.stop()


def test_passwords_are_not_written_in_clear(closed: EmbeddedBroker) -> None:
    closed.start()
    try:
        config = closed.folder / "broker.conf"
        assert closed.house.password not in config.read_text(encoding="utf-8")
        assert config.stat().st_mode & 0o077 == 0
    finally:
        closed.stop()


def test_open_to_everybody_means_on_loopback_only(tmp_path: Path) -> None:
    with pytest.raises(BrokerFailed, match="loopback only"):
        EmbeddedBroker(tmp_path, host="0.0.0.0", open_mqtt=True)  # noqa: S104 - it is refused


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BrokerFailed, match=f"127.0.0.1:{port}.*in use"):
            EmbeddedBroker(tmp_path, port=port).start()


def test_a_stopped_broker_leaves_nothing_running_and_starts_again(broker: EmbeddedBroker) -> None:
    assert broker._child is not None
    gone = os.pidfd_open(broker._child.pid)
    broker.stop()
    assert broker.state.value == "stopped"
    assert select.select([gone], [], [], SECONDS)[0], "it still runs"
    os.close(gone)
    assert not [thread for thread in threading.enumerate() if thread.name == "anxin-broker"]
    broker.start()
    assert broker.state is BrokerState.RUNNING


PARENT = """
import sys
from pathlib import Path
from services.wiring.broker import EmbeddedBroker
broker = EmbeddedBroker(Path(sys.argv[1]))
broker.start()
print(broker._child.pid, broker.port, flush=True)
sys.stdin.read()
"""


DISK_FULL = (
    "[7] 2026/11/22 06:24:51.678 [WRN] JetStream failed to store a msg on stream '$G > $MQTT_msgs': "
    "write /data/broker/messages/jetstream/$G/streams/$MQTT_msgs/msgs/6.blk: no space left on device\n"
)
"""What it says when the disk is full. From then on it stores nothing more, even when there is room again."""


def test_a_broker_that_can_store_no_more_is_started_anew_and_says_why(tmp_path: Path) -> None:
    said: list[str | None] = []
    changed = threading.Semaphore(0)

    def heard(state: BrokerState) -> None:
        if state is BrokerState.FAILED:
            said.append(broker.fault)
        if state is BrokerState.RUNNING:
            changed.release()

    broker = EmbeddedBroker(tmp_path / "broker", on_change=heard)
    broker.start()
    try:
        assert changed.acquire(timeout=SECONDS)
        first, port = broker._child, broker.port
        broker._heard(DISK_FULL)
        assert changed.acquire(timeout=SECONDS)
        assert broker._child is not first
        assert (broker.port, broker.fault) == (port, None)
        assert said[0] is not None
        assert said[0].startswith("the broker cannot store messages")
        assert "no space left on device" in said[0]
    finally:
        broker.stop()


def test_a_broker_that_was_killed_says_so_and_blames_nothing_that_it_said_before(
    closed: EmbeddedBroker,
) -> None:
    said: list[str | None] = []
    ended = threading.Semaphore(0)

    def heard(state: BrokerState) -> None:
        if state is BrokerState.FAILED:
            said.append(closed.fault)
            ended.release()

    closed._on_change = heard
    closed.start()
    try:
        wrong = Credentials("button-1", "a password of another day")
        assert StockClient(closed, wrong).publish("anxin/v1/button-1/event", "x").returncode == REFUSED
        assert closed._child is not None
        os.kill(closed._child.pid, signal.SIGKILL)
        assert ended.acquire(timeout=SECONDS)
        assert said == ["the broker was killed by SIGKILL, by hand or for want of memory"]
    finally:
        closed.stop()


def test_a_list_of_devices_that_could_not_be_written_is_written_the_next_time(
    closed: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices, credentials = with_credentials("comes")
    closed.start()

    def is_full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    try:
        with monkeypatch.context() as disk:
            disk.setattr(closed, "_write_config", is_full)
            with pytest.raises(BrokerFailed, match="No space left"):
                closed.set_devices(devices)
        closed.set_devices(devices)
        assert StockClient(closed, credentials["comes"]).publish("anxin/v1/comes/event", "x").returncode == 0
    finally:
        closed.stop()


def test_a_broker_dies_with_its_killed_parent_and_the_next_finds_no_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child, port = parent.stdout.readline().split()
        gone = os.pidfd_open(int(child))
        parent.kill()
        assert select.select([gone], [], [], SECONDS)[0], "it outlived its parent"
        os.close(gone)
    again = EmbeddedBroker(tmp_path, port=int(port))
    again.start()
    assert again.port == int(port)
    again.stop()


@pytest.mark.parametrize(
    ("name", "is_carried"),
    [
        ("button-1", True),
        ("a.b_c-D", True),
        ("..", True),
        ("床/左", True),
        ("bed 1", False),
        ("a\tb", False),
        ("a+b", False),
        ("#", False),
        ("*", False),
        (">", False),
        ("", False),
        ("x" * 300, False),
    ],
)
def test_a_name_that_the_broker_cannot_carry_is_refused_in_words(name: str, is_carried: bool) -> None:
    words = EmbeddedBroker.carries(name)
    assert (words is None) is is_carried


@pytest.mark.parametrize("name", ["..", "a.b_c-D", "床/左", "-"])
def test_what_it_says_it_carries_it_carries(broker: EmbeddedBroker, stock: StockClient, name: str) -> None:
    with stock.hearing("anxin/v1/#") as heard:
        stock.publish(f"anxin/v1/{name}/event", "x")
        assert heard.next() == f"0 anxin/v1/{name}/event x"
