"""The living demo: a community in real time against a running service, over one connection that may speak
for all devices. It starts with a press within seconds, and ends when its standard input closes or it is
asked to; it never outlives who started it.
"""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from threading import Event, Thread
from typing import Protocol, TextIO
from zoneinfo import ZoneInfo

from devices.simulator import clock
from devices.simulator.answering import Answering, Due, Standing
from devices.simulator.api import Api, ApiRefused, ApiUnreachable
from devices.simulator.community import Community, Device, Message
from devices.simulator.demo_telephones import able, hand_out_telephones
from devices.simulator.ecosystems.native import ROOT, event_of, topic_for
from devices.simulator.telephones import Telephones

LOOK_EVERY = timedelta(seconds=3)
"""How often the people of the demo look at what is open."""
RUNNING = ("open", "accepted", "arrived")


class NobodyLivesHere(Exception):
    """The service has no call button that belongs to somebody; whoever started this can make the demo
    community.
    """


class Outlet(Protocol):
    """Where messages go: a connection that may speak for every device."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send at QoS 1."""
        ...


class LiveDemo:
    """One community at one service. `play` goes by the wall clock, `step` by the time it is handed."""

    def __init__(
        self,
        api: Api,
        outlet: Outlet,
        telephones: Telephones,
        seed: int,
        starts_at: datetime,
        complaints: TextIO = sys.stderr,
    ) -> None:
        self._api = api
        self._outlet = outlet
        self._complaints = complaints
        self._starts_at = starts_at
        self._look_at = starts_at
        self._devices = list(_devices(api))
        if not any(device.type == "call_button" for device in self._devices):
            raise NobodyLivesHere("no resident here has a call button, so nobody can press")
        self._telephones = telephones
        signed_in_as = _who_signs_in(api)
        self._workers = hand_out_telephones(api, telephones.address_of) - signed_in_as
        dice = Random(seed)
        first = _in_care_of(api, signed_in_as)
        self._community = Community(self._devices, dice, starts_at, _zone(api), first)
        self._answering = Answering(dice)
        self._numbers = count(1)

    def play(self, stop: Event) -> None:
        """Live until ``stop`` is set."""
        self.come_online()
        while not stop.is_set():
            wake_at = self.step(clock.now())
            stop.wait(max((wake_at - clock.now()).total_seconds(), 0.0))

    def come_online(self) -> None:
        for device in self._devices:
            self._outlet.publish(f"{ROOT}/{device.external_id}/status", b"online", retain=True)

    def step(self, now: datetime) -> datetime:
        """Do what is due, and tell when there will be more."""
        for message in self._community.due(now):
            self._say(message)
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            self._answer(now)
        return min(self._look_at, self._community.next_due_at or self._look_at)

    def _say(self, message: Message) -> None:
        event_id = f"{self._starts_at:%Y%m%dT%H%M%S}-{next(self._numbers)}"
        event = event_of(event_id, message.kind, message.at, message.data)
        self._outlet.publish(topic_for(message.external_id, message.kind), event)

    def _answer(self, now: datetime) -> None:
        """Somebody may have been quicker, or the service may be gone for a moment: said, and gone on."""
        self._telephones.take_new()
        try:
            running = [alert for state in RUNNING for alert in self._running(state)]
            for due in self._answering.due(running, now):
                self._move(due)
        except ApiUnreachable as error:
            self._complaints.write(f"the service does not answer: {error}\n")

    def _running(self, state: str) -> Iterator[Standing]:
        for alert in self._api.all("alerts", state=state):
            yield Standing(alert["id"], alert["state"], able(alert["owner_ids"], self._workers))

    def _move(self, due: Due) -> None:
        body = {"worker_id": due.worker_id}
        if due.outcome is not None:
            body["outcome"] = due.outcome
        try:
            self._api.post(f"alerts/{due.alert_id}/{due.move}", body)
        except ApiRefused as refused:
            self._complaints.write(f"{due.move} was refused: {refused.reason}\n")


def _devices(api: Api) -> Iterator[Device]:
    for device in api.all("devices"):
        if device["ecosystem"] == "native" and device["state"] != "retired" and device.get("resident_id"):
            yield Device(device["external_id"], device["type"], device["resident_id"])


def _who_signs_in(api: Api) -> frozenset[str]:
    """The workers behind the logins. They answer for themselves: whoever signs in as one of them must never
    read that they said what they did not say.
    """
    return frozenset(str(user["worker_id"]) for user in api.all("users") if user["worker_id"])


def _in_care_of(api: Api, workers: frozenset[str]) -> frozenset[str]:
    """The residents who are in the care of these workers."""
    return frozenset(
        str(resident["id"])
        for resident in api.all("residents")
        if resident.get("assigned_worker_id") in workers
    )


def _zone(api: Api) -> ZoneInfo:
    """The zone that most of the community says of itself; the demo lives in one place."""
    zones = [resident["timezone"] for resident in api.all("residents") if resident.get("timezone")]
    return ZoneInfo(max(set(zones), key=zones.count) if zones else "Asia/Shanghai")


def stop_at_end_of(stream: TextIO, stop: Event) -> None:
    """Set ``stop`` when a stream ends: the sign that whoever holds its other end is gone."""

    def read_on() -> None:
        for _ in stream:
            pass
        stop.set()

    Thread(target=read_on, name="lifeline", daemon=True).start()
