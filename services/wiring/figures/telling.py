"""What alerts and delivery show: what was opened and runs, who was told and how, and how long a press took.

All of it is followed in the store, from the rows that were there at the start on, so that the loops count
nothing. A press that was stored before a crash and reaches somebody after it is measured like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from prometheus_client import Histogram
from prometheus_client.core import Metric

from services.domain.alerts import AlertState
from services.domain.notices import NoticeState
from services.domain.ports import Clock, Store, UnitOfWork
from services.domain.ports.figures import AttemptFigure, Figures, NoticeFigure, PressFigure, Waiting
from services.notify.run import FINDINGS
from services.wiring.figures.families import StoreFigures, counters, gauge, gauges, seconds_since

PRESS_BUCKETS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1, 2.5, 5, 10, 30, 60, 120, 300),
)
"""Seconds: from a millisecond to the five minutes after which the duty desk must know."""


class TellingFigures(StoreFigures):
    """Follows alerts, notices and attempts by their numbers, and those that were not at their end by id."""

    def __init__(self, store: Store, clock: Clock, answers: Callable[[], bool]) -> None:
        super().__init__(store, clock, answers)
        self._opened: Counter[tuple[str, ...]] = Counter()
        self._notices: Counter[tuple[str, ...]] = Counter()
        self._attempts: Counter[tuple[str, ...]] = Counter()
        self._retries: Counter[tuple[str, ...]] = Counter()
        self._to_attempt = _seconds("anxin_press_to_attempt", "start of the first attempt to tell anybody")
        self._to_confirmation = _seconds("anxin_press_to_confirmation", "first confirmed attempt")
        with store.reading() as uow:
            figures = uow.figures
            self._last = figures.newest()
            self._due = {each.id for each in figures.notices()}
            running = figures.presses()
            self._open_attempts: set[str] = set()
            self._unattempted = {each.alert_id for each in running if each.attempted_at is None}
            self._unconfirmed = {each.alert_id for each in running if each.confirmed_at is None}

    # ------------------------------------------------------------------ following

    def read(self, uow: UnitOfWork, now: datetime) -> list[Metric]:
        figures, last, until = uow.figures, self._last, uow.figures.newest()
        # Read first, count then: what fails half-way has counted nothing.
        opened = figures.alerts_opened(last.alerts, until.alerts)
        notices = [*figures.notices_made(last.notices, until.notices), *figures.notices(self._due)]
        attempts = [*figures.attempts_made(last.attempts, until.attempts)]
        attempts += figures.attempts(self._open_attempts)
        presses = [*figures.presses_made(last.alerts, until.alerts)]
        presses += figures.presses(self._unattempted | self._unconfirmed)
        shown = _now(figures, now)
        self._last = until
        self._opened.update(opened)
        self._take_notices(notices)
        self._take_attempts(attempts)
        self._take_presses(presses)
        return shown

    def _take_notices(self, seen: Iterable[NoticeFigure]) -> None:
        seen = {each.id: each for each in seen}.values()
        self._due = {each.id for each in seen if each.state == NoticeState.DUE}
        ended = [each for each in seen if each.id not in self._due]
        self._notices.update((each.kind, each.state, each.reason) for each in ended)

    def _take_attempts(self, seen: Iterable[AttemptFigure]) -> None:
        new = {each.id: each for each in seen}.values()
        self._retries.update(
            (each.channel,) for each in new if each.is_retry and each.id not in self._open_attempts
        )
        self._open_attempts = {each.id for each in new if each.result is None}
        self._attempts.update((each.channel, each.result) for each in new if each.result is not None)

    def _take_presses(self, seen: Iterable[PressFigure]) -> None:
        presses = {each.alert_id: each for each in seen}
        new = presses.keys() - (self._unattempted | self._unconfirmed)
        self._unattempted = self._measure(
            self._to_attempt,
            [(each, each.attempted_at) for id_, each in presses.items() if id_ in new | self._unattempted],
        )
        self._unconfirmed = self._measure(
            self._to_confirmation,
            [(each, each.confirmed_at) for id_, each in presses.items() if id_ in new | self._unconfirmed],
        )

    @staticmethod
    def _measure(histogram: Histogram, seen: Iterable[tuple[PressFigure, datetime | None]]) -> set[str]:
        """Measure those that got there; answers those that still may."""
        still = set()
        for press, there_at in seen:
            if there_at is not None:
                histogram.observe(seconds_since(press.received_at, there_at))
            elif press.is_running:
                still.add(press.alert_id)
        return still

    # ------------------------------------------------------------------ showing

    def counted(self) -> list[Metric]:
        return [
            counters("anxin_alerts_opened", "Alerts that were opened.", ("kind", "severity"), self._opened),
            counters(
                "anxin_notices",
                "Notices that came to their end: sent, failed, or not sent and why.",
                ("kind", "state", "reason"),
                self._notices,
            ),
            counters("anxin_attempts", "Attempts that ended.", ("channel", "result"), self._attempts),
            counters(
                "anxin_attempts_retried",
                "Attempts over an address that was tried before for the same notice.",
                ("channel",),
                self._retries,
            ),
            *self._to_attempt.collect(),
            *self._to_confirmation.collect(),
        ]


def _seconds(name: str, until: str) -> Histogram:
    text = f"From the receipt of a press that opened an alert to the {until}."
    return Histogram(name, text, unit="seconds", buckets=PRESS_BUCKETS, registry=None)


def _now(figures: Figures, now: datetime) -> list[Metric]:
    running, undelivered = figures.running_alerts(), figures.undelivered()
    states = [state for state in AlertState if state is not AlertState.CLOSED]
    return [
        gauges(
            "anxin_alerts_running",
            "Alerts that are not closed.",
            ("state",),
            {(state.value,): running.get(state.value, 0) for state in states},
        ),
        gauge("anxin_notices_due", "Notices that are due or under way.", undelivered.count),
        gauge(
            "anxin_notices_oldest_undelivered_seconds",
            "Age of the oldest notice that is due or under way.",
            seconds_since(undelivered.oldest_at, now),
        ),
    ]


def alerts_lag(uow: UnitOfWork, _now: datetime) -> Mapping[str, Waiting]:
    """Findings that no alert was judged on."""
    return {"findings": uow.figures.waiting_findings(uow.cursors.get(FINDINGS))}


def delivery_lag(uow: UnitOfWork, now: datetime) -> Mapping[str, Waiting]:
    """Notices whose time has come, commands that are not published."""
    return {"notices": uow.figures.overdue(now)["notice"], "commands": uow.figures.waiting_commands()}
