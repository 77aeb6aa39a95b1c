"""What is to be mended about devices, as a list of them can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.console.pages.devices.terms import Show
from services.domain.devices import Device, DeviceState
from services.domain.protection import has_low_battery


def _in_use(device: Device) -> bool:
    return device.state is not DeviceState.RETIRED


SHOWN: Mapping[Show, Callable[[Device], bool]] = MappingProxyType(
    {
        Show.ALL: _in_use,
        Show.NEVER: lambda device: device.state is DeviceState.REGISTERED,
        Show.SILENT: lambda device: device.state is DeviceState.SILENT,
        Show.LOW: lambda device: _in_use(device) and has_low_battery(device),
        Show.RETIRED: lambda device: not _in_use(device),
    }
)
"""Which devices belong to each."""
WORST_FIRST = (Show.SILENT, Show.NEVER, Show.LOW)


def needs_of(device: Device) -> tuple[Show, ...]:
    """What is to be mended about it."""
    return tuple(each for each in WORST_FIRST if SHOWN[each](device))
