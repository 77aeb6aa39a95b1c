"""Without the store: calls people to an alarm that cannot be stored, remembers what became of each call, and
puts all of it into the store when the alarm gets there.

The same functions decide as ever, on what is kept in memory of the store; so alert and notices bear the ids
that storing derives, and whoever gets a notice twice can tell. An alarm is told once, however often it is
sent. Nothing here waits for the store; what is in memory dies with the process, and the broker sends again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.alerts import Alert
from services.domain.events import Event, Mark
from services.domain.findings import Finding
from services.domain.kinds import ALARM_KINDS
from services.domain.notices import NoticeKind
from services.domain.ports import Clock, Store, Stored, StoreUnavailable, UnitOfWork
from services.domain.snapshot import Running
from services.escalation.gathering import Gathering
from services.escalation.joining import subject_of
from services.escalation.policies import Policies
from services.escalation.scene import Scene
from services.escalation.steps import has_failed
from services.escalation.telling import key_of
from services.escalation.without_store import call_anybody, call_at_once, is_call
from services.notify.channels import Channels
from services.notify.outings import Outing, Outings, Seen
from services.notify.snapshot import Keeper
from services.notify.written_down import AsNotices, write_down, write_late
from services.rules.alarms import Alarms

COMMIT_WITHIN = timedelta(seconds=2)
"""How long nobody is told of an alarm that is being stored just now: far longer than a commit takes, short
enough that a commit which hangs does not keep anybody from being told within 10 s."""

log = logging.getLogger("anxin.without-store")


@dataclass(slots=True, eq=False)
class Call:
    """What one Finding of an alarm brought about."""

    finding: Finding
    alert: Alert
    outings: list[Outing] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Telling:
    """An alarm that people were told of before it was stored, and when that was decided."""

    event: Event
    at: datetime
    calls: list[Call] = field(default_factory=list)

    @property
    def outings(self) -> list[Outing]:
        return [outing for call in self.calls for outing in call.outings]


class WithoutStore:
    """The memory of one process; `tell` is called by the watch, the rest by ingest."""

    def __init__(
        self,
        clock: Clock,
        keeper: Keeper,
        alarms: Alarms,
        gathering: Gathering,
        channels: Channels,
        pool: Executor,
    ) -> None:
        self.told = 0
        """Alarms told without the store since the start."""
        self._clock = clock
        self._keeper = keeper
        self._alarms = alarms
        self._gathering = gathering
        self._lock = threading.RLock()
        self._outings = Outings(channels, gathering.house, clock, pool, self._lock)
        self._by_event: dict[str, Telling] = {}
        self._by_number: dict[int, Telling] = {}
        self._running: dict[tuple[str, str], Running] = {}
        self._claims: dict[str, datetime] = {}
        self._in_hand: list[Telling | None] = []
        self._numbers: list[int] = []
        self._plain: dict[int, Event] = {}
        self._overtaken: dict[str, tuple[Event, Telling]] = {}
        self._written: AsNotices = {}
        self._not_begun: list[Outing] = []
        self._late: dict[str, Outing] = {}

    # ------------------------------------------------------------------ told

    def tell(self, number: int, event: Event) -> bool:
        """Call people to the alarm of a message; False: it is being stored just now."""
        now = self._clock.now()
        with self._lock:
            telling = self._by_event.get(event.id)
            if telling is None:
                claimed_at = self._claims.get(event.id)
                if claimed_at is not None and now - claimed_at < COMMIT_WITHIN:
                    return False
                telling = self._decided_somehow(event, now)
                self._by_event[event.id] = telling
                self.told += 1
                people = [key_of(outing.call) for outing in telling.outings]
                log.error("the alarm %s cannot be stored; told without the store: %s", event.id, people)
                for outing in telling.outings:
                    self._outings.start(outing)
            self._by_number[number] = telling
        return True

    def step(self) -> bool:
        """Try again whom no channel reached, and call somebody else where nobody was; never more to do."""
        now = self._clock.now()
        with self._lock:
            for telling in self._by_event.values():
                for call in telling.calls:
                    self._call_somebody_else(call, now)
                for outing in telling.outings:
                    self._outings.start_again(outing, now)
        return False

    def next_due_at(self) -> datetime | None:
        """Nothing to be met to the second: the beat looks often enough."""
        return None

    def _decided_somehow(self, event: Event, now: datetime) -> Telling:
        try:
            return self._decided(event, now)
        except Exception:
            log.exception("who is to be told of %s cannot be decided; the duty desk is told", event.id)
            return self._decided(replace(event, resident_id=None, device_id=None, home_id=None), now)

    def _decided(self, event: Event, now: datetime) -> Telling:
        snapshot = self._keeper.snapshot
        telling = Telling(event, now)
        for finding in self._alarms.find(event, snapshot.rulebooks, snapshot):
            matter = (finding.alert_kind, subject_of(finding))
            before = self._running.get(matter) or _as_stored(self._keeper.running.get(matter))
            running = before.alert if before else None
            scene = self._scene(running or finding, before, now, finding.device_id)
            move = call_at_once(finding, running, scene)
            if move is None:
                continue
            self._running[matter] = Running(move.alert, (*scene.notices, *move.notices))
            calls = [Outing(notice, notice) for notice in move.notices if is_call(notice)]
            telling.calls.append(Call(finding, move.alert, calls))
        return telling

    def _call_somebody_else(self, call: Call, now: datetime) -> None:
        outings = call.outings
        if not outings or not all(outing.is_over and has_failed(outing.notice) for outing in outings):
            return
        tried = {key_of(outing.call) for outing in outings}
        scene = self._scene(call.alert, None, now, call.finding.device_id)
        for notice in call_anybody(call.alert, scene, call.finding.id, but=tried):
            if is_call(notice):
                outings.append(Outing(notice, notice))
                self._outings.start(outings[-1])

    def _scene(
        self, subject: Alert | Finding, before: Running | None, now: datetime, device_id: str | None
    ) -> Scene:
        snapshot = self._keeper.snapshot
        ids = {device_id, *before.alert.device_ids} if before else {device_id}
        devices = (snapshot.devices.get(each) for each in ids if each)
        circle = snapshot.circle(
            resident_id=subject.resident_id, device_id=subject.device_id, home_id=subject.home_id, at=now
        )
        return Scene(
            now,
            self._gathering.house,
            self._policies(),
            circle,
            {device.id: device for device in devices if device is not None},
            before.notices if before else (),
        )

    def _policies(self) -> Policies:
        try:
            return self._gathering.policies()
        except Exception:
            log.exception("the policies cannot be read; everybody near is told at once")
            return Policies({})

    # ------------------------------------------------------------------ stored

    @contextmanager
    def storing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._let_go()
            raise
        self._stored()

    def claim(self, came: Sequence[tuple[int, Event]]) -> list[Event]:
        now = self._clock.now()
        with self._lock:
            self._numbers = [number for number, _ in came]
            self._in_hand = [
                self._taken(number, event, now) if event.kind in ALARM_KINDS else None
                for number, event in came
            ]
            return [
                event if telling is None else _told_as_real(event)
                for (_, event), telling in zip(came, self._in_hand, strict=True)
            ]

    def settle(self, uow: UnitOfWork, stored: Sequence[Stored]) -> None:
        settled: set[int] = set()
        for number, each, telling in zip(self._numbers, stored, self._in_hand, strict=True):
            if telling is None:
                self._plain[number] = each.event
            if telling is None or id(telling) in settled:
                continue
            settled.add(id(telling))
            try:
                with uow.on_trial():
                    self._settle(uow, each.event, telling)
            except StoreUnavailable:
                raise
            except Exception:
                log.exception("what was told of %s cannot be written down; it is told again", each.event.id)

    def write_late(self, store: Store) -> None:
        """Write what people were told while the commit hung that stored the alarm after all, and the ends of
        the calls that were under way when their alarm was stored.
        """
        self._write_ends(store)
        self._write_overtaken(store)

    def _write_ends(self, store: Store) -> None:
        with self._lock:
            ready = {key: outing.seen() for key, outing in self._late.items() if not outing.is_under_way}
        if not ready:
            return
        with store.writing() as uow:
            for notice_id, seen in ready.items():
                write_late(uow, notice_id, seen, self._clock.now())
        with self._lock:
            for notice_id in ready:
                del self._late[notice_id]

    def _write_overtaken(self, store: Store) -> None:
        with self._lock:
            overtaken = list(self._overtaken.values())
        for event, telling in overtaken:
            with self._lock:
                calls = [outing.seen() for outing in telling.outings]
            with store.writing() as uow:
                findings = self._alarms.find(event, uow.rulebooks.latest(), uow, uow.states)
                written = write_down(uow, self._gathering, findings, telling.at, calls, self._clock.now())
            with self._lock:
                del self._overtaken[event.id]
                self._await_ends(written)

    def _taken(self, number: int, event: Event, now: datetime) -> Telling | None:
        telling = self._by_event.get(event.id) or self._by_number.get(number)
        if telling is None:
            self._claims[event.id] = now
        return telling

    def _settle(self, uow: UnitOfWork, event: Event, telling: Telling) -> None:
        """The lock is not held while the store is asked: it may never answer."""
        findings = self._alarms.find(event, uow.rulebooks.latest(), uow, uow.states)
        calls = self._taken_over(telling)
        written = write_down(uow, self._gathering, findings, telling.at, calls, self._clock.now())
        self._written.update(written)

    def _taken_over(self, telling: Telling) -> list[Seen]:
        """The calls as they are now. Those that have not begun are delivery's from here."""
        with self._lock:
            for outing in telling.outings:
                if not outing.attempts and not outing.is_given_up:
                    outing.is_given_up = True
                    self._not_begun.append(outing)
            return [outing.seen() for outing in telling.outings]

    def _let_go(self) -> None:
        """Nothing was stored: what was given up for it goes on from here."""
        with self._lock:
            for outing in self._not_begun:
                outing.is_given_up = False
                if not outing.is_under_way:
                    self._outings.start(outing)
            self._forget_claims()

    def _stored(self) -> None:
        with self._lock:
            stored = {id(telling) for telling in self._in_hand if telling is not None}
            for telling in self._in_hand:
                for outing in telling.outings if telling else ():
                    outing.is_given_up = True
            self._await_ends(self._written)
            stored |= self._note_overtaken()
            if stored:
                self._by_event = {key: each for key, each in self._by_event.items() if id(each) not in stored}
                self._by_number = {
                    key: each for key, each in self._by_number.items() if id(each) not in stored
                }
            if not self._by_event:
                self._running.clear()
            self._forget_claims()

    def _await_ends(self, written: AsNotices) -> None:
        for notice_id, seen in written.items():
            outing = seen.outing
            if seen.attempts and (outing.is_under_way or outing.seen().ended != seen.ended):
                self._late[notice_id] = outing

    def _note_overtaken(self) -> set[int]:
        """The tellings that began while the transaction hung that has stored their alarm now. Delivery calls
        the people of the alert; nobody is called from here any more, and who was is written down later.
        """
        overtaken = set()
        for number, event in self._plain.items():
            telling = self._by_event.get(event.id) or self._by_number.get(number)
            if telling is not None:
                overtaken.add(id(telling))
                self._overtaken[event.id] = event, telling
                for outing in telling.outings:
                    outing.is_given_up = True
        return overtaken

    def _forget_claims(self) -> None:
        self._claims.clear()
        self._in_hand = []
        self._numbers = []
        self._plain = {}
        self._written = {}
        self._not_begun = []


def _told_as_real(event: Event) -> Event:
    """The event of which people were told without the store: no window was looked at, it was no test."""
    marks = tuple(mark for mark in event.marks if mark is not Mark.IN_TEST_WINDOW)
    return replace(event, marks=(*marks, Mark.TOLD_WITHOUT_STORE))


def _as_stored(running: Running | None) -> Running | None:
    """An alert as it ran when it was last seen, a second before the store went or longer: it may be closed.

    So whoever was told of a joined press a moment ago is told again rather than passed over.
    """
    if running is None:
        return None
    notices = (notice for notice in running.notices if notice.kind is not NoticeKind.JOINED)
    return replace(running, notices=tuple(notices))


class LateResults:
    """The room that writes what was not known yet when an alarm was stored; it may hang with the store."""

    def __init__(self, without_store: WithoutStore, store: Store) -> None:
        self._without_store = without_store
        self._store = store

    def step(self) -> bool:
        self._without_store.write_late(self._store)
        return False

    def next_due_at(self) -> datetime | None:
        """Nothing to be met to the second."""
        return None
