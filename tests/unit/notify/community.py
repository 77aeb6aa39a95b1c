"""A small community in a real store, with the two loops of this room on a clock that stands still.

The cast is that of the escalation tests: Dolma presses, Pema, Tashi and Lhamo are near, Desk, Mani and
Ada follow. Channels here are whole channels that remember what they were given and answer as they are
told to.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from services.domain.alerts import Alert
from services.domain.events import Event, Origin
from services.domain.findings import Finding, FindingChange, FindingState
from services.domain.homes import Grid
from services.domain.notices import Attempt, AttemptResult, Notice
from services.domain.people import Channel, ChannelKind, Language, Team, Worker
from services.domain.ports import BrokerUnavailable, Signals
from services.domain.stepping import advance, settle
from services.escalation import actions
from services.escalation.gathering import Gathering, store_move
from services.escalation.permission import Actor
from services.escalation.policies import Policies
from services.escalation.policy_files import shipped_policies
from services.escalation.scene import House, Move, Scene
from services.notify.attempts import NO_JITTER
from services.notify.channels import ChannelOutcome, Sending
from services.notify.chores import Chore
from services.notify.delivery import DeliveryLoop
from services.notify.run import AlertLoop
from services.notify.throttling import UNTHROTTLED, Throttle
from services.storage.store import SqlStore
from services.wiring.clock import SteppedClock
from tests.stores import sqlite_store
from tests.unit.escalation import cast

DELIVERED = ChannelOutcome(AttemptResult.DELIVERED, "200")
UNCONFIRMED = ChannelOutcome(AttemptResult.ACCEPTED_UNCONFIRMED, "250")
REFUSED = ChannelOutcome(AttemptResult.REFUSED, "410", "gone")
BROKEN = ChannelOutcome(AttemptResult.REFUSED, "503", "later", may_pass=True)
SILENT = ChannelOutcome(AttemptResult.TIMED_OUT, may_pass=True)

POSTMAN = Channel(ChannelKind.EMAIL, "pema@example.org")


class RecordingChannel:
    """Remembers what it was given; answers `delivered`, or what was set for an address."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Sending]] = []
        self.answers: dict[str, ChannelOutcome] = {}
        self.hangs: dict[str, threading.Event] = {}
        self.before: Callable[[str], None] = lambda _: None

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        self.before(address)
        if address in self.hangs:
            self.hangs[address].wait(timeout=30)
        self.sent.append((address, sending))
        return self.answers.get(address, DELIVERED)


