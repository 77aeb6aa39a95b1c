"""One fleet from the word to go to the last figure: generators and listener are let go, watched, told to
stop, and what they said is waited for and looked up. Who calls shows the figures and judges by them.
"""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from devices.simulator import clock
from devices.simulator.api import Api
from devices.simulator.fleet.child import Child
from devices.simulator.fleet.figures import Figures, percentile
from devices.simulator.fleet.looking_up import look_up
from devices.simulator.fleet.mix import Job
from devices.simulator.fleet.places import Place
from devices.simulator.fleet.receipts import MILLISECOND
from devices.simulator.telephones import Telephones

READY_SECONDS = 60.0
LOOKS_EVERY = 0.25
STILL_SECONDS = 10.0
"""After so long without any news nothing more is waited for."""
BEFORE = timedelta(seconds=2)
"""So much before the word to go the looking up begins; ids tell the run's own messages from others."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a fleet: messages and presses a second, for how many seconds, by how many processes
    over how many connections. Rate 0: as fast as the broker acknowledges.
    """

    rate: float
    presses: float
    seconds: float
    connections: int = 4
    processes: int = 1
    window: int = 1000
    seed: int = 1


class Switchboard(Telephones):
    """Telephones that know when each resident's alert rang first (stamps)."""

    def __init__(self) -> None:
        super().__init__()
        self.rang: dict[str, int] = {}

    def ring(self, worker: str, body: bytes) -> tuple[int, bytes]:
        at = clock.stamp()
        answer = super().ring(worker, body)
        for call in self.take_new():
            data = call.event["data"]
            resident = (data.get("resident") or {}).get("id")
            if resident is not None and data.get("kind") == "alert":
                self.rang.setdefault(str(resident), at)
        return answer


Show = Callable[[Figures, str], None]
"""Is told the figures now and then, and what is going on."""


