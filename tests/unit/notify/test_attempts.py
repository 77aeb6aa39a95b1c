"""Attempts and conflicts: what is tried next, what all tries mean, and how often a lost race is run again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.findings import Severity
from services.domain.notices import Attempt, AttemptResult, Notice, NoticeReason, NoticeState
from services.domain.people import Channel, ChannelKind
from services.domain.ports import Conflict
from services.notify.attempts import (
    BACKOFF,
    LONGEST_WAIT,
    NO_JITTER,
    concluded,
    ended,
    next_channel,
    spread,
)
from services.notify.channels import ChannelOutcome
from services.notify.conflicts import MOST_TRIES, again_on_conflict
from tests.unit.escalation.cast import NIGHT, Case
from tests.unit.notify.community import BROKEN, DELIVERED, REFUSED, SILENT, UNCONFIRMED

SECOND = timedelta(seconds=1)

HOOK = Channel(ChannelKind.WEBHOOK, "http://127.0.0.1:9/pema")
MAIL = Channel(ChannelKind.EMAIL, "pema@example.org")


def notice(severity: Severity = Severity.HIGH, *channels: Channel) -> Notice:
    case = Case(now=NIGHT)
    case.press()
    return replace(case.notices[0], severity=severity, channels=channels or (HOOK, MAIL))


def tried(
    channel: Channel, outcome: ChannelOutcome | None, *before: Attempt, at: datetime = NIGHT
) -> Attempt:
    """A try that began and ended at one instant; None: its end is not known."""
    begun = Attempt(f"att_{len(before) + 1}", "ntc", channel.kind, channel.address, at)
    if outcome is None:
        return replace(begun, ended_at=at, result=AttemptResult.UNKNOWN)
    return ended(begun, outcome, before, at, NO_JITTER)


def test_a_try_whose_end_nobody_knows_is_made_again_at_once() -> None:
    assert next_channel(notice(), [tried(HOOK, None)], NIGHT) == HOOK


def test_a_channel_named_twice_is_tried_once() -> None:
    assert next_channel(notice(Severity.HIGH, HOOK, HOOK), [tried(HOOK, REFUSED)], NIGHT) is None


@pytest.mark.parametrize("outcome", [REFUSED, BROKEN, SILENT])
def test_whatever_a_channel_says_but_yes_the_next_has_its_turn_at_once(outcome: ChannelOutcome) -> None:
    for severity in (Severity.HIGH, Severity.MEDIUM):
        assert next_channel(notice(severity), [tried(HOOK, outcome)], NIGHT) == MAIL


def test_what_may_pass_is_tried_again_after_its_wait_and_what_was_refused_for_good_never() -> None:
    both = [tried(HOOK, BROKEN), tried(MAIL, REFUSED)]
    assert next_channel(notice(), both, NIGHT + BACKOFF[0] - SECOND) is None
    assert next_channel(notice(), both, NIGHT + BACKOFF[0]) == HOOK
    assert next_channel(notice(), both, NIGHT + timedelta(days=1), but=[HOOK]) is None


@pytest.mark.parametrize(("jitter", "factor"), [(0.0, 1.0), (0.5, 0.75), (0.999, 0.5005)])
def test_jitter_takes_from_a_wait_and_never_adds_to_it(jitter: float, factor: float) -> None:
    begun = replace(tried(HOOK, None), result=None)
    assert ended(begun, SILENT, [], NIGHT, jitter).again_at == NIGHT + BACKOFF[0] * factor


@settings(deadline=None)
@given(st.text())
def test_jitter_is_the_same_for_the_same_attempt_and_lies_between_nothing_and_one(attempt_id: str) -> None:
    assert 0 <= spread(attempt_id) < 1
    assert spread(attempt_id) == spread(attempt_id)


def test_tries_that_failed_together_part() -> None:
    assert len({round(spread(f"att_{number}"), 2) for number in range(50)}) > 30


@pytest.mark.parametrize(
    ("asked_for", "waits"),
    [
        (timedelta(seconds=3), BACKOFF[0] * 0.75),
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(days=1), LONGEST_WAIT),
    ],
)
def test_a_carrier_is_left_alone_as_long_as_it_asks_and_no_longer_than_a_quarter_of_an_hour(
    asked_for: timedelta, waits: timedelta
) -> None:
    begun = replace(tried(HOOK, None), result=None)
    busy = replace(BROKEN, wait_for=asked_for)
    assert ended(begun, busy, [], NIGHT, 0.5).again_at == NIGHT + waits


def test_one_carrier_that_wants_to_be_left_alone_keeps_no_other_waiting() -> None:
    busy = tried(HOOK, replace(BROKEN, wait_for=timedelta(minutes=7)))
    both = [busy, tried(MAIL, BROKEN, busy)]
    assert concluded(notice(), both, NIGHT).next_attempt_at == NIGHT + BACKOFF[0]
    assert next_channel(notice(), both, NIGHT + BACKOFF[0]) == MAIL


def test_a_refusal_for_good_is_not_tried_again() -> None:
    once = [tried(HOOK, REFUSED), tried(MAIL, REFUSED)]
    failed = concluded(notice(), once, NIGHT)
    assert (failed.state, failed.next_attempt_at) == (NoticeState.FAILED, None)


def test_a_notice_that_was_sent_at_last_says_again_why_it_was_made() -> None:
    first = tried(HOOK, BROKEN)
    later = concluded(notice(Severity.HIGH, HOOK), [first], NIGHT)
    assert (later.state, later.reason) == (NoticeState.DUE, NoticeReason.EVERY_CHANNEL_FAILED)
    again = tried(HOOK, DELIVERED, first, at=NIGHT + BACKOFF[0])
    sent = concluded(later, [first, again], again.started_at)
    assert (sent.state, sent.reason) == (NoticeState.SENT, NoticeReason.STEP)


@settings(deadline=None)
@given(
    severity=st.sampled_from(list(Severity)),
    outcomes=st.lists(st.sampled_from([DELIVERED, UNCONFIRMED, REFUSED, BROKEN, SILENT])),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_a_notice_always_comes_to_an_end(
    severity: Severity, outcomes: list[ChannelOutcome], jitter: float
) -> None:
    attempts: list[Attempt] = []
    now, present = NIGHT, notice(severity)
    for _ in range(2 * len(BACKOFF) + 2):
        while (channel := next_channel(present, attempts, now)) is not None:
            outcome = outcomes.pop() if outcomes else SILENT
            begun = Attempt(f"att_{len(attempts)}", "ntc", channel.kind, channel.address, now)
            attempts.append(ended(begun, outcome, attempts, now, jitter))
        present = concluded(present, attempts, now)
        if present.state is not NoticeState.DUE:
            break
        assert present.next_attempt_at is not None
        assert timedelta() < present.next_attempt_at - now <= BACKOFF[-1]
        now = present.next_attempt_at
    reached = any(each.result in ("delivered", "accepted_unconfirmed") for each in attempts)
    assert present.state is (NoticeState.SENT if reached else NoticeState.FAILED)
    assert len(attempts) <= 2 * (len(BACKOFF) + 1)


def test_a_lost_race_is_run_again_and_given_up_after_some_tries() -> None:
    lost: list[int] = []

    def loses(times: int) -> str:
        if len(lost) < times:
            lost.append(1)
            raise Conflict
        return "won"

    assert again_on_conflict(lambda: loses(2)) == "won"
    with pytest.raises(Conflict):
        again_on_conflict(lambda: loses(100))
    assert len(lost) == 2 + MOST_TRIES
