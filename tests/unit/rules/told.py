"""A history that goes on while the rules change under it, on the loop and a store of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.domain.findings import Finding
from services.domain.stepping import advance, settle
from services.rules.history import read_history
from services.storage.store import SqlStore
from tests.unit.rules.cast import TWO, History, in_bed, rulebook
from tests.unit.rules.live import Live


class Told:
    """A history that goes on, and rules that change under it. Instants are seconds after two in the night."""

    def __init__(self, store: SqlStore, *rules: str, start: datetime = TWO - timedelta(hours=3)) -> None:
        self.live = Live(store, {"test.yaml": rulebook(*rules)}, start)
        self._count = 0
        self.happens(in_bed().device("door", "door_sensor"))

    def happens(self, history: History) -> None:
        for line in read_history(history.texts()):
            self._count += 1
            event = line.event
            fresh = (
                line
                if event is None
                else replace(line, event=replace(event, id=f"{event.kind}-{self._count}"))
            )
            self.live.take(fresh)
        settle([self.live.loop])

    def event(self, kind: str, at: float, **more: Any) -> None:
        self.happens(History().event(kind, at, **more))

    def until(self, at: float | datetime) -> None:
        there = at if isinstance(at, datetime) else TWO + timedelta(seconds=at)
        advance(self.live.clock, [self.live.loop], there)

    def reload(self, *rules: str, at: float | datetime) -> None:
        self.until(at)
        self.live.texts["test.yaml"] = rulebook(*rules)
        self.until(self.live.clock.now() + timedelta(seconds=1))

    def restart(self) -> None:
        self.live.loop = self.live.rebuilt()

    def found(self, rule: str | None = None) -> list[Finding]:
        return [each for each in self.live.findings() if rule in (None, each.rule)]

    def seconds(self) -> list[tuple[float, float, str]]:
        return [
            ((each.at - TWO).total_seconds(), (each.raised_at - TWO).total_seconds(), each.state.value)
            for each in self.found()
        ]


def leaving(number: int, at: float) -> History:
    """One more resident, who leaves their bed."""
    who, mat = f"r{number}", f"d{number}"
    return History().resident(who).device(mat, resident=who).event("bed.exited", at, device=mat, resident=who)
