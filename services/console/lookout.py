"""The lookout: one pair of eyes for all open streams of a process. It waits for moves of alerts in one thread
in place of one a stream, and looks a few times a second whether anything else that pages show has moved.

It looks only while somebody listens, and wakes the listeners at moves alone: telemetry wakes nobody. It must
never be what a listener relies on for alerts: each reads the store once a second whatever it says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from anyio import CapacityLimiter, move_on_after, to_thread

from services.console.parts import Console

WAIT_SECONDS = 1.0
LOOK_EVERY_SECONDS = 0.5
"""Half of what a page may be behind. One look costs a few milliseconds with 500 residents and 1,000
devices.
"""


class Lookout:
    """One for a console. ``moved`` counts the moves that were seen besides those of alerts."""

    def __init__(self, parts: Console, threads: CapacityLimiter) -> None:
        self._parts = parts
        self._threads = threads
        self._mark: str | None = None
        self._listening = 0
        self._looking = 0
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._one_looks = asyncio.Lock()
        self._woken = asyncio.Event()
        self.moved = 0

    @asynccontextmanager
    async def listening(self, *, looks: bool) -> AsyncIterator[int]:
        """Keep watch meanwhile. With ``looks`` every later move counts in `moved` from the number that is
        answered.
        """
        self._listening += 1
        self._looking += looks
        try:
            self._keep("alerts", self._wait_for_alerts)
            if looks:
                async with self._one_looks:
                    if self._mark is None:
                        self._mark = await self._look()
                self._keep("looks", self._look_again)
            yield self.moved
        finally:
            self._listening -= 1
            self._looking -= looks
            if not self._looking:
                self._end("looks")
                self._mark = None
            if not self._listening:
                self._end("alerts")

    @property
    def is_looking(self) -> bool:
        return "looks" in self._tasks

    @property
    def next_move(self) -> asyncio.Event:
        """Set when something moves that was not known when this was asked for; to be taken before reading."""
        return self._woken

    async def wait(self, move: asyncio.Event, seconds: float) -> None:
        """Until the move, at most ``seconds``. What made the watch fail is raised here, to everybody who
        relies on it.
        """
        for task in self._tasks.values():
            if task.done():
                task.result()
        with move_on_after(seconds):
            await move.wait()

    def _wake(self) -> None:
        self._woken.set()
        self._woken = asyncio.Event()

    def _keep(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = self._tasks.get(name)
        if task is None or task.done():  # one that failed has said so to all who listened then
            self._tasks[name] = asyncio.create_task(work())

    def _end(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    async def _wait_for_alerts(self) -> None:
        while True:
            if await to_thread.run_sync(
                self._parts.waiter, WAIT_SECONDS, limiter=self._threads, abandon_on_cancel=True
            ):
                self._wake()

    async def _look_again(self) -> None:
        while True:
            with move_on_after(LOOK_EVERY_SECONDS):
                await asyncio.Event().wait()
            async with self._one_looks:
                mark = await self._look()
                if mark != self._mark:
                    self._mark = mark
                    self.moved += 1
                    self._wake()

    async def _look(self) -> str:
        return await to_thread.run_sync(self._read, limiter=self._threads)

    def _read(self) -> str:
        with self._parts.store.reading() as uow:
            return uow.shown.mark(self._parts.clock.now())
