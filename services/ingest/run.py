"""The loop of ingest: takes what is queued, stores what comes of it in one transaction, then answers.

The order is the promise: stored, then the receipt, then the acknowledgement. What could not be stored is
neither answered nor acknowledged, is kept, and is tried again. One message that breaks the storing is set
aside alone and never holds up the others.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from services.domain.chronicle import events_stored
from services.domain.crash_points import CrashPoint, Reached, goes_on
from services.domain.identity import derived_id
from services.domain.ports import (
    Answering,
    BrokerUnavailable,
    Clock,
    Following,
    NobodyTold,
    Outgoing,
    Store,
    StoreUnavailable,
    ToldWithoutStore,
    TooMuchAtOnce,
    Topic,
    UnitOfWork,
)
from services.domain.records import Quarantined, QuarantineReason
from services.domain.values import value
from services.ingest.connection import Connection
from services.ingest.flooding import FloodGate, RateLimit, Thinned
from services.ingest.intake import Intake, Taken, set_aside
from services.ingest.messages import Inbox, Lane, Message
from services.ingest.mqtt import is_echo
from services.ingest.observations import Ignored, IgnoredReason, Refused
from services.ingest.reading import Reading, read
from services.ingest.receipts import Answer, receipt_of
from services.ingest.signs_of_life import worth_noting
from services.ingest.unknown_origin import UnknownOrigins

MOST_AT_ONCE = 500
"""Messages of one transaction: enough that its cost is shared, few enough that a press that comes meanwhile
waits milliseconds.
"""

log = logging.getLogger("anxin.ingest")


@value(frozen=True, slots=True)
class _Stored:
    """A message that was dealt with, and what its device is told."""

    message: Message
    receipt: Outgoing | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What works hand in hand with ingest.

    ``following`` is what can follow from a batch within the transaction that stores it; without it, and where
    it fails, the other loops find the events by themselves. ``told`` knows who was told of what could not be
    stored. ``reached`` hears of each crash point that is passed. ``is_connected`` says whether messages can
    come in at all; without it nothing is noted of that.
    """

    following: Following | None = None
    told: ToldWithoutStore = field(default_factory=NobodyTold)
    reached: Reached = goes_on
    is_connected: Callable[[], bool] | None = None


