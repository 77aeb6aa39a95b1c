"""Beats: the threads in which the loops of the house work, woken by signals and once a second by the
scheduler.

A beat only decides when a room works, never what it does. Rooms that share a beat work in turn, each when it
was woken. A room that fails is tried again at the next beat, its fault is logged and kept
for whoever asks; the other rooms go on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from apscheduler.schedulers.background import BackgroundScheduler

from services.domain.stepping import Room

POLL_SECONDS = 1.0
"""How often every room asks 'what is due?' (a wake may be lost, this poll is the truth)."""

log = logging.getLogger("anxin.beats")


class Beat:
    """One thread that lets its rooms work whenever they are woken, until none has anything left to do.

    The rooms have their turns in the order given, one step each, so that none waits for the backlog of
    another.
    """

    def __init__(self, rooms: Mapping[str, Room]) -> None:
        self.name = "+".join(rooms)
        self._rooms = dict(rooms)
        self._faults: dict[str, str] = {}
        self._asked: set[str] = set()
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name=f"anxin-{self.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.wake()

    def wake(self, *names: str) -> None:
        """Let these rooms work soon, without a name all of them; never blocks."""
        self._asked.update(names or self._rooms)
        if not self._woken.is_set():  # the thread looks at who was asked for after it cleared this
            self._woken.set()

    def waker(self, *names: str) -> Callable[[], None]:
        """What wakes these rooms, to be handed to somebody who has news for them."""
        return lambda: self.wake(*names)

    def stop(self, seconds: float) -> bool:
        """Let the running step end; True if it did within ``seconds``."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=seconds)
        return not self._thread.is_alive()

    @property
    def faults(self) -> list[str]:
        """What is wrong with its rooms now, one sentence each."""
        return list(self._faults.values())

    def _work(self) -> None:
        while True:
            self._woken.wait()
            self._woken.clear()
            while self._asked and not self._stopping:
                for name, room in self._rooms.items():
                    if name in self._asked and not self._stopping:
                        self._asked.discard(name)
                        if self._step(name, room):
                            self._asked.add(name)
            if self._stopping:
                return

    def _step(self, name: str, room: Room) -> bool:
        try:
            worked = room.step()
        except Exception as error:
            # What an error says may name people, and readiness shows this to everybody.
            fault = f"The {name} loop fails ({type(error).__name__}); the log says where."
            if self._faults.get(name) != fault:  # once, and not each second onto a disk that may be full
                log.exception("the %s room failed and is tried again each second", name)
            self._faults[name] = fault
            return False
        self._faults.pop(name, None)
        return worked


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
        return [fault for beat in self.beats for fault in beat.faults]