@dataclass
class Fleet:
    """One run at one place."""

    place: Place
    asked: Asked
    telephones: Switchboard
    show: Show
    stop: Event
    run: str = field(default_factory=lambda: f"f{secrets.token_hex(4)}")
    figures: Figures | None = None
    """As far as they are known, from the beginning of the play on."""
    _generators: list[Child] = field(default_factory=list)
    _sent: dict[int, int] = field(default_factory=dict)
    _acknowledged: dict[int, int] = field(default_factory=dict)
    _held: dict[int, float] = field(default_factory=dict)
    _ended: dict[int, float] = field(default_factory=dict)
    _pressed: dict[int, int] = field(default_factory=dict)

    def play(self) -> Figures:
        """Play it; `ChildSilent` if a process or the broker gave up."""
        wanted = self.asked.rate and self.asked.rate + self.asked.presses
        figures = Figures(
            self.place.homes, wanted, self.place.service is not None, asked_seconds=self.asked.seconds
        )
        self.figures = figures
        with tempfile.TemporaryDirectory(prefix="anxin-fleet-logs-") as folder, ExitStack() as stack:
            listener = self._listener(stack, Path(folder))
            self._generators = [
                stack.enter_context(
                    Child.module("devices.simulator.fleet.generator", Path(folder) / "generator")
                )
                for _ in range(self.asked.processes)
            ]
            for child, job in zip(self._generators, self._jobs(), strict=True):
                child.say(job.as_json())
            for child in self._generators:
                child.hear(READY_SECONDS)
            since, start = clock.now() - BEFORE, clock.stamp()
            for child in self._generators:
                child.say("go")
            self._send(figures, listener, start)
            self._drain(figures, listener, start)
        if self.place.service is not None:
            self._look_up(figures, since)
        figures.stopped = self.stop.is_set()
        return figures

    def _jobs(self) -> Iterator[Job]:
        asked, place = self.asked, self.place
        broker = place.broker
        for number in range(asked.processes):
            yield Job(
                self.run,
                place.prefix,
                broker.host,
                broker.port,
                place.homes,
                asked.rate / asked.processes,
                asked.seconds,
                presses=asked.presses / asked.processes,
                number=number,
                of=asked.processes,
                connections=max(asked.connections // asked.processes, 1),
                window=asked.window,
                username=broker.username,
                password=broker.password,
                seed=asked.seed,
            )

    def _listener(self, stack: ExitStack, folder: Path) -> Child | None:
        if self.place.service is None:
            return None
        child = stack.enter_context(Child.module("devices.simulator.fleet.receipts", folder / "receipts"))
        child.say(json.dumps({"run": self.run, **asdict(self.place.broker)}))
        child.hear(READY_SECONDS)
        return child

    def _send(self, figures: Figures, listener: Child | None, start: int) -> None:
        """Watch until all generators have said all they have to say and it is acknowledged."""
        told = False
        pause = Event()
        while len(self._ended) < len(self._generators):
            if self.stop.is_set() and not told:
                told = True
                for child in self._generators:
                    child.say("stop")
            self._take_in(figures, listener, start)
            self.show(figures, "stopping" if told else "sending")
            (pause if told else self.stop).wait(LOOKS_EVERY)
        figures.stored_at_end_of_sending = figures.stored
        figures.sending_took = max(self._ended.values())

    def _drain(self, figures: Figures, listener: Child | None, start: int) -> None:
        """Wait for what the service still has to store and to tell, as long as there is news."""
        if listener is None:
            return
        news_at, before = clock.stamp(), (-1, -1)
        pause = Event()
        while not self._is_all_there(figures):
            self._take_in(figures, listener, start)
            self.show(figures, "waiting for the last")
            if (now := (figures.stored, figures.alerted)) != before:
                news_at, before = clock.stamp(), now
            elif clock.stamp() - news_at > STILL_SECONDS * clock.SECOND:
                return
            pause.wait(LOOKS_EVERY)

    def _is_all_there(self, figures: Figures) -> bool:
        rung = figures.alerted >= figures.pressed or not self.place.rings_here
        return rung and figures.stored + figures.quarantined >= figures.sent

    def _take_in(self, figures: Figures, listener: Child | None, start: int) -> None:
        for number, child in enumerate(self._generators):
            for said in child.heard() if number not in self._ended else ():
                self._sent[number] = said["sent"]
                self._acknowledged[number] = said["acknowledged"]
                self._held[number] = said["held"]
                for home, stamp in said["pressed"].items():
                    self._pressed.setdefault(int(home), stamp)
                if said["ended_after"] is not None:
                    self._ended[number] = said["ended_after"]
        figures.sent = sum(self._sent.values())
        figures.acknowledged = sum(self._acknowledged.values())
        figures.held = sum(self._held.values()) / max(len(self._held), 1)
        if not self._ended:
            figures.sending_took = (clock.stamp() - start) / clock.SECOND
        self._take_in_receipts(figures, listener, start)
        self._take_in_rings(figures)

    def _take_in_receipts(self, figures: Figures, listener: Child | None, start: int) -> None:
        for said in listener.heard() if listener is not None else ():
            if said["stored"] != figures.stored:
                figures.storing_took = (clock.stamp() - start) / clock.SECOND
            figures.stored, figures.duplicate = said["stored"], said["duplicate"]
            figures.quarantined = said["quarantined"]
            figures.receipt_p50, figures.receipt_p99 = said["p50"], said["p99"]

    def _take_in_rings(self, figures: Figures) -> None:
        residents = self.place.residents or {}
        took = [
            (at - self._pressed[home]) / MILLISECOND
            for resident, at in list(self.telephones.rang.items())
            if (home := residents.get(resident, -1)) in self._pressed
        ]
        figures.pressed, figures.alerted = len(self._pressed), len(took)
        figures.press_p50, figures.press_p99 = percentile(took, 0.5), percentile(took, 0.99)

    def _look_up(self, figures: Figures, since: datetime) -> None:
        assert self.place.service is not None  # noqa: S101 - asked before
        api = Api(self.place.service.url, self.place.service.token)
        try:
            looked = 0

            def one_more() -> None:
                nonlocal looked
                looked += 1
                if not looked % 5000:
                    self.show(figures, f"looking up {looked:,} of {figures.sent:,}")

            found = look_up(api, self.run, self._sent, since, one_more)
            if not self.place.rings_here:
                figures.alerted = self._standing(api)
        finally:
            api.close()
        unacknowledged = figures.sent - figures.acknowledged
        figures.stored, figures.duplicate = found.stored, found.doubled
        figures.lost = max(found.lost - unacknowledged - figures.quarantined, 0)
        figures.is_looked_up = True

    def _standing(self, api: Api) -> int:
        """Residents who pressed and about whom an alert was opened."""
        residents: Mapping[str, int] = self.place.residents or {}
        about = {residents.get(str(alert["resident_id"]), -1) for alert in api.all("alerts")}
        return len(about & self._pressed.keys())
