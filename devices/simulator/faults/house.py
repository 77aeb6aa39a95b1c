"""What a fault of the house is, and what it may lay hands on. A fault strikes at once and says how to wait
for its end; until then the story's time stands still, as the service's does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.simulator import clock
from devices.simulator.mqtt import Wire
from devices.simulator.own_service import OwnService

WHOLE_AGAIN_WITHIN = timedelta(seconds=60)


class HouseNotWhole(Exception):
    """A fault was struck, and the house did not come back from it by itself in time."""


@dataclass(frozen=True, slots=True)
class House:
    """The simulator's own service, and the devices that hang on it."""

    service: OwnService
    wires: Mapping[str, Wire]
    """The connections of the devices, by their names in the story."""


Mend = Callable[[], None]
"""Returns when the fault is over and the house is whole again; raises `HouseNotWhole` if it never is."""


@dataclass(frozen=True, slots=True)
class HouseFault:
    """One thing that can go wrong. ``sentence`` is how a timeline says it; ``lasts`` how long the machine's
    clock runs meanwhile where a fault has a length of its own and the story names none.
    """

    name: str
    sentence: str
    strike: Callable[[House, datetime, timedelta], Mend]
    lasts: timedelta = timedelta(0)


def wait_for(question: Callable[[], bool], what: str) -> None:
    """Ask until it is so; `HouseNotWhole` says what did not come."""
    if not clock.until(question, WHOLE_AGAIN_WITHIN):
        seconds = WHOLE_AGAIN_WITHIN.total_seconds()
        raise HouseNotWhole(f"{what} did not come within {seconds:.0f} s")


def wait_for_devices(house: House) -> None:
    """Wait until each device is connected again and can hear what it is told."""
    for name, wire in house.wires.items():
        wait_for(lambda wire=wire: wire.is_ready, f"the connection of {name}")  # type: ignore[misc]
