"""What can be counted of a store, and that counting reads no table that grows from end to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, create_engine

from services.domain.alerts import Alert, AlertState, Deadline, DeadlineKind
from services.domain.notices import AttemptResult, NoticeReason, NoticeState
from services.domain.ports import StateKey, Store, StoredState
from services.domain.ports.figures import AttemptFigure, NoticeFigure, PressFigure, Waiting
from services.domain.records import Quarantined, QuarantineReason
from services.storage import alerts as moves
from services.storage import events as log
from services.storage import figures as statements
from tests.contracts import cast
from tests.contracts.cast import MINUTE, NIGHT
from tests.stores import sqlite_url


def test_what_a_loop_has_not_read_is_counted_with_its_oldest(store: Store) -> None:
    press = cast.event("press", kind="call_button.pressed", received_at=NIGHT + 2 * MINUTE)
    with store.writing() as uow:
        uow.events.append([cast.event("bed"), cast.event("bed again", received_at=NIGHT + MINUTE), press])
        uow.findings.add([cast.finding("many")])
    with store.reading() as uow:
        assert uow.figures.waiting_events(0) == Waiting(3, NIGHT)
        assert uow.figures.waiting_events(1) == Waiting(2, NIGHT + MINUTE)
        assert uow.figures.waiting_events(3) == Waiting(0)
        assert uow.figures.waiting_events(0, only_alarms=True) == Waiting(1, NIGHT + 2 * MINUTE)
        assert uow.figures.waiting_events(3, only_alarms=True) == Waiting(0)
        assert uow.figures.waiting_findings(0) == Waiting(1, NIGHT + MINUTE)
        assert uow.figures.waiting_findings(1) == Waiting(0)


def test_deadlines_are_overdue_from_their_instant_on_by_whose_they_are(store: Store) -> None:
    step = (Deadline(DeadlineKind.STEP, NIGHT + MINUTE),)
    with store.writing() as uow:
        uow.states.save([StoredState(StateKey("home-beds/call", "res_lhamo"), 1, "{}", NIGHT)])
        uow.alerts.add(cast.alert("press", deadlines=step), [cast.change("alt_press")])
        uow.notices.add([cast.notice("told", next_attempt_at=NIGHT + 2 * MINUTE)])
    with store.reading() as uow:
        before = uow.figures.overdue(NIGHT - timedelta(microseconds=1))
        assert {each.count for each in before.values()} == {0}
        assert uow.figures.overdue(NIGHT + 3 * MINUTE) == {
            "rule": Waiting(1, NIGHT),
            "alert": Waiting(1, NIGHT + MINUTE),
            "notice": Waiting(1, NIGHT + 2 * MINUTE),
        }


def test_what_is_synthetic_is_counted_nowhere(store: Store) -> None:
    with store.writing() as uow:
        uow.findings.add([cast.finding("many", synthetic=True)])
        uow.alerts.add(_pressed("press", synthetic=True), [cast.change("alt_press")])
        uow.notices.add([cast.notice("told", synthetic=True)])
    with store.reading() as uow:
        figures, until = uow.figures, uow.figures.newest()
        assert figures.findings_made(0, until.findings) == {}
        assert figures.alerts_opened(0, until.alerts) == {}
        assert figures.notices_made(0, until.notices) == []
        assert figures.presses() == []
        assert figures.running_alerts() == {}
        assert figures.undelivered() == Waiting(0)


def test_what_was_made_is_counted_from_a_number_to_a_number(store: Store) -> None:
    with store.writing() as uow:
        uow.findings.add([cast.finding("one"), cast.finding("two"), cast.finding("three")])
        uow.alerts.add(cast.alert("one"), [cast.change("alt_one")])
        uow.alerts.add(cast.alert("two", subject="device:dev_two"), [cast.change("alt_two")])
    with store.reading() as uow:
        assert uow.figures.findings_made(1, 3) == {("count", "high"): 2}
        assert uow.figures.findings_made(3, 3) == {}
        assert uow.figures.alerts_opened(0, 2) == {("call-button", "high"): 2}
        assert uow.figures.running_alerts() == {"open": 2}


def test_a_notice_is_due_until_its_end_and_an_attempt_under_way_until_its_result(store: Store) -> None:
    with store.writing() as uow:
        told = cast.notice("told")
        uow.notices.add([told])
        first = uow.notices.start(cast.attempt("first", told.id))
    with store.reading() as uow:
        assert uow.figures.notices() == [NoticeFigure(told.id, "alert", "due", "step")]
        assert uow.figures.undelivered() == Waiting(1, NIGHT)
        assert uow.figures.attempts_made(0, 1) == [AttemptFigure(first.id, "webhook", None, is_retry=False)]
    with store.writing() as uow:
        uow.notices.finish(replace(first, ended_at=NIGHT, result=AttemptResult.REFUSED))
        uow.notices.start(cast.attempt("again", told.id))
        uow.notices.start(cast.attempt("elsewhere", told.id, address="http://127.0.0.1/other"))
        ended = replace(told, state=NoticeState.FAILED, reason=NoticeReason.EVERY_CHANNEL_FAILED)
        uow.notices.save(ended)
    with store.reading() as uow:
        assert uow.figures.notices() == []
        assert [each.state for each in uow.figures.notices([told.id])] == ["failed"]
        attempts = {each.id: each for each in uow.figures.attempts(["att_first", "att_again"])}
        assert (attempts["att_first"].result, attempts["att_first"].is_retry) == ("refused", False)
        assert (attempts["att_again"].result, attempts["att_again"].is_retry) == (None, True)
        assert [each.is_retry for each in uow.figures.attempts(["att_elsewhere"])] == [False]


def test_a_press_is_measured_from_its_receipt_to_the_first_attempt_and_the_first_confirmation(
    store: Store,
) -> None:
    with store.writing() as uow:
        uow.alerts.add(_pressed("press"), [cast.change("alt_press")])
        uow.alerts.add(cast.alert("bed", kind="bed", facts=(cast.fact("fnd_bed"),)), [cast.change("alt_bed")])
        uow.notices.add([cast.notice("one"), cast.notice("two", worker_id="wrk_two")])
    with store.reading() as uow:
        bare = PressFigure("alt_press", True, NIGHT, None, None)
        assert uow.figures.presses() == uow.figures.presses_made(0, 2) == [bare]
    with store.writing() as uow:
        for name, notice, result, after in (
            ("a", "ntc_one", AttemptResult.REFUSED, 1),
            ("b", "ntc_two", AttemptResult.ACCEPTED_UNCONFIRMED, 2),
            ("c", "ntc_one", AttemptResult.DELIVERED, 3),
        ):
            started_at = NIGHT + timedelta(milliseconds=after)
            attempt = uow.notices.start(cast.attempt(name, notice, started_at=started_at))
            uow.notices.finish(replace(attempt, ended_at=started_at, result=result))
    with store.reading() as uow:
        [press] = uow.figures.presses(["alt_press"])
        assert press.attempted_at == NIGHT + timedelta(milliseconds=1)
        assert press.confirmed_at == NIGHT + timedelta(milliseconds=3)


def test_quarantine_is_counted_by_reason_until_it_was_taken_in_again(store: Store) -> None:
    entries = [
        Quarantined(f"qua_{number}", "t", bytes([number]), QuarantineReason.UNDECODABLE, "", NIGHT, NIGHT)
        for number in range(3)
    ]
    with store.writing() as uow:
        uow.quarantine.add([*entries, entries[0]])
        uow.quarantine.save(replace(entries[1], replayed_at=NIGHT))
    with store.reading() as uow:
        assert uow.figures.quarantined() == {"undecodable": 2}


def _pressed(name: str, **said: Any) -> Alert:
    facts = (cast.fact(f"fnd_{name}", is_alarm=True),)
    return cast.alert(name, state=AlertState.OPEN, facts=facts, **said)


BEGINNINGS = {"_ATTEMPT", "_NOTICE", "_PRESS", "_RECEIVED", "_TRIES", "_CONFIRMED"}
"""Never asked as they are, only as part of others."""
STATEMENTS = {
    **{name: query for name, query in vars(statements).items() if isinstance(query, Select)},
    **{f"_OVERDUE, {owner}": query for owner, query in statements._OVERDUE.items()},
    "alarms after": log._ALARMS_AFTER,
    "alerts due": moves._DUE,
    "next deadline": moves._NEXT,
    "the running one": moves._RUNNING_ONE,
}


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - BEGINNINGS))
def test_no_statement_walks_through_a_table_that_grows(name: str, tmp_path: Path) -> None:
    engine = create_engine(sqlite_url(tmp_path))
    asked = STATEMENTS[name].compile(engine)
    asked_for = {"after": 1, "now": NIGHT, "until": NIGHT, "keys": "[]", "most": 1}
    values = asked.construct_params({**asked_for, "of_kind": "", "of_subject": ""})
    bound = tuple(
        1 if isinstance(values[each], datetime) else values[each] for each in asked.positiontup or ()
    )
    try:
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", bound).all()
    finally:
        engine.dispose()
    if "alarm" in name.lower():
        # By number alone it would read everything that came after the last alarm.
        assert any("ix_events_alarms" in row.detail for row in plan)
    walks = [row.detail for row in plan if row.detail.startswith("SCAN") and " INDEX ix_" not in row.detail]
    assert [walk for walk in walks if "json_each" not in walk] == []
