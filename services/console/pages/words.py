"""Words: what each state, reason and kind that a page shows is called there, in English; the catalogues say
it in the other languages.

Every member of these enums has a word: a page never shows a code. `said` marks a text for extraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.domain.alerts import AlertState, Outcome
from services.domain.devices import DeviceState, DeviceType
from services.domain.findings import Severity
from services.domain.people import Role
from services.domain.protection import ProtectionReason, ProtectionState
from services.domain.visits import Mistake, Service


def said(text: str) -> str:
    """The text itself; the extraction of words finds it by this name."""
    return text


WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    Role: {
        Role.GRID_WORKER: said("Grid worker"),
        Role.NEIGHBOUR: said("Neighbour"),
        Role.CAREGIVER: said("Caregiver"),
        Role.DUTY_DESK: said("Duty desk"),
        Role.TECHNICIAN: said("Technician"),
        Role.MANAGER: said("Manager of the service"),
        Role.ADMIN: said("Administrator"),
    },
    AlertState: {
        AlertState.OPEN: said("Nobody has it yet"),
        AlertState.ACCEPTED: said("On the way"),
        AlertState.ARRIVED: said("Somebody is there"),
        AlertState.CLOSED: said("Over"),
    },
    Severity: {
        Severity.HIGH: said("Urgent"),
        Severity.MEDIUM: said("Soon"),
        Severity.LOW: said("When you can"),
        Severity.INFO: said("Note"),
    },
    Outcome: {
        Outcome.HELPED: said("Helped"),
        Outcome.HOSPITAL: said("To hospital"),
        Outcome.FALSE_ALARM: said("False alarm"),
        Outcome.TEST: said("A test"),
        Outcome.OVER_BY_ITSELF: said("Over by itself"),
        Outcome.OTHER: said("Something else"),
    },
    ProtectionState: {
        ProtectionState.ALERT: said("Alert running"),
        ProtectionState.UNPROTECTED: said("Not protected"),
        ProtectionState.PROTECTED: said("Protected"),
    },
    ProtectionReason: {
        ProtectionReason.RUNNING_ALERT: said("Alert running"),
        ProtectionReason.LEFT: said("Has left"),
        ProtectionReason.NO_CALL_DEVICE: said("No call button"),
        ProtectionReason.DEVICE_NEVER_LIVE: said("A device was never heard"),
        ProtectionReason.DEVICE_SILENT: said("A device is silent"),
        ProtectionReason.BATTERY_LOW: said("A battery is low"),
        ProtectionReason.NOBODY_ASSIGNED: said("Nobody is assigned"),
    },
    DeviceType: {
        DeviceType.CALL_BUTTON: said("Call button"),
        DeviceType.BED_SENSOR: said("Bed sensor"),
        DeviceType.MOTION_SENSOR: said("Motion sensor"),
        DeviceType.DOOR_SENSOR: said("Door sensor"),
        DeviceType.SMOKE_DETECTOR: said("Smoke detector"),
        DeviceType.GAS_DETECTOR: said("Gas detector"),
        DeviceType.LEAK_SENSOR: said("Leak sensor"),
        DeviceType.FALL_DETECTOR: said("Fall detector"),
        DeviceType.GATEWAY: said("Gateway"),
        DeviceType.OTHER: said("Another device"),
    },
    DeviceState: {
        DeviceState.REGISTERED: said("Never heard yet"),
        DeviceState.LIVE: said("Alive"),
        DeviceState.SILENT: said("Silent"),
        DeviceState.RETIRED: said("Taken away"),
    },
    Service: {
        Service.WALKING: said("Help with walking"),
        Service.MEALS: said("Help with meals"),
        Service.CLEANING: said("Help with cleaning"),
        Service.MEDICAL: said("Medical errands"),
        Service.ERRANDS: said("Errands done"),
    },
    Mistake: {
        Mistake.WRONG_PERSON: said("The wrong person"),
        Mistake.WRONG_DETAILS: said("The wrong time or service"),
        Mistake.TWICE: said("Recorded twice"),
        Mistake.NOT_MADE: said("No visit was made"),
    },
}


def word_of(member: StrEnum) -> str:
    """The English word of a member of one of these enums; KeyError for one of another."""
    return WORDS[type(member)][member]
