"""From what a batch of messages says to what is stored of it: events, and what is set aside.

Here a claim meets the registration, the clock and what was stored before. An alarm always becomes an event:
its device's, or one of unknown origin for the duty desk. Nothing is written here; the loop does that in one
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.devices import Device, DeviceState
from services.domain.events import Event, Mark, Origin
from services.domain.identity import derived_id
from services.domain.instants import format_instant, zone_named
from services.domain.kinds import ALARM_KINDS
from services.domain.records import Quarantined, QuarantineReason
from services.domain.self_watch import EXTERNAL_ID
from services.ingest.claimed_time import ClaimedTime, judged
from services.ingest.deduplication import Claimed, Sameness, Verdict
from services.ingest.flooding import FloodGate
from services.ingest.known import Known
from services.ingest.messages import Message
from services.ingest.observations import Ignored, IgnoredReason, Observation, Presence, Refused
from services.ingest.reading import Reading, read
from services.ingest.unknown_origin import UnknownOrigins

RETAINED_PRESS_COUNTS_FOR = timedelta(hours=1)
"""How old a retained press may be by its own claim to be told as unconfirmed."""
HEARD_TWICE_WITHIN = timedelta(seconds=10)
"""Every process of ingest hears each state. One that is older than the newest stored, by less than this, is
what another process has stored already, and not a clock that was set back.
"""
MOST_TOPIC = 512
"""Characters of a topic that quarantine keeps; longer ones fit into no index."""


@dataclass(slots=True)
class Taken:
    """What comes of one message. ``seen_at`` is set where it is a sign of life."""

    reading: Reading
    events: list[Event] = field(default_factory=list)
    set_aside: Quarantined | None = None
    of_unknown_origin: Event | None = None
    ignored: IgnoredReason | None = None
    own_id: str | None = None
    seen_at: datetime | None = None

    @property
    def message(self) -> Message:
        return self.reading.message


class Intake:
    """Takes in one batch within one transaction, which it only reads."""

    def __init__(
        self,
        unit: Known,
        house_zone: ZoneInfo,
        gate: FloodGate,
        origins: UnknownOrigins,
        next_number: Callable[[], int],
    ) -> None:
        self._unit = unit
        self._house_zone = house_zone
        self._gate = gate
        self._origins = origins
        self._next_number = next_number
        self._zones: dict[str, ZoneInfo] = {}
        self._presences: dict[str, tuple[bool | None, datetime | None]] = {}

    def take_in(self, messages: Sequence[Message]) -> list[Taken]:
        """What comes of each message, in their order."""
        readings = read(messages, self._unit.devices)
        pairs = {
            (reading.device.id, said.own_id)
            for reading in readings
            if reading.device is not None
            for said in reading.said
            if isinstance(said, Observation) and said.own_id is not None
        }
        known = self._unit.events.bearing(sorted(pairs)) if pairs else {}
        sameness = Sameness(known, self._unit.events.newest_of_kind, self._next_number)
        return [self._taken(reading, sameness) for reading in readings]

    def _taken(self, reading: Reading, sameness: Sameness) -> Taken:
        taken = Taken(reading)
        for said in reading.said:
            if isinstance(said, Ignored):
                taken.ignored = said.reason
                continue
            taken.own_id = said.own_id
            refused = said if isinstance(said, Refused) else _refused_for_its_device(reading, said)
            if refused is not None:
                self._set_aside(taken, refused)
            elif isinstance(said, Presence) and reading.device is not None:
                self._presence(taken, reading.device, said)
            elif isinstance(said, Observation) and reading.device is not None:
                self._observation(taken, reading.device, said, sameness)
        if reading.device is not None and _is_sign_of_life(reading):
            taken.seen_at = reading.message.received_at
        return taken

    # ------------------------------------------------------------------ observed

    def _observation(self, taken: Taken, device: Device, said: Observation, sameness: Sameness) -> None:
        message = taken.message
        is_alarm = said.kind in ALARM_KINDS
        if message.retained and not is_alarm:
            taken.ignored = IgnoredReason.RETAINED_COPY
            return
        if not self._gate.lets_through(said.kind, device.id, message.received_at):
            self._gate.passed_over(message.topic, device.external_id, message.received_at)
            taken.ignored = IgnoredReason.PASSED_OVER
            return
        claim = said.claim
        if claim is None and message.first_received_at is not None:
            claim = format_instant(message.first_received_at)
        time = judged(claim, message.received_at, lambda: self._zone_of(device))
        claimed = Claimed(
            device_id=device.id,
            kind=said.kind,
            received_at=message.received_at,
            occurred_at=time.occurred_at,
            own_id=said.own_id,
            claim=format_instant(time.instant) if time.instant else claim,
            data=said.data,
            is_alarm=is_alarm,
            message_number=message.number,
        )
        if message.retained:
            self._retained_alarm(taken, device, said, time, sameness.unconfirmed(claimed, message.payload))
            return
        verdict = sameness.judge(claimed)
        event = _event(device, said, message, time, verdict, *_in_test(device, said, message, time))
        sameness.made(event)
        taken.events.append(event)
        if said.fault is not None:
            taken.set_aside = set_aside(taken.reading, QuarantineReason.IMPOSSIBLE_VALUE, said.fault)

    def _retained_alarm(
        self, taken: Taken, device: Device, said: Observation, time: ClaimedTime, key: str | None
    ) -> None:
        """A copy of an alarm that the broker kept. The desk hears of it once, if the house never did.

        It goes to the duty desk as the device's alone: whether anybody called now is not known, so nobody is
        sent to a home by it.
        """
        if key is None:
            taken.ignored = IgnoredReason.RETAINED_PRESS_KNOWN
        elif time.instant and taken.message.received_at - time.instant >= RETAINED_PRESS_COUNTS_FOR:
            taken.ignored = IgnoredReason.RETAINED_PRESS_TOO_OLD
        else:
            event = _event(device, said, taken.message, time, Verdict(key), Mark.UNCONFIRMED, for_desk=True)
            taken.events.append(event)

    def _presence(self, taken: Taken, device: Device, said: Presence) -> None:
        """A state, retained by design: an event only where it changes."""
        at = taken.message.received_at
        was_online, since = self._known_presence(device.id)
        is_past = since is not None and timedelta() < since - at <= HEARD_TWICE_WITHIN
        if was_online is said.is_online or is_past:
            taken.ignored = IgnoredReason.STATE_UNCHANGED
            return
        kind = "device.online" if said.is_online else "device.offline"
        key = derived_id("evt", kind, device.id, format_instant(at), self._next_number())
        observation = Observation(kind, own_id=said.own_id)
        taken.events.append(_event(device, observation, taken.message, ClaimedTime(at), Verdict(key)))
        self._presences[device.id] = (said.is_online, at)

    def _known_presence(self, device_id: str) -> tuple[bool | None, datetime | None]:
        """Whether a device is online, as stored, and when that was received."""
        if device_id not in self._presences:
            kinds = ("device.online", "device.offline")
            stored = [self._unit.events.newest_of_kind(device_id, kind) for kind in kinds]
            newest = max((event for event in stored if event), key=lambda event: event.seq, default=None)
            self._presences[device_id] = (
                (None, None) if newest is None else (newest.kind == "device.online", newest.received_at)
            )
        return self._presences[device_id]

    def _zone_of(self, device: Device) -> ZoneInfo:
        """The resident's own zone, then the home's, then the house's."""
        if device.id not in self._zones:
            resident = self._unit.residents.get(device.resident_id) if device.resident_id else None
            home = self._unit.homes.get(device.home_id) if device.home_id else None
            names = (resident.timezone if resident else None, home.timezone if home else None)
            self._zones[device.id] = next(
                (zone for name in names if name and (zone := _zone(name))), self._house_zone
            )
        return self._zones[device.id]

    # ------------------------------------------------------------------ not to be read

    def _set_aside(self, taken: Taken, refused: Refused) -> None:
        taken.set_aside = set_aside(taken.reading, refused.reason, refused.detail)
        if taken.reading.device_name == EXTERNAL_ID:
            return  # the house's own press, kept by the broker while a backup without its button was restored
        kind = taken.reading.alarm_meant()
        if kind is not None and taken.of_unknown_origin is None:
            taken.of_unknown_origin = self._origins.press(
                taken.message, kind, refused.reason.value, _device_id(taken.reading)
            )


