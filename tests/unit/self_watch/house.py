"""The rooms of a house as the wiring builds them, with the loops of its self-watch beside them, on a standing
clock and a real store; the loop-back is the real one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from services.domain.devices import Device
from services.domain.instants import format_instant
from services.domain.people import Channel, ChannelKind, Resident, Role, Shift, Team, Worker
from services.domain.ports import BrokerUnavailable
from services.domain.self_watch import EXTERNAL_ID, OwnPress, own_button, own_resident
from services.domain.stepping import Room, advance, settle
from services.domain.wire import alarm_topic
from services.escalation.gathering import Gathering
from services.escalation.policy_files import read_policies
from services.escalation.scene import House as Facts
from services.ingest.messages import Message
from services.notify.channels.channel import Channel as Way
from services.notify.channels.loopback import LoopbackChannel
from services.notify.channels.webhook import WebhookChannel
from services.notify.own_presses import OwnPresses, Pace, Sight
from services.notify.path_checks import PathChecks
from services.wiring.clock import SteppedClock
from services.wiring.rooms import Outside, build_rooms
from services.wiring.shipped import shipped
from tests.stores import sqlite_store
from tests.stories.outside import Letterbox, Telephones

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 7, 23, 12, 0, tzinfo=UTC)
"""20:00 in Bomi."""
PACE = Pace(timedelta(seconds=60), timedelta(seconds=20), timedelta(days=7))
KEY = "the house's own"
LAST_RESORT = Channel(ChannelKind.WEBHOOK, "https://example.invalid/last-resort")


class Button:
    """Puts the press where the broker would, unless the line is cut."""

    def __init__(self, letterbox: Letterbox, clock: SteppedClock) -> None:
        self.is_cut = False
        self._letterbox = letterbox
        self._clock = clock
        self._sent = ""

    def prepare(self) -> None:
        pass

    def press(self, press_id: str, at: datetime) -> None:
        if self.is_cut:
            raise BrokerUnavailable("cut")
        if press_id != self._sent:
            said = {"id": press_id, "kind": "call_button.pressed", "occurred_at": format_instant(at)}
            message = Message(alarm_topic(EXTERNAL_ID), json.dumps(said).encode(), self._clock.now())
            self._letterbox.waiting.append(message)
            self._sent = press_id


class House:
    """With a duty desk, a technician, a manager, a neighbour, and a last resort."""

    def __init__(self, folder: Path, *, loopback: bool = True, presses: bool = True) -> None:
        self.clock = SteppedClock(START)
        self.store = sqlite_store(folder)
        self.telephones = Telephones()
        self.letterbox = Letterbox()
        self.button = Button(self.letterbox, self.clock)
        self.sight = Sight(0.0)
        self.ended: list[OwnPress] = []
        self._loopback = loopback
        self._presses = presses
        with self.store.writing() as uow:
            uow.residents.add(own_resident(START))
            uow.devices.add(own_button(START))
            uow.teams.add(Team("tea_1", "值班"))
            for role in (Role.DUTY_DESK, Role.TECHNICIAN, Role.MANAGER, Role.NEIGHBOUR):
                uow.workers.add(self.worker(role.value, role))
        self.build()

    @staticmethod
    def worker(name: str, role: Role, *more: Channel, team_id: str | None = None) -> Worker:
        channel = Channel(ChannelKind.WEBHOOK, f"https://example.invalid/{name}")
        return Worker(f"wrk_{name}", name, role, channels=(channel, *more), team_id=team_id)

    def on_duty(self, name: str, starts_at: datetime, ends_at: datetime) -> None:
        """Somebody of the team with a roster, on duty between two instants."""
        with self.store.writing() as uow:
            uow.workers.add(self.worker(name, Role.GRID_WORKER, team_id="tea_1"))
            uow.shifts.add(Shift(f"shf_{name}", "tea_1", f"wrk_{name}", starts_at, ends_at))

    def build(self) -> None:
        """All rooms anew, as after a restart."""
        policies, _ = read_policies(shipped("policies"))
        facts = Facts(ZONE, last_resort=LAST_RESORT, link_base="http://house.invalid")
        self.gathering = Gathering(facts, lambda: policies)
        ways: dict[ChannelKind, Way] = {ChannelKind.WEBHOOK: self.telephones}
        if self._loopback:
            ways[ChannelKind.LOOPBACK] = LoopbackChannel(WebhookChannel(KEY), KEY)
        texts: Mapping[str, str] = shipped("rulebooks")
        outside = Outside(self.letterbox, self.letterbox, ways)
        rooms = build_rooms(self.store, self.clock, outside, lambda: texts, self.gathering)
        own: list[Room] = [PathChecks(self.store, self.clock, self.gathering, time(21, 30))]
        if self._presses:
            own.append(
                OwnPresses(
                    self.store,
                    self.clock,
                    self.gathering,
                    self.button,
                    PACE,
                    self.sight,
                    self.passed,
                    self.ended.append,
                )
            )
        self.rooms: list[Room] = [*rooms.by_name().values(), *own]
        settle(self.rooms)

    def on(self, **span: float) -> None:
        """Let time pass, second by second where a beat would look."""
        until = self.clock.now() + timedelta(**span)
        advance(self.clock, self.rooms, until)

    def seconds(self, count: int) -> None:
        """The same with the beat of each second."""
        for _ in range(count):
            self.on(seconds=1)

    def passed(self) -> float:
        """The stopwatch."""
        return (self.clock.now() - START).total_seconds()

    def rang(self) -> list[str]:
        """Who was told, by the end of the address."""
        return [address.rpartition("/")[2] for _, address, _ in self.telephones.rang]

    def real_button(self, device: Device, resident: Resident) -> None:
        with self.store.writing() as uow:
            uow.residents.add(resident)
            uow.devices.add(device)

    def close(self) -> None:
        self.store.close()
