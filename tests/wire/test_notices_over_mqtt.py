"""Notices over MQTT against both brokers: the PUBACK says that the broker has it, and nobody says more."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.notices import AttemptResult
from services.notify.channels.channel import ChannelOutcome
from services.notify.channels.mqtt import MqttTopics, NoticeBroker
from services.wiring.broker import EmbeddedBroker
from tests.live.channels.messages import press, sending
from tests.live.channels.table import MQTT, Case
from tests.wire.house import Broker, StockClient

SHORTLY = timedelta(seconds=0.3)


def told(outcome: ChannelOutcome) -> tuple[AttemptResult, str | None, bool]:
    return outcome.result, outcome.status, outcome.may_pass


def expected(case: Case) -> tuple[AttemptResult, str | None, bool]:
    said = MQTT[case]
    return said.result, said.as_status, said.may_pass


def test_a_notice_reaches_who_has_the_topic_open_and_is_handed_on(broker: Broker, stock: StockClient) -> None:
    topics = MqttTopics(NoticeBroker(broker.host, broker.port, prefix="anxin-notices/"))
    with stock.hearing("anxin-notices/desk/siren") as hearing:
        assert told(topics.send("desk/siren", sending())) == expected(Case.ACCEPTED)
        retained, topic, payload = hearing.next().split(" ", 2)
    assert (retained, topic) == ("0", "anxin-notices/desk/siren")
    event = json.loads(payload)
    assert (event["type"], event["id"], event["data"]["severity"]) == ("anxin.notice.v1", press().id, "high")
    assert (event["data"]["link"], event["data"]["code"]) == (sending().message.link, sending().message.code)


def test_a_topic_that_nobody_has_open_is_handed_on_as_well(broker: Broker) -> None:
    topics = MqttTopics(NoticeBroker(broker.host, broker.port, prefix="anxin-notices/"))
    assert told(topics.send("nobody", sending())) == expected(Case.ACCEPTED)


def test_a_login_is_tried_without_publishing(broker: Broker, stock: StockClient) -> None:
    topics = MqttTopics(NoticeBroker(broker.host, broker.port, prefix="anxin-notices/"))
    with stock.hearing("anxin-notices/#") as hearing:
        assert topics.signed_in() is None
        topics.send("last", sending())
        assert hearing.next().split(" ")[1] == "anxin-notices/last"


def test_a_login_that_is_none_is_for_the_operator(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "broker", open_mqtt=False)
    broker.start()
    try:
        topics = MqttTopics(NoticeBroker(broker.host, broker.port, "desk", "hush", prefix="anxin-notices/"))
        outcome = topics.send("siren", sending())
    finally:
        broker.stop()
    assert told(outcome) == expected(Case.ACCOUNT)
    assert "hush" not in repr((outcome, topics._broker))


@contextmanager
def hanging_up() -> Iterator[int]:
    """A port that takes one caller and hangs up once it has said something."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            caller, _ = listener.accept()
            with caller:
                caller.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(timeout=10)


def test_a_broker_that_hangs_up_is_asked_again() -> None:
    with hanging_up() as port:
        assert told(MqttTopics(NoticeBroker("127.0.0.1", port)).send("siren", sending())) == expected(
            Case.THEIR_5XX
        )


def test_a_broker_that_says_nothing_is_timed_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker = NoticeBroker("127.0.0.1", silent.getsockname()[1], send_for=SHORTLY)
        outcome = MqttTopics(broker).send("siren", sending())
    assert (outcome.result, outcome.may_pass) == (AttemptResult.TIMED_OUT, True)


def test_a_broker_that_is_not_there_is_a_refusal_that_may_pass() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = MqttTopics(NoticeBroker("127.0.0.1", taken.getsockname()[1])).send("siren", sending())
    assert told(outcome) == (AttemptResult.REFUSED, "unreachable", True)


@pytest.mark.parametrize("address", ["", "#", "a/+", "$SYS/x", "a b", "/a"])
def test_what_is_no_topic_is_published_nowhere(address: str) -> None:
    outcome = MqttTopics(NoticeBroker("127.0.0.1", 1)).send(address, sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, "address")
