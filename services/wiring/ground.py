"""The ground on which a process of the house stands: folder, store, signals, policies, in the order of their
start, and ended in the reverse order.

It knows no service. What cannot start says why in a sentence, and then nothing is left running.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from zoneinfo import ZoneInfo

from services.domain.crash_points import Reached
from services.domain.ports import Clock
from services.escalation.gathering import Gathering
from services.storage.store import SqlStore
from services.wiring import interpreter, ways_out
from services.wiring.beats import Beats
from services.wiring.broker import BrokerFailed
from services.wiring.clock import stopwatch
from services.wiring.crashing import CrashRefused, crash_at
from services.wiring.data_folder import DataFolder, FolderUnusable
from services.wiring.demo import RealResidents, is_invented
from services.wiring.identity import process_name
from services.wiring.leading import Shared
from services.wiring.observing import Observing
from services.wiring.opening import CannotOpen, open_store
from services.wiring.policy_shelf import PolicyShelf
from services.wiring.self_watch.watching import Watching
from services.wiring.settings import Settings
from services.wiring.shipped import lay_out
from services.wiring.signals import LocalSignals
from services.wiring.version import version
from services.wiring.web import AddressInUse
from services.wiring.without_store import WithoutStoreParts

READY_SECONDS = 20.0
"""How long the broker and the web server may take to be ready at a start."""
STOP_SECONDS = 2.0
"""How long each part may take to end; all of them together stay below the 10 s of the contract."""

log = logging.getLogger("anxin.house")


class CannotStart(Exception):
    """A process cannot start; the sentences say why and what to do, ``code`` is the exit code."""

    def __init__(self, *sentences: str, code: int = 1) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.code = code


class Ground:
    """One process's ground. ``service`` is the one that it runs, `data_folder.HOUSE` all of them."""

    def __init__(self, settings: Settings, service: str) -> None:
        self.settings = settings
        self.service = service
        self.zone = ZoneInfo(settings.timezone)
        self.signals = LocalSignals()
        self.name = ""
        """Under which this process is known to the broker and to others; there once the folder is held."""
        self.ending = ExitStack()
        self._unfinished: list[str] = []

    @contextmanager
    def starting(self) -> Iterator[None]:
        """What fails within ends all that was begun; what an administrator can mend is `CannotStart`."""
        try:
            yield
        except (FolderUnusable, CannotOpen, AddressInUse, BrokerFailed, RealResidents, CrashRefused) as error:
            self.end()
            raise CannotStart(str(error)) from error
        except BaseException:
            self.end()
            raise

    def end(self) -> list[str]:
        """End everything in the reverse order of its start; the names of parts that did not end in time."""
        self.ending.close()
        return self._unfinished

    def ends_with(self, name: str, stop: Callable[[float], bool], seconds: float = STOP_SECONDS) -> None:
        """Let ``stop`` be called at the end; a part that answers False did not end in time."""

        def end() -> None:
            if not stop(seconds):
                self._unfinished.append(name)

        self.ending.callback(end)

    # ------------------------------------------------------------------ the parts, from the ground up

    def hold_folder(self) -> None:
        """Make the data folder this process's own, with the shipped rulebooks and policies in it."""
        folder = DataFolder(self.settings.data_dir)
        place = folder.hold(self.service)
        self.ending.callback(folder.let_go)
        lay_out(self.settings.data_dir)
        self.name = process_name(self.settings.data_dir, place)

    def open_store(self) -> SqlStore:
        """The store, and the ear for commits of other processes if there may be any."""
        store = open_store(self.settings, self.signals)
        self.ending.callback(store.close)
        listener = store.listener()
        if listener is not None:
            listener.start()
            self.ends_with("wakes", listener.stop)
        return store

    def roles(self, store: SqlStore, clock: Clock) -> Shared | None:
        """How the roles are shared out that only one process may have; None where the folder is held and
        with it the store.
        """
        if not self.settings.is_shared:
            return None
        roles = Shared(store, clock, self.name)
        self.ending.callback(roles.give_up)
        return roles

    def observing(self, store: SqlStore, clock: Clock) -> Observing:
        """What this process shows of itself; it begins to look with the beats."""
        return Observing(store, clock, self.settings.data_dir, version(), stopwatch)

    def gathering(self, http: str) -> Gathering:
        """What escalation looks at, with the policies as they lie in the folder."""
        shelf = self.shelf()
        return Gathering(
            ways_out.house_facts(self.settings, http), shelf.policies, shelf.silencing, shelf.aims
        )

    def shelf(self) -> PolicyShelf:
        """The policies as they lie in the folder."""
        shelf = PolicyShelf(self.settings.data_dir / "policies")
        shelf.policies()  # read now, so that a fault in one is in the log before the first alert needs it
        return shelf

    def start_beats(self, beats: Beats, observing: Observing) -> None:
        """Let the rooms work until the end, and look at store and disk meanwhile."""
        interpreter.prepare()
        beats.start()

        def stop() -> None:
            self._unfinished.extend(beats.stop(STOP_SECONDS))

        self.ending.callback(stop)
        observing.start()
        self.ends_with("probe", observing.stop)

    def start_watching(self, watching: Watching) -> None:
        """Look at everything from a thread that waits for nothing of it, until the end."""
        watching.start()
        self.ends_with("watcher", watching.stop)

    def start_without_store(self, parts: WithoutStoreParts) -> None:
        """Watch over alarms that cannot be stored, until the end."""
        parts.start()

        def stop() -> None:
            self._unfinished.extend(parts.stop(STOP_SECONDS))

        self.ending.callback(stop)

    def reached(self) -> Reached:
        """Who hears of the crash points that are passed: nobody, or what ends the process at one of them."""
        return crash_at(self.settings.crash_at, self.settings.data_dir)

    def say_what_is_missing(self) -> None:
        """Warn of what a house with real residents should not be without."""
        if not self.settings.last_resort and not is_invented(self.settings.data_dir):
            log.warning(
                "an alert for which nobody can be told reaches nobody outside the console; "
                "set ANXIN_LAST_RESORT"
            )
