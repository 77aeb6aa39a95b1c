"""The rules loop on a real store with a standing clock, fed with the lines of a history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Event
from services.domain.findings import Finding
from services.domain.homes import Home
from services.domain.people import Resident
from services.domain.ports import UnitOfWork
from services.domain.stepping import advance
from services.rules.history import Line
from services.rules.run import RulesLoop
from services.storage.store import SqlStore


class StandingClock:
    """A clock that stands where it was put."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def move_to(self, instant: datetime) -> None:
        self._at = instant


class Live:
    """The loop over a store, fed with the lines of a history as they are received."""

    def __init__(self, store: SqlStore, texts: Mapping[str, str], start: datetime) -> None:
        self.store = store
        self.texts = dict(texts)
        self.clock = StandingClock(start)
        self.loop = self.rebuilt()

    def rebuilt(self) -> RulesLoop:
        return RulesLoop(self.store, self.clock, lambda: self.texts, ZoneInfo("Asia/Shanghai"))

    def take(self, line: Line) -> None:
        if line.received_at > self.clock.now():
            # What was received at one instant is stored before any deadline of that instant is met.
            advance(self.clock, [self.loop], line.received_at - timedelta(microseconds=1))
            self.clock.move_to(line.received_at)
        if line.event is not None:
            with self.store.writing() as uow:
                _register(uow, line.event)
                uow.events.append([replace(line.event, dedupe_key=line.event.id, seq=0)])

    def findings(self) -> list[Finding]:
        with self.store.reading() as uow:
            return uow.findings.after(0, 10_000)


def _register(uow: UnitOfWork, event: Event) -> None:
    """Whoever stores a fact of the register has the register say it too."""
    if event.kind == "resident.enrolled" and event.resident_id is not None:
        home = Home(f"home-{event.resident_id}")
        uow.homes.add(home)
        uow.residents.add(Resident(event.resident_id, home.id, "invented", event.received_at))
    if event.kind == "device.registered" and event.device_id is not None:
        type_ = DeviceType(event.data["type"])
        uow.devices.add(
            Device(event.device_id, event.device_id, Ecosystem.NATIVE, type_, resident_id=event.resident_id)
        )
