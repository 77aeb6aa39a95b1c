"""The interpreter of a process that begins to work: short turns for its threads, and no second look at what
stays.
"""

from __future__ import annotations

import gc
import sys

TURN_SECONDS = 0.0005
"""How long a thread keeps the interpreter while another waits for it: a tenth of Python's own 5 ms, so
that a press that came, or a send that was begun, need not wait for the end of a batch.
"""


def prepare() -> None:
    """To be called once everything is loaded. What is there by then stays, so the collector of garbage need
    not look at it again: that cost a press that met it 20 ms.
    """
    sys.setswitchinterval(TURN_SECONDS)
    gc.collect()
    gc.freeze()
