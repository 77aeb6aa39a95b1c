"""The broker under the service is killed; the service starts another one by itself, and whoever was connected
connects again.
"""

from datetime import datetime, timedelta

from devices.simulator.faults.house import House, HouseFault, HouseNotWhole, Mend, wait_for, wait_for_devices
from devices.simulator.faults.processes import broker_of, kill


def _strike(house: House, _now: datetime, _lasts: timedelta) -> Mend:
    killed = broker_of(house.service.pid)
    if killed is None:
        raise HouseNotWhole("the service has no broker of its own to be killed")
    kill(killed)
    wait_for(lambda: not any(wire.is_ready for wire in house.wires.values()), "the end of the broker")

    def mend() -> None:
        wait_for(lambda: broker_of(house.service.pid) not in (None, killed), "another broker")
        wait_for_devices(house)

    return mend


BROKER_RESTART = HouseFault("broker-restart", "the broker restarts", _strike)
