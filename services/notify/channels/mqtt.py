"""MQTT: a notice on a topic of a broker, for a siren, a wall display or a system of others.

The notice is the event that a webhook gets. The broker's PUBACK says that it has the message; whether anybody
has the topic open it does not say, and brokers acknowledge as well what a publisher may not publish: the best
outcome is *accepted, not confirmed*. Nothing is retained: a notice of yesterday must call nobody today.

Source: MQTT 3.1.1, §3.2 (CONNACK), §3.4 (PUBACK), §4.3.2 (QoS 1).
"""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from services.domain.addresses import is_fit
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.notify.channels.channel import ChannelOutcome, Sending, refused, timed_out
from services.notify.channels.posting import SEND_FOR, account_refused, without
from services.notify.channels.time_limit import TimeLimit
from services.notify.channels.webhook import body_of

TURN_SECONDS = 0.2
"""How long one turn at the socket waits for the broker."""
SIGNED_IN = ChannelOutcome(AttemptResult.ACCEPTED_UNCONFIRMED, "CONNACK")
NOT_LET_IN = frozenset({"Bad user name or password", "Not authorized"})


@dataclass(frozen=True, slots=True)
class NoticeBroker:
    """Where notices are published, as whom, and what their topics begin with."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    prefix: str = ""
    source: str = "urn:anxin"
    send_for: timedelta = SEND_FOR


class MqttTopics:
    """Publishes at one broker, a connection a message: one that was kept may have died unseen."""

    def __init__(self, broker: NoticeBroker) -> None:
        self._broker = broker

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.MQTT, address):
            return refused("address", "no topic")
        body = body_of(sending.notice, sending.message, self._broker.source)
        return self._said((self._broker.prefix + address, body))

    def signed_in(self) -> ChannelOutcome | None:
        """Connect and nothing more; why that cannot be, if it cannot be."""
        outcome = self._said(None)
        return None if outcome == SIGNED_IN else outcome

    def _said(self, message: tuple[str, bytes] | None) -> ChannelOutcome:
        broker = self._broker
        with TimeLimit(broker.send_for) as limit:
            try:
                outcome = _Talk(broker, limit, message).outcome()
            except TimeoutError as error:
                outcome = timed_out(str(error))
            except OSError as error:  # refused connections, unknown hosts and broken TLS
                outcome = refused("unreachable", str(error), may_pass=True)
        is_unknown = limit.is_over and outcome.result is not AttemptResult.ACCEPTED_UNCONFIRMED
        return without(timed_out("no answer in time") if is_unknown else outcome, (broker.password or "",))


class _Talk(Client):
    """One connection for one message or for none, turned by hand so that it never connects a second time."""

    def __init__(self, broker: NoticeBroker, limit: TimeLimit, message: tuple[str, bytes] | None) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=f"anxin-notice-{secrets.token_hex(6)}")
        self._notice_broker = broker
        self._limit = limit
        self._message = message
        self._ended: list[ChannelOutcome] = []
        self.connect_timeout = broker.send_for.total_seconds()
        self.on_connect = self._connected
        self.on_publish = self._acknowledged
        if broker.username is not None:
            self.username_pw_set(broker.username, broker.password)
        if broker.tls:
            self.tls_set()

    def outcome(self) -> ChannelOutcome:
        """Publish, and wait until the broker has said what it has to say."""
        self.connect(self._notice_broker.host, self._notice_broker.port)
        try:
            while not self._ended and self.loop(TURN_SECONDS) is MQTTErrorCode.MQTT_ERR_SUCCESS:
                continue
        finally:
            self.disconnect()
        return self._ended[0] if self._ended else refused("disconnected", "by the broker", may_pass=True)

    def _create_socket_connection(self) -> socket.socket:
        connection = super()._create_socket_connection()
        self._limit.watch(connection)
        return connection

    def _connected(
        self, _: Client, __: Any, ___: ConnectFlags, reason: ReasonCode, ____: Properties | None
    ) -> None:
        words = str(reason)
        if not reason.is_failure:
            self._begin()
        elif words in NOT_LET_IN:
            self._ended.append(account_refused(words, "the broker does not take the login"))
        else:
            self._ended.append(refused(words, "the broker lets nobody in", may_pass=True))

    def _begin(self) -> None:
        if self._message is None:
            self._ended.append(SIGNED_IN)
        else:
            self.publish(*self._message, qos=1)

    def _acknowledged(self, _: Client, __: Any, ___: int, ____: ReasonCode, _____: Properties) -> None:
        self._ended.append(ChannelOutcome(AttemptResult.ACCEPTED_UNCONFIRMED, "PUBACK"))
