"""Observing: puts together what a process shows of itself: its figures, and why it is not ready.

Each room that runs in the process is handed over once; so one process that runs everything and four that
share the work show what is theirs. It changes nothing about what the rooms do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector

from services.domain.ports import Clock, Store
from services.domain.stepping import Room
from services.ingest.run import IngestLoop
from services.rules.status import BookStatus
from services.wiring.figures.holdings import Holdings
from services.wiring.figures.ingest import Door, IngestFigures, ingest_lag
from services.wiring.figures.process import LoopFigures, ProcessFigures
from services.wiring.figures.rules import RulesFigures, rules_lag
from services.wiring.figures.telling import TellingFigures, alerts_lag, delivery_lag
from services.wiring.probe import Probe, disk_of
from services.wiring.pulse import Pulse, Stopwatch
from services.wiring.self_watch.watcher import Sign

Reasons = Callable[[], Iterable[str]]
"""What is wrong with one part now: sentences for an administrator, without personal data."""

STORE_AND_DISK = "store and disk"
"""How the part is called that every process shares."""
MOST_NAMED = 5
"""Rules that a reason names; the rest are counted."""


class Observing:
    """The eyes of one process. ``registry`` is what `/metrics` shows, `reasons` what `/readyz` says."""

    def __init__(
        self, store: Store, clock: Clock, data_dir: Path, version: str, stopwatch: Stopwatch
    ) -> None:
        self.registry = CollectorRegistry()
        self.probe = Probe(store, partial(disk_of, data_dir), stopwatch)
        self._store = store
        self._clock = clock
        self._stopwatch = stopwatch
        self._reasons: list[tuple[str, Reasons]] = [(STORE_AND_DISK, self.probe.reasons)]
        self._not_watched: set[str] = set()
        self._loops = LoopFigures(store, clock, self._answers)
        self.probe.asks_as_well = self._loops.waiting
        ProcessCollector(registry=self.registry)
        self.registry.register(ProcessFigures(version, self.probe))
        self.registry.register(self._loops)

    def start(self) -> None:
        """Begin to ask store and disk."""
        self.probe.start()

    def stop(self, seconds: float) -> bool:
        """End; True if it did within ``seconds``."""
        return self.probe.stop(seconds)

    def reasons(self) -> list[str]:
        """Why the process is not ready, a sentence each; never waits."""
        return [sentence for _, reasons in self._reasons for sentence in reasons()]

    def signs(self) -> dict[str, Sign]:
        """The same by part, as far as somebody outside is to be told of it; never waits."""
        said: dict[str, list[str]] = {}
        for name, reasons in self._reasons:
            if name not in self._not_watched:
                said.setdefault(name, []).extend(reasons())
        return {name: Sign(" ".join(sentences)) for name, sentences in said.items() if sentences}

    def because(self, reasons: Reasons, name: str = "house", *, is_watched: bool = True) -> None:
        """One more part that may not be ready. Of one that is not watched nobody outside is told."""
        self._reasons.append((name, reasons))
        if not is_watched:
            self._not_watched.add(name)

    def waiting(self) -> dict[tuple[str, str], float]:
        """How many seconds the oldest of what waits for each loop has waited, by loop and queue, when it was
        last asked for; never waits.
        """
        return self.probe.waiting

    def watched(self, rooms: Mapping[str, Room]) -> dict[str, Room]:
        """The same rooms by the same names, seen while they work."""
        seen = {}
        for name, room in rooms.items():
            pulse = Pulse(name, self._stopwatch)
            self._loops.pulses.append(pulse)
            self.because(pulse.reasons, f"the {name} loop")
            seen[name] = pulse.watched(room)
        return seen

    # ------------------------------------------------------------------ the rooms

    def ingest(self, loop: IngestLoop, inbox: Door) -> None:
        """Ingest runs here."""
        self.registry.register(IngestFigures(loop, inbox))
        self._loops.lags["ingest"] = partial(ingest_lag, inbox)
        self.because(lambda: ["Messages wait: the store takes none of them."] if loop.fault else [], "ingest")

    def rules(self, books: Callable[[], Sequence[BookStatus]], policies: Callable[[], Sequence[str]]) -> None:
        """The rules run here, or stand by; ``books`` are those at work, ``policies`` the names of those that
        are there.
        """
        self.registry.register(RulesFigures(self._store, self._clock, self._answers, books))
        self._loops.lags["rules"] = rules_lag
        self.because(lambda: rule_reasons(books(), policies()), "rules", is_watched=False)

    def telling(self) -> None:
        """Alerts and delivery run here."""
        self.registry.register(TellingFigures(self._store, self._clock, self._answers))
        self._loops.lags["alerts"] = alerts_lag
        self._loops.lags["delivery"] = delivery_lag

    def holdings(self) -> None:
        """What the store holds is shown here; of several processes one is enough."""
        self.registry.register(Holdings(self._store, self._clock, self._answers))

    def _answers(self) -> bool:
        return self.probe.answers


def rule_reasons(books: Sequence[BookStatus], policies: Sequence[str]) -> list[str]:
    """Rules that cannot work, and policies that rules name and nobody has written.

    A rulebook that was refused while the one before it works is no reason: nothing is missing.
    """
    at_work = [rule for book in books for rule in book.rules]
    lame = sorted(rule.rule.name for rule in at_work if rule.faults)
    never = sorted(book.name for book in books if book.faults and book.revision == 0)
    unknown = sorted({rule.rule.policy for rule in at_work} - set(policies))
    said = []
    if lame:
        more = f" and {len(lame) - MOST_NAMED} more" if len(lame) > MOST_NAMED else ""
        said.append(
            f"Rules cannot work: {', '.join(lame[:MOST_NAMED])}{more}. Presses alert all the same; "
            "`GET /api/v1/rules` says what is wrong."
        )
    said += [
        f"The rulebook {name} has faults and none before it works in its place; only its good rules do. "
        "`anxin rules check` lists the faults."
        for name in never
    ]
    said += [
        f"The policy {name}, which a rule names, is not there; one of its severity stands in. "
        "`anxin policies check` lists the faults of policies."
        for name in unknown
    ]
    return said
