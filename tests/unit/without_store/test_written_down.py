"""When the store is back, all that was told is in it, once, as it was decided then; and the alert goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.domain.alerts import AlertChange, AlertState, ChangeReason
from services.domain.events import Mark
from services.domain.notices import AttemptResult, NoticeReason, NoticeState
from services.notify import outings, without_store
from tests.unit.escalation.cast import BUTTON
from tests.unit.notify.community import BROKEN, POSTMAN
from tests.unit.without_store.outage import FULL, Outage


def test_what_was_told_is_stored_once_and_nobody_is_told_again(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(7)
    told = outage.sent_ids()
    outage.ends()
    [event] = outage.events
    [alert] = outage.alerts
    assert event.marks == (Mark.TOLD_WITHOUT_STORE,)
    assert len(alert.facts) == 1
    assert outage.sent_ids() == told
    for who in ("pema", "desk"):
        [notice] = outage.sent_to(who)
        assert notice.id in told
        assert (notice.state, notice.reason) == (NoticeState.SENT, NoticeReason.TOLD_WITHOUT_STORE)
        [attempt] = outage.attempts(notice)
        assert (attempt.result, attempt.started_at) == (AttemptResult.DELIVERED, alert.opened_at)
    assert len(outage.inbox.acknowledged) == 1
    assert [said["result"] for topic, said in outage.voice.said if topic.endswith("receipt")] == ["stored"]


def test_a_press_without_an_id_makes_the_same_notices_from_memory_and_in_the_store(outage: Outage) -> None:
    outage.presses()
    outage.waits(7)
    outage.ends()
    assert {notice.id for who in ("pema", "desk") for notice in outage.sent_to(who)} == set(outage.sent_ids())


def test_the_device_hears_that_it_was_heard_only_when_that_is_stored(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(7)
    assert outage.voice.said == []
    outage.ends()
    assert [said.get("state") for _, said in outage.voice.said] == [None, "heard"]


def test_the_next_step_counts_from_the_telling(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(65)
    outage.ends()
    outage.heard()
    outage.goes_on(seconds=59)
    assert outage.heard() == []
    outage.goes_on(seconds=1)
    assert outage.heard() == ["lhamo", "tashi"]


def test_steps_that_fell_into_the_outage_are_met_when_it_is_over(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(8 * 60)
    outage.heard()
    outage.ends()
    assert outage.heard() == ["desk", "lhamo", "norbu", "tashi"]


def test_every_press_of_an_outage_is_a_fact_of_the_one_alert(outage: Outage) -> None:
    for number in range(3):
        outage.presses(str(number))
        outage.waits(20)
    outage.heard()
    outage.ends()
    [alert] = outage.alerts
    assert len(alert.facts) == 3
    assert outage.heard() == []
    assert [len(outage.sent_to(who)) for who in ("pema", "desk")] == [2, 2]


def test_a_press_that_nobody_was_told_of_yet_goes_its_ordinary_way(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(3)
    outage.ends()
    [event] = outage.events
    assert event.marks == ()
    assert outage.heard() == ["pema"]


def test_a_press_of_unknown_origin_is_told_once(outage: Outage) -> None:
    outage.presses("17", button="unknown")
    outage.waits(6)
    outage.ends()
    [event] = outage.events
    assert (event.marks, outage.heard()) == ((Mark.TOLD_WITHOUT_STORE,), ["desk"])
    assert len(outage.sent_to("desk")) == 1


def test_a_device_that_was_registered_after_the_snapshot_gets_its_alert_and_the_desk_no_second_call(
    outage: Outage,
) -> None:
    outage.store.refusal = None
    with outage.store.writing() as uow:
        uow.devices.add(replace(BUTTON, id="new", external_id="new"))
    outage.store.refusal = FULL
    outage.presses("17", button="new")
    outage.waits(6)
    assert outage.heard() == ["desk"]
    outage.ends()
    [event] = outage.events
    assert (event.device_id, event.marks) == ("new", (Mark.TOLD_WITHOUT_STORE,))
    assert outage.heard() == ["pema"]
    [alone] = outage.sent_to("desk")
    assert (alone.reason, alone.alert_id) == (NoticeReason.TOLD_WITHOUT_STORE, outage.alerts[0].id)


def test_an_alert_that_the_snapshot_did_not_know_is_joined_and_nobody_told_twice(outage: Outage) -> None:
    outage.store.refusal = None
    outage.presses("1")
    outage.settle()
    outage.store.refusal = FULL
    outage.keeper.running = {}
    outage.heard()
    outage.clock.move_to(outage.clock.now() + timedelta(seconds=30))
    outage.presses("2")
    outage.waits(6)
    assert outage.heard() == ["desk", "pema"]
    outage.ends()
    [alert] = outage.alerts
    assert len(alert.facts) == 2
    assert outage.heard() == []
    assert {notice.alert_id for who in ("pema", "desk") for notice in outage.sent_to(who)} == {alert.id}


def test_a_commit_that_fails_leaves_everything_as_it_was(outage: Outage) -> None:
    outage.presses("17")
    outage.waits(20)
    assert outage.events == []
    assert outage.heard() == ["desk", "pema"]
    outage.ends()
    assert len(outage.notices()) == len({notice.id for notice in outage.notices()})
    assert outage.heard() == []


def test_a_call_that_failed_is_taken_up_by_delivery(outage: Outage) -> None:
    outage.here.answers("pema", BROKEN)
    outage.presses("17")
    outage.waits(6)
    outage.heard()
    outage.ends()
    [notice] = outage.sent_to("pema")
    assert (notice.state, len(outage.attempts(notice))) == (NoticeState.DUE, 1)
    del outage.here.webhook.answers[outage.here.address("pema")]
    outage.goes_on(seconds=15)
    [notice] = outage.sent_to("pema")
    assert notice.state is NoticeState.SENT
    assert [each.result for each in outage.attempts(notice)] == [
        AttemptResult.REFUSED,
        AttemptResult.DELIVERED,
    ]


def test_what_cannot_be_written_down_is_told_again_rather_than_lost(
    outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(without_store, "write_down", broken)
    outage.presses("17")
    outage.waits(6)
    outage.heard()
    outage.ends()
    assert [event.marks for event in outage.events] == [(Mark.TOLD_WITHOUT_STORE,)]
    assert outage.heard() == ["pema"]


def test_nobody_is_told_of_what_is_being_stored_just_now(outage: Outage) -> None:
    outage.store.refusal = None
    event_of = outage.watch._alarm_of
    message = outage.presses("17")
    event = event_of(message)
    assert event is not None
    with outage.told.storing():
        outage.told.claim([(message.number, event)])
        outage.clock.move_to(outage.clock.now() + timedelta(seconds=1))
        assert not outage.told.tell(message.number, event)
        outage.clock.move_to(outage.clock.now() + timedelta(seconds=1))
        assert outage.told.tell(message.number, event)  # a commit that takes so long may never end


def test_a_commit_that_hangs_and_succeeds_leaves_every_call_in_the_store_and_none_in_memory(
    outage: Outage,
) -> None:
    outage.store.refusal = None
    outage.presses("17")
    outage.store.hangs = lambda: outage.looks(8)
    outage.rooms.ingest.step()
    outage.store.hangs = None
    told = set(outage.sent_ids())
    assert outage.heard() == ["desk", "pema", "pema"], "who stores it cannot know who was called meanwhile"
    outage.late.step()
    outage.settle()
    assert outage.heard() == []
    assert {notice.id for who in ("pema", "desk") for notice in outage.sent_to(who)} == told
    [desk] = outage.sent_to("desk")
    assert (desk.state, desk.reason) == (NoticeState.SENT, NoticeReason.TOLD_WITHOUT_STORE)
    assert len(outage.alerts) == 1


def test_the_next_outage_knows_nothing_of_a_call_that_a_commit_overtook(outage: Outage) -> None:
    outage.store.refusal = None
    outage.presses("17")
    outage.store.hangs = lambda: outage.looks(8)
    outage.rooms.ingest.step()
    outage.store.hangs = None
    outage.late.step()
    outage.settle()
    [first] = outage.alerts
    with outage.store.writing() as uow:
        closed = replace(first, state=AlertState.CLOSED, deadlines=())
        now = outage.clock.now()
        moved = AlertChange(first.id, now, "desk", first.state, AlertState.CLOSED, ChangeReason.CLOSED)
        uow.alerts.save(closed, [moved])
    outage.heard()
    outage.clock.move_to(outage.clock.now() + timedelta(hours=3))
    outage.begins()
    outage.presses("18")
    outage.waits(7)
    assert outage.heard() == ["desk", "pema"]
    assert first.id not in {sending.notice.alert_id for _, sending in outage.here.webhook.sent[-2:]}


# ---------------------------------------------------------------------------- calls that are under way


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Outage]:
    """Pema's webhook takes its time, and he reads mail too."""
    pool = ThreadPoolExecutor(max_workers=outings.SLOTS)
    made = Outage(tmp_path, pool)
    made.here.gets_mail_too("pema")
    made.clock.move_to(made.clock.now() + timedelta(minutes=2))
    made.begins()
    made.here.webhook.hangs[made.here.address("pema")] = threading.Event()
    yield made
    for hang in made.here.webhook.hangs.values():
        hang.set()
    pool.shutdown()
    made.close()


