"""Crashing: the soak's way to end the house at a named point, as a power cut would: no clean-up, no last word
to anybody.

Only where all people are invented. Elsewhere the house refuses to start with it.
"""

from __future__ import annotations

import itertools
import logging
import os
import signal
from pathlib import Path

from services.domain.crash_points import CrashPoint, Reached, goes_on
from services.wiring.demo import is_invented

log = logging.getLogger("anxin.crashing")


class CrashRefused(Exception):
    """ANXIN_CRASH_AT is set where real people may rely on the house."""


def crash_at(setting: str, data_dir: Path) -> Reached:
    """What happens at the crash points under a setting ``POINT:N``: nothing, until the N-th time at POINT."""
    if not setting:
        return goes_on
    if not is_invented(data_dir):
        raise CrashRefused(
            "ANXIN_CRASH_AT kills the house on purpose and is refused where the people are not invented; "
            "unset it"
        )
    name, _, count = setting.partition(":")
    fatal, times = CrashPoint(name), int(count)
    passed = itertools.count(1)  # its next() is one step of the interpreter: threads need no lock

    def reached(point: CrashPoint) -> None:
        if point is fatal and next(passed) == times:
            log.error("killed at %s, as ANXIN_CRASH_AT asked", setting)
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
