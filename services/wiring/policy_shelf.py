"""The policy shelf: the escalation policies as they lie in the data folder now.

A file that was changed is read anew when it is next asked for; one with a fault is said in the log, and what
it said before goes on; after a start, the shipped file of that name.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from services.domain.service_figures import Aims
from services.escalation.figure_aims import aims_in
from services.escalation.policies import Policies
from services.escalation.policy_faults import PolicyFault
from services.escalation.policy_files import read_policies
from services.escalation.silence_policy import SilencePolicy, silence_policy_in
from services.wiring.shipped import texts_in

log = logging.getLogger("anxin.policies")

Marks = tuple[tuple[str, int, int], ...]
"""Name, time of change and size of each file: enough to see that somebody saved one."""
Faults = tuple[PolicyFault, ...]
T = TypeVar("T")


class _Kept(Generic[T]):
    """What one reader makes of the folder, and of which state of it."""

    def __init__(self, read: Callable[[Mapping[str, str], T | None], tuple[T, Faults]], fault: str) -> None:
        self._read = read
        self._fault = fault
        self._marks: Marks | None = None
        self._value: T | None = None

    def at(self, marks: Marks, texts: Callable[[], Mapping[str, str]]) -> T:
        """What is in force while the folder is as ``marks`` say."""
        value = self._value
        if value is None or marks != self._marks:
            value, faults = self._read(texts(), value)
            self._value, self._marks = value, marks
            for fault in faults:
                log.error("%s: %s", self._fault, fault)
        return value


class PolicyShelf:
    """Reads a folder of policies, again whenever a file in it was changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts = texts_in(folder)
        self._lock = threading.Lock()
        self._policies = _Kept(read_policies, "a policy is not used as it lies there")
        self._silencing = _Kept(silence_policy_in, "how long people may silence is not used as it lies there")
        self._aims = _Kept(aims_in, "what the figures are held against is not used as it lies there")

    def policies(self) -> Policies:
        """The policies in force now."""
        with self._lock:
            return self._policies.at(self._look(), self._texts)

    def silencing(self) -> SilencePolicy:
        """How long people may silence, as it stands in the folder now."""
        with self._lock:
            return self._silencing.at(self._look(), self._texts)

    def aims(self) -> Aims:
        """What the figures are held against, as it stands in the folder now."""
        with self._lock:
            return self._aims.at(self._look(), self._texts)

    def _look(self) -> Marks:
        found = []
        for path in sorted(self._folder.glob("*.yaml")):
            try:
                status = path.stat()
            except OSError:
                continue  # taken away between the listing and the look; the next look sees that
            found.append((path.name, status.st_mtime_ns, status.st_size))
        return tuple(found)
