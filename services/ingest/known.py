"""Known: what taking a message in asks about devices, homes and earlier events. The store answers it, or what
was kept in memory of the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from services.domain.devices import Device
from services.domain.events import Event
from services.domain.homes import Home
from services.domain.people import Resident

T_co = TypeVar("T_co", covariant=True)


class ById(Protocol[T_co]):
    """A register that finds one by its id."""

    def get(self, thing_id: str, /) -> T_co | None: ...


class NamedDevices(Protocol):
    """Devices by their names on the wire; unknown ones are left out."""

    def named(self, ecosystem: str, external_ids: Iterable[str], /) -> dict[str, Device]: ...


class KnownEvents(Protocol):
    """Earlier events, as `EventLog` finds them."""

    def bearing(self, pairs: Iterable[tuple[str, str]], /) -> Mapping[tuple[str, str], list[Event]]: ...

    def newest_of_kind(self, device_id: str, kind: str, /) -> Event | None: ...


class Known(Protocol):
    """A unit of work is one."""

    @property
    def devices(self) -> NamedDevices: ...
    @property
    def events(self) -> KnownEvents: ...
    @property
    def residents(self) -> ById[Resident]: ...
    @property
    def homes(self) -> ById[Home]: ...
