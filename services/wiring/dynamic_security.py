"""A conversation with Mosquitto's dynamic security: commands go to its control topic, each is answered.

It decides nothing about who may sign in. Passwords go through it in clear, so the house's connection to a
broker on another machine is one with TLS.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any

from services.domain.ports import BrokerUnavailable, Clock
from services.ingest.messages import Message
from services.ingest.mqtt_session import BrokerAddress, Session, Subscription

CONTROL = "$CONTROL/dynamic-security/v1"
ANSWERS = f"{CONTROL}/response"
ANSWER_SECONDS = 5.0
"""A command takes a millisecond; a list of ten thousand accounts some hundred."""
HARMLESS = frozenset({"Client not found", "Role not found", "Role already exists"})
"""Answers to work that was done before: a role outlives its account where a crash came in between."""

log = logging.getLogger("anxin.accounts")


class Refused(Exception):
    """The broker answered that it does not do it; the words are its own."""


class Control:
    """One session at the control topic. ``connected`` is called, in the session's thread, at each connect."""

    def __init__(
        self, address: BrokerAddress, client_id: str, *, clock: Clock, connected: Callable[[], None]
    ) -> None:
        self._session = Session(
            address, client_id, Subscription(ANSWERS), clock=clock, arrived=self._arrived, connected=connected
        )
        self._answered = threading.Condition()
        self._answers: dict[str, dict[str, Any]] = {}
        self._awaited: set[str] = set()

    def start(self) -> None:
        self._session.start()

    def stop(self) -> None:
        self._session.stop()

    @property
    def fault(self) -> str | None:
        return self._session.fault

    def wait_until_connected(self, seconds: float) -> bool:
        return self._session.wait_until_connected(seconds)

    def ask(self, commands: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give commands, in this order, and wait for what each is answered.

        `BrokerUnavailable` without a connection or an answer, `Refused` if one of them is not done; those
        before it are.
        """
        if not commands:
            return []
        batch = secrets.token_hex(8)
        names = [f"{batch}-{place}" for place in range(len(commands))]
        said = [{**command, "correlationData": name} for command, name in zip(commands, names, strict=True)]
        with self._answered:
            self._awaited.update(names)
        try:
            self._session.publish(CONTROL, json.dumps({"commands": said}).encode())
            with self._answered:
                if not self._answered.wait_for(
                    lambda: all(name in self._answers for name in names), ANSWER_SECONDS
                ):
                    raise BrokerUnavailable(
                        f"the broker did not answer on {CONTROL}: it needs the plugin dynamic security, and "
                        "ANXIN_MQTT_ADMIN_URL an account that may use it"
                    )
                answers = [self._answers[name] for name in names]
        finally:
            with self._answered:
                self._awaited.difference_update(names)
                for name in names:
                    self._answers.pop(name, None)
        for answer in answers:
            if answer.get("error") and answer["error"] not in HARMLESS:
                raise Refused(f"{answer.get('command')}: {answer['error']}")
        return [answer.get("data", {}) for answer in answers]

    def _arrived(self, message: Message) -> None:
        try:
            responses = json.loads(message.payload)["responses"]
        except (ValueError, KeyError, TypeError):
            log.warning("an answer of the broker on %s cannot be read", ANSWERS)
            responses = []
        with self._answered:
            for response in responses:
                name = response.get("correlationData")
                if name in self._awaited:
                    self._answers[name] = response
            self._answered.notify_all()
        self._session.done([message])
