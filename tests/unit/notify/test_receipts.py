"""Receipts: what a carrier says afterwards counts once, moves what never arrived on, and stops nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.domain.alerts import ChangeReason
from services.domain.notices import NoticeKind, NoticeReason, NoticeState, ReceiptResult
from services.domain.people import ChannelKind
from services.domain.receipts import Brought, Fate, NoReceipts, NotTheCarrier, Taken, Unreadable
from services.notify.attempts import LONGEST_WAIT
from services.notify.channels import sms_aliyun, sms_tencent, webhook
from services.notify.channels.http_gateway import Receiving, Sign
from services.notify.channels.receiving import Carrier
from services.notify.receipts import Receipts, token_for
from tests.unit.escalation.cast import ROUTINE
from tests.unit.notify.community import BROKEN, POSTMAN, UNCONFIRMED, Community

KEY = "the key of the house"
SENT = replace(UNCONFIRMED, reference="msg-1")
SECOND = timedelta(seconds=1)
GATEWAY = Receiving("data.id", "data.at", Sign("state=DELIVRD|0"), Sign("state=UNDELIV|EXPIRED"))
CARRIERS = {
    ChannelKind.WEBHOOK: Carrier(webhook.reads, signs=True),
    ChannelKind.EMAIL: Carrier(GATEWAY.reads, "SUCCESS"),  # this community has a gateway where mail is
    ChannelKind.SMS_ALIYUN: Carrier(sms_aliyun.reads, sms_aliyun.ACKNOWLEDGED, asks_again=True),
}


def brings(
    here: Community,
    *said: Mapping[str, object],
    channel: ChannelKind = ChannelKind.WEBHOOK,
    **how: Any,
) -> Taken:
    door = Receipts(here.store, here.clock, CARRIERS, KEY)
    body = json.dumps(list(said)).encode()
    taken = door(Brought(channel, body, **{"token": token_for(KEY, channel), **how}))
    here.settle()
    return taken


def about(here: Community, who: str, result: str, **more: object) -> dict[str, object]:
    return {"notice_id": here.notice_of(who).id, "result": result, **more}


def fates(taken: Taken) -> Sequence[Fate]:
    return [fate for _, fate in taken.fates]


def test_what_arrived_is_written_to_its_attempt_with_the_instant_that_the_carrier_names(
    here: Community,
) -> None:
    here.answers("pema", UNCONFIRMED)
    here.press()
    here.after(seconds=9)
    at = here.now - 5 * SECOND
    assert fates(brings(here, about(here, "pema", "delivered", at=at.isoformat()))) == [Fate.STORED]
    [attempt] = here.attempts("pema")
    assert (attempt.receipt, attempt.receipt_at) == (ReceiptResult.DELIVERED, at)
    notice = here.notice_of("pema")
    assert (notice.state, notice.reason) == (NoticeState.SENT, NoticeReason.RECEIPT)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_carrier_whose_clock_is_wrong_is_believed_but_for_the_time(here: Community, hours: int) -> None:
    here.press()
    brings(here, about(here, "pema", "delivered", at=(here.now + timedelta(hours=hours)).isoformat()))
    assert here.attempts("pema")[0].receipt_at == here.now


def test_no_receipt_stops_an_escalation(here: Community) -> None:
    here.answers("pema", UNCONFIRMED)
    here.press()
    brings(here, about(here, "pema", "delivered"))
    here.told()
    here.after(minutes=2)
    assert here.told() == ["tashi", "lhamo"]


def test_what_never_arrived_and_was_all_there_is_brings_the_next_step_at_once(here: Community) -> None:
    here.answers("pema", UNCONFIRMED)
    here.press()
    assert here.told() == ["pema"]
    here.after(seconds=20)
    assert fates(brings(here, about(here, "pema", "failed", detail="MK:0013"))) == [Fate.STORED]
    assert here.told() == ["tashi", "lhamo"]
    notice = here.notice_of("pema")
    assert (notice.state, notice.reason) == (NoticeState.FAILED, NoticeReason.EVERY_CHANNEL_FAILED)
    assert here.attempts("pema")[0].receipt_detail == "MK:0013"
    with here.store.reading() as uow:
        assert ChangeReason.STEP_FAILED in [each.reason for each in uow.alerts.changes(here.alert().id)]


def test_what_never_arrived_goes_over_the_next_channel_at_once(here: Community) -> None:
    here.gets_mail_too("pema")
    here.press(**ROUTINE)
    assert (here.told(), here.told("email")) == (["pema"], [])
    brings(here, about(here, "pema", "failed"))
    assert (here.told(), here.told("email")) == ([], [POSTMAN.address])
    assert here.notice_of("pema").state is NoticeState.SENT


def test_where_another_channel_took_it_nothing_is_sent_anew(here: Community) -> None:
    here.gets_mail_too("pema")
    here.email.answers[POSTMAN.address] = UNCONFIRMED
    here.answers("pema", UNCONFIRMED)
    here.press()
    here.told(), here.told("email")
    brings(here, about(here, "pema", "failed"))
    assert (here.told(), here.told("email")) == ([], [])
    assert here.notice_of("pema").reason is NoticeReason.UNCONFIRMED


def test_when_somebody_has_it_already_what_never_arrived_is_only_written_down(here: Community) -> None:
    here.gets_mail_too("pema")
    here.press(**ROUTINE)
    here.accept("tashi")
    here.settle()
    here.told(), here.told("email")
    called = next(each for each in here.notices() if each.worker_id == "pema")
    brings(here, {"notice_id": called.id, "result": "failed"})
    assert (here.told(), here.told("email")) == ([], [])
    with here.store.reading() as uow:
        kept = uow.notices.get(called.id)
        assert kept is not None
        assert kept.state is NoticeState.SENT
        assert uow.notices.attempts([called.id])[0].receipt is ReceiptResult.FAILED


def test_who_was_called_anew_since_is_not_told_the_old_call_again(here: Community) -> None:
    here.gets_mail_too("desk")
    here.press(**ROUTINE)
    here.after(hours=26)  # two days of the duty desk
    here.told(), here.told("email")
    old = next(each for each in here.notices() if each.worker_id == "desk")
    brings(here, {"notice_id": old.id, "result": "failed"})
    assert (here.told(), here.told("email")) == ([], [])


def test_brought_twice_it_counts_once(here: Community) -> None:
    here.answers("pema", UNCONFIRMED)
    here.press()
    said = about(here, "pema", "failed")
    assert fates(brings(here, said, said)) == [Fate.STORED, Fate.DUPLICATE]
    here.told()
    assert fates(brings(here, said)) == [Fate.DUPLICATE]
    assert here.told() == []


def test_a_delivery_that_is_reported_after_a_failure_counts_and_no_failure_after_it(here: Community) -> None:
    here.answers("pema", UNCONFIRMED)
    here.press()
    failed, delivered = about(here, "pema", "failed"), about(here, "pema", "delivered")
    assert fates(brings(here, failed)) == [Fate.STORED]
    assert fates(brings(here, delivered)) == [Fate.STORED]
    assert fates(brings(here, failed)) == [Fate.DUPLICATE]
    assert here.notice_of("pema").reason is NoticeReason.RECEIPT


def test_what_arrived_after_all_is_not_tried_again(here: Community) -> None:
    here.answers("pema", BROKEN)
    here.press()
    brings(here, about(here, "pema", "delivered"))
    here.told()
    here.webhook.answers.clear()
    here.after(seconds=30)
    assert "pema" not in here.told()


def test_days_later_it_is_written_down_and_moves_nobody(here: Community) -> None:
    here.press(**ROUTINE)
    called = here.notice_of("pema")
    here.accept("pema")
    here.settle()
    here.after(hours=70)
    here.told()
    assert fates(brings(here, {"notice_id": called.id, "result": "failed"})) == [Fate.STORED]
    assert "pema" not in here.told()


@pytest.mark.parametrize(
    ("after", "by_mail"), [(LONGEST_WAIT, [POSTMAN.address]), (LONGEST_WAIT + SECOND, [])]
)
def test_that_somebody_is_not_needed_any_more_is_told_in_time_or_never(
    here: Community, after: timedelta, by_mail: Sequence[str]
) -> None:
    here.gets_mail_too("pema")
    here.press(**ROUTINE)
    here.accept("desk")
    here.settle()
    assert here.notice_of("pema").kind is NoticeKind.STAND_DOWN
    here.told(), here.told("email")
    here.after(seconds=after.total_seconds())
    brings(here, about(here, "pema", "failed"))
    assert here.told("email") == by_mail


def test_one_that_nobody_knows_is_said_to_be_unknown(here: Community) -> None:
    here.press()
    assert fates(brings(here, {"notice_id": "ntc_nobody", "result": "failed"})) == [Fate.UNKNOWN]


def test_of_one_channel_nothing_is_taken_for_another(here: Community) -> None:
    here.press()
    said = {"state": "DELIVRD", "data": {"id": here.notice_of("pema").id}}
    assert fates(brings(here, said, channel=ChannelKind.EMAIL)) == [Fate.UNKNOWN]


def test_a_message_is_found_by_what_its_carrier_calls_it(here: Community) -> None:
    here.gets_mail_too("pema")
    here.email.answers[POSTMAN.address] = SENT
    here.press()
    taken = brings(here, {"state": "EXPIRED", "data": {"id": "msg-1"}}, channel=ChannelKind.EMAIL)
    assert (fates(taken), taken.answer) == ([Fate.STORED], b"SUCCESS")
    assert [each.receipt for each in here.attempts("pema")] == [None, ReceiptResult.FAILED]


def test_what_tells_of_something_on_the_way_says_nothing(here: Community) -> None:
    assert brings(here, {"state": "QUEUED", "data": {"id": "msg-1"}}, channel=ChannelKind.EMAIL).fates == []


def test_nobody_but_the_carrier_of_a_channel_is_let_in(here: Community) -> None:
    for token in ("", "guess", token_for(KEY, ChannelKind.EMAIL), token_for("another", ChannelKind.WEBHOOK)):
        with pytest.raises(NotTheCarrier):
            brings(here, {"notice_id": "x", "result": "failed"}, token=token)
    with pytest.raises(NoReceipts):
        brings(here, {}, channel=ChannelKind.NTFY)


@pytest.mark.parametrize(("age", "is_let_in"), [(5 * 60, True), (5 * 60 + 1, False), (-5 * 60 - 1, False)])
def test_an_own_system_may_sign_what_it_brings_for_five_minutes(
    here: Community, age: int, *, is_let_in: bool
) -> None:
    here.press()
    body = json.dumps(about(here, "pema", "delivered")).encode()
    signed = webhook.signature(KEY.encode(), body, here.now - age * SECOND)
    door = Receipts(here.store, here.clock, CARRIERS, KEY)
    brought = Brought(ChannelKind.WEBHOOK, body, {"x-anxin-signature": signed})
    if is_let_in:
        assert fates(door(brought)) == [Fate.STORED]
        return
    with pytest.raises(NotTheCarrier):
        door(brought)


@pytest.mark.parametrize(
    ("channel", "body"),
    [
        (ChannelKind.WEBHOOK, b"nothing"),
        (ChannelKind.WEBHOOK, b"[]"),
        (ChannelKind.WEBHOOK, b"[1]"),
        (ChannelKind.WEBHOOK, b'{"result": "delivered"}'),
        (ChannelKind.WEBHOOK, b'{"notice_id": "x", "result": "perhaps"}'),
        (ChannelKind.SMS_ALIYUN, b'[{"biz_id": "1"}]'),
        (ChannelKind.EMAIL, b'{"state": "DELIVRD"}'),
        (ChannelKind.WEBHOOK, b"[" * 10000),
    ],
)
def test_what_is_no_receipt_is_refused_whole_and_in_words(
    here: Community, channel: ChannelKind, body: bytes
) -> None:
    door = Receipts(here.store, here.clock, CARRIERS, KEY)
    with pytest.raises(Unreadable, match="expected"):
        door(Brought(channel, body, token=token_for(KEY, channel)))


def test_aliyun_is_read_as_its_page_prints_it_and_hears_success_even_of_what_nobody_knows(
    here: Community,
) -> None:
    said = {
        "phone_number": "1381111****",
        "send_time": "2025-07-23 14:00:00",
        "report_time": "2025-07-23 14:00:05",
        "success": False,
        "err_code": "MK:0013",
        "err_msg": "用户停机",
        "sms_size": "1",
        "biz_id": "932702304080415357^0",
        "out_id": "ntc_1",
    }
    [receipt] = sms_aliyun.reads(json.dumps([said]).encode(), "application/json")
    assert (receipt.result, receipt.reference) == (ReceiptResult.FAILED, "932702304080415357^0")
    assert (receipt.notice_id, receipt.detail) == ("ntc_1", "MK:0013 用户停机")
    assert receipt.at == here.now + 5 * SECOND
    taken = brings(here, said, channel=ChannelKind.SMS_ALIYUN)
    assert (fates(taken), taken.answer) == ([Fate.UNKNOWN], sms_aliyun.ACKNOWLEDGED.encode())


def test_tencent_is_read_as_its_page_prints_it() -> None:
    said = {
        "user_receive_time": "2025-07-23 02:13:05",
        "nationcode": "86",
        "mobile": "138xxxxxxxx",
        "report_status": "SUCCESS",
        "errmsg": "DELIVRD",
        "description": "用户短信送达成功",
        "sid": "2640:2553101117229300",
    }
    failed = {**said, "report_status": "FAIL", "errmsg": "0013", "description": "用户停机"}
    [first, second] = sms_tencent.reads(json.dumps([said, failed]).encode(), "application/json")
    assert (first.result, first.reference) == (ReceiptResult.DELIVERED, "2640:2553101117229300")
    assert (first.at is not None, first.detail) == (True, None)
    assert (second.result, second.at, second.detail) == (ReceiptResult.FAILED, None, "0013 用户停机")


def test_a_gateway_may_bring_a_form() -> None:
    form = b"id=ntc_7&state=0"
    [receipt] = Receiving(received=Sign("state=0")).reads(
        form, "application/x-www-form-urlencoded; charset=utf-8"
    )
    assert (receipt.result, receipt.reference, receipt.notice_id) == (
        ReceiptResult.DELIVERED,
        "ntc_7",
        "ntc_7",
    )