class RecordingPublisher:
    """Remembers what was published, while there is a broker."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes]] = []
        self.is_there = True

    def publish(self, topic: str, payload: bytes, *, is_asked_again: bool = False) -> None:
        if not self.is_there:
            raise BrokerUnavailable
        self.published.append((topic, payload))


@dataclass
class Community:
    store: SqlStore
    clock: SteppedClock
    gathering: Gathering
    webhook: RecordingChannel = field(default_factory=RecordingChannel)
    email: RecordingChannel = field(default_factory=RecordingChannel)
    publisher: RecordingPublisher = field(default_factory=RecordingPublisher)
    pool: Executor | None = None
    signals: Signals | None = None
    throttle: Throttle = UNTHROTTLED
    findings: int = 0

    def __post_init__(self) -> None:
        self._seen: dict[str, int] = defaultdict(int)
        self.restart()

    def restart(self) -> None:
        """Rebuild the loops from the store, as after a crash."""
        self.alerts = AlertLoop(self.store, self.clock, self.gathering)
        channels = {ChannelKind.WEBHOOK: self.webhook, ChannelKind.EMAIL: self.email}
        self.delivery = DeliveryLoop(
            self.store,
            self.clock,
            self.gathering,
            channels,
            self.publisher,
            self.pool,
            signals=self.signals,
            jitter=lambda _: NO_JITTER,
            throttle=self.throttle,
        )

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def finds(self, **fields: object) -> Finding:
        self.findings += 1
        found = cast.finding(self.findings, self.now, **fields)
        with self.store.writing() as uow:
            return uow.findings.add([found])[0]

    def comes_online(self) -> None:
        self.findings += 1
        event = Event(
            f"evt_{self.findings}",
            "device.online",
            self.now,
            self.now,
            Origin.DEVICE,
            device_id="button",
            dedupe_key=f"online-{self.findings}",
        )
        with self.store.writing() as uow:
            uow.events.append([event])

    def changes(self, number: int, state: FindingState) -> None:
        with self.store.writing() as uow:
            uow.findings.change([FindingChange(f"fnd_{number}", state, self.now)])

    def settle(self) -> None:
        settle([self.alerts, self.delivery])

    def after(self, **length: float) -> None:
        advance(self.clock, [self.alerts, self.delivery], self.now + timedelta(**length))

    def sees_to(self, chore: Chore, at: datetime | None = None) -> bool:
        """Whether a chore had anything to do, which is done."""
        with self.store.reading() as uow:
            deed = chore.look(uow, at or self.now)
        return deed is not None and deed()

    def press(self, **fields: object) -> None:
        self.finds(**fields)
        self.settle()

    def told(self, channel: str = "webhook") -> list[str]:
        """Whom a channel reached since this was last asked, by the last part of the address."""
        sent = (self.webhook if channel == "webhook" else self.email).sent
        fresh = sent[self._seen[channel] :]
        self._seen[channel] = len(sent)
        return [address.rsplit("/", 1)[-1] for address, _ in fresh]

    def accept(self, who: str) -> None:
        self.does(actions.accept, who)

    def does(self, action: Callable[[Alert, Scene, Actor], Move], who: str) -> None:
        with self.store.writing() as uow:
            alert = self.alert()
            scene = self.gathering.around_alert(uow, alert, self.now)
            store_move(uow, alert, action(alert, scene, Actor(who, cast.PEMA.role, who)))

    def alert(self) -> Alert:
        with self.store.reading() as uow:
            return uow.alerts.page({}, 0, 10).items[-1]

    def notices(self) -> list[Notice]:
        with self.store.reading() as uow:
            return uow.notices.of_alert(self.alert().id)

    def notice_of(self, who: str) -> Notice:
        return [notice for notice in self.notices() if notice.worker_id == who][-1]

    def attempts(self, who: str) -> list[Attempt]:
        with self.store.reading() as uow:
            return uow.notices.attempts([self.notice_of(who).id])

    def address(self, who: str) -> str:
        return f"http://127.0.0.1:9/{who}"

    def answers(self, who: str, outcome: ChannelOutcome) -> None:
        self.webhook.answers[self.address(who)] = outcome

    def gets_mail_too(self, who: str) -> None:
        with self.store.writing() as uow:
            worker = uow.workers.get(who)
            assert worker is not None
            uow.workers.save(replace(worker, channels=(*worker.channels, POSTMAN)))


def community(folder: Path, start: datetime = cast.TWO_IN_THE_AFTERNOON) -> Community:
    return settled_in(sqlite_store(folder), start)


def settled_in(store: SqlStore, start: datetime = cast.TWO_IN_THE_AFTERNOON) -> Community:
    with store.writing() as uow:
        uow.teams.add(Team("team", "波堆护理组"))
        uow.grids.add(Grid("grid", "一网格", team_id="team"))
        for worker in cast.EVERYBODY:
            uow.workers.add(_placed(worker))
        uow.homes.add(replace(cast.HOME, grid_id="grid"))
        uow.residents.add(cast.DOLMA)
        uow.devices.add(cast.BUTTON)
    house = House(cast.SHANGHAI, Language.ZH_CN, cast.LAST_RESORT, "http://anxin")
    policies = Policies({}, shipped_policies())
    return Community(store, SteppedClock(start), Gathering(house, lambda: policies))


def _placed(worker: Worker) -> Worker:
    return replace(worker, team_id="team") if worker.id == "norbu" else worker
