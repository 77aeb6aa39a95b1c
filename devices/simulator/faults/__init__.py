"""The fault pack on the house: what can go wrong with the service, its broker and its database in the middle
of a story, a file a fault. A fault is done from outside, by the means that a power cut or a full disk has,
and to the simulator's own service only; nothing here knows what ought to come of it.
"""

from collections.abc import Mapping

from devices.simulator.faults.broker_restart import BROKER_RESTART
from devices.simulator.faults.connection_cut import CONNECTION_CUT
from devices.simulator.faults.database_pause import DATABASE_PAUSE
from devices.simulator.faults.house import HouseFault
from devices.simulator.faults.service_restart import SERVICE_RESTART

HOUSE_FAULTS: Mapping[str, HouseFault] = {
    fault.name: fault for fault in (SERVICE_RESTART, BROKER_RESTART, DATABASE_PAUSE, CONNECTION_CUT)
}
"""Every fault of the house by its name."""
