"""The promises of escalation, whatever happens in whatever order: people press, answer, decline, stay
silent, leave; sends fail; hours go by.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.domain.alerts import AlertState, Outcome
from services.domain.circle import Circle
from services.domain.findings import FindingState, Severity
from services.domain.notices import NoticeKind, NoticeReason, NoticeState
from services.domain.people import Role, Worker
from services.escalation import handing_over, holding
from services.escalation.permission import AlreadyAccepted, AlreadyClosed, NotAllowed
from services.escalation.policies import Quiet
from services.escalation.quiet_hours import next_local, quiet_until
from services.escalation.telling import key_of
from tests.unit.escalation.cast import CIRCLE, EVERYBODY, NOBODY, OUT_OF_BED, SHANGHAI, Case

WHO = st.sampled_from([worker.id for worker in EVERYBODY])
POLICY = st.sampled_from(["emergency", "night-emergency", "routine", "digest"])
SEVERITY = st.sampled_from([Severity.HIGH, Severity.MEDIUM, Severity.LOW])


class Nights(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.case = Case()

    @rule(hours=st.integers(0, 23), policy=POLICY)
    def press(self, hours: int, policy: str) -> None:
        if self.case.alert is None:
            self.case.after(hours=hours)
        before = len(self.case.notices)
        self.case.press(policy=policy)
        fresh = self.case.notices[before:]
        assert any(
            notice.state is NoticeState.DUE or notice.reason is NoticeReason.TOLD_A_MOMENT_AGO
            for notice in fresh
        ), "a press is always told to somebody"

    @rule(severity=SEVERITY, policy=POLICY)
    def find(self, severity: Severity, policy: str) -> None:
        self.case.find(**{**OUT_OF_BED, "alert_kind": "call-button"}, severity=severity, policy=policy)

    @precondition(lambda self: self.case.alert)
    @rule(minutes=st.sampled_from([0.5, 1, 2, 5, 15, 60, 600, 3000]))
    def time_goes_by(self, minutes: float) -> None:
        self.case.after(minutes=minutes)

    @precondition(lambda self: self.case.alert)
    @rule(who=WHO, deed=st.sampled_from(["accept", "arrive", "close", "decline"]))
    def somebody_does(self, who: str, deed: str) -> None:
        with suppress(AlreadyAccepted, AlreadyClosed, NotAllowed):
            getattr(self.case, deed)(who)

    @precondition(lambda self: self.case.alert)
    @rule(who=WHO, other=WHO)
    def somebody_hands_over(self, who: str, other: str) -> None:
        case = self.case
        with suppress(AlreadyClosed, NotAllowed):
            case.take(
                handing_over.handover(case.running, case.scene(), case.does(who, Role.DUTY_DESK), other)
            )

    @precondition(lambda self: self.case.alert and self.case.alert.is_running)
    @rule(who=WHO)
    def somebody_leaves(self, who: str) -> None:
        case = self.case
        workers = tuple(replace(each, active=each.active and each.id != who) for each in case.circle.workers)
        case.circle = among(case.circle, workers)
        case.take(holding.worker_gone(case.running, case.scene(), who, "mani"))

    @rule()
    def everybody_is_back(self) -> None:
        self.case.circle = CIRCLE

    @rule()
    def the_roster_is_empty(self) -> None:
        self.case.circle = replace(NOBODY, workers=EVERYBODY)

    @precondition(lambda self: self.case.alert and self.case.alert.is_running)
    @rule(data=st.data())
    def sends_fail(self, data: st.DataObject) -> None:
        due = [key_of(notice) for notice in self.case.notices if notice.state is NoticeState.DUE]
        if due:
            self.case.fails(*data.draw(st.lists(st.sampled_from(due), unique=True)))

    @precondition(lambda self: self.case.alert and self.case.findings)
    @rule(data=st.data(), state=st.sampled_from([FindingState.ENDED, FindingState.WITHDRAWN]))
    def a_fact_changes(self, data: st.DataObject, state: FindingState) -> None:
        self.case.fact(data.draw(st.integers(1, self.case.findings)), state)

    @invariant()
    def a_running_alert_has_an_owner_and_a_next_deadline(self) -> None:
        alert = self.case.alert
        if alert is not None and alert.is_running:
            assert alert.owner_ids
            assert alert.next_due_at is not None
            assert alert.next_due_at >= self.case.now or self.case.now == alert.opened_at

    @invariant()
    def a_holder_is_the_owner(self) -> None:
        alert = self.case.alert
        if alert is not None and alert.state in (AlertState.ACCEPTED, AlertState.ARRIVED):
            assert alert.owner_ids == (alert.accepted_by,)

    @invariant()
    def nobody_is_told_twice_a_step(self) -> None:
        told = [
            (notice.alert_id, notice.run, notice.step, notice.round, key_of(notice))
            for notice in self.case.notices
            if notice.kind is NoticeKind.ALERT
            and notice.state is not NoticeState.NOT_SENT
            and notice.text.get("because") == "step"
        ]
        assert len(told) == len(set(told))

    @invariant()
    def whoever_is_not_told_has_a_reason(self) -> None:
        for notice in self.case.notices:
            if notice.state is NoticeState.NOT_SENT:
                assert notice.next_attempt_at is None
                assert notice.reason not in (NoticeReason.STEP, NoticeReason.JOINED)
            else:
                assert notice.channels

    @invariant()
    def a_closed_alert_has_an_outcome_and_waits_for_nothing(self) -> None:
        alert = self.case.alert
        if alert is not None and not alert.is_running:
            assert isinstance(alert.outcome, Outcome)
            assert alert.deadlines == ()


def among(circle: Circle, workers: tuple[Worker, ...]) -> Circle:
    """The circle of those workers: the on-duty lists hold active people only."""
    by_id = {worker.id: worker for worker in workers}

    def now(worker: Worker | None) -> Worker | None:
        return by_id.get(worker.id) if worker else None

    def active(several: tuple[Worker, ...]) -> tuple[Worker, ...]:
        return tuple(each for worker in several if (each := now(worker)) and each.active)

    lists: dict[str, Any] = {
        name: active(getattr(circle, name))
        for name in ("team_on_duty", "duty_desk", "managers", "admins", "technicians", "neighbouring_on_duty")
    }
    ones: dict[str, Any] = {name: now(getattr(circle, name)) for name in ("assigned", "backup", "neighbour")}
    return replace(circle, workers=workers, **lists, **ones)


TestNights = Nights.TestCase
TestNights.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@given(instant=st.datetimes(timezones=st.just(SHANGHAI)), from_=st.times(), until=st.times())
def test_quiet_hours_end_later_than_now_and_at_their_end(instant: Any, from_: Any, until: Any) -> None:
    quiet = Quiet.model_construct(from_=from_, until=until)
    ends_at = quiet_until(instant, quiet, SHANGHAI)
    if ends_at is not None:
        assert ends_at > instant
        assert quiet_until(ends_at, quiet, SHANGHAI) is None
        assert next_local(ends_at, until, SHANGHAI) == ends_at
