"""Advice: what a technician does now, and what to look at when nothing comes, by the step that is due and the
way in which the device reaches the house.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from services.console.pages.devices.steps import PROOFS
from services.console.pages.devices.terms import Advice, StepKind, Task
from services.domain.devices import Device, Ecosystem

FIRST_AFTER = timedelta(seconds=30)
"""A device in Wi-Fi speaks within seconds of being switched on, one behind a gateway within half a minute."""
MORE_AFTER = timedelta(minutes=2)
"""By then it is not slow but wrong."""


TASKS: Mapping[StepKind, Task] = MappingProxyType(
    {
        StepKind.CREDENTIALS: Task.MAKE_CREDENTIALS,
        StepKind.PRESSED: Task.PRESS,
        StepKind.FALL: Task.REPORT,
        StepKind.SMOKE: Task.REPORT,
        StepKind.GAS: Task.REPORT,
        StepKind.LEAK: Task.WET,
        StepKind.IN_BED: Task.LIE_DOWN,
        StepKind.OUT_OF_BED: Task.GET_UP,
        StepKind.MOVED: Task.WALK_PAST,
        StepKind.OPENED: Task.OPEN_IT,
        StepKind.CLOSED: Task.CLOSE_IT,
        StepKind.TOLD: Task.WAIT_FOR_TELLING,
        StepKind.ANSWERED: Task.WAIT_FOR_ANSWER,
    }
)

_CLOUDS = frozenset({Ecosystem.ALIYUN, Ecosystem.TUYA, Ecosystem.HUAWEI_IOTDA, Ecosystem.TENCENT_IOT})
_BEHIND_GATEWAYS = frozenset(
    {
        Ecosystem.ZIGBEE2MQTT,
        Ecosystem.CHIRPSTACK_V4,
        Ecosystem.THE_THINGS_STACK_V3,
        Ecosystem.OPENMQTTGATEWAY,
        Ecosystem.SPARKPLUG_B,
        Ecosystem.HA_DISCOVERY,
    }
)


def task_of(device: Device, due: StepKind | None) -> Task:
    """What is to be done at this step."""
    if due is not None and due in TASKS:
        return TASKS[due]
    return Task.ENTER_CREDENTIALS if device.ecosystem is Ecosystem.NATIVE else Task.SWITCH_ON


def advice_for(device: Device, due: StepKind | None, waited: timedelta) -> tuple[Advice, ...]:
    """What to look at by now, the likeliest first; nothing before `FIRST_AFTER`."""
    if due is None or waited < FIRST_AFTER:
        return ()
    first, more = _looks(device, due)
    return (*first, *more) if waited >= MORE_AFTER else first


def _looks(device: Device, due: StepKind) -> tuple[tuple[Advice, ...], tuple[Advice, ...]]:
    if due is StepKind.HEARD:
        return _unheard(device.ecosystem)
    if due in PROOFS[device.type]:
        return (Advice.LAMP, Advice.BATTERY), (Advice.NEARER, Advice.ANOTHER_DEVICE)
    if due is StepKind.TOLD:
        return (Advice.CHANNEL,), (Advice.TELEPHONE,)
    if due is StepKind.ANSWERED:
        return (Advice.TELEPHONE,), ()
    return (), ()


def _unheard(ecosystem: Ecosystem) -> tuple[tuple[Advice, ...], tuple[Advice, ...]]:
    if ecosystem in _CLOUDS:
        return (Advice.BATTERY, Advice.PLATFORM), (Advice.LABEL, Advice.ANOTHER_DEVICE)
    if ecosystem in _BEHIND_GATEWAYS:
        return (Advice.BATTERY, Advice.GATEWAY), (Advice.PAIRED, Advice.LABEL, Advice.ANOTHER_DEVICE)
    names = Advice.SPELLING if ecosystem is Ecosystem.NATIVE else Advice.LABEL
    return (Advice.BATTERY, Advice.WIFI), (names, Advice.ADDRESS, Advice.ANOTHER_DEVICE)
