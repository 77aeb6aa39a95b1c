"""Attempts and conflicts: what is tried next, what all tries mean, and how often a lost race is run again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.findings import Severity
from services.domain.notices import Attempt, AttemptResult, Notice, NoticeReason, NoticeState
from services.domain.people import Channel, ChannelKind
from services.domain.ports import Conflict
from services.notify.attempts import BACKOFF, concluded, next_channel, rounds_made
from services.notify.conflicts import MOST_TRIES, again_on_conflict
from tests.unit.escalation.cast import NIGHT, Case

HOOK = Channel(ChannelKind.WEBHOOK, "http://127.0.0.1:9/pema")
MAIL = Channel(ChannelKind.EMAIL, "pema@example.org")


def notice(severity: Severity = Severity.HIGH, *channels: Channel) -> Notice:
    case = Case(now=NIGHT)
    case.press()
    return replace(case.notices[0], severity=severity, channels=channels or (HOOK, MAIL))


def tried(channel: Channel, result: AttemptResult | None, number: int = 1) -> Attempt:
    return Attempt(f"att_{number}", "ntc", channel.kind, channel.address, NIGHT, NIGHT, result)


def test_a_try_whose_end_nobody_knows_is_made_again() -> None:
    lost = [tried(HOOK, AttemptResult.UNKNOWN)]
    assert next_channel(notice(), lost, 0) == HOOK
    assert rounds_made(notice(), lost) == 0


def test_a_channel_named_twice_is_tried_once() -> None:
    assert next_channel(notice(Severity.HIGH, HOOK, HOOK), [tried(HOOK, AttemptResult.REFUSED)], 0) is None


def test_a_round_is_over_when_all_channels_had_their_turn() -> None:
    both = [tried(HOOK, AttemptResult.TIMED_OUT), tried(MAIL, AttemptResult.REFUSED)]
    assert next_channel(notice(), both, 0) is None
    assert next_channel(notice(), both, rounds_made(notice(), both)) == HOOK


@pytest.mark.parametrize(("jitter", "factor"), [(0.0, 0.5), (0.5, 1.0), (0.999, 1.499)])
def test_repeated_tries_are_spread_around_their_wait(jitter: float, factor: float) -> None:
    once = [tried(HOOK, AttemptResult.TIMED_OUT), tried(MAIL, AttemptResult.TIMED_OUT)]
    later = concluded(notice(), once, NIGHT, may_pass=True, jitter=jitter)
    assert (later.state, later.reason) == (NoticeState.DUE, NoticeReason.EVERY_CHANNEL_FAILED)
    assert later.next_attempt_at == NIGHT + BACKOFF[0] * factor


def test_a_refusal_for_good_is_not_tried_again() -> None:
    once = [tried(HOOK, AttemptResult.REFUSED), tried(MAIL, AttemptResult.REFUSED)]
    failed = concluded(notice(), once, NIGHT, may_pass=False, jitter=0.5)
    assert (failed.state, failed.next_attempt_at) == (NoticeState.FAILED, None)


@given(
    severity=st.sampled_from(list(Severity)),
    results=st.lists(
        st.sampled_from([result for result in AttemptResult if result is not AttemptResult.UNKNOWN])
    ),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_a_notice_always_comes_to_an_end(
    severity: Severity, results: list[AttemptResult], jitter: float
) -> None:
    attempts: list[Attempt] = []
    now, present = NIGHT, notice(severity)
    for _ in range(len(BACKOFF) + 2):
        round_ = rounds_made(present, attempts)
        while (channel := next_channel(present, attempts, round_)) is not None:
            result = results.pop() if results else AttemptResult.TIMED_OUT
            attempts.append(tried(channel, result, len(attempts)))
        present = concluded(present, attempts, now, may_pass=True, jitter=jitter)
        if present.state is not NoticeState.DUE:
            break
        assert present.next_attempt_at is not None
        assert timedelta() < present.next_attempt_at - now <= BACKOFF[-1] * 1.5
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
