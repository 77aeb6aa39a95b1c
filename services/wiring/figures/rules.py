"""What rules show: what was found, what they have not looked at yet, and which rules cannot work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from prometheus_client.core import Metric

from services.domain.ports import Clock, Store, UnitOfWork
from services.domain.ports.figures import Waiting
from services.rules.run import ALARM_CURSOR, CURSOR
from services.rules.status import BookStatus
from services.wiring.figures.families import StoreFigures, counters, gauge


class RulesFigures(StoreFigures):
    """Counts findings by following them; asks the loop for its rulebooks."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        answers: Callable[[], bool],
        books: Callable[[], Sequence[BookStatus]],
    ) -> None:
        super().__init__(store, clock, answers)
        self._books = books
        self._found: Counter[tuple[str, ...]] = Counter()
        with store.reading() as uow:
            self._last = uow.figures.newest().findings

    def read(self, uow: UnitOfWork, now: datetime) -> list[Metric]:  # noqa: ARG002 - nothing here ages
        until = uow.figures.newest().findings
        self._found.update(uow.figures.findings_made(self._last, until))
        self._last = until
        return []

    def counted(self) -> list[Metric]:
        books = self._books()
        rules = [rule for book in books for rule in book.rules]
        unavailable = sum(bool(rule.faults) for rule in rules)
        return [
            counters("anxin_rules_findings", "Findings.", ("trigger", "severity"), self._found),
            gauge("anxin_rules_loaded", "Rules at work.", len(rules) - unavailable),
            gauge("anxin_rules_unavailable", "Rules that cannot work now.", unavailable),
            gauge(
                "anxin_rulebooks_refused",
                "Rulebooks whose newest text is refused; the one before works.",
                sum(bool(book.faults) for book in books),
            ),
        ]


def rules_lag(uow: UnitOfWork, _now: datetime) -> Mapping[str, Waiting]:
    """Events that the rules have not taken in."""
    return {
        "alarms": uow.figures.waiting_events(uow.cursors.get(ALARM_CURSOR), only_alarms=True),
        "events": uow.figures.waiting_events(uow.cursors.get(CURSOR)),
    }
