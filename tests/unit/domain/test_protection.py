"""Whether somebody is watched over: green only when nothing is missing, and who owns what is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.domain.alerts import Alert, AlertState, Deadline, DeadlineKind
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.findings import Severity
from services.domain.people import Resident, Role, Worker
from services.domain.protection import MENDED_WITHIN, Mending, ProtectionState, protection_of

AT = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)
ENROLLED = AT - timedelta(days=30)
YANGZOM = Resident("yangzom", "home", "Yangzom", ENROLLED, assigned_worker_id="basang")
BASANG = Worker("basang", "Basang", Role.GRID_WORKER)
TASHI, PEMA, LHAMO = (
    Worker("tashi", "Tashi", Role.TECHNICIAN),
    Worker("pema", "Pema", Role.DUTY_DESK),
    Worker("lhamo", "Lhamo", Role.MANAGER),
)
MENDING = Mending((TASHI,), (PEMA,), (LHAMO,))
BUTTON = Device(
    "button",
    "button",
    Ecosystem.NATIVE,
    DeviceType.CALL_BUTTON,
    state=DeviceState.LIVE,
    registered_at=ENROLLED,
    last_seen_at=AT - timedelta(hours=1),
    battery_percent=20.0,
)
ALERT = Alert("alert", "call-button", "resident:yangzom", Severity.HIGH, "emergency", {}, AT)


def test_green_when_a_live_button_and_somebody_assigned_are_there() -> None:
    protection = protection_of(YANGZOM, [BUTTON], [], BASANG, MENDING)
    assert (protection.state, protection.reasons) == (ProtectionState.PROTECTED, ())
    assert (protection.owner_id, protection.due_at) == (None, None)


@pytest.mark.parametrize(
    ("device", "reason", "since"),
    [
        (replace(BUTTON, state=DeviceState.RETIRED), "no_call_device", ENROLLED),
        (replace(BUTTON, type=DeviceType.BED_SENSOR), "no_call_device", ENROLLED),
        (replace(BUTTON, state=DeviceState.REGISTERED), "device_never_live", ENROLLED),
        (replace(BUTTON, state=DeviceState.SILENT), "device_silent", AT - timedelta(hours=1)),
        (replace(BUTTON, battery_percent=19.9), "battery_low", None),
    ],
)
def test_amber_says_why_and_until_when(device: Device, reason: str, since: datetime | None) -> None:
    protection = protection_of(YANGZOM, [device], [], BASANG, MENDING)
    assert (protection.state, protection.reasons) == (ProtectionState.UNPROTECTED, (reason,))
    assert protection.owner_id == "tashi"
    assert protection.due_at == (since + MENDED_WITHIN if since else None)


def test_a_fall_detector_calls_for_help_as_well() -> None:
    detector = replace(BUTTON, type=DeviceType.FALL_DETECTOR)
    assert protection_of(YANGZOM, [detector], [], BASANG, MENDING).state is ProtectionState.PROTECTED


@pytest.mark.parametrize("assigned", [None, replace(BASANG, active=False)])
def test_somebody_must_be_assigned_and_active(assigned: Worker | None) -> None:
    assert protection_of(YANGZOM, [BUTTON], [], assigned, MENDING).reasons == ("nobody_assigned",)


def test_each_reason_stands_once_and_the_oldest_gap_sets_the_deadline() -> None:
    silent = replace(BUTTON, state=DeviceState.SILENT)
    protection = protection_of(YANGZOM, [silent, replace(silent, id="other")], [], None, MENDING)
    assert protection.reasons == ("device_silent", "nobody_assigned")
    assert protection.due_at == ENROLLED + MENDED_WITHIN


@pytest.mark.parametrize(
    ("mending", "owner"),
    [
        (MENDING, "tashi"),
        (Mending((), (PEMA,), (LHAMO,)), "pema"),
        (Mending((), (), (LHAMO,)), "lhamo"),
        (Mending(), None),
    ],
)
def test_a_gap_is_the_technician_s_else_the_desk_s_else_a_manager_s(
    mending: Mending, owner: str | None
) -> None:
    assert protection_of(YANGZOM, [], [], BASANG, mending).owner_id == owner


def test_red_goes_before_amber_and_names_who_has_it() -> None:
    due_at = AT + timedelta(minutes=2)
    told = replace(ALERT, owner_ids=("basang",), deadlines=(Deadline(DeadlineKind.STEP, due_at),))
    protection = protection_of(YANGZOM, [], [told], None, MENDING)
    assert (protection.state, protection.reasons) == (ProtectionState.ALERT, ("running_alert",))
    assert (protection.owner_id, protection.due_at) == ("basang", due_at)
    held = replace(told, state=AlertState.ACCEPTED, accepted_by="cering")
    assert protection_of(YANGZOM, [], [held], None, MENDING).owner_id == "cering"


def test_the_gravest_alert_says_whose_it_is() -> None:
    low = replace(ALERT, severity=Severity.LOW, owner_ids=("cering",), opened_at=AT - timedelta(hours=1))
    high = replace(ALERT, owner_ids=("basang",))
    assert protection_of(YANGZOM, [], [low, high], None, MENDING).owner_id == "basang"


def test_who_has_left_is_watched_by_nobody_and_that_is_said() -> None:
    protection = protection_of(replace(YANGZOM, left_at=AT), [BUTTON], [], BASANG, MENDING)
    assert (protection.state, protection.reasons) == (ProtectionState.UNPROTECTED, ("left",))
    assert protection.owner_id is None
