"""Every device loses its connection without a goodbye, so that the broker speaks their last wills, and each
connects again by itself.
"""

from datetime import datetime, timedelta

from devices.simulator.faults.house import House, HouseFault, Mend, wait_for_devices


def _strike(house: House, _now: datetime, _lasts: timedelta) -> Mend:
    for wire in house.wires.values():
        wire.cut()
    return lambda: wait_for_devices(house)


CONNECTION_CUT = HouseFault("connection-cut", "the connections break", _strike)
