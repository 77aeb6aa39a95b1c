"""What a house loads before it does anything. The process from which those of the tests are forked imports it
(see `forked`), and nothing else does: whoever imports it has loaded the house.
"""

import gc

import services.wiring.cli
import services.wiring.house
import services.wiring.logs
import services.wiring.opening
import services.wiring.service  # noqa: F401

gc.freeze()
