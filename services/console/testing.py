"""Testing: a technician opens the window in which the next press of a device is a test, or ends it.

API and pages go through here alike. It decides who may be named and for how long; what a press in the window
does is escalation's. What is in doubt here is refused, for a window keeps a press from everybody but one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from services.console import registering
from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, unfit
from services.console.writing import note
from services.domain.alerts import Alert
from services.domain.devices import Device, DeviceState
from services.domain.people import Worker
from services.domain.ports import UnitOfWork
from services.domain.testing import LONGEST, USUAL, TestWindow
from services.escalation.gathering import urgent_running_for

MOST_MINUTES = int(LONGEST / timedelta(minutes=1))
USUAL_MINUTES = int(USUAL / timedelta(minutes=1))
ALERT_RUNS = "alert_runs"
"""The code of the refusal while a press would join a running alert instead of being a test."""


@dataclass(frozen=True, slots=True)
class HowTested:
    """How it stands with the testing of a device, for whoever stands before it."""

    window: TestWindow | None
    """Open now: the next press is a test."""
    tester: Worker | None
    """Who is told of the press of the window, or was told of the newest test."""
    newest: Alert | None
    """The alert of the newest test. While `domain.alerts` says it is a test (``test`` is set) and it runs, it
    waits for an answer; closed with outcome ``test`` it has passed; else it has gone on as real."""
    joins_running: bool
    """Something urgent runs for whom the device serves: a press now is no test, whatever window is open."""


def open_window(
    uow: UnitOfWork,
    parts: Console,
    who: Caller,
    device_id: str,
    worker_id: str | None = None,
    minutes: int = USUAL_MINUTES,
) -> Device:
    """Open the test window of a device for one worker (left out: the caller's own), in place of one that is
    open here and of one that names the same worker.

    `Problem` says what does not fit, or that something urgent runs which a press would join.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise unfit("minutes", minutes, f"1 to {MOST_MINUTES} minutes")
    device = registering.seen(uow, who, device_id)
    if device.state is DeviceState.RETIRED:
        raise Problem(409, "retired", "The device is retired; register it anew.")
    if urgent_running_for(uow, device.resident_id, device.id):
        raise Problem(409, ALERT_RUNS, "An urgent alert runs here and a press would join it; close it first.")
    worker = _tester(uow, worker_id or who.worker_id)
    now = parts.clock.now()
    for other in uow.devices.in_test():
        # One device, one worker: nobody is asked to vouch for several presses at once, and no login keeps the
        # buttons of a whole grid in tests.
        if other.id != device.id and other.test_window and other.test_window.worker_id == worker.id:
            uow.devices.end_test_window(other.id)
            _audit(uow, parts, who, "device.test_window_ended", other, f"{device.id} instead")
    window = TestWindow(worker.id, now, now + timedelta(minutes=minutes))
    device = uow.devices.save(replace(device, test_window=window))
    _audit(uow, parts, who, "device.test_window_opened", device, f"{worker.id}, {minutes} min")
    return device


def end_window(uow: UnitOfWork, parts: Console, who: Caller, device_id: str) -> Device:
    """End the test window of a device; none is no error. A test that is waiting for its answer goes on."""
    device = registering.seen(uow, who, device_id)
    if device.test_window is None:
        return device
    uow.devices.end_test_window(device.id)
    _audit(uow, parts, who, "device.test_window_ended", device, "")
    return replace(device, test_window=None)


def how_tested(uow: UnitOfWork, parts: Console, device: Device) -> HowTested:
    """How it stands now. Who may see the device sees it, also a technician who sees no alerts else."""
    window = device.test_window
    window = window if window is not None and parts.clock.now() < window.until else None
    newest = uow.alerts.get(device.last_test_id) if device.last_test_id else None
    named = window.worker_id if window else newest.test.worker_id if newest and newest.test else None
    tester = uow.workers.get(named) if named else None
    return HowTested(window, tester, newest, bool(urgent_running_for(uow, device.resident_id, device.id)))


def _tester(uow: UnitOfWork, worker_id: str | None) -> Worker:
    worker = uow.workers.get(worker_id) if worker_id else None
    if worker is None or not worker.active:
        raise unfit("worker_id", worker_id, "the id of a worker who is active")
    if not worker.channels:
        raise unfit("worker_id", worker_id, "a worker who can be told: one with a channel")
    return worker


def _audit(uow: UnitOfWork, parts: Console, who: Caller, action: str, device: Device, detail: str) -> None:
    if not device.synthetic:
        note(uow, parts, who, action, ("device", device.id), detail)
