"""Beats: the threads in which the loops of the house work, woken by signals and once a second by the
scheduler.

A beat only decides when a room works, never what it does. A room that fails is tried again at the next beat,
its fault is logged, counted and shown by readiness; the other rooms go on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from apscheduler.schedulers.background import BackgroundScheduler

from services.domain.stepping import Room

POLL_SECONDS = 1.0
"""How often every room asks 'what is due?' (a wake may be lost, this poll is the truth)."""

log = logging.getLogger("anxin.beats")


class Beat:
    """One thread that lets one room work whenever it is woken, until nothing is left to do."""

    def __init__(self, name: str, room: Room) -> None:
        self.name = name
        self.fault: str | None = None
        self._room = room
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name=f"anxin-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.wake()

    def wake(self) -> None:
        """Let the room work soon; never blocks."""
        self._woken.set()

    def stop(self, seconds: float) -> bool:
        """Let the running step end; True if it did within ``seconds``."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            self._woken.wait()
            self._woken.clear()
            if self._stopping:
                return
            self._work_off()

    def _work_off(self) -> None:
        try:
            while not self._stopping and self._room.step():
                pass
        except Exception as error:
            self.fault = f"{self.name}: {type(error).__name__}: {error}"
            log.exception("the %s beat failed and is tried again within a second", self.name)
        else:
            self.fault = None


class Beats:
    """All beats of a process, and the scheduler that wakes each of them every second."""

    def __init__(self, beats: Sequence[Beat]) -> None:
        self.beats = tuple(beats)
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        for beat in self.beats:
            self._scheduler.add_job(beat.wake, "interval", seconds=POLL_SECONDS, id=beat.name)
            beat.start()
        self._scheduler.start()

    def stop(self, seconds: float) -> list[str]:
        """End all beats; the names of those that did not end in time."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        return [beat.name for beat in self.beats if not beat.stop(seconds)]

    def faults(self) -> list[str]:
        """What is wrong with the rooms now, one sentence each."""
        return [beat.fault for beat in self.beats if beat.fault]
