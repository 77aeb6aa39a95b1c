"""The broker: the embedded one there and able to listen, or answering where the service runs; one of one's
own reached, signed in at, and subscribed to.
"""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Callable, Iterator

from paho.mqtt.client import MQTT_ERR_SUCCESS, Client
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from services.domain import wire
from services.ingest.mqtt_session import BrokerAddress
from services.wiring.broker import BrokerFailed, broker_program
from services.wiring.doctor.installation import Installation, reachable
from services.wiring.doctor.judgement import Judgement, fault, ok
from services.wiring.doctor.thresholds import ANSWER_SECONDS

ANSWERS = "broker"


def broker(house: Installation) -> Iterator[Judgement]:
    if house.broker is not None:
        yield own_broker(house.broker, house.stopwatch)
        return
    try:
        yield ok("broker program", str(broker_program()))
    except BrokerFailed as error:
        yield fault("broker program", str(error), "Set the software up anew: python3 do.py setup.")
    if house.is_running:
        yield _running(house)
    else:
        yield _port(house)


def _running(house: Installation) -> Judgement:
    host, port = reachable(house.settings.mqtt_host), house.settings.mqtt_port
    if port == 0:
        return ok(ANSWERS, "the service picked its port itself; whether it answers is told by readiness")
    said = Conversation(BrokerAddress(host, port), house.stopwatch).connect()
    if said.answered:  # a refused sign-in is an answer: nobody but devices and the house gets in
        return ok(ANSWERS, f"answers on {host}:{port}")
    return fault(
        ANSWERS,
        f"nothing answers as a broker on {host}:{port}: {said.words}",
        "See what the broker says in the service's log; name its port with --mqtt-port if it is another.",
    )


def _port(house: Installation) -> Judgement:
    host, port = house.settings.mqtt_host, house.settings.mqtt_port
    if port == 0:
        return ok(ANSWERS, "the service will pick a free port")
    try:
        with socket.create_server((host.strip("[]"), port), family=_family(host)):
            return ok(ANSWERS, f"{host}:{port} is free for it")
    except OSError as error:
        return fault(
            ANSWERS,
            f"{host}:{port} cannot be listened on: {error.strerror}",
            "End what listens there, or choose another ANXIN_MQTT_BIND.",
        )


def own_broker(address: BrokerAddress, stopwatch: Callable[[], float]) -> Judgement:
    """Connect to a broker and subscribe as the house does, under a name of its own that leaves no session."""
    where = f"{address.host}:{address.port}"
    conversation = Conversation(address, stopwatch)
    said = conversation.connect()
    if not said.answered:
        return fault(
            ANSWERS,
            f"{where} cannot be reached: {said.words}",
            "Start the broker, open the way to it, or correct its address.",
        )
    if not said.accepted:
        return fault(
            ANSWERS,
            f"{where} refuses the house: {said.words}",
            "Correct the name and password in its address.",
        )
    subscribed = conversation.subscribe(wire.ALARM_TOPICS)
    conversation.end()
    if not subscribed.accepted:
        return fault(
            ANSWERS,
            f"{where} refuses {wire.ALARM_TOPICS}: {subscribed.words}",
            f"Allow the house to read and write {wire.ROOT}/# in the broker's access list.",
        )
    return ok(ANSWERS, f"{where} takes the house and its subscription")


class Said:
    """What a broker said to one request."""

    def __init__(self, words: str, *, answered: bool = False, accepted: bool = False) -> None:
        self.words = words
        self.answered = answered
        self.accepted = accepted


NO_ANSWER = f"no answer within {ANSWER_SECONDS:.0f} s"


class Conversation:
    """One short MQTT connection, driven by whoever asks: no thread, no session left behind."""

    def __init__(self, address: BrokerAddress, stopwatch: Callable[[], float]) -> None:
        self._address = address
        self._stopwatch = stopwatch
        self._heard: list[Said] = []
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=f"anxin-doctor-{secrets.token_hex(4)}")
        self._client.connect_timeout = ANSWER_SECONDS
        self._client.on_connect = lambda _client, _data, _flags, code, _more: self._hear(code)
        self._client.on_subscribe = lambda _client, _data, _id, codes, _more: self._hear(codes[0])
        if address.username:
            self._client.username_pw_set(address.username, address.password)
        if address.tls:
            self._client.tls_set_context(ssl.create_default_context())

    def connect(self) -> Said:
        try:
            self._client.connect(self._address.host, self._address.port)
        except OSError as error:  # refused, unknown host, broken TLS, no answer in time
            return Said(str(error))
        return self._answer()

    def subscribe(self, topics: str) -> Said:
        self._client.subscribe(topics, qos=1)
        return self._answer()

    def end(self) -> None:
        self._client.disconnect()

    def _hear(self, code: ReasonCode) -> None:
        self._heard.append(Said(str(code), answered=True, accepted=not code.is_failure))

    def _answer(self) -> Said:
        self._heard.clear()
        until = self._stopwatch() + ANSWER_SECONDS
        while not self._heard and self._stopwatch() < until:
            is_over = self._client.loop(timeout=0.2) != MQTT_ERR_SUCCESS
            if is_over and not self._heard:
                return Said("the connection was closed without an answer")
        return self._heard[0] if self._heard else Said(NO_ANSWER)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
