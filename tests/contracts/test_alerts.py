"""The contract of alerts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.alerts import (
    Alert,
    AlertChange,
    AlertState,
    ChangeReason,
    Deadline,
    DeadlineKind,
    Outcome,
    RunningTest,
)
from services.domain.findings import FindingState, Severity
from services.domain.ports import Conflict, Store
from tests.contracts.cast import MINUTE, NIGHT, alert, change, fact


def opened(store: Store, *alerts: Alert) -> list[Alert]:
    with store.writing() as unit:
        return [unit.alerts.add(given, [change(given.id)]) for given in alerts]


def closed(given: Alert) -> Alert:
    return replace(given, state=AlertState.CLOSED, closed_at=NIGHT, outcome=Outcome.HELPED)


def step_due(in_: timedelta) -> tuple[Deadline, ...]:
    return (Deadline(DeadlineKind.RECHECK, NIGHT + in_ + MINUTE), Deadline(DeadlineKind.STEP, NIGHT + in_))


def test_an_alert_comes_back_as_it_was_given(store: Store) -> None:
    given = alert(
        "full",
        state=AlertState.ARRIVED,
        device_id="dev_button",
        home_id="hom_lhamo",
        accepted_at=NIGHT + MINUTE,
        accepted_by="wrk_dolma",
        arrived_at=NIGHT + 2 * MINUTE,
        note="在路上",
        run=2,
        run_started_at=NIGHT + MINUTE,
        step=3,
        round=1,
        deadlines=step_due(5 * MINUTE),
        owner_ids=("wrk_dolma", "wrk_desk"),
        handover_to="wrk_tsering",
        declined_by=("wrk_nyima",),
        test=RunningTest("wrk_tek", "emergency", {"zh-CN": "呼叫器求助", "en": "Call"}),
        facts=(
            fact("fnd_z", is_alarm=True, device_id="dev_button"),
            fact("fnd_a", state=FindingState.ENDED, joined_at=NIGHT + MINUTE),
        ),
        synthetic=True,
    )
    [kept] = opened(store, given)
    assert kept == replace(given, number=1, version=1)
    with store.reading() as unit:
        assert unit.alerts.get(given.id) == kept
        assert unit.alerts.get("alt_nobody") is None


def test_one_alert_of_a_kind_runs_for_a_subject(store: Store) -> None:
    [running] = opened(store, alert("a"))
    opened(store, alert("other kind", kind="fall"), alert("other subject", subject="resident:res_tashi"))
    with store.writing() as unit:
        with pytest.raises(Conflict):
            unit.alerts.add(alert("b"), [change("alt_b")])
        assert unit.alerts.running("call-button", "resident:res_lhamo") == running
        assert unit.alerts.get("alt_b") is None
    with store.writing() as unit:
        unit.alerts.save(closed(running), [])
        assert unit.alerts.running("call-button", "resident:res_lhamo") is None
        unit.alerts.add(alert("b"), [])


def test_a_refused_alert_leaves_the_transaction_whole(store: Store) -> None:
    opened(store, alert("a"))
    with store.writing() as unit:
        with pytest.raises(Conflict):
            unit.alerts.add(alert("b"), [])
        unit.cursors.set("notify", 4)
    with store.reading() as unit:
        assert unit.cursors.get("notify") == 4


def test_a_save_over_somebody_elses_is_refused(store: Store, another_process: Store) -> None:
    [read] = opened(store, alert("a"))
    with another_process.writing() as unit:
        unit.alerts.save(replace(read, note="theirs"), [])
    with store.writing() as unit, pytest.raises(Conflict):
        unit.alerts.save(replace(read, note="ours"), [change(read.id)])
    with store.reading() as unit:
        kept = unit.alerts.get(read.id)
        assert kept is not None
        assert (kept.note, kept.version) == ("theirs", 2)
        assert len(unit.alerts.changes(read.id)) == 1


def test_of_many_who_accept_at_once_one_wins(store: Store) -> None:
    [read] = opened(store, alert("a"))

    def accept(worker: int) -> bool:
        try:
            with store.writing() as unit:
                unit.alerts.save(replace(read, accepted_by=f"wrk_{worker}"), [])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(accept, range(24))) == 1


def test_facts_join_and_change_their_state(store: Store) -> None:
    [kept] = opened(store, alert("a", facts=(fact("fnd_1"),)))
    moved = replace(
        kept, facts=(fact("fnd_1", state=FindingState.ENDED), fact("fnd_2", device_id="dev_button"))
    )
    with store.writing() as unit:
        saved = unit.alerts.save(moved, [])
    with store.reading() as unit:
        assert unit.alerts.get(kept.id) == saved == replace(moved, version=2)
        assert unit.alerts.with_fact("fnd_2") == saved
        assert unit.alerts.with_fact("fnd_nobody") is None
        assert unit.alerts.running_with_device("dev_button") == [saved]
        assert unit.alerts.running_with_device("dev_other") == []


def test_running_alerts_are_found_by_resident(store: Store) -> None:
    of_lhamo = opened(store, alert("a"), alert("b", kind="fall"))
    [of_tashi] = opened(store, alert("c", subject="resident:res_tashi", resident_id="res_tashi"))
    with store.writing() as unit:
        unit.alerts.save(closed(of_tashi), [])
    with store.reading() as unit:
        assert unit.alerts.running_for(["res_lhamo", "res_tashi"]) == {"res_lhamo": of_lhamo}
        assert unit.alerts.running_for([]) == {}


def test_what_is_due_comes_by_its_nearest_deadline(store: Store) -> None:
    late, soon, same, done, _ = opened(
        store,
        alert("late", kind="a", deadlines=step_due(2 * MINUTE)),
        alert("soon", kind="b", deadlines=step_due(MINUTE)),
        alert("same", kind="c", deadlines=step_due(MINUTE)),
        alert("done", kind="d", deadlines=step_due(MINUTE)),
        alert("never", kind="e"),
    )
    with store.writing() as unit:
        unit.alerts.save(closed(done), [])
    with store.reading() as unit:
        assert unit.alerts.due(NIGHT + 2 * MINUTE, 9) == [soon, same, late]
        assert unit.alerts.due(NIGHT + 2 * MINUTE, 1) == [soon]
        assert unit.alerts.due(NIGHT + MINUTE - timedelta(microseconds=1), 9) == []
        assert unit.alerts.next_due_at() == NIGHT + MINUTE


def test_without_a_running_alert_nothing_is_due(store: Store) -> None:
    [kept] = opened(store, alert("a", deadlines=step_due(MINUTE)))
    with store.writing() as unit:
        unit.alerts.save(closed(kept), [])
        assert unit.alerts.next_due_at() is None


def test_moves_are_numbered_over_all_alerts(store: Store) -> None:
    with store.reading() as unit:
        assert unit.alerts.last_change() == 0
    a, _ = opened(store, alert("a"), alert("b", kind="fall"))
    told = AlertChange(
        a.id,
        NIGHT + MINUTE,
        "wrk_desk",
        AlertState.OPEN,
        AlertState.ACCEPTED,
        ChangeReason.ACCEPTED,
        "wrk_dolma",
        {"via": "电话", "step": 1},
    )
    with store.writing() as unit:
        unit.alerts.save(a, [told])
    with store.reading() as unit:
        assert unit.alerts.changes(a.id) == [change(a.id, number=1), replace(told, number=3)]
        assert [(move.number, move.alert_id) for move in unit.alerts.changes_after(1, 9)] == [
            (2, "alt_b"),
            (3, "alt_a"),
        ]
        assert len(unit.alerts.changes_after(0, 2)) == 2
        assert unit.alerts.last_change() == 3


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["a", "b", "c"]),
        ({"resident_id": "res_tashi"}, ["b"]),
        ({"device_id": "dev_button"}, ["b"]),
        ({"kind": "fall"}, ["c"]),
        ({"state": "open"}, ["a", "b"]),
        ({"state": AlertState.CLOSED}, ["c"]),
        ({"state": "running"}, ["a", "b"]),
        ({"running": False}, ["c"]),
        ({"severity": "low"}, ["a"]),
        ({"since": NIGHT + MINUTE}, ["b", "c"]),
        ({"until": NIGHT + MINUTE}, ["a"]),
        ({"synthetic": True}, ["c"]),
    ],
)
def test_lists_can_be_narrowed(store: Store, filters: dict[str, object], found: list[str]) -> None:
    _, _, last = opened(
        store,
        alert("a", severity=Severity.LOW, facts=(fact("fnd_1"),)),
        alert("b", subject="x", resident_id="res_tashi", device_id="dev_button", opened_at=NIGHT + MINUTE),
        alert("c", kind="fall", synthetic=True, opened_at=NIGHT + 2 * MINUTE),
    )
    with store.writing() as unit:
        unit.alerts.save(closed(last), [])
        page = unit.alerts.page(filters, 0, 9)
        assert [kept.id.removeprefix("alt_") for kept in page.items] == found
        with pytest.raises(ValueError, match="no filter subject"):
            unit.alerts.page({"subject": "x"}, 0, 9)


def test_a_page_holds_whole_alerts_and_the_next_cursor(store: Store) -> None:
    kept = opened(store, *[alert(name, kind=name, facts=(fact(f"fnd_{name}"),)) for name in "abc"])
    with store.reading() as unit:
        page = unit.alerts.page({}, 0, 2)
        assert page.items == tuple(kept[:2])
        assert page.next == 2
        assert unit.alerts.page({}, 2, 2).items == (kept[2],)
