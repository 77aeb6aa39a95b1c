"""The door of the house for tests: the real loop of ingest on a real store, with an inbox and a publisher
that only remember, and a clock that stands. Pema's button hangs by her bed in Bomi, her mat lies in it;
everybody is invented.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.events import Event
from services.domain.homes import Home
from services.domain.instants import format_instant
from services.domain.people import Resident
from services.domain.ports import BrokerUnavailable, Following, Outgoing, StoreUnavailable, UnitOfWork
from services.domain.records import Quarantined
from services.ingest.flooding import RateLimit
from services.ingest.messages import Message
from services.ingest.run import Beside, IngestLoop
from services.storage.store import SqlStore
from tests.stores import RecordingSignals, sqlite_store

NIGHT = datetime(2025, 7, 22, 18, 13, 5, tzinfo=UTC)
"""02:13:05 in Bomi."""
SHANGHAI = ZoneInfo("Asia/Shanghai")

BUTTON = Device(
    "dev_button",
    "button-1",
    Ecosystem.NATIVE,
    DeviceType.CALL_BUTTON,
    home_id="hom_pema",
    resident_id="res_pema",
)
MAT = Device(
    "dev_mat", "mat.1", Ecosystem.NATIVE, DeviceType.BED_SENSOR, home_id="hom_pema", resident_id="res_pema"
)
OLD = Device(
    "dev_old",
    "old",
    Ecosystem.NATIVE,
    DeviceType.CALL_BUTTON,
    home_id="hom_pema",
    resident_id="res_pema",
    state=DeviceState.RETIRED,
)


class StandingClock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.at = NIGHT

    def now(self) -> datetime:
        return self.at


class Inbox:
    """Hands out what a test puts in, and remembers what was acknowledged."""

    def __init__(self) -> None:
        self.waiting: list[Message] = []
        self.acknowledged: list[Message] = []

    def take(self, limit: int) -> list[Message]:
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    def give_back(self, messages: list[Message]) -> None:
        self.waiting = [*messages, *self.waiting]

    def done(self, messages: list[Message]) -> None:
        self.acknowledged += messages


class Voice:
    """Remembers what was published; without a broker it says so."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Any]] = []
        self.is_connected = True

    def publish(self, topic: str, payload: bytes, *, is_asked_again: bool = False) -> None:
        if not self.is_connected:
            raise BrokerUnavailable("no broker")
        self.said.append((topic, json.loads(payload)))

    def publish_all(self, messages: Sequence[Outgoing]) -> None:
        for message in messages:
            self.publish(message.topic, message.payload, is_asked_again=message.is_asked_again)


class RefusingStore:
    """The real store, but for as long as a test wants writing is refused, or something happens before the
    commit.
    """

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.refusal: Exception | None = None
        self.hangs: Callable[[], None] | None = None

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        with self._store.writing() as unit:
            yield unit
            if self.hangs is not None:
                self.hangs()
            if self.refusal is not None:
                raise self.refusal

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        return self._store.reading()


class Door:
    """Ingest with everything that it works between."""

    def __init__(self, folder: Path, rate_limit: RateLimit | None = None) -> None:
        self.signals = RecordingSignals()
        self._sql = sqlite_store(folder, self.signals)
        self.store = RefusingStore(self._sql)
        self.clock = StandingClock()
        self.inbox = Inbox()
        self.voice = Voice()
        self.rate_limit = rate_limit
        self.following: Following | None = None
        self.loop = self.new_loop()
        with self.store.writing() as unit:
            unit.homes.add(Home("hom_pema", timezone="Asia/Shanghai"))
            unit.residents.add(
                Resident("res_pema", "hom_pema", "Pema", enrolled_at=NIGHT, timezone="Asia/Kathmandu")
            )
            for device in (BUTTON, MAT, OLD):
                unit.devices.add(device)

    def new_loop(self) -> IngestLoop:
        """As after a restart: whatever was in memory is gone."""
        return IngestLoop(
            self.store,
            self.clock,
            self.inbox,
            self.voice,
            SHANGHAI,
            rate_limit=self.rate_limit,
            beside=Beside(self.following),
        )

    def close(self) -> None:
        self._sql.close()

    def comes(
        self, topic: str, payload: bytes | str | dict[str, Any], *, retained: bool = False, after: float = 0
    ) -> None:
        """A message comes ``after`` seconds and is taken in."""
        self.put(topic, payload, retained=retained, after=after)
        self.work()

    def put(
        self, topic: str, payload: bytes | str | dict[str, Any], *, retained: bool = False, after: float = 0
    ) -> Message:
        """A message comes and waits."""
        self.clock.at += timedelta(seconds=after)
        text = json.dumps(payload, ensure_ascii=False) if isinstance(payload, dict) else payload
        data = text.encode() if isinstance(text, str) else text
        message = Message(
            f"anxin/v1/{topic}" if topic.count("/") == 1 else topic, data, self.clock.at, retained
        )
        self.inbox.waiting.append(message)
        return message

    def work(self) -> None:
        """Let ingest work until nothing is left or it cannot."""
        while self.loop.step():
            pass

    @property
    def events(self) -> list[Event]:
        with self.store.reading() as unit:
            return unit.events.after(0, 10_000)

    @property
    def presses(self) -> list[Event]:
        return [event for event in self.events if event.kind == "call_button.pressed"]

    @property
    def quarantine(self) -> list[Quarantined]:
        with self.store.reading() as unit:
            return list(unit.quarantine.page({}, 0, 500).items)

    @property
    def receipts(self) -> list[str]:
        return [payload["result"] for topic, payload in self.voice.said if topic.endswith("/receipt")]

    def device(self, device_id: str) -> Device:
        with self.store.reading() as unit:
            found = unit.devices.get(device_id)
        assert found is not None
        return found


def press(own_id: str | None = None, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """A press as a native device says it."""
    said: dict[str, Any] = {"kind": "call_button.pressed"}
    if own_id is not None:
        said["id"] = own_id
    if at is not None:
        said["occurred_at"] = format_instant(at)
    return said | more


REFUSED = StoreUnavailable("the disk is full")
