"""Delivery: each notice reaches its person, or says why not; whatever crashes in between."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from services.domain.alerts import ChangeReason, Outcome
from services.domain.notices import AttemptResult, Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.people import ChannelKind
from services.domain.ports import StoreUnavailable, UnitOfWork
from services.escalation import actions
from services.escalation.links import link_key, link_of
from services.notify import delivery
from services.notify.channels import Sending
from services.storage.store import SqlStore
from tests.unit.escalation.cast import ROUTINE
from tests.unit.notify.community import (
    BROKEN,
    POSTMAN,
    REFUSED,
    SILENT,
    UNCONFIRMED,
    Community,
)


def test_a_delivered_notice_is_sent_and_its_attempt_says_how(here: Community) -> None:
    here.press()
    notice = here.notice_of("pema")
    assert (notice.state, notice.sent_at) == (NoticeState.SENT, here.now)
    attempt = here.attempts("pema")[0]
    assert (attempt.result, attempt.status) == (AttemptResult.DELIVERED, "200")
    assert attempt.address == here.address("pema")
    assert (attempt.started_at, attempt.ended_at) == (here.now, here.now)


def test_the_row_of_an_attempt_is_there_before_the_send(here: Community) -> None:
    seen: list[AttemptResult | None] = []
    here.webhook.before = lambda _: seen.extend(each.result for each in here.attempts("pema"))
    here.press()
    assert seen == [None]


def test_a_high_notice_goes_over_all_channels_of_a_person_in_their_order(here: Community) -> None:
    here.gets_mail_too("pema")
    here.email.answers[POSTMAN.address] = UNCONFIRMED
    here.press()
    assert (here.told(), here.told("email")) == (["pema"], [POSTMAN.address])
    assert [each.channel for each in here.attempts("pema")] == ["webhook", "email"]
    assert here.notice_of("pema").state is NoticeState.SENT


def test_each_channel_takes_the_link_that_is_sealed_for_its_address(here: Community) -> None:
    house = replace(here.gathering.house, link_key=link_key("a secret"))
    here.gathering = replace(here.gathering, house=house)
    here.restart()
    here.gets_mail_too("pema")
    here.press()
    notice = here.notice_of("pema")
    [(_, mail)], [(_, event)] = here.email.sent, here.webhook.sent
    assert mail.message.link == link_of(notice, house, POSTMAN)
    assert event.message.link == link_of(notice, house)
    assert mail.message.link != event.message.link


def test_a_lower_notice_stops_at_the_first_channel_that_confirmed(here: Community) -> None:
    here.gets_mail_too("pema")
    here.press(**ROUTINE)
    assert (here.told(), here.told("email")) == (["pema"], [])


def test_a_lower_notice_fails_over_to_the_next_channel(here: Community) -> None:
    here.gets_mail_too("pema")
    here.answers("pema", REFUSED)
    here.press(**ROUTINE)
    assert here.told("email") == [POSTMAN.address]
    assert here.notice_of("pema").state is NoticeState.SENT


def test_a_channel_that_cannot_confirm_leaves_the_notice_unconfirmed(here: Community) -> None:
    here.answers("pema", UNCONFIRMED)
    here.press()
    notice = here.notice_of("pema")
    assert (notice.state, notice.reason) == (NoticeState.SENT, NoticeReason.UNCONFIRMED)


def test_an_unconfirmed_channel_does_not_stop_the_failover(here: Community) -> None:
    here.gets_mail_too("pema")
    here.answers("pema", UNCONFIRMED)
    here.press(**ROUTINE)
    assert here.told("email") == [POSTMAN.address]


def test_when_nobody_of_a_step_was_reached_the_next_comes_at_once(here: Community) -> None:
    here.answers("pema", REFUSED)
    here.press()
    assert here.told() == ["pema", "tashi", "lhamo"]
    notice = here.notice_of("pema")
    assert (notice.state, notice.reason) == (NoticeState.FAILED, NoticeReason.EVERY_CHANNEL_FAILED)
    with here.store.reading() as uow:
        assert ChangeReason.STEP_FAILED in [each.reason for each in uow.alerts.changes(here.alert().id)]


def test_when_nobody_at_all_was_reached_it_goes_up_to_the_last_resort(here: Community) -> None:
    for who in ("pema", "tashi", "lhamo", "norbu", "desk", "mani", "ada"):
        here.answers(who, REFUSED)
    here.press()
    assert here.told()[-1] == "last"
    assert here.alert().owner_ids == ("last_resort",)


def test_a_passing_failure_is_tried_again_later_and_does_not_hold_up_the_next_step(here: Community) -> None:
    here.answers("pema", BROKEN)
    here.press()
    assert here.told() == ["pema", "tashi", "lhamo"]
    assert here.notice_of("pema").state is NoticeState.DUE
    here.webhook.answers.clear()
    here.after(seconds=9)
    assert here.told() == []
    here.after(seconds=1)
    assert here.told() == ["pema"]
    assert here.notice_of("pema").state is NoticeState.SENT
    assert [each.result for each in here.attempts("pema")] == ["refused", "delivered"]


def test_tries_end_after_the_last_wait(here: Community) -> None:
    here.answers("pema", SILENT)
    here.finds()
    here.alerts.step()
    here.after(minutes=15)
    pema = [notice for notice in here.notices() if notice.worker_id == "pema"]
    assert [notice.state for notice in pema] == [NoticeState.FAILED]
    assert len(here.attempts("pema")) == 5


def cut_off_while_sending(here: Community) -> None:
    """The power goes while pema is being told; the loops start anew on what was stored by then."""
    here.finds()
    here.alerts.step()

    def power_cut(_: str) -> None:
        raise KeyboardInterrupt

    here.webhook.before = power_cut
    with pytest.raises(KeyboardInterrupt):
        here.delivery.step()
    here.webhook.before = lambda _: None
    here.restart()


def test_a_notice_whose_send_was_cut_off_is_sent_again_with_the_same_id(here: Community) -> None:
    cut_off_while_sending(here)
    here.settle()
    assert here.told() == []  # the lease of the try that was cut off still runs
    here.after(seconds=60)
    assert here.told() == ["pema"]
    assert [each.result for each in here.attempts("pema")] == ["unknown", "delivered"]


def test_a_process_that_delivers_alone_waits_for_no_lease_of_the_one_that_died(here: Community) -> None:
    cut_off_while_sending(here)
    here.delivery.take_over()
    here.settle()
    assert here.told() == ["pema"]
    assert [each.result for each in here.attempts("pema")] == ["unknown", "delivered"]


def test_taking_over_hurries_nothing_that_waits_for_its_next_try(here: Community) -> None:
    here.answers("pema", BROKEN)
    here.press()
    here.told()
    here.restart()
    here.delivery.take_over()
    here.settle()
    assert here.told() == []


def test_a_result_that_could_not_be_written_is_written_later_and_not_sent_again(
    here: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.finds()
    here.alerts.step()
    assert here.delivery.step()

    def is_full(*_: object) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as disk:
        disk.setattr(here.delivery, "_write_results", is_full)
        with pytest.raises(StoreUnavailable):
            here.delivery.step()
    here.settle()
    assert here.told() == ["pema"]
    assert [each.result for each in here.attempts("pema")] == [AttemptResult.DELIVERED]


def test_a_channel_that_is_not_configured_is_a_refusal_with_its_reason(here: Community) -> None:
    here.delivery._channels = {ChannelKind.EMAIL: here.email}
    here.press()
    assert here.attempts("pema")[0].status == "not_configured"
    assert here.notice_of("pema").state is NoticeState.FAILED


def test_a_channel_that_breaks_is_a_refusal_and_the_others_go_on(here: Community) -> None:
    here.gets_mail_too("pema")

    def breaks(address: str) -> None:
        raise ZeroDivisionError(address)

    here.webhook.before = breaks
    here.press()
    assert here.told("email") == [POSTMAN.address]
    assert here.attempts("pema")[0].status == "fault"


def test_who_has_it_is_told_to_those_who_were_called_only(here: Community) -> None:
    here.press()
    here.after(minutes=2)
    here.told()
    here.accept("tashi")
    here.settle()
    assert here.told() == ["pema", "lhamo"]
    assert here.webhook.sent[-1][1].message.title.endswith("卓玛")


def test_a_call_that_was_overtaken_by_an_acceptance_is_not_sent(here: Community) -> None:
    here.finds()
    here.alerts.step()
    here.accept("tashi")
    here.settle()
    assert here.told() == []
    reasons = {(notice.kind, notice.reason) for notice in here.notices() if notice.worker_id == "pema"}
    assert reasons == {
        (NoticeKind.ALERT, NoticeReason.ACCEPTED_ALREADY),
        (NoticeKind.STAND_DOWN, NoticeReason.ACCEPTED_ALREADY),
    }


def test_a_repeated_try_ends_when_the_alert_is_closed(here: Community) -> None:
    here.answers("pema", BROKEN)
    here.press()
    here.accept("tashi")
    here.does(lambda alert, scene, actor: actions.close(alert, scene, actor, Outcome.HELPED), "tashi")
    here.after(minutes=10)
    call = next(notice for notice in here.notices() if notice.worker_id == "pema")
    assert (call.state, call.reason) == (NoticeState.NOT_SENT, NoticeReason.CLOSED_ALREADY)
    with here.store.reading() as uow:
        assert len(uow.notices.attempts([call.id])) == 1


def test_somebody_deactivated_in_between_is_not_told(here: Community) -> None:
    here.finds()
    here.alerts.step()
    with here.store.writing() as uow:
        pema = uow.workers.get("pema")
        assert pema is not None
        uow.workers.save(replace(pema, active=False))
    here.settle()
    assert here.notice_of("pema").reason is NoticeReason.INACTIVE


def test_commands_go_out_in_order_and_wait_for_a_broker(here: Community) -> None:
    here.publisher.is_there = False
    here.press()
    here.accept("pema")
    here.settle()
    assert here.publisher.published == []
    here.publisher.is_there = True
    here.settle()
    topics = {topic for topic, _ in here.publisher.published}
    states = [json.loads(payload)["state"] for _, payload in here.publisher.published]
    assert (topics, states) == ({"anxin/v1/btn-1/command"}, ["heard", "coming"])


def test_the_words_of_a_notice_are_in_the_language_of_its_person(here: Community) -> None:
    here.press()
    here.after(minutes=2)
    said = {address.rsplit("/", 1)[-1]: sending for address, sending in here.webhook.sent}
    assert said["lhamo"].message.language == "bo"
    assert "怎么办" in said["lhamo"].message.text


def test_a_send_is_handed_the_instant_of_its_attempt(here: Community) -> None:
    here.press()
    sending: Sending = here.webhook.sent[0][1]
    assert sending.at == here.now


@pytest.mark.parametrize("broken", ["next_channel", "concluded"])
def test_a_notice_that_breaks_delivery_holds_up_no_other_and_is_tried_again(
    here: Community, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    works: Callable[..., Any] = getattr(delivery, broken)

    def breaks_for_pema(notice: Notice, *more: Any, **named: Any) -> Any:
        if notice.worker_id == "pema":
            raise ZeroDivisionError
        return works(notice, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr(delivery, broken, breaks_for_pema)
        here.press()
        here.after(minutes=3)
        others = {notice.worker_id for notice in here.notices()} - {"pema"}
        assert others
        for who in others:
            assert here.notice_of(str(who)).state is NoticeState.SENT
        assert here.notice_of("pema").state is NoticeState.DUE
    here.after(minutes=2)
    assert here.notice_of("pema").state is NoticeState.SENT


def test_a_commit_that_is_reported_as_failed_delays_nobody(here: Community) -> None:
    here.finds()
    here.alerts.step()
    here.delivery._store = Forsaken(here.store)
    with pytest.raises(StoreUnavailable):
        here.delivery.step()
    assert here.told() == []
    here.delivery._store = here.store
    here.settle()
    assert here.told() == ["pema"]
    assert [each.result for each in here.attempts("pema")] == [
        AttemptResult.UNKNOWN,
        AttemptResult.DELIVERED,
    ]


class Forsaken:
    """A store whose commits succeed and are reported as failed, as where the connection breaks in between."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        with self._store.writing() as uow:
            yield uow
        raise StoreUnavailable("the connection broke at the commit")

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        return self._store.reading()
