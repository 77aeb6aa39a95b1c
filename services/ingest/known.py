"""Known: what taking a message in asks about devices, homes and earlier events. The store answers it, or what
was kept in memory of the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from services.domain.devices import Device
from services.domain.events import Event
from services.domain.homes import Home
from services.domain.people import Resident
from services.domain.ports import ById


class NamedDevices(Protocol):
    """Devices by their names on the wire; unknown ones are left out."""

    def named(self, ecosystem: str, external_ids: Iterable[str], /) -> dict[str, Device]: ...


class KnownEvents(Protocol):
    """Earlier events, as `EventLog` finds them."""

    def bearing(self, pairs: Iterable[tuple[str, str]], /) -> Mapping[tuple[str, str], list[Event]]: ...

    def newest_of_kind(self, device_id: str, kind: str, /) -> Event | None: ...


class KnownRegisters(Protocol):
    """Devices and who lives where: a unit of work, or a snapshot."""

    @property
    def devices(self) -> NamedDevices: ...
    @property
    def residents(self) -> ById[Resident]: ...
    @property
    def homes(self) -> ById[Home]: ...


class Known(KnownRegisters, Protocol):
    """The registers, and earlier events: a unit of work is one."""

    @property
    def events(self) -> KnownEvents: ...
