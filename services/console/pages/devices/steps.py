"""Steps: how far a device has come on its way from a box to something that protects somebody, told by what
was stored of it and by nothing else.

What came before the device was registered, moved or given new credentials proves nothing of how it stands
now. A step must never look done because somebody says so: only an event, a delivery or an answer does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from services.console import registering
from services.console.pages.devices.terms import Reach, StepKind
from services.console.pages.names import Names, Nobody
from services.console.pages.words import KIND_WORDS
from services.console.sight import every
from services.domain.alerts import HOUSE, Alert
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.events import Event, Mark, Origin
from services.domain.kinds import ALARM_KINDS, DEVICE_KINDS
from services.domain.notices import Attempt, AttemptResult, Notice, NoticeKind, NoticeState
from services.domain.people import ChannelKind
from services.domain.ports import UnitOfWork

MOST_FINDINGS = 100
"""Of one device from one press on; its own is among the first."""


PROOFS: Mapping[DeviceType, Mapping[StepKind, str]] = MappingProxyType(
    {
        DeviceType.CALL_BUTTON: {StepKind.PRESSED: "call_button.pressed"},
        DeviceType.FALL_DETECTOR: {StepKind.FALL: "fall.detected"},
        DeviceType.SMOKE_DETECTOR: {StepKind.SMOKE: "smoke.detected"},
        DeviceType.GAS_DETECTOR: {StepKind.GAS: "gas.detected"},
        DeviceType.LEAK_SENSOR: {StepKind.LEAK: "leak.detected"},
        DeviceType.BED_SENSOR: {StepKind.IN_BED: "bed.entered", StepKind.OUT_OF_BED: "bed.exited"},
        DeviceType.MOTION_SENSOR: {StepKind.MOVED: "motion.detected"},
        DeviceType.DOOR_SENSOR: {StepKind.OPENED: "door.opened", StepKind.CLOSED: "door.closed"},
        DeviceType.GATEWAY: {},
        DeviceType.OTHER: {},
    }
)
"""Which event of a type shows that it does its work; an alarm has to reach somebody besides."""


@dataclass(frozen=True, slots=True)
class Told:
    """One person who was told of the press, or was to be told."""

    name: str
    reach: Reach
    channel: ChannelKind | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """What came of an alarm: the alert that it opened or joined, who was told, who answered."""

    alert: Alert
    told: tuple[Told, ...]
    answered_by: str | Nobody | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``at`` is when it was done, None while it is not."""

    kind: StepKind
    at: datetime | None
    is_now: bool = False

    @property
    def is_done(self) -> bool:
        return self.at is not None


@dataclass(frozen=True, slots=True)
class Heard:
    """The newest event of one kind; ``word`` is its kind in English, for the catalogues."""

    kind: str
    at: datetime
    word: str


@dataclass(frozen=True, slots=True)
class Way:
    """All steps of one device, and what they rest on."""

    steps: tuple[Step, ...]
    heard: tuple[Heard, ...]
    """The newest event of each kind that it ever sent, newest first."""
    call: Call | None
    waiting_since: datetime
    """When the step that is due now became so."""

    @property
    def is_whole(self) -> bool:
        return all(step.is_done for step in self.steps)

    @property
    def first_heard(self) -> Heard | None:
        """What it said with the first message that counts."""
        heard_at = next((step.at for step in self.steps if step.kind is StepKind.HEARD), None)
        return next((each for each in self.heard if each.at == heard_at), None)

    @property
    def now(self) -> StepKind | None:
        """The step that is due."""
        return next((step.kind for step in self.steps if step.is_now), None)


def way_of(uow: UnitOfWork, device: Device, at: datetime) -> Way:
    """How far the device has come, as stored at the instant ``at``."""
    newest = {kind: event for kind in DEVICE_KINDS if (event := uow.events.newest_of_kind(device.id, kind))}
    registered_at = device.registered_at or at
    stands_since = _stands_since(uow, device, registered_at)
    if device.test_window is not None and at < device.test_window.until:
        stands_since = max(stands_since, device.test_window.opened_at)
    let_in_at = _let_in_at(uow, device)
    heard_at = _heard_at(device, newest.values(), let_in_at or registered_at)
    done: dict[StepKind, datetime | None] = {StepKind.REGISTERED: registered_at}
    if device.ecosystem is Ecosystem.NATIVE:
        done[StepKind.CREDENTIALS] = let_in_at or heard_at
    done[StepKind.HEARD] = heard_at
    call = None
    for step, kind in PROOFS[device.type].items():
        event = newest.get(kind)
        proof = event if event and _proves(event) and event.received_at >= stands_since else None
        done[step] = proof.received_at if proof else None
        if kind in ALARM_KINDS:
            call = _call(uow, device, proof) if proof else None
            done[StepKind.TOLD] = _reached_at(call)
            done[StepKind.ANSWERED] = call.answered_at if call else None
    steps = _in_order(done) if device.state is not DeviceState.RETIRED else ()
    latest_first = sorted(newest.values(), key=lambda event: (event.received_at, event.seq), reverse=True)
    heard = tuple(Heard(each.kind, each.received_at, KIND_WORDS[each.kind]) for each in latest_first)
    since = max((instant for instant in (*done.values(), stands_since, let_in_at) if instant), default=at)
    return Way(steps, heard, call, since)


