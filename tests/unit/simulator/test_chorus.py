"""Devices that speak ahead of time: what may go ahead, and what is said of a broker that is not there."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest

from devices.simulator.acts import Saying
from devices.simulator.chorus import MOST_AHEAD, Chorus, goes_ahead
from devices.simulator.enrolling import Credentials
from devices.simulator.fleet.packets import CONNECT, PUBLISH, Buffer, acknowledge, number_in
from devices.simulator.mqtt import BrokerUnreachable, NotStored
from tests.unit.simulator.stories import scenario

AT = scenario().starts_at


def saying(kind: str = "bed.vitals", **more: object) -> Saying:
    said: dict[str, object] = {"at": AT, "device": "mat", "id": "1", "kind": kind, "occurred_at": AT} | more
    return Saying(**said)  # type: ignore[arg-type]  # the test names what it changes


def test_only_what_tells_of_its_own_instant_goes_ahead() -> None:
    assert goes_ahead(saying())
    assert not goes_ahead(saying(occurred_at=AT - timedelta(seconds=1)))
    assert not goes_ahead(saying(occurred_at=None))
    assert not goes_ahead(saying("call_button.pressed", retained=True))
    assert not goes_ahead(saying("device.offline"))


def credentials(port: int) -> Credentials:
    return Credentials("mat-1", f"mqtt://127.0.0.1:{port}", "mat-1", "secret")


def chorus_at(port: int) -> Chorus:
    return Chorus({"mat": credentials(port)}, [], lambda _device, _state: None)


def test_a_broker_that_is_not_there_is_said_with_the_device() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        chorus = chorus_at(nobody.getsockname()[1])
        with pytest.raises(BrokerUnreachable, match="cannot be used by mat"):
            chorus.open()
        chorus.close()


def test_a_broker_that_hangs_up_is_said_with_the_device() -> None:
    with socket.create_server(("127.0.0.1", 0)) as broker:
        chorus = chorus_at(broker.getsockname()[1])
        answers = {0x10: b"\x20\x02\x00\x00", 0x82: b"\x90\x03\x00\x01\x00"}

        def serve() -> None:
            line, _ = broker.accept()
            with line:
                for _ in range(3):  # signed in, and subscribed to both topics
                    line.sendall(answers[line.recv(4096)[0]])

        thread = Thread(target=serve)
        thread.start()
        with pytest.raises(NotStored, match="closed the connection of mat"):
            chorus.open()
        thread.join()
        chorus.close()


@contextmanager
def broker() -> Iterator[int]:
    """Lets one device in and acknowledges whatever it says; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            heard = Buffer()
            with line:
                while more := line.recv(65536):
                    for kind, body in heard.feed(more):
                        if kind == PUBLISH:
                            line.sendall(acknowledge(number_in(body)))
                        else:
                            line.sendall(b"\x20\x02\x00\x00" if kind == CONNECT else b"\x90\x03\x00\x01\x00")

        thread = Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_nobody_waits_for_what_could_be_said_of_later_while_time_stands_again() -> None:
    said = []

    def ahead() -> Iterator[Saying]:
        for second in range(2 * MOST_AHEAD):
            said.append(second)
            Event().wait(0.001)
            at = AT + timedelta(seconds=second)
            yield saying(at=at, occurred_at=at, id=str(second))

    def let_time_go(until: datetime) -> datetime:
        return until

    with (
        broker() as port,
        closing(Chorus({"mat": credentials(port)}, ahead(), lambda _device, _state: None)) as chorus,
    ):
        chorus.open()
        assert chorus.move(AT + timedelta(seconds=5), let_time_go) == AT + timedelta(seconds=5)
        assert 6 <= len(said) < MOST_AHEAD
        assert chorus.move(AT + timedelta(seconds=300), let_time_go) == AT + timedelta(seconds=300)
        assert len(said) > 300, "what was left is said before time goes beyond it"
