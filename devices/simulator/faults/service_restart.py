"""The service is killed as by a power cut and started again on the same data folder and ports, at the same
instant of the story. Devices keep their credentials and connect again by themselves.
"""

from datetime import datetime, timedelta

from devices.simulator.faults.house import House, HouseFault, HouseNotWhole, Mend, wait_for, wait_for_devices
from devices.simulator.own_service import ServiceDidNotStart


def _strike(house: House, now: datetime, _lasts: timedelta) -> Mend:
    service = house.service
    service.kill()
    # Its broker goes with it, a moment later; a device must not be taken for connected until then.
    wait_for(lambda: not any(wire.is_ready for wire in house.wires.values()), "the end of the broker")
    service.begin(now)

    def mend() -> None:
        try:
            service.wait_until_ready()
        except ServiceDidNotStart as error:
            raise HouseNotWhole(str(error)) from error
        wait_for_devices(house)

    return mend


SERVICE_RESTART = HouseFault("service-restart", "the service restarts", _strike)
