"""The dead-man's ping: a call to a monitor outside the house, each minute and only while all is well.

Whoever runs the monitor is told by it when the calls stay away: of a machine that is off, a network that is
cut, a process that hangs, none of which can say so themselves.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor

import httpx2

SECONDS = 10.0
"""How long the monitor may take to answer; the next call is not made before."""

log = logging.getLogger("anxin.self-watch")


class Pinger:
    """Used by the watcher's thread; the calls have threads of their own, one at a time."""

    def __init__(self, url: str, every: float, stopwatch: Callable[[], float], pool: Executor) -> None:
        self.made: Counter[str] = Counter()
        """How the calls ended: ``answered``, ``refused`` or ``failed``."""
        self._url = url
        self._every = every
        self._stopwatch = stopwatch
        self._pool = pool
        self._next = 0.0
        self._is_under_way = False
        self._is_failing = False

    def step(self, *, is_well: bool) -> None:
        """Call if all is well and it is time; never waits."""
        now = self._stopwatch()
        if not (self._url and is_well) or self._is_under_way or now < self._next:
            return
        self._next = now + self._every
        self._is_under_way = True
        self._pool.submit(self._call)

    def _call(self) -> None:
        try:
            answer = httpx2.get(self._url, timeout=SECONDS, trust_env=False, headers={"User-Agent": "anxin"})
            result, why = ("answered", "") if answer.is_success else ("refused", str(answer.status_code))
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            result, why = "failed", type(error).__name__
        self.made[result] += 1
        if why and not self._is_failing:  # its address may be a secret
            log.warning("the outside monitor does not take the ping: %s", why)
        self._is_failing = bool(why)
        self._is_under_way = False
