"""Processes of a backtest: as many as there are cores, each with the share of some residents.

Each opens the store for itself and only reads. They are as patient as the command that began them, and none
outlives it: they are ended when it is done or interrupted, and one whose command was killed ends at the next
word that it wants to say.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from services.backtest.passing import Pass, share_of
from services.domain.ports import StoreUnavailable
from services.rules.trial import Told
from services.wiring.backtesting import looked_at
from services.wiring.settings import Settings

SECONDS_TO_END = 5
"""How long one that was told to end may take; then it is killed."""


class ShareLost(RuntimeError):
    """A process of the backtest has ended before it had said what it found."""


class Processes:
    """The helpers of a backtest of one installation."""

    def __init__(self, settings: Settings, processes: int | None = None) -> None:
        """``processes`` are those at work, this one among them; default: one for each core it may use."""
        self.processes = processes or len(os.sched_getaffinity(0))
        self._settings = settings

    @contextmanager
    def at_work(self, work: Pass) -> Iterator[Shares]:
        context = get_context("spawn")  # this process has threads and connections that no copy may share
        begun: list[tuple[BaseProcess, Connection]] = []
        try:
            for number in range(1, work.of):
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(
                    target=_do, args=(theirs, self._settings, work, number), daemon=True
                )
                process.start()
                theirs.close()
                begun.append((process, ours))
            yield Shares([ours for _, ours in begun])
        finally:
            for other, connection in begun:
                connection.close()
                other.terminate()
            for other, _ in begun:
                other.join(SECONDS_TO_END)
                if other.is_alive():
                    other.kill()
                    other.join()


class Shares:
    """What the others have said so far. Each says how far it is, and at the end what it was told."""

    def __init__(self, connections: list[Connection]) -> None:
        self._connections = connections
        self._done = [0] * len(connections)
        self._told: dict[int, list[Told]] = {}

    def done(self) -> int:
        self._hear(0)
        return sum(self._done)

    def told(self) -> list[list[Told]]:
        while len(self._told) < len(self._connections):
            self._hear(None)
        return [self._told[number] for number in range(len(self._connections))]

    def _hear(self, seconds: float | None) -> None:
        waiting = {
            connection: number
            for number, connection in enumerate(self._connections)
            if number not in self._told
        }
        while waiting and (ready := wait(list(waiting), seconds)):
            for connection in ready:
                self._take(waiting[connection], connection)  # type: ignore[index]  # those that were given
            if seconds is None:
                return

    def _take(self, number: int, connection: Any) -> None:
        try:
            said = connection.recv()
        except (EOFError, OSError):
            raise ShareLost("a process of the backtest was ended from outside; nothing was changed") from None
        if isinstance(said, int):
            self._done[number] = said
        elif isinstance(said, str):
            raise StoreUnavailable(said)
        else:
            self._told[number] = said


def _do(connection: Connection, settings: Settings, work: Pass, number: int) -> None:
    """In a process of its own: one share."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command hears it, and ends this
    try:
        with looked_at(settings) as store:
            connection.send(share_of(store, work, number, lambda now, _: connection.send(now)))
    except StoreUnavailable as error:
        connection.send(str(error))
    except BrokenPipeError:
        return  # nobody is there any more who would want to know
