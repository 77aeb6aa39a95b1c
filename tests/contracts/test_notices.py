"""The contract of the outbox."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.findings import Severity
from services.domain.notices import (
    AttemptResult,
    DeviceCommand,
    Notice,
    NoticeKind,
    NoticeReason,
    NoticeState,
    ReassureState,
    ReceiptResult,
)
from services.domain.people import Channel, ChannelKind, Language
from services.domain.ports import Store
from tests.contracts.cast import MINUTE, NIGHT, attempt, notice

LEASE = timedelta(seconds=30)
AN_INSTANT = timedelta(microseconds=1)


def outbox(store: Store, *notices: Notice) -> list[Notice]:
    with store.writing() as unit:
        return unit.notices.add(notices)


def test_a_notice_comes_back_as_it_was_given(store: Store) -> None:
    given = notice(
        "full",
        kind=NoticeKind.STAND_DOWN,
        reason=NoticeReason.STAND_DOWN,
        language=Language.BO,
        worker_id=None,
        contact="女儿",
        channels=(Channel(ChannelKind.EMAIL, "a@example.org"), Channel(ChannelKind.WEBHOOK, "http://x")),
        run=2,
        step=1,
        round=3,
        text={"accepted_by_name": "卓玛"},
        synthetic=True,
    )
    [kept] = outbox(store, given)
    assert kept == replace(given, number=1)
    with store.reading() as unit:
        assert unit.notices.get(given.id) == kept
        assert unit.notices.get("ntc_nobody") is None
        assert unit.notices.of_alert("alt_press") == [kept]


def test_a_step_met_twice_tells_nobody_twice(store: Store) -> None:
    outbox(store, notice("a"))
    assert [(kept.id, kept.number) for kept in outbox(store, notice("a"), notice("b"), notice("b"))] == [
        ("ntc_b", 2)
    ]


def test_a_lease_is_won_by_exactly_one_of_many(store: Store, another_process: Store) -> None:
    outbox(store, *[notice(str(number)) for number in range(40)])

    def win(worker: int) -> list[str]:
        through = (store, another_process)[worker % 2]
        won: list[str] = []
        for _ in range(10):
            with through.writing() as unit:
                won += [kept.id for kept in unit.notices.lease(NIGHT, LEASE, 3)]
        return won

    with ThreadPoolExecutor(8) as threads:
        won = [notice_id for wins in threads.map(win, range(8)) for notice_id in wins]
    assert len(won) == 40
    assert len(set(won)) == 40


def test_a_lease_that_ran_out_can_be_won_again(store: Store) -> None:
    outbox(store, notice("a"))
    with store.writing() as unit:
        [won] = unit.notices.lease(NIGHT, LEASE, 9)
        assert won.next_attempt_at == NIGHT + LEASE
        assert unit.notices.get("ntc_a") == won
        assert unit.notices.lease(NIGHT + LEASE - AN_INSTANT, LEASE, 9) == []
        assert [kept.id for kept in unit.notices.lease(NIGHT + LEASE, LEASE, 9)] == ["ntc_a"]


def test_a_lease_that_is_rolled_back_was_never_won(store: Store) -> None:
    outbox(store, notice("a"))
    with store.reading() as unit:
        assert len(unit.notices.lease(NIGHT, LEASE, 9)) == 1
    with store.writing() as unit:
        assert len(unit.notices.lease(NIGHT, LEASE, 9)) == 1


def test_under_way_is_what_is_due_and_has_a_try_without_an_end(store: Store) -> None:
    outbox(
        store,
        notice("waits"),
        notice("hangs"),
        notice("tried"),
        notice("sent", state=NoticeState.SENT),
    )
    with store.writing() as unit:
        for name in ("hangs", "tried", "sent"):
            unit.notices.start(attempt(name, f"ntc_{name}"))
        unit.notices.finish(
            replace(attempt("tried", "ntc_tried"), ended_at=NIGHT, result=AttemptResult.REFUSED)
        )
        assert [kept.id for kept in unit.notices.under_way()] == ["ntc_hangs"]


def test_high_ones_are_leased_first_then_the_longest_due(store: Store) -> None:
    outbox(
        store,
        notice("low", severity=Severity.LOW, next_attempt_at=NIGHT - 9 * MINUTE),
        notice("high", next_attempt_at=NIGHT),
        notice("medium", severity=Severity.MEDIUM),
        notice("high and long due", next_attempt_at=NIGHT - MINUTE),
        notice("not yet", next_attempt_at=NIGHT + MINUTE),
        notice("not told", state=NoticeState.NOT_SENT, reason=NoticeReason.AWAY),
    )
    with store.writing() as unit:
        first = [kept.id for kept in unit.notices.lease(NIGHT, LEASE, 1)]
        rest = [kept.id for kept in unit.notices.lease(NIGHT, LEASE, 9)]
    assert first == ["ntc_high and long due"]
    assert rest == ["ntc_high", "ntc_medium", "ntc_low"]


def test_the_nearest_deadline_is_that_of_a_due_notice(store: Store) -> None:
    with store.reading() as unit:
        assert unit.notices.next_due_at() is None
    outbox(
        store,
        notice("sent", state=NoticeState.SENT, next_attempt_at=NIGHT - MINUTE),
        notice("due", next_attempt_at=NIGHT + MINUTE),
    )
    with store.reading() as unit:
        assert unit.notices.next_due_at() == NIGHT + MINUTE


def test_saving_a_notice_moves_it_on_its_way_and_changes_nothing_else(store: Store) -> None:
    [kept] = outbox(store, notice("a"))
    sent = replace(
        kept, state=NoticeState.SENT, reason=NoticeReason.UNCONFIRMED, next_attempt_at=None, sent_at=NIGHT
    )
    with store.writing() as unit:
        unit.notices.save(replace(sent, recipient_name="somebody else"))
        assert unit.notices.get(kept.id) == sent
        assert unit.notices.lease(NIGHT, LEASE, 9) == []


def test_an_attempt_is_there_before_its_end_is(store: Store) -> None:
    with store.writing() as unit:
        begun = unit.notices.start(attempt("a", "ntc_a"))
        assert begun.number == 1
        assert unit.notices.attempts(["ntc_a"]) == [begun]
        ended = replace(
            begun, ended_at=NIGHT + MINUTE, result=AttemptResult.REFUSED, status="500", detail="拒绝"
        )
        unit.notices.finish(ended)
        unit.notices.start(attempt("b", "ntc_b"))
    with store.reading() as unit:
        assert unit.notices.attempts(["ntc_a"]) == [ended]
        assert [kept.id for kept in unit.notices.attempts(["ntc_b", "ntc_a"])] == ["att_a", "att_b"]
        assert unit.notices.attempts([]) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["a", "b", "c"]),
        ({"alert_id": "alt_fall"}, ["b"]),
        ({"worker_id": "wrk_dolma"}, ["a", "c"]),
        ({"state": "not_sent"}, ["c"]),
        ({"kind": "joined"}, ["b"]),
        ({"severity": "low"}, ["c"]),
        ({"since": NIGHT + MINUTE}, ["b", "c"]),
        ({"until": NIGHT + MINUTE}, ["a"]),
        ({"synthetic": True}, ["c"]),
    ],
)
def test_lists_of_notices_can_be_narrowed(store: Store, filters: dict[str, object], found: list[str]) -> None:
    outbox(
        store,
        notice("a"),
        notice(
            "b", alert_id="alt_fall", worker_id="wrk_x", kind=NoticeKind.JOINED, created_at=NIGHT + MINUTE
        ),
        notice(
            "c",
            state=NoticeState.NOT_SENT,
            severity=Severity.LOW,
            created_at=NIGHT + 2 * MINUTE,
            synthetic=True,
        ),
    )
    with store.reading() as unit:
        page = unit.notices.page(filters, 0, 9)
        assert [kept.id.removeprefix("ntc_") for kept in page.items] == found
        with pytest.raises(ValueError, match="no filter contact"):
            unit.notices.page({"contact": "x"}, 0, 9)


def test_the_end_of_an_attempt_is_written_once(store: Store) -> None:
    with store.writing() as unit:
        unit.notices.add([notice("a")])
        begun = unit.notices.start(attempt("a", "ntc_a"))
        assert unit.notices.finish(replace(begun, ended_at=NIGHT, result=AttemptResult.UNKNOWN))
        assert not unit.notices.finish(replace(begun, ended_at=NIGHT, result=AttemptResult.DELIVERED))
        assert not unit.notices.finish(attempt("nobody", "ntc_a", result=AttemptResult.DELIVERED))
    with store.reading() as unit:
        assert [each.result for each in unit.notices.attempts(["ntc_a"])] == [AttemptResult.UNKNOWN]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["a", "b"]),
        ({"notice_id": "ntc_b"}, ["b"]),
        ({"alert_id": "alt_press"}, ["a"]),
        ({"channel": "email"}, ["b"]),
        ({"result": AttemptResult.DELIVERED}, ["b"]),
        ({"since": NIGHT + MINUTE}, ["b"]),
        ({"until": NIGHT + MINUTE}, ["a"]),
    ],
)
def test_lists_of_attempts_can_be_narrowed(
    store: Store, filters: dict[str, object], found: list[str]
) -> None:
    outbox(store, notice("a"), notice("b", alert_id="alt_fall"))
    with store.writing() as unit:
        unit.notices.start(attempt("a", "ntc_a"))
        unit.notices.start(
            attempt(
                "b",
                "ntc_b",
                channel=ChannelKind.EMAIL,
                result=AttemptResult.DELIVERED,
                started_at=NIGHT + MINUTE,
            )
        )
        page = unit.notices.attempts_page(filters, 0, 9)
        assert [kept.id.removeprefix("att_") for kept in page.items] == found
        with pytest.raises(ValueError, match="no filter address"):
            unit.notices.attempts_page({"address": "x"}, 0, 9)


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_a_channel_of_any_kind_is_kept_and_found(store: Store, kind: ChannelKind) -> None:
    outbox(store, notice("a", channels=(Channel(kind, "an address"),)))
    with store.writing() as unit:
        kept = unit.notices.start(attempt("a", "ntc_a", channel=kind, address="an address"))
    with store.reading() as unit:
        found = unit.notices.get("ntc_a")
        assert found is not None
        assert found.channels == (Channel(kind, "an address"),)
        assert unit.notices.attempts_page({"channel": kind.value}, 0, 9).items == (kept,)


def test_a_receipt_is_written_once_and_a_delivery_after_a_failure_counts(store: Store) -> None:
    outbox(store, notice("a"))
    with store.writing() as unit:
        begun = unit.notices.start(attempt("a", "ntc_a"))
        failed = replace(
            begun, receipt=ReceiptResult.FAILED, receipt_at=NIGHT, receipt_detail="MK:0013 用户停机"
        )
        delivered = replace(begun, receipt=ReceiptResult.DELIVERED, receipt_at=NIGHT + MINUTE)
        assert not unit.notices.receive(begun)
        assert unit.notices.receive(failed)
        assert unit.notices.attempts(["ntc_a"]) == [failed]
        assert not unit.notices.receive(failed)
        assert unit.notices.receive(delivered)
        assert not unit.notices.receive(delivered)
        assert not unit.notices.receive(failed)
        assert unit.notices.attempts(["ntc_a"]) == [delivered]
        assert not unit.notices.receive(replace(delivered, id="att_nobody"))


def test_the_end_of_an_attempt_leaves_its_receipt_and_bears_what_its_carrier_calls_it(store: Store) -> None:
    outbox(store, notice("a"))
    with store.writing() as unit:
        begun = unit.notices.start(attempt("a", "ntc_a", channel=ChannelKind.SMS_ALIYUN))
        unit.notices.receive(replace(begun, receipt=ReceiptResult.DELIVERED, receipt_at=NIGHT))
        ended = replace(
            begun, ended_at=NIGHT, result=AttemptResult.TIMED_OUT, again_at=NIGHT + MINUTE, reference="7^0"
        )
        assert unit.notices.finish(ended)
    with store.reading() as unit:
        kept = replace(ended, receipt=ReceiptResult.DELIVERED, receipt_at=NIGHT)
        assert unit.notices.referred_to(ChannelKind.SMS_ALIYUN, "7^0") == [kept]
        assert unit.notices.referred_to(ChannelKind.SMS_TENCENT, "7^0") == []
        assert unit.notices.referred_to(ChannelKind.SMS_ALIYUN, "8^0") == []


def test_what_was_begun_lately_is_counted_for_a_worker_and_for_an_address_and_what_was_refused_is_not(
    store: Store,
) -> None:
    outbox(store, notice("a"))
    with store.writing() as unit:
        for number, result in enumerate([None, AttemptResult.DELIVERED, AttemptResult.REFUSED, None]):
            begun = attempt(
                str(number), "ntc_a", result=result, started_at=NIGHT + number * MINUTE, worker_id="wrk_a"
            )
            unit.notices.start(begun)
        unit.notices.start(attempt("other", "ntc_a", worker_id="wrk_b", address="elsewhere"))
        to = Channel(begun.channel, begun.address)
        newest = [NIGHT + 3 * MINUTE, NIGHT + MINUTE, NIGHT]
        for whom in ("wrk_a", to):
            assert unit.notices.begun_to(whom, NIGHT - AN_INSTANT, 9) == newest
            assert unit.notices.begun_to(whom, NIGHT, 9) == newest[:2]
            assert unit.notices.begun_to(whom, NIGHT - AN_INSTANT, 1) == newest[:1]
        assert unit.notices.begun_to(replace(to, kind=ChannelKind.VOICE), NIGHT - MINUTE, 9) == []


def command(name: str) -> DeviceCommand:
    return DeviceCommand(f"cmd_{name}", "dev_button", "button-7", ReassureState.HEARD, NIGHT, "alt_press")


def test_commands_wait_until_they_are_published(store: Store) -> None:
    with store.writing() as unit:
        unit.notices.add_commands([command("a"), command("b")])
        unit.notices.add_commands([command("b"), command("c")])
        unit.notices.add_commands([])
        unit.notices.command_published("cmd_a", NIGHT)
    with store.reading() as unit:
        assert unit.notices.commands_due(9) == [
            replace(command("b"), number=2),
            replace(command("c"), number=3),
        ]
        assert len(unit.notices.commands_due(1)) == 1


def test_of_many_alerts_those_are_known_of_which_a_worker_was_told(store: Store) -> None:
    outbox(
        store,
        notice("one", alert_id="alt_one", worker_id="wrk_a"),
        notice("again", alert_id="alt_one", worker_id="wrk_a"),
        notice("two", alert_id="alt_two", worker_id="wrk_b"),
        notice("three", alert_id="alt_three", worker_id="wrk_a"),
    )
    with store.reading() as unit:
        assert unit.notices.told_of("wrk_a", ["alt_one", "alt_two"]) == {"alt_one"}
        assert unit.notices.told_of("wrk_a", []) == set()
