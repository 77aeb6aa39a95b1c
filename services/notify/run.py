"""The alert loop: findings open or join alerts, changed findings may end them, due deadlines are met; and
once none of it waits, the chores are seen to.

Each small batch is one transaction with its cursor, so that it happens once or not at all, whatever
crashes. A finding that cannot be judged still opens a bare alert, and an alert whose deadline cannot be
met does not stop the others; either fault is raised afterwards, for whoever watches over the loops.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from services.domain.alerts import Alert
from services.domain.crash_points import CrashPoint, Reached, goes_on
from services.domain.findings import Finding, FindingChange
from services.domain.ports import Clock, Conflict, Store, StoreUnavailable, UnitOfWork
from services.escalation.gathering import Gathering, store_move
from services.escalation.joining import subject_of, take_all_in, take_in_unjudged
from services.escalation.stages import meet
from services.escalation.withdrawing import fact_changed
from services.notify.chores import Deed, chores
from services.notify.conflicts import again_on_conflict

FINDINGS = "alerts.findings"
PRESSES = "alerts.presses"
"""How far alarms were judged ahead of what else waits."""
CHANGES = "alerts.finding-changes"
BATCH = 50
"""Matters, changes or alerts a transaction: large enough for a storm, small enough not to hold up the
writer.
"""
MOST_FINDINGS = 500
"""Findings a transaction. Many of one matter cost little more than one: a button that is pressed a thousand
times must not keep the press of another waiting.
"""

log = logging.getLogger("anxin.alerts")


class AlertLoop:
    """The loop over ports. One process runs it; a second one would only meet conflicts."""

    def __init__(
        self, store: Store, clock: Clock, gathering: Gathering, *, reached: Reached = goes_on
    ) -> None:
        self._store = store
        self._clock = clock
        self._gathering = gathering
        self._chores = chores(store, gathering)
        self._look_at_chores = [chore.look for chore in self._chores]
        self._reached = reached

    def step(self) -> bool:
        """Take in findings, then their changes, then meet deadlines, then see to the chores; True if there
        was any of it. The first of them that has something to do has the step to itself.
        """
        now = self._clock.now()
        looks = iter((self._waiting_findings, self._waiting_changes, self._due_alerts, *self._look_at_chores))
        while True:  # whoever finds nothing leaves the reading to the next
            with self._store.reading() as uow:
                deed = next((deed for look in looks if (deed := look(uow, now)) is not None), None)
            if deed is None:
                return False
            if deed():
                return True

    def next_due_at(self) -> datetime | None:
        """The nearest deadline of all running alerts, and of the chores."""
        with self._store.reading() as uow:
            due = (uow.alerts.next_due_at(), *(chore.next_due_at(uow) for chore in self._chores))
        return min((at for at in due if at is not None), default=None)

    def _waiting_findings(self, uow: UnitOfWork, _: datetime) -> Deed | None:
        findings = _of_few_matters(uow.findings.after(uow.cursors.get(FINDINGS), MOST_FINDINGS))
        return partial(self._take_findings, findings) if findings else None

    def _take_findings(self, findings: Sequence[Finding]) -> bool:
        try:
            again_on_conflict(lambda: self._judge(findings))
        except (StoreUnavailable, Conflict):
            raise
        except Exception:
            log.exception("a batch of %d findings could not be judged; each is tried alone", len(findings))
            self._judge_one_by_one(findings)
        return True

    def take_findings_in(self, uow: UnitOfWork) -> bool:
        """Judge the findings that wait, in somebody's open transaction; True if there were any."""
        findings = _of_few_matters(uow.findings.after(uow.cursors.get(FINDINGS), MOST_FINDINGS))
        if findings:
            self._judge_in(uow, findings)
        return bool(findings)

    def _judge(self, findings: Sequence[Finding], *, looks_ahead: bool = True) -> None:
        with self._store.writing() as uow:
            self._judge_in(uow, findings, looks_ahead=looks_ahead)

    def _judge_in(self, uow: UnitOfWork, findings: Sequence[Finding], *, looks_ahead: bool = True) -> None:
        self._reached(CrashPoint.AFTER_FINDING)
        now = self._clock.now()
        pressed = uow.cursors.get(PRESSES) if any(finding.is_alarm for finding in findings) else 0
        self._open_or_join(
            uow, [each for each in findings if not (each.is_alarm and each.number <= pressed)], now
        )
        uow.cursors.set(FINDINGS, findings[-1].number)
        if looks_ahead:
            self._judge_presses_ahead(uow, findings[-1].number, now)
        self._reached(CrashPoint.BEFORE_ALERT_COMMIT)

    def _judge_presses_ahead(self, uow: UnitOfWork, number: int, now: datetime) -> None:
        """After an outage thousands of findings may wait; no press waits behind them."""
        if uow.findings.last_number() <= number:
            return
        since = max(number, uow.cursors.get(PRESSES))
        pressed = uow.findings.after(since, BATCH, only_alarms=True)
        if not pressed:
            return
        try:
            with uow.on_trial():
                self._open_or_join(uow, pressed, now)
                uow.cursors.set(PRESSES, pressed[-1].number)
        except (StoreUnavailable, Conflict):
            raise
        except Exception:
            log.exception("%d alarms could not be judged ahead; each is in its turn", len(pressed))

    def _open_or_join(self, uow: UnitOfWork, findings: Sequence[Finding], now: datetime) -> None:
        for (kind, subject), found in _by_matter(findings).items():
            running = uow.alerts.running(kind, subject)
            joining = _not_yet_in(uow, running, found)
            if not joining:
                continue
            scene = self._gathering.around_findings(uow, joining, running, now)
            scene = self._gathering.with_tester(uow, joining, running, scene)
            move = take_all_in(joining, running, scene)
            if move is not None:
                store_move(uow, running, move)

    def _judge_one_by_one(self, findings: Sequence[Finding]) -> None:
        faults: list[Exception] = []
        for finding in findings:
            try:
                again_on_conflict(lambda alone=finding: self._judge([alone], looks_ahead=False))  # type: ignore[misc]
            except (StoreUnavailable, Conflict):
                raise
            except Exception as fault:
                log.exception("finding %s could not be judged and opens a bare alert", finding.id)
                faults.append(fault)
                self._take_unjudged(finding)
        if faults:
            raise faults[0]

    def _take_unjudged(self, finding: Finding) -> None:
        now = self._clock.now()
        with self._store.writing() as uow:
            running = uow.alerts.running(finding.alert_kind, subject_of(finding))
            move = take_in_unjudged(finding, running, now)
            if move is not None:
                store_move(uow, running, move)
            uow.cursors.set(FINDINGS, finding.number)

    def _waiting_changes(self, uow: UnitOfWork, _: datetime) -> Deed | None:
        changes = uow.findings.changes_after(uow.cursors.get(CHANGES), BATCH)
        return partial(self._take_changes, changes) if changes else None

    def _take_changes(self, changes: Sequence[FindingChange]) -> bool:
        again_on_conflict(lambda: self._withdraw(changes))
        return True

    def _withdraw(self, changes: Sequence[FindingChange]) -> None:
        now = self._clock.now()
        with self._store.writing() as uow:
            for change in changes:
                alert = uow.alerts.with_fact(change.finding_id)
                if alert is not None and alert.is_running:
                    scene = self._gathering.around_alert(uow, alert, now)
                    store_move(uow, alert, fact_changed(change, alert, scene))
            uow.cursors.set(CHANGES, changes[-1].number)

    def _due_alerts(self, uow: UnitOfWork, now: datetime) -> Deed | None:
        due = uow.alerts.due(now, BATCH)
        return partial(self._meet_deadlines, due, now) if due else None

    def _meet_deadlines(self, due: Sequence[Alert], now: datetime) -> bool:
        faults: list[Exception] = []
        for alert in due:
            try:
                again_on_conflict(lambda one=alert: self._meet(one, now))  # type: ignore[misc]
            except StoreUnavailable:
                raise
            except Exception as fault:
                log.exception("a deadline of alert %s could not be met and is tried again", alert.id)
                faults.append(fault)
        if faults:
            raise faults[0]
        return True

    def _meet(self, due: Alert, now: datetime) -> None:
        with self._store.writing() as uow:
            alert = self._still_due(uow, due.id, now)
            if alert is not None:
                store_move(uow, alert, meet(alert, self._gathering.around_alert(uow, alert, now)))
        self._reached(CrashPoint.AFTER_DEADLINE)

    @staticmethod
    def _still_due(uow: UnitOfWork, alert_id: str, now: datetime) -> Alert | None:
        """The alert as it is now: somebody may have accepted it since it was listed."""
        alert = uow.alerts.brief(alert_id)
        if alert is None or alert.next_due_at is None or alert.next_due_at > now:
            return None
        return alert


Matter = tuple[str, str]
"""An alert's kind and subject; one alert of each runs at a time."""


def _matter_of(finding: Finding) -> Matter:
    return finding.alert_kind, subject_of(finding)


def _not_yet_in(uow: UnitOfWork, running: Alert | None, findings: list[Finding]) -> list[Finding]:
    """The findings without those that are facts of the running alert: it was read in brief."""
    if running is None:
        return findings
    known = uow.alerts.joined(running.id, [finding.id for finding in findings])
    return [finding for finding in findings if finding.id not in known]


def _by_matter(findings: Sequence[Finding]) -> dict[Matter, list[Finding]]:
    """The findings of each matter, in the order in which the matters came up."""
    matters: dict[Matter, list[Finding]] = {}
    for finding in findings:
        matters.setdefault(_matter_of(finding), []).append(finding)
    return matters


def _of_few_matters(findings: Sequence[Finding]) -> Sequence[Finding]:
    """As many of the findings as touch no more than `BATCH` matters."""
    seen: set[Matter] = set()
    for place, finding in enumerate(findings):
        seen.add(_matter_of(finding))
        if len(seen) > BATCH:
            return findings[:place]
    return findings