def set_aside(reading: Reading, reason: QuarantineReason, detail: str) -> Quarantined:
    """A message for quarantine, with its bytes."""
    message = reading.message
    topic = message.topic[:MOST_TOPIC]
    return Quarantined(
        id=derived_id("qua", topic, reason.value, message.payload.hex()),
        topic=topic,
        payload=message.payload,
        reason=reason,
        detail=detail,
        first_at=message.received_at,
        last_at=message.received_at,
        retained=message.retained,
        size=message.size,
        external_id=reading.device_name[:64] if reading.device_name else None,
        reads_as_press=reading.alarm_meant() is not None,
    )


def _device_id(reading: Reading) -> str | None:
    return None if reading.device is None else reading.device.id


def _refused_for_its_device(reading: Reading, said: Observation | Presence) -> Refused | None:
    """Nobody registered it, or it is retired and this is no alarm."""
    if reading.device is None:
        return Refused(QuarantineReason.UNKNOWN_DEVICE, "no device of that name is registered", said.own_id)
    is_alarm = isinstance(said, Observation) and said.kind in ALARM_KINDS
    if reading.device.state is DeviceState.RETIRED and not is_alarm:
        return Refused(QuarantineReason.RETIRED_DEVICE, "the device is retired", said.own_id)
    return None


