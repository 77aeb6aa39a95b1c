"""The scene: everything a decision about an alert may look at, and the move that it answers with.

A decision looks at nothing else: no clock, no store. What it wants to happen stands in the Move: the
alert as it is then, the changes that say why, the notices that tell people and the commands that tell
devices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.alerts import HOUSE, Alert, AlertChange, AlertState, ChangeReason
from services.domain.circle import Circle
from services.domain.devices import Device
from services.domain.findings import Severity
from services.domain.instants import zone_named
from services.domain.notices import CONTACT, DeviceCommand, Notice
from services.domain.people import Channel, Language, Resident, Role, Worker
from services.domain.silences import Silence
from services.escalation.policies import Policies, Policy
from services.escalation.silences import silence_over


@dataclass(frozen=True, slots=True)
class House:
    """What is the same for every alert of this installation.

    ``link_base`` is the address under which people open the console; ``last_resort`` is told when there
    is nobody at all. ``link_key`` seals the one-tap links (`links.link_key`; empty: there are none), which
    hold for ``link_for`` after their notice.
    """

    timezone: ZoneInfo
    language: Language = Language.ZH_CN
    last_resort: Channel | None = None
    link_base: str = ""
    link_key: bytes = field(default=b"", repr=False)
    link_for: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Scene:
    """The present around one alert: the people, the devices of its facts, and the notices so far,
    ascending.
    """

    now: datetime
    house: House
    policies: Policies
    circle: Circle = field(default_factory=Circle)
    devices: Mapping[str, Device] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    tester: Worker | None = None
    """Who alone is told if an alert opens now, because it is a test; None, as ever, if none opens as one."""
    silences: tuple[Silence, ...] = ()
    """Those that may hold this alert back. A call for help is decided without them."""

    @property
    def is_own(self) -> bool:
        """It is about a press of the house's own, of which no person is ever told."""
        resident = self.circle.resident
        if resident is not None and resident.synthetic:
            return True
        return any(device.synthetic for device in self.devices.values())

    def silence_over(self, alert: Alert) -> Silence | None:
        """The silence that holds the alert back now; None if it may be told."""
        return silence_over(alert, self.silences, self.now) if self.silences else None

    def policy_of(self, alert: Alert) -> Policy:
        """The policy that an alert runs by; of a test the one it would run by if it were real."""
        return self.policies.named(alert.runs_by, alert.severity)

    def zone(self) -> ZoneInfo:
        """The wall clock that counts here: the resident's, else the home's, else the house's."""
        resident, home = self.circle.resident, self.circle.home
        for name in (resident.timezone if resident else None, home.timezone if home else None):
            if name:
                try:
                    return zone_named(name)
                except ValueError:
                    continue  # a misspelt zone in the register must not stop an alarm
        return self.house.timezone

    def in_need(self, alert: Alert) -> tuple[Resident, ...]:
        """Whom it is about: only a press speaks for all who live in a home, everything else for one."""
        resident = self.circle.resident
        if resident is not None and not alert.has_alarm:
            return (resident,)
        return self.circle.residents or ((resident,) if resident else ())

    def worker(self, worker_id: str | None) -> Worker | None:
        """Somebody by the key under which they are told: of the house by id, or a contact of the resident."""
        if worker_id is not None and worker_id.startswith(CONTACT):
            return self._contact(worker_id)
        return next((worker for worker in self.circle.workers if worker.id == worker_id), None)

    def _contact(self, key: str) -> Worker | None:
        """An emergency contact as somebody who can have an alert; None once nobody lists them any more."""
        resident = self.circle.resident
        found = [each for each in resident.contacts if key == f"{CONTACT}{each.name}"] if resident else []
        if not found:
            return None
        language = (resident.language if resident else None) or self.house.language
        channels = tuple(channel for each in found for channel in each.channels)
        return Worker(key, found[0].name, Role.NEIGHBOUR, language, channels=channels)

    def name_of(self, worker_id: str | None) -> str:
        """What people call somebody; the id where nobody knows the name."""
        worker = self.worker(worker_id)
        return worker.name if worker else worker_id or ""


@dataclass(frozen=True, slots=True)
class Move:
    """What a decision wants to happen, all of it in one transaction."""

    alert: Alert
    changes: tuple[AlertChange, ...] = ()
    notices: tuple[Notice, ...] = ()
    commands: tuple[DeviceCommand, ...] = ()

    def then(self, following: Move) -> Move:
        """The move, followed by one that was decided on its outcome."""
        return Move(
            following.alert,
            self.changes + following.changes,
            self.notices + following.notices,
            self.commands + following.commands,
        )

    @property
    def is_nothing(self) -> bool:
        """Nobody hears of it and nothing is written down: a repeat, or a deadline that is put off."""
        return not (self.changes or self.notices or self.commands)


def change(
    alert: Alert,
    scene: Scene,
    reason: ChangeReason,
    *,
    from_state: AlertState | None,
    by: str = HOUSE,
    on_behalf_of: str | None = None,
    **detail: object,
) -> AlertChange:
    """One change of ``alert``, as it is after the change."""
    return AlertChange(
        alert_id=alert.id,
        at=scene.now,
        by=by,
        from_state=from_state,
        to_state=alert.state,
        reason=reason,
        on_behalf_of=on_behalf_of,
        detail=detail,
    )


def is_urgent(alert: Alert) -> bool:
    """Neither quiet hours nor throttles touch it."""
    return alert.severity is Severity.HIGH or alert.has_alarm
