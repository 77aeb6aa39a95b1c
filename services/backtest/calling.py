"""Calling: Findings through the functions of escalation on a clock of its own, with the people of now.

What is decided is decided in `services.escalation`; here stand only the order of things and what is assumed
of people: whoever was told first accepts, arrives and closes after the usual waits, and every message
arrives. Nobody is told anything.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from itertools import count
from typing import cast

from services.domain.alerts import Alert, AlertState, Outcome
from services.domain.backtests import Answering
from services.domain.findings import Finding, FindingChange, FindingState, Severity
from services.domain.notices import PAGES, Notice, NoticeState
from services.domain.people import Role, Worker
from services.domain.snapshot import Snapshot
from services.escalation import actions
from services.escalation.joining import subject_of, take_in
from services.escalation.permission import Actor
from services.escalation.policies import Policies
from services.escalation.scene import House, Move, Scene
from services.escalation.stages import meet
from services.escalation.telling import LAST_RESORT_KEY
from services.escalation.withdrawing import fact_changed


class _Order(IntEnum):
    """What comes first of what is due at one instant: an answer is never so quick that it spares a step."""

    FINDING = 0
    CHANGE = 1
    DEADLINE = 2
    ANSWER = 3


class _Stage(StrEnum):
    """What an answer says."""

    ACCEPT = "accept"
    AGAIN = "again"
    """I have it still: to a press that joined."""
    ARRIVE = "arrive"
    CLOSE = "close"


@dataclass(slots=True)
class Calls:
    """What came of it."""

    alerts: int = 0
    reached_nobody: int = 0
    """Alerts of which nobody of the house could be told."""
    notices: list[Notice] = field(default_factory=list)

    @property
    def pages(self) -> list[Notice]:
        """Those that ask somebody to come."""
        return [notice for notice in self.notices if is_page(notice)]


def is_page(notice: Notice) -> bool:
    """Whether a notice asks somebody to come, and is told."""
    return notice.kind in PAGES and notice.state is not NoticeState.NOT_SENT


class Calling:
    """One run of escalation. ``findings`` are played once, up to an instant."""

    def __init__(
        self, people: Snapshot, house: House, policies: Policies, answering: Mapping[Severity, Answering]
    ) -> None:
        self._people = people
        self._house = house
        self._policies = policies
        self._answering = answering
        self._calls = Calls()
        self._alerts: dict[str, Alert] = {}
        self._running: dict[tuple[str, str], str] = {}
        self._of_finding: dict[str, str] = {}
        self._notices: dict[str, list[Notice]] = {}
        self._planned: set[tuple[str, int, _Stage]] = set()
        """The answers that are on their way: to which alert, in which of its runs, and what they say."""
        self._queue: list[tuple[datetime, int, int, object]] = []
        self._numbers = count()

    def play(self, findings: Iterable[Finding], changes: Iterable[FindingChange], until: datetime) -> Calls:
        """What would be told of these Findings, each at its raising, and of what became of them."""
        for finding in sorted(findings, key=lambda each: (each.raised_at, each.rule, each.resident_id or "")):
            self._push(finding.raised_at, _Order.FINDING, finding)
        for change in changes:
            self._push(change.at, _Order.CHANGE, change)
        while self._queue and self._queue[0][0] < until:
            at, order, _, what = heapq.heappop(self._queue)
            if order == _Order.FINDING and isinstance(what, Finding):
                self._take(what, at)
            elif order == _Order.CHANGE and isinstance(what, FindingChange):
                self._change(what, at)
            elif order == _Order.DEADLINE:
                self._meet(self._alerts[str(what)], at)
            else:
                self._answer(cast("tuple[str, int, _Stage]", what), at)
        return self._calls

    def _push(self, at: datetime, order: _Order, what: object) -> None:
        heapq.heappush(self._queue, (at, order, next(self._numbers), what))

    # ------------------------------------------------------------------ what happens

    def _take(self, finding: Finding, now: datetime) -> None:
        alert_id = self._running.get((finding.alert_kind, subject_of(finding)))
        running = self._alerts[alert_id] if alert_id is not None else None
        devices = [finding.device_id, *(fact.device_id for fact in (running.facts if running else ()))]
        scene = self._scene(running or finding, now, devices, alert_id)
        move = take_in(finding, running, scene)
        if move is not None:
            self._calls.alerts += running is None
            self._of_finding[finding.id] = move.alert.id
            self._apply(move, scene)

    def _change(self, change: FindingChange, now: datetime) -> None:
        alert = self._alerts.get(self._of_finding.get(change.finding_id, ""))
        if alert is not None and alert.is_running:
            scene = self._around(alert, now)
            self._apply(fact_changed(change, alert, scene), scene)

    def _meet(self, alert: Alert, now: datetime) -> None:
        if not alert.is_running or alert.next_due_at is None or alert.next_due_at > now:
            return
        scene = self._around(alert, now)
        self._apply(meet(alert, scene), scene)

    def _answer(self, planned: tuple[str, int, _Stage], now: datetime) -> None:
        """Whoever was told first accepts; who has accepted arrives; who is there closes."""
        alert = self._alerts[planned[0]]
        scene = self._around(alert, now)
        self._planned.discard(planned)
        if not alert.is_running or planned[1:] != (alert.run, self._stage(alert, scene)):
            return
        stage = planned[2]
        worker = self._first_told(alert, scene) if stage is _Stage.ACCEPT else scene.worker(alert.accepted_by)
        if worker is None:
            self._calls.reached_nobody += 1
            move = actions.close(alert, scene, _NOBODY, Outcome.OTHER)
        elif stage is _Stage.CLOSE:
            move = actions.close(alert, scene, _as(worker), Outcome.OTHER)
        else:
            act = actions.arrive if stage is _Stage.ARRIVE else actions.accept
            move = act(alert, scene, _as(worker))
        self._apply(move, scene)

    # ------------------------------------------------------------------ what comes of it

    def _apply(self, move: Move, scene: Scene) -> None:
        alert = move.alert
        self._alerts[alert.id] = alert
        self._notices.setdefault(alert.id, []).extend(move.notices)
        self._calls.notices.extend(move.notices)
        matter = (alert.kind, alert.subject)
        if not alert.is_running:
            self._running.pop(matter, None)
            return
        self._running[matter] = alert.id
        if alert.next_due_at is not None:
            self._push(max(alert.next_due_at, scene.now), _Order.DEADLINE, alert.id)
        self._plan_answer(alert, scene)

    def _plan_answer(self, alert: Alert, scene: Scene) -> None:
        stage = self._stage(alert, scene)
        if stage is None or (alert.id, alert.run, stage) in self._planned:
            return
        self._planned.add((alert.id, alert.run, stage))
        usual = self._answering[alert.severity]
        wait = {_Stage.ARRIVE: usual.arrives_after, _Stage.CLOSE: usual.closes_after}.get(
            stage, usual.accepts_after
        )
        self._push(scene.now + wait, _Order.ANSWER, (alert.id, alert.run, stage))

    def _stage(self, alert: Alert, scene: Scene) -> _Stage | None:
        """What is to be answered; None while nobody was told, as in quiet hours."""
        if alert.state is AlertState.OPEN:
            is_told = any(each.run == alert.run and is_page(each) for each in self._notices[alert.id])
            nobody = alert.owner_ids == (LAST_RESORT_KEY,)
            return _Stage.ACCEPT if is_told or nobody else None
        if alert.is_pressed_again:
            return _Stage.AGAIN
        if alert.state is AlertState.ACCEPTED and scene.policy_of(alert).accepted.arrival_needed:
            return _Stage.ARRIVE
        return _Stage.CLOSE

    def _first_told(self, alert: Alert, scene: Scene) -> Worker | None:
        for notice in self._notices[alert.id]:
            if notice.run == alert.run and is_page(notice):
                worker = scene.worker(notice.worker_id)
                if worker is not None and worker.active:
                    return worker
        return None

    def _around(self, alert: Alert, now: datetime) -> Scene:
        return self._scene(alert, now, [fact.device_id for fact in alert.facts], alert.id)

    def _scene(
        self, subject: Alert | Finding, now: datetime, device_ids: Iterable[str | None], alert_id: str | None
    ) -> Scene:
        found = (self._people.devices.get(each) for each in dict.fromkeys(device_ids) if each)
        circle = self._people.circle(
            resident_id=subject.resident_id, device_id=subject.device_id, home_id=subject.home_id, at=now
        )
        return Scene(
            now,
            self._house,
            self._policies,
            circle,
            {device.id: device for device in found if device is not None},
            tuple(self._notices.get(alert_id or "", ())),
        )


_NOBODY = Actor(by="nobody", role=Role.ADMIN)
"""Who ends an alert of which nobody could be told: it would be called out until the end of the time."""


def _as(worker: Worker) -> Actor:
    return Actor(by=worker.id, role=worker.role, worker_id=worker.id)


def as_raised(finding: Finding) -> Finding:
    """A stored Finding as it was when it was raised: what was ended or withdrawn since held then."""
    over = finding.state in {FindingState.ENDED, FindingState.WITHDRAWN}
    return replace(finding, state=FindingState.HOLDS) if over else finding