def _event(
    device: Device,
    said: Observation,
    message: Message,
    time: ClaimedTime,
    verdict: Verdict,
    *more: Mark,
    for_desk: bool = False,
) -> Event:
    marks = (*time.marks, *((Mark.ID_REUSED,) if verdict.is_id_reused else ()), *more)
    if message.first_received_at is not None:
        marks = (*marks, Mark.REPLAYED)
    # A retired button hangs in no home any more, as far as anybody knows: its press is the duty desk's.
    alone = for_desk or device.state is DeviceState.RETIRED
    return Event(
        id=verdict.key,
        kind=said.kind,
        occurred_at=time.occurred_at,
        received_at=message.received_at,
        origin=Origin.DEVICE,
        resident_id=None if alone else device.resident_id,
        device_id=device.id,
        home_id=None if alone else device.home_id,
        data=said.data,
        device_event_id=said.own_id,
        time_replaced=time.is_replaced,
        marks=marks,
        dedupe_key=verdict.key,
        synthetic=device.synthetic,
    )


def _in_test(device: Device, said: Observation, message: Message, time: ClaimedTime) -> tuple[Mark, ...]:
    """The mark of a press inside its device's test window. Whether that makes it a test is decided later."""
    if said.kind not in ALARM_KINDS or device.test_window is None or device.state is DeviceState.RETIRED:
        return ()
    if message.first_received_at is not None:
        return ()  # out of quarantine: nobody stands before the device
    claimed_at = None if time.is_replaced else time.instant
    is_inside = device.test_window.takes(message.received_at, claimed_at)
    return (Mark.IN_TEST_WINDOW,) if is_inside else ()


def _is_sign_of_life(reading: Reading) -> bool:
    """Not a copy that the broker kept, not a replay, and not the broker's word that the device is gone."""
    message = reading.message
    if message.retained or message.first_received_at is not None:
        return False
    return not any(isinstance(said, Presence) and not said.is_online for said in reading.said)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return zone_named(name)
    except ValueError:
        return None  # a misspelt zone in the register must not stop an alarm
