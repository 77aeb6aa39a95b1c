"""Every recipient of every step is told, or it is written why not, whatever carriers say and crashes do."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.alerts import Outcome
from services.domain.findings import Severity
from services.domain.notices import Attempt, AttemptResult, Notice, NoticeReason, NoticeState
from services.domain.people import Role
from services.domain.stepping import next_due
from services.escalation import actions
from services.escalation.gathering import store_move
from services.escalation.permission import Actor
from services.notify.channels import ChannelOutcome
from services.notify.throttling import Cap, Throttle
from tests.unit.notify.community import (
    BROKEN,
    DELIVERED,
    REFUSED,
    SILENT,
    UNCONFIRMED,
    Community,
    RecordingChannel,
    community,
)

ANSWERS: tuple[ChannelOutcome | None, ...] = (DELIVERED, UNCONFIRMED, REFUSED, BROKEN, SILENT, None)
"""None: the power goes while it is sent."""
MATTERS: Mapping[Severity, Mapping[str, object]] = {
    Severity.HIGH: {"policy": "emergency", "alert_kind": "press"},
    Severity.MEDIUM: {"policy": "routine", "is_alarm": False, "alert_kind": "visit", "device_id": None},
    Severity.LOW: {"policy": "digest", "is_alarm": False, "alert_kind": "meal", "device_id": None},
}
TAKEN = {AttemptResult.DELIVERED, AttemptResult.ACCEPTED_UNCONFIRMED}
IN_DOUBT = {AttemptResult.UNKNOWN, AttemptResult.TIMED_OUT}


class Night:
    """A community whose carriers answer as drawn, and whose house goes down and comes back."""

    def __init__(self, here: Community, answers: list[ChannelOutcome | None], *, restarts: bool) -> None:
        self.here = here
        self._answers: Iterator[ChannelOutcome | None] = iter(answers)
        self._restarts = restarts
        here.throttle = Throttle(Cap(1, timedelta(minutes=10)))
        here.gets_mail_too("pema")
        here.restart()
        for channel in (here.webhook, here.email):
            channel.before = partial(self._before, channel)

    def _before(self, channel: RecordingChannel, address: str) -> None:
        answer = next(self._answers, DELIVERED)
        if answer is None:
            raise KeyboardInterrupt
        channel.answers[address] = answer

    def goes_on(self, **length: float) -> None:
        """Let time go by, with the house rebuilt from what is stored whenever it goes down."""
        until = self.here.now + timedelta(**length)
        while True:
            self._settle()
            due_at = next_due([self.here.alerts, self.here.delivery])
            if due_at is None or due_at > until:
                break
            self.here.clock.move_to(due_at)
        self.here.clock.move_to(until)
        self._settle()

    def is_over_but_for_what_can_wait(self) -> None:
        """The desk closes all that is graver."""
        desk = Actor("desk", Role.DUTY_DESK, "desk")
        with self.here.store.writing() as uow:
            for alert in uow.alerts.page({"state": "running"}, 0, 9).items:
                if alert.severity is not Severity.LOW:
                    scene = self.here.gathering.around_alert(uow, alert, self.here.now)
                    store_move(uow, alert, actions.close(alert, scene, desk, Outcome.HELPED))

    def _settle(self) -> None:
        worked = True
        while worked:
            try:
                worked = any([self.here.alerts.step(), self.here.delivery.step()])
            except KeyboardInterrupt:
                self.here.restart()
        if self._restarts:
            self.here.restart()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    severities=st.lists(st.sampled_from(list(MATTERS)), min_size=1, max_size=3, unique=True),
    answers=st.lists(st.sampled_from(ANSWERS), max_size=14),
    restarts=st.booleans(),
)
def test_whoever_a_step_means_is_told_or_it_is_written_why_not(
    severities: list[Severity], answers: list[ChannelOutcome | None], *, restarts: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = community(Path(folder))
        try:
            night = Night(here, answers, restarts=restarts)
            for severity in severities:
                here.finds(**MATTERS[severity], severity=severity)
            night.goes_on(minutes=11)
            night.is_over_but_for_what_can_wait()
            night.goes_on(hours=19)
            with here.store.reading() as uow:
                notices = uow.notices.page({}, 0, 500).items
                made = {each.id: uow.notices.attempts([each.id]) for each in notices}
            for notice in notices:
                _is_accounted_for(notice, made[notice.id])
        finally:
            here.store.close()


def _is_accounted_for(notice: Notice, attempts: list[Attempt]) -> None:
    assert all(attempt.result is not None for attempt in attempts)
    taken = [attempt for attempt in attempts if attempt.result in TAKEN]
    if notice.state is NoticeState.SENT:
        assert taken
    elif notice.state is NoticeState.FAILED:
        assert notice.reason is NoticeReason.EVERY_CHANNEL_FAILED
        assert not taken
        assert {(each.channel, each.address) for each in attempts} == {
            (each.kind, each.address) for each in notice.channels
        }
    elif notice.state is NoticeState.NOT_SENT:
        assert notice.reason not in (NoticeReason.STEP, NoticeReason.REMINDER, NoticeReason.STAND_DOWN)
        assert not taken
    else:
        # A call that failed is still tried again, or one that can wait is held back: both say so.
        assert notice.reason is NoticeReason.EVERY_CHANNEL_FAILED or "gathers" in notice.text
    if notice.severity is Severity.HIGH:
        assert notice.reason is not NoticeReason.THROTTLED
        assert "held" not in (notice.text.get("gathers"), notice.text.get("held"))
    for channel in notice.channels:
        to = (channel.kind, channel.address)
        over = [each.result for each in attempts if (each.channel, each.address) == to]
        # Once a carrier has taken it, never again over that channel; a second one follows only upon a
        # failure, or where nobody knows how the one before ended, which its attempt says.
        assert not TAKEN & set(over[:-1])
        assert all(result in IN_DOUBT | {AttemptResult.REFUSED} for result in over[:-1])