class IngestLoop:
    """Takes messages in. ``zone`` is the house's, for devices without a home of another."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        inbox: Inbox,
        publisher: Answering,
        zone: ZoneInfo,
        *,
        rate_limit: RateLimit | None = None,
        beside: Beside | None = None,
    ) -> None:
        self.counts: Counter[str] = Counter()
        """What became of messages: ``stored``, ``duplicate``, ``quarantined:<why>``, ``ignored:<why>``."""
        self.kinds: Counter[str] = Counter()
        """The events that were stored, by kind."""
        self.fault: str | None = None
        """Why nothing is stored now, for readiness; None while all is well."""
        self._store = store
        self._inbox = inbox
        self._publisher = publisher
        self._clock = clock
        self._zone = zone
        self._gate = FloodGate(rate_limit or RateLimit())
        self._origins = UnknownOrigins()
        self._numbers = count(1)
        beside = beside or Beside()
        self._following = beside.following
        self._told = beside.told
        self._reached = beside.reached
        self._connection = Connection(store, beside.is_connected) if beside.is_connected else None

    def step(self) -> bool:
        """Take in what is there, alarms first; True if there was anything and it was stored."""
        if self._connection is not None:
            self._connection.look(self._clock.now())
        messages = self._inbox.take(MOST_AT_ONCE)
        if not messages:
            return self._say_what_was_thinned()
        alarms = [message for message in messages if message.lane is Lane.ALARMS]
        if 0 < len(alarms) < len(messages):  # the rest has a transaction of its own: no press waits for it
            self._inbox.give_back([message for message in messages if message.lane is not Lane.ALARMS])
            messages = alarms
        if all(is_echo(message.topic) for message in messages):  # what came before them is stored
            self._inbox.done(messages)
            return True
        try:
            stored = self._store_together(messages)
        except StoreUnavailable as error:
            return self._keep(messages, error)
        except TooMuchAtOnce:
            self._inbox.give_back(messages)
            return True
        except Exception:
            log.exception(
                "a batch of %d messages could not be stored together; each is tried alone", len(messages)
            )
            return self._store_one_by_one(messages)
        self._answer(stored)
        return True

    def next_due_at(self) -> datetime | None:
        """When it is next to be said that a device's telemetry was thinned."""
        return self._gate.next_due_at(self._clock.now())

    # ------------------------------------------------------------------ storing

    def _store_together(self, messages: Sequence[Message]) -> list[_Stored]:
        with self._told.storing(), self._store.writing() as unit:
            intake = Intake(unit, self._zone, self._gate, self._origins, lambda: next(self._numbers))
            taken = intake.take_in(messages)
            answers = self._write(unit, taken)
            then = self._follow(unit)
            self._reached(CrashPoint.BEFORE_EVENT_COMMIT)
        self._reached(CrashPoint.AFTER_EVENT_COMMIT)
        then()
        self.fault = None
        self._remember(taken, answers)
        return [
            _Stored(each.message, receipt_of(each, answer))
            for each, answer in zip(taken, answers, strict=True)
        ]

    def _write(self, unit: UnitOfWork, taken: Sequence[Taken]) -> list[Answer | None]:
        """Store all of it; what each message's device is to hear."""
        events = [(each.message.number, event) for each in taken for event in each.events]
        alarms = [
            (each.message.number, each.of_unknown_origin)
            for each in taken
            if each.of_unknown_origin is not None
        ]
        stored = unit.events.append(self._told.claim([*events, *alarms]))
        unit.say_after(events_stored(result.event for result in stored if result.is_new))
        self._told.settle(unit, stored)
        following = iter(stored)
        answers = []
        is_new = False
        for each in taken:
            results = [next(following) for _ in each.events]
            is_new = is_new or any(result.is_new for result in results)
            answers.append(_answer(each, is_new=any(result.is_new for result in results)))
            for result in results:
                if result.is_new and result.event.kind == "device.battery" and result.event.device_id:
                    unit.devices.battery(result.event.device_id, float(result.event.data["percent"]))
        is_new = any(result.is_new for result in following) or is_new
        unit.quarantine.add(each.set_aside for each in taken if each.set_aside is not None)
        unit.devices.seen(worth_noting(taken))
        if is_new:
            unit.wake_after(Topic.EVENTS)
        return answers

    def _follow(self, unit: UnitOfWork) -> Callable[[], None]:
        """Let what follows from a batch be stored with it."""
        if self._following is None:
            return _nothing
        try:
            with unit.on_trial():
                return self._following(unit)
        except (StoreUnavailable, TooMuchAtOnce):
            raise
        except Exception:
            log.exception("what follows from a batch could not be stored with it; the loops take it up alone")
            return _nothing

    def _remember(self, taken: Sequence[Taken], answers: Sequence[Answer | None]) -> None:
        self.counts.update(map(_outcome, taken, answers))
        self.kinds.update(
            event.kind
            for each, answer in zip(taken, answers, strict=True)
            if answer is Answer.STORED
            for event in each.events
            if not event.synthetic
        )
        for each in taken:
            if each.of_unknown_origin is not None:
                self._origins.told(each.message, each.of_unknown_origin)
                self.counts["press_of_unknown_origin"] += 1

    def _store_one_by_one(self, messages: list[Message]) -> bool:
        """After a batch failed for a reason nobody foresaw: each by itself, the failing ones set aside."""
        for place, message in enumerate(messages):
            try:
                self._answer(self._store_alone(message))
            except StoreUnavailable as error:
                return self._keep(messages[place:], error)
            except Exception:
                # It stays unacknowledged with the broker, which sends it again after the next connect.
                log.exception("a message on %.200s can neither be stored nor set aside", message.topic)
                self.counts["stuck"] += 1
        return True

    def _store_alone(self, message: Message) -> list[_Stored]:
        try:
            return self._store_together([message])
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("a message on %.200s could not be stored and is set aside", message.topic)
            return self._set_aside_alone(message, error)

    def _set_aside_alone(self, message: Message, error: Exception) -> list[_Stored]:
        with self._told.storing(), self._store.writing() as unit:
            [reading] = read([message], unit.devices)
            kind = reading.alarm_meant()
            failed = Refused(QuarantineReason.UNDECODABLE, f"could not be stored: {type(error).__name__}")
            taken = Taken(Reading(message, reading.decoder, reading.device_name, reading.device, [failed]))
            taken.own_id = next(
                (said.own_id for said in reading.said if not isinstance(said, Ignored) and said.own_id), None
            )
            taken.set_aside = set_aside(reading, failed.reason, failed.detail)
            if kind is not None:
                known = None if reading.device is None else reading.device.id
                taken.of_unknown_origin = self._origins.press(message, kind, failed.reason.value, known)
            answers = self._write(unit, [taken])
        self._remember([taken], answers)
        return [_Stored(message, receipt_of(taken, answers[0]))]

    def _keep(self, messages: list[Message], error: StoreUnavailable) -> bool:
        self._inbox.give_back(messages)
        if self.fault is None:
            log.error("the store cannot be written; messages wait unacknowledged: %s", error)
        self.fault = f"the store cannot be written: {error}"
        return False

    # ------------------------------------------------------------------ answering

    def _answer(self, stored: Sequence[_Stored]) -> None:
        """Receipts go out before the acknowledgements; a device that misses its receipt sends again."""
        try:
            self._publisher.publish_all([each.receipt for each in stored if each.receipt is not None])
        except BrokerUnavailable:
            self.counts["receipts_lost"] += 1
        self._reached(CrashPoint.BEFORE_PUBACK)
        self._inbox.done([each.message for each in stored])
        self._reached(CrashPoint.AFTER_PUBACK)

    def _say_what_was_thinned(self) -> bool:
        now = self._clock.now()
        notes = self._gate.notes_due(now)
        if not notes:
            return False
        try:
            with self._store.writing() as unit:
                unit.quarantine.add(_note(note, self._gate.limit) for note in notes)
        except StoreUnavailable:
            return False
        self._gate.noted(notes, now)
        return True


