"""What of the notation can be played today: a scenario that asks for more is refused in a sentence, never
played without it.

Whoever teaches the simulator a trouble or an ecosystem adds its name here.
"""

from devices.simulator.ecosystems.known import understood
from devices.simulator.faults import HOUSE_FAULTS
from devices.simulator.instruments.known import MEANINGS

TROUBLES: frozenset[str] = frozenset({*MEANINGS, *HOUSE_FAULTS})
"""Names of `notation.sentences.TROUBLES`."""
ECOSYSTEMS: frozenset[str] = frozenset(understood())
