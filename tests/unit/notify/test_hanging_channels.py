"""Hanging channels: sends have threads of their own, so whoever's channel hangs holds up nobody else."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.notices import AttemptResult
from services.domain.people import Channel, ChannelKind
from services.domain.ports import Topic
from services.notify import delivery
from services.wiring.signals import LocalSignals
from tests.unit.escalation.cast import ROUTINE, TWO_IN_THE_AFTERNOON
from tests.unit.notify.community import POSTMAN, REFUSED, RecordingChannel, community


class Live:
    """The community with sends on threads, driven from here; woken as in the live service."""

    def __init__(self, folder: Path) -> None:
        self.pool = ThreadPoolExecutor(max_workers=delivery.SLOTS)
        self.woken = threading.Event()
        signals = LocalSignals()
        self.here = community(folder)
        self.here.pool, self.here.signals = self.pool, signals
        self.here.restart()
        for topic in Topic:
            signals.on(topic, self.woken.set)

    def until_sent(self, count: int, channel: RecordingChannel | None = None) -> None:
        """Step whenever woken, until that many messages have gone out in all."""
        sent = (channel or self.here.webhook).sent
        while len(sent) < count:
            self.here.settle()
            assert self.woken.wait(timeout=10)
            self.woken.clear()
        self.here.settle()

    def hangs(self, who: str) -> threading.Event:
        """Let every send to somebody hang until the event is set."""
        return self.here.webhook.hangs.setdefault(self.here.address(who), threading.Event())

    def end(self) -> None:
        for hang in self.here.webhook.hangs.values():
            hang.set()
        self.pool.shutdown()
        self.here.store.close()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    made = Live(tmp_path)
    yield made
    made.end()


def test_one_hanging_channel_does_not_delay_another_person(live: Live) -> None:
    here = live.here
    live.hangs("tashi")
    here.press()
    live.until_sent(1)
    here.clock.move_to(TWO_IN_THE_AFTERNOON.replace(minute=2))
    live.until_sent(2)
    assert here.told() == ["pema", "lhamo"]
    assert here.attempts("tashi")[0].result is None
    here.clock.move_to(here.now.replace(second=5))
    here.settle()
    assert here.attempts("tashi")[0].result is AttemptResult.TIMED_OUT


def test_an_answer_that_comes_too_late_changes_nothing_and_holds_up_nobody(live: Live) -> None:
    here = live.here
    hang = live.hangs("pema")
    here.press()
    here.clock.move_to(here.now.replace(second=5))
    live.until_sent(2)
    assert here.told() == ["tashi", "lhamo"]
    hang.set()
    live.until_sent(3)
    live.pool.shutdown()
    here.settle()
    assert here.attempts("pema")[0].result is AttemptResult.TIMED_OUT
    assert not here.delivery._under_way


def test_the_next_channel_starts_five_seconds_after_one_that_hangs(live: Live) -> None:
    here = live.here
    here.gets_mail_too("pema")
    live.hangs("pema")
    here.press()
    here.clock.move_to(here.now.replace(second=4))
    here.settle()
    assert here.told("email") == []
    here.clock.move_to(here.now.replace(second=5))
    live.until_sent(1, here.email)
    assert here.told("email") == [POSTMAN.address]


def test_hanging_lower_notices_leave_half_of_the_sends_to_high_ones(live: Live) -> None:
    here = live.here
    live.hangs("pema")
    for number in range(delivery.SLOTS + 4):
        here.finds(**ROUTINE, alert_kind=f"routine-{number}")
    here.settle()
    assert len(here.delivery._under_way) == delivery.SLOTS // 2
    with here.store.writing() as uow:
        pema = uow.workers.get("pema")
        assert pema is not None
        other = Channel(ChannelKind.WEBHOOK, here.address("pema-2"))
        uow.workers.save(replace(pema, channels=(other,)))
    here.finds()
    live.until_sent(1)
    assert here.told() == ["pema-2"]


def test_whoever_was_taken_for_dead_changes_nothing_with_its_late_result(live: Live) -> None:
    here = live.here
    hang = live.hangs("pema")
    here.press()
    first = here.delivery
    here.restart()
    assert here.delivery.take_over()
    here.settle()
    assert [each.result for each in here.attempts("pema")] == [AttemptResult.UNKNOWN, None]
    notice = here.notice_of("pema")
    here.answers("pema", REFUSED)
    hang.set()
    assert live.woken.wait(timeout=10)
    first.step()
    assert here.attempts("pema")[0].result is AttemptResult.UNKNOWN
    assert len(here.attempts("pema")) == 2
    assert here.notice_of("pema") == notice


def test_taking_over_leaves_ones_own_sends_and_happens_only_alone(live: Live) -> None:
    here = live.here
    live.hangs("pema")
    here.press()
    notice = here.notice_of("pema")
    assert not here.delivery.take_over(lambda _: False)
    assert here.delivery.take_over()
    assert here.notice_of("pema") == notice
    here.restart()
    assert not here.delivery.take_over(lambda _: False)
    assert here.notice_of("pema") == notice
    assert here.delivery.take_over()
    assert here.notice_of("pema").next_attempt_at == here.now
