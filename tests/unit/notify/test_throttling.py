"""Throttles: what can wait is held back and told together, with a record why; a call for help never is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.domain.findings import Severity
from services.domain.notices import Notice, NoticeReason, NoticeState
from services.domain.people import ChannelKind
from services.escalation.bundling import alert_ids_of
from services.notify.throttling import Cap, Throttle
from tests.unit.escalation.cast import NIGHT
from tests.unit.notify.community import REFUSED, Community

TWO_IN_TEN_MINUTES = Cap(2, timedelta(minutes=10))
SECOND = timedelta(seconds=1)


def matter(number: int, severity: Severity = Severity.MEDIUM, **more: object) -> dict[str, object]:
    policy = {Severity.HIGH: "emergency", Severity.MEDIUM: "routine"}[severity]
    plain = {"policy": policy, "is_alarm": False, "device_id": None, "severity": severity}
    return {**plain, "alert_kind": f"matter-{number}", **more}


def throttled(here: Community, throttle: Throttle) -> None:
    here.throttle = throttle
    here.restart()


def records(here: Community) -> list[Notice]:
    with here.store.reading() as uow:
        every = uow.notices.page({"worker_id": "pema"}, 0, 99).items
    return [notice for notice in every if notice.reason is NoticeReason.THROTTLED]


@pytest.mark.parametrize(
    ("text", "most", "minutes"), [("10/10m", 10, 10), ("1/1d", 1, 1440), ("5/90s", 5, 1.5)]
)
def test_a_cap_is_read_as_it_is_written(text: str, most: int, minutes: float) -> None:
    assert Cap.parse(text) == Cap(most, timedelta(minutes=minutes))


@pytest.mark.parametrize("text", ["", "10", "0/1m", "10/0m", "10/1w", "-1/1m", "10/1m/1"])
def test_a_cap_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="12/1h"):
        Cap.parse(text)


@pytest.mark.parametrize(
    ("ago", "is_free"), [(timedelta(minutes=10) - SECOND, False), (timedelta(minutes=10), True)]
)
def test_a_cap_is_free_again_when_the_oldest_that_counts_leaves_the_time(
    ago: timedelta, *, is_free: bool
) -> None:
    begun: list[datetime] = [NIGHT - SECOND, NIGHT - ago]
    free_at = TWO_IN_TEN_MINUTES.free_at(begun, NIGHT)
    assert (free_at is None) is is_free
    assert is_free or free_at == NIGHT - ago + timedelta(minutes=10)


@pytest.mark.parametrize(
    "throttle",
    [Throttle(person=TWO_IN_TEN_MINUTES), Throttle(address={ChannelKind.WEBHOOK: TWO_IN_TEN_MINUTES})],
)
def test_what_is_too_much_is_held_back_and_told_as_one_when_it_may_go(
    here: Community, throttle: Throttle
) -> None:
    throttled(here, throttle)
    for number in range(5):
        here.press(**matter(number))
    assert here.told() == ["pema"] * 2
    assert [(each.state, each.created_at) for each in records(here)] == [(NoticeState.NOT_SENT, here.now)] * 3
    here.after(minutes=9, seconds=59)
    assert here.told() == []
    here.after(seconds=1)
    assert here.told() == ["pema"]
    assert len(alert_ids_of(here.webhook.sent[-1][1].notice)) == 3


def test_a_high_alert_is_never_held_back_and_counts_all_the_same(here: Community) -> None:
    throttled(here, Throttle(Cap(1, timedelta(days=1)), {ChannelKind.WEBHOOK: Cap(1, timedelta(days=1))}))
    for number in range(3):
        here.press(**matter(number, Severity.HIGH))
    assert here.told() == ["pema"] * 3
    here.press(**matter(9))
    assert here.told() == []
    assert len(records(here)) == 1


@pytest.mark.parametrize("severity", list(Severity))
def test_a_press_is_never_held_back_whatever_its_rule_says(here: Community, severity: Severity) -> None:
    throttled(here, Throttle(Cap(1, timedelta(days=1))))
    here.press(**matter(0))
    here.told()
    here.press(severity=severity, policy="emergency")
    assert "pema" in here.told()
    assert records(here) == []


def test_that_nobody_is_needed_any_more_is_never_held_back(here: Community) -> None:
    throttled(here, Throttle(Cap(1, timedelta(days=1))))
    here.press(**matter(0))
    here.accept("desk")
    here.settle()
    assert here.told() == ["pema", "pema"]


def test_what_somebody_has_taken_meanwhile_is_not_told_when_it_may_go(here: Community) -> None:
    throttled(here, Throttle(TWO_IN_TEN_MINUTES))
    for number in range(3):
        here.press(**matter(number))
    here.told()
    here.accept("tashi")
    here.settle()
    here.after(minutes=10)
    assert here.told() == []
    held = [notice for notice in here.notices() if notice.worker_id == "pema"]
    assert {notice.reason for notice in held} >= {NoticeReason.THROTTLED, NoticeReason.ACCEPTED_ALREADY}


def test_what_has_become_graver_meanwhile_is_told_as_that_alone(here: Community) -> None:
    throttled(here, Throttle(TWO_IN_TEN_MINUTES))
    for number in range(3):
        here.press(**matter(number))
    [held] = [notice for notice in here.notices() if notice.state is NoticeState.DUE]
    assert here.told() == ["pema"] * 2
    here.press(**matter(2, Severity.HIGH))
    assert here.told() == ["pema"]
    here.after(minutes=10)
    [was_held] = [notice for notice in here.notices() if notice.id == held.id]
    assert (was_held.state, was_held.reason) == (NoticeState.NOT_SENT, NoticeReason.OVERTAKEN)


def test_over_a_channel_that_is_free_it_goes_at_once(here: Community) -> None:
    here.gets_mail_too("pema")
    throttled(here, Throttle(address={ChannelKind.WEBHOOK: Cap(1, timedelta(minutes=10))}))
    for number in range(2):
        here.press(**matter(number))
    assert (len(here.told()), len(here.told("email"))) == (1, 1)
    assert records(here) == []


def test_what_was_refused_does_not_count(here: Community) -> None:
    throttled(here, Throttle(Cap(1, timedelta(minutes=10))))
    here.answers("pema", REFUSED)
    here.press(**matter(0))
    here.webhook.answers.clear()
    here.told()
    here.press(**matter(1))
    assert here.told() == ["pema"]


def test_a_restart_holds_back_what_was_held_back_and_records_it_once(here: Community) -> None:
    throttled(here, Throttle(TWO_IN_TEN_MINUTES))
    for number in range(3):
        here.press(**matter(number))
        here.restart()
        here.settle()
    assert here.told() == ["pema"] * 2
    here.restart()
    here.after(minutes=10)
    assert (here.told(), len(records(here))) == (["pema"], 1)
