"""Gathering: looks the scene of an alert up in an open transaction, and stores the move that was decided
on it.

The one place where escalation meets the ports. Whoever calls it, loop or console, does both in the same
transaction, so that what was looked at is what the move rests on; a `Conflict` means to look again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.domain.alerts import Alert
from services.domain.chronicle import alert_moved, notices_made
from services.domain.devices import Device
from services.domain.findings import Finding
from services.domain.notices import Notice
from services.domain.ports import Topic, UnitOfWork
from services.domain.service_figures import Aims
from services.escalation.figure_aims import shipped_aims
from services.escalation.joining import subject_of
from services.escalation.policies import Policies
from services.escalation.scene import House, Move, Scene, is_urgent
from services.escalation.silence_policy import SilencePolicy, shipped_silence_policy
from services.escalation.telling import asked_as_before, asks_by_code, key_of
from services.escalation.testing import tester_of


@dataclass(frozen=True, slots=True)
class Gathering:
    """Knows what is the same for all scenes of an installation."""

    house: House
    policies: Callable[[], Policies]
    """As they are in force now."""
    silencing: Callable[[], SilencePolicy] = shipped_silence_policy
    """How long people may silence, as it is in force now."""
    aims: Callable[[], Aims] = shipped_aims
    """What the figures are held against now."""

    def around_alert(self, uow: UnitOfWork, alert: Alert, now: datetime) -> Scene:
        """The scene of a stored alert."""
        scene = self._scene(uow, alert, now, alert.device_ids, alert.id)
        return scene if alert.has_alarm else _with_silences(uow, scene, alert.subject, alert.device_ids)

    def around_findings(
        self, uow: UnitOfWork, findings: Sequence[Finding], running: Alert | None, now: datetime
    ) -> Scene:
        """The scene in which Findings of one matter open an alert or join the running one."""
        new = [finding.device_id for finding in findings]
        if running is None:
            scene = self._scene(uow, findings[0], now, new, None)
        else:
            scene = self._scene(uow, running, now, (*new, *running.device_ids), running.id)
        if all(finding.is_alarm for finding in findings):
            return scene  # no call for help asks, or waits for, who silenced what
        return _with_silences(uow, scene, subject_of(findings[0]), scene.devices)

    def with_tester(
        self, uow: UnitOfWork, findings: Sequence[Finding], running: Alert | None, scene: Scene
    ) -> Scene:
        """The scene, where the first of these Findings opens a test. It asks the store for nothing unless a
        window of its device is open: no call for help pays for it.

        Where anything urgent runs for the same subject, whatever its kind, nobody is testing.
        """
        first = findings[0]
        device = scene.devices.get(first.device_id or "")
        if running is not None or device is None or device.test_window is None:
            return scene
        if urgent_running_for(uow, first.resident_id, first.device_id):
            return scene
        return replace(scene, tester=tester_of(first, uow.events.get(first.chain), device, scene))

    def _scene(
        self,
        uow: UnitOfWork,
        subject: Alert | Finding,
        now: datetime,
        device_ids: Iterable[str | None],
        alert_id: str | None,
    ) -> Scene:
        found = (uow.devices.get(each) for each in dict.fromkeys(device_ids) if each)
        devices: dict[str, Device] = {device.id: device for device in found if device is not None}
        circle = uow.people.circle(
            resident_id=subject.resident_id,
            device_id=subject.device_id,
            home_id=subject.home_id,
            at=now,
        )
        notices = tuple(uow.notices.bearing_on(alert_id)) if alert_id else ()
        return Scene(now, self.house, self.policies(), circle, devices, notices)


def _with_silences(uow: UnitOfWork, scene: Scene, subject: str, device_ids: Iterable[str]) -> Scene:
    """The scene with what may hold the alert back: of its subject, and of the devices that reported it."""
    subjects = dict.fromkeys((subject, *(f"device:{each}" for each in device_ids)))
    return replace(scene, silences=tuple(uow.silences.running_on(subjects)))


def _stored(uow: UnitOfWork, notices: Sequence[Notice]) -> list[Notice]:
    """Store the notices of a move; who is asked by several of them is asked by the code of the first, which
    is known only when that is stored.
    """
    asked = [key_of(each) for each in notices if asks_by_code(each)]
    if len(asked) == len(set(asked)):
        return uow.notices.add(notices)
    made: list[Notice] = []
    for notice in notices:
        made += uow.notices.add([asked_as_before(notice, made)])
    return made


def urgent_running_for(uow: UnitOfWork, resident_id: str | None, device_id: str | None) -> list[Alert]:
    """What urgent runs for the resident, else for the device: while anything does, no press is a test."""
    if resident_id is not None:
        running = uow.alerts.running_for([resident_id]).get(resident_id, [])
        running = [alert for alert in running if alert.subject == f"resident:{resident_id}"]
    else:
        running = uow.alerts.running_with_device(device_id) if device_id else []
    return [alert for alert in running if is_urgent(alert)]


def store_move(uow: UnitOfWork, before: Alert | None, move: Move) -> Alert:
    """Store a move from ``before``, the stored alert (None: there was none): the alert, its changes, notices
    and commands. `Conflict` if the alert moved meanwhile.

    A move that says nothing and only puts a deadline off is stored too: the deadline would stay due.
    """
    if before is None:
        alert = uow.alerts.add(move.alert, move.changes)
        if alert.test is not None and alert.device_id is not None:
            uow.devices.tested(alert.device_id, alert.id)
    elif move.alert != before or not move.is_nothing:
        alert = uow.alerts.save(move.alert, move.changes)
    else:
        return before
    uow.say_after(alert_moved(alert, move.changes))
    if move.notices:
        uow.say_after(notices_made(_stored(uow, move.notices)))
    if move.commands:
        uow.notices.add_commands(move.commands)
    uow.wake_after(Topic.ALERTS)
    if move.notices or move.commands:
        uow.wake_after(Topic.NOTICES)
    return alert
