"""The policy shelf: the escalation policies as they lie in the data folder now.

A file that was changed is read anew at the next alert; one with a fault is said in the log, and what it said
before goes on; after a start, the shipped policy of that name. For a faulty file of the silences or of the
figures the shipped one stands in at once.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from services.domain.service_figures import Aims
from services.escalation.figure_aims import aims_in
from services.escalation.policies import Policies
from services.escalation.policy_files import read_policies
from services.escalation.silence_policy import SilencePolicy, silence_policy_in
from services.wiring.shipped import texts_in

log = logging.getLogger("anxin.policies")

Marks = tuple[tuple[str, int, int], ...]
"""Name, time of change and size of each file: enough to see that somebody saved one."""


class PolicyShelf:
    """Reads a folder of policies, again whenever a file in it was changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts = texts_in(folder)
        self._lock = threading.Lock()
        self._marks: Marks | None = None
        self._policies: Policies | None = None
        self._silencing_marks: Marks | None = None
        self._silencing: SilencePolicy
        self._aims_marks: Marks | None = None
        self._aims: Aims

    def policies(self) -> Policies:
        """The policies in force now."""
        with self._lock:
            marks = self._look()
            policies = self._policies
            if policies is None or marks != self._marks:
                policies, faults = read_policies(self._texts(), before=policies)
                self._policies, self._marks = policies, marks
                for fault in faults:
                    log.error("a policy is not used as it lies there: %s", fault)
            return policies

    def silencing(self) -> SilencePolicy:
        """How long people may silence, as it stands in the folder now."""
        with self._lock:
            marks = self._look()
            if marks != self._silencing_marks:
                self._silencing, faults = silence_policy_in(self._texts())
                self._silencing_marks = marks
                for fault in faults:
                    log.error("how long people may silence is not used as it lies there: %s", fault)
            return self._silencing

    def aims(self) -> Aims:
        """What the figures are held against, as it stands in the folder now."""
        with self._lock:
            marks = self._look()
            if marks != self._aims_marks:
                self._aims, faults = aims_in(self._texts())
                self._aims_marks = marks
                for fault in faults:
                    log.error("what the figures are held against is not used as it lies there: %s", fault)
            return self._aims

    def _look(self) -> Marks:
        found = []
        for path in sorted(self._folder.glob("*.yaml")):
            try:
                status = path.stat()
            except OSError:
                continue  # taken away between the listing and the look; the next look sees that
            found.append((path.name, status.st_mtime_ns, status.st_size))
        return tuple(found)