def _is_called(outage: Outage) -> None:
    """Wait until the thread that calls Pema has begun."""
    begun = threading.Event()
    address = outage.here.address("pema")

    def before(called: str) -> None:
        if called == address:
            begun.set()

    outage.here.webhook.before = before
    outage.waits(4)
    outage.clock.move_to(outage.clock.now() + timedelta(seconds=2))
    outage.watch.step()  # and ingest does not try meanwhile: what has not begun would be given up for that
    assert begun.wait(10)


def _answers(outage: Outage) -> None:
    """Pema's webhook answers at last; the call has ended when this has."""
    ended = threading.Event()
    outage.told._outings.on_end = ended.set
    outage.here.webhook.hangs[outage.here.address("pema")].set()
    assert ended.wait(10)


def test_a_call_that_is_under_way_is_not_made_again_and_its_end_is_written_later(hanging: Outage) -> None:
    hanging.presses("17")
    _is_called(hanging)
    hanging.ends()
    [notice] = hanging.sent_to("pema")
    [attempt] = hanging.attempts(notice)
    assert (notice.state, attempt.result) == (NoticeState.DUE, None)
    _answers(hanging)
    hanging.late.step()
    [attempt] = hanging.attempts(notice)
    assert attempt.result is AttemptResult.DELIVERED
    hanging.settle()  # the letter is delivery's
    [notice] = hanging.sent_to("pema")
    assert (notice.state, len(hanging.attempts(notice))) == (NoticeState.SENT, 2)
    assert [address for address, _ in hanging.here.email.sent] == [POSTMAN.address]
    assert [address for address, _ in hanging.here.webhook.sent].count(hanging.here.address("pema")) == 1


def test_a_call_that_waits_for_a_slot_is_made_by_delivery(
    hanging: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outings, "SLOTS", 1)
    hanging.here.webhook.hangs[hanging.here.address("desk")] = threading.Event()
    hanging.presses("17")
    _is_called(hanging)
    hanging.here.webhook.hangs[hanging.here.address("desk")].set()
    hanging.ends()
    _answers(hanging)
    hanging.late.step()
    hanging.settle()
    for who in ("pema", "desk"):
        [notice] = hanging.sent_to(who)
        assert notice.state is NoticeState.SENT
    sent = [address for address, _ in hanging.here.webhook.sent]
    assert sorted(sent) == [hanging.here.address("desk"), hanging.here.address("pema")]