def _in_order(done: Mapping[StepKind, datetime | None]) -> tuple[Step, ...]:
    due = next((kind for kind, at in done.items() if at is None), None)
    return tuple(Step(kind, at, is_now=kind is due) for kind, at in done.items())


def _stands_since(uow: UnitOfWork, device: Device, registered_at: datetime) -> datetime:
    """From when on the device stands as it stands now."""
    facts = (
        uow.events.newest_of_kind(device.id, kind) for kind in (registering.REGISTERED, registering.CHANGED)
    )
    return max((fact.received_at for fact in facts if fact), default=registered_at)


def _let_in_at(uow: UnitOfWork, device: Device) -> datetime | None:
    """When the credentials that hold now were made, None where there are none or nobody knows."""
    if device.credential_hash is None:
        return None
    made = {registering.REGISTERED, registering.RENEWED}
    entries = every(lambda after, limit: uow.audit.page({"object_id": device.id}, after, limit))
    return max((entry.at for entry in entries if entry.action in made), default=device.registered_at)


def _heard_at(device: Device, newest: Iterable[Event], since: datetime) -> datetime | None:
    """The earliest sign since then that is still known; of each kind only the newest is looked up."""
    signs = [event.received_at for event in newest if _proves(event)]
    if device.last_seen_at is not None:
        signs.append(device.last_seen_at)
    return min((sign for sign in signs if sign >= since), default=None)


def _proves(event: Event) -> bool:
    """Not a copy that a broker kept, not a replay, not a press whose bytes could not be read."""
    return event.origin is Origin.DEVICE and not {Mark.UNCONFIRMED, Mark.REPLAYED} & set(event.marks)


def _call(uow: UnitOfWork, device: Device, event: Event) -> Call | None:
    since = min(event.received_at, event.occurred_at)
    found = uow.findings.page({"device_id": device.id, "since": since}, 0, MOST_FINDINGS).items
    findings = [finding.id for finding in found if event.id in finding.evidence.event_ids]
    alert_ids = sorted(set(uow.findings.alert_ids(findings).values()))
    alert = uow.alerts.get(alert_ids[0]) if alert_ids else None
    if alert is None:
        return None
    notices = [
        each
        for each in uow.notices.of_alert(alert.id)
        if each.kind in _CALLS and each.created_at >= event.received_at
    ]
    answered_at, answered_by = _answer(alert)
    worker = uow.workers.get(answered_by) if answered_by else None
    name = Names([worker] if worker else []).of(answered_by) if answered_by else None
    return Call(alert, _told(uow, notices), name, answered_at)


_CALLS = frozenset({NoticeKind.ALERT, NoticeKind.JOINED, NoticeKind.TEST})


def _answer(alert: Alert) -> tuple[datetime | None, str | None]:
    """When a person answered the last press of the alert, and who."""
    if alert.is_pressed_again:
        return None, None
    if alert.accepted_at is not None:
        return alert.accepted_at, alert.accepted_by
    if alert.closed_at is not None and alert.closed_by not in {None, HOUSE}:
        return alert.closed_at, alert.closed_by
    return None, None


def _told(uow: UnitOfWork, notices: Iterable[Notice]) -> tuple[Told, ...]:
    """Each person once, as far as the house came with them; who was not to be told is not among them."""
    calls = [notice for notice in notices if notice.state is not NoticeState.NOT_SENT]
    attempts: dict[str, list[Attempt]] = {}
    for attempt in uow.notices.attempts([notice.id for notice in calls]):
        attempts.setdefault(attempt.notice_id, []).append(attempt)
    furthest: dict[str, Told] = {}
    for notice in calls:
        told = _reached(notice, attempts.get(notice.id, []))
        before = furthest.get(told.name)
        if before is None or _ORDER.index(told.reach) < _ORDER.index(before.reach):
            furthest[told.name] = told
    return tuple(furthest.values())


_ORDER = tuple(Reach)


def _reached(notice: Notice, attempts: Iterable[Attempt]) -> Told:
    results = {attempt.result: attempt for attempt in attempts}
    for result, reach in (
        (AttemptResult.DELIVERED, Reach.DELIVERED),
        (AttemptResult.ACCEPTED_UNCONFIRMED, Reach.UNCONFIRMED),
    ):
        if result in results:
            attempt = results[result]
            return Told(notice.recipient_name, reach, attempt.channel, attempt.ended_at or attempt.started_at)
    reach = Reach.FAILED if notice.state is NoticeState.FAILED else Reach.UNDER_WAY
    last = max(results.values(), key=lambda attempt: attempt.started_at, default=None)
    channel = last.channel if last else None
    return Told(notice.recipient_name, reach, channel, last.started_at if last else notice.created_at)


def _reached_at(call: Call | None) -> datetime | None:
    """When somebody was told for sure: a channel confirmed it, or they answered."""
    if call is None:
        return None
    confirmed = [told.at for told in call.told if told.reach is Reach.DELIVERED]
    return min(confirmed, default=call.answered_at)