def _nothing() -> None:
    """All there is to do where nothing followed."""


def _answer(taken: Taken, *, is_new: bool) -> Answer | None:
    if taken.events:
        return Answer.STORED if is_new else Answer.DUPLICATE
    if taken.set_aside is not None or taken.ignored is IgnoredReason.PASSED_OVER:
        return Answer.QUARANTINED
    return Answer.DUPLICATE if taken.ignored is IgnoredReason.STATE_UNCHANGED else None


def _outcome(taken: Taken, answer: Answer | None) -> str:
    if taken.events and answer is not None:
        return answer.value
    if taken.set_aside is not None:
        return f"quarantined:{taken.set_aside.reason.value}"
    return f"ignored:{taken.ignored.value}" if taken.ignored else "nothing_said"


def _note(thinned: Thinned, limit: RateLimit) -> Quarantined:
    """Counted up in the one row of the device's topic, without bytes: there is nothing to replay."""
    return Quarantined(
        id=derived_id("qua", thinned.topic, QuarantineReason.FLOODING.value),
        topic=thinned.topic,
        payload=b"",
        reason=QuarantineReason.FLOODING,
        detail=f"readings beyond {limit.a_second:g} a second were passed over; presses go through",
        first_at=thinned.first_at,
        last_at=thinned.last_at,
        external_id=thinned.external_id,
        count=thinned.count,
    )
