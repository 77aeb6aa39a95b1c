"""The contract of what a reply is matched with: who was told of what runs, and lately."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.domain.alerts import AlertState
from services.domain.notices import NoticeKind, NoticeReason, NoticeState
from services.domain.ports import Store
from tests.contracts.cast import MINUTE, NIGHT, alert, change, notice


def test_the_newest_notice_of_each_running_alert_is_what_somebody_answers(store: Store) -> None:
    with store.writing() as unit:
        press = unit.alerts.add(alert("press"), [change("alt_press")])
        unit.alerts.add(alert("fall", kind="fall"), [change("alt_fall")])
        over = unit.alerts.add(alert("over", kind="smoke"), [change("alt_over")])
        unit.alerts.save(replace(over, state=AlertState.CLOSED, closed_at=NIGHT), [])
        unit.notices.add(
            [
                notice("first"),
                notice("fall", alert_id="alt_fall"),
                notice("again", kind=NoticeKind.JOINED, state=NoticeState.SENT),
                notice("over", alert_id="alt_over"),
                notice("not", state=NoticeState.NOT_SENT, reason=NoticeReason.DECLINED),
                notice("other", worker_id="wrk_tashi"),
                notice("family", worker_id=None, contact="女儿"),
            ]
        )
    with store.reading() as unit:
        assert [each.id for each in unit.notices.told_now("wrk_dolma")] == ["ntc_fall", "ntc_again"]
        assert [each.id for each in unit.notices.told_now("wrk_tashi")] == ["ntc_other"]
        assert unit.notices.told_now("wrk_nobody") == []
    with store.writing() as unit:
        unit.alerts.save(replace(press, state=AlertState.CLOSED, closed_at=NIGHT), [])
    with store.reading() as unit:
        assert [each.id for each in unit.notices.told_now("wrk_dolma")] == ["ntc_fall"]


def test_of_each_person_the_newest_call_is_known_and_what_says_that_one_is_held_back(store: Store) -> None:
    with store.writing() as unit:
        unit.alerts.add(alert("press"), [change("alt_press")])
        unit.alerts.add(alert("fall", kind="fall"), [change("alt_fall")])
        unit.notices.add(
            [
                notice("first", state=NoticeState.SENT),
                notice("night", state=NoticeState.NOT_SENT, reason=NoticeReason.QUIET_HOURS),
                notice("held", state=NoticeState.NOT_SENT, reason=NoticeReason.THROTTLED),
                notice("down", kind=NoticeKind.STAND_DOWN),
                notice("tashi", worker_id="wrk_tashi", kind=NoticeKind.JOINED),
                notice("last", worker_id=None),
                notice("family", worker_id=None, contact="女儿"),
                notice("fall", alert_id="alt_fall"),
                notice("other", alert_id="alt_other"),
            ]
        )
    with store.reading() as unit:
        found = [each.id for each in unit.notices.newest_calls(["alt_press", "alt_fall"])]
        assert found == ["ntc_night", "ntc_held", "ntc_tashi", "ntc_last", "ntc_family", "ntc_fall"]
        assert unit.notices.newest_calls([]) == []


def test_who_was_told_in_a_bundle_may_answer_each_of_its_matters(store: Store) -> None:
    with store.writing() as unit:
        unit.alerts.add(alert("press"), [change("alt_press")])
        unit.notices.add([notice("carried", state=NoticeState.NOT_SENT, reason=NoticeReason.BUNDLED)])
    with store.reading() as unit:
        assert [each.id for each in unit.notices.told_now("wrk_dolma")] == ["ntc_carried"]


def test_what_was_told_lately_comes_newest_first_and_not_beyond_its_time(store: Store) -> None:
    with store.writing() as unit:
        unit.notices.add(
            [
                notice("old", created_at=NIGHT - timedelta(days=8)),
                notice("edge", created_at=NIGHT - timedelta(days=7)),
                notice("not", state=NoticeState.NOT_SENT, reason=NoticeReason.AWAY),
                notice("path", kind=NoticeKind.TEST, reason=NoticeReason.PATH_CHECK, synthetic=True),
                notice("new", created_at=NIGHT),
                notice("other", worker_id="wrk_tashi"),
            ]
        )
    since = NIGHT - timedelta(days=7)
    with store.reading() as unit:
        assert [each.id for each in unit.notices.lately_to("wrk_dolma", since, 5)] == ["ntc_new", "ntc_edge"]
        assert [each.id for each in unit.notices.lately_to("wrk_dolma", since, 1)] == ["ntc_new"]


def test_contacts_who_were_told_lately_are_found_whatever_their_name(store: Store) -> None:
    with store.writing() as unit:
        unit.notices.add(
            [
                notice("daughter", worker_id=None, contact="女儿"),
                notice("worker"),
                notice("son", worker_id=None, contact="儿子", created_at=NIGHT + MINUTE),
                notice("before", worker_id=None, contact="女儿", created_at=NIGHT - MINUTE),
                notice("not", worker_id=None, contact="女儿", state=NoticeState.NOT_SENT),
                notice("own", worker_id=None, contact="loop-back", synthetic=True),
            ]
        )
    with store.reading() as unit:
        assert [each.id for each in unit.notices.contacts_told(NIGHT)] == ["ntc_daughter", "ntc_son"]
