"""The rows of the figures on every store, and that what is reckoned from them is what brute force finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from services.domain.alerts import Alert, AlertChange, AlertState, ChangeReason, Outcome, RunningTest
from services.domain.findings import Severity
from services.domain.homes import Home
from services.domain.notices import Notice, NoticeKind, NoticeState
from services.domain.ports import Store, UnitOfWork
from services.domain.reckoning import Rows, night, nights_in, reckon
from services.domain.service_figures import PagesOf, ServiceFigures
from services.escalation.figure_aims import shipped_aims
from services.storage import service_figures as statements
from tests.contracts import cast
from tests.contracts.cast import MINUTE, NIGHT
from tests.oracle.service_figures import History, said, spelled
from tests.stores import sqlite_url

AIMS, ZONE = shipped_aims(), ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
HOMES = (
    Home("hom_a", grid_id="grd_a", timezone="Asia/Kathmandu"),
    Home("hom_b", grid_id="grd_b"),
    Home("hom_c"),
)
PEOPLE = ("wrk_a", "wrk_b", "wrk_c")
CASES = count()

WAITS = st.sampled_from([0, 1, 30, 59, 60, 61, 180, 181, 1200, 2699, 2700, 2701, 3600, 3601, 9000])
MOVES = st.sampled_from(
    [
        *(ChangeReason.ACCEPTED, ChangeReason.ARRIVED, ChangeReason.DECLINED, ChangeReason.NOT_ARRIVED),
        *(ChangeReason.SEVERITY_RAISED, ChangeReason.SILENCED, ChangeReason.NOTED),
    ]
)
BY_HOUSE = (ChangeReason.NOT_ARRIVED, ChangeReason.SEVERITY_RAISED, ChangeReason.OVER_BY_ITSELF)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some alerts of two days with what people did, and whom it told."""
    one = st.fixed_dictionaries(
        {
            "opened_for": st.integers(0, 2 * 86_400),
            "severity": st.sampled_from([Severity.HIGH, Severity.HIGH, Severity.MEDIUM]),
            "synthetic": st.sampled_from([False] * 9 + [True]),
            "is_test": st.sampled_from([False] * 9 + [True]),
            "alarm_after": st.none() | st.sampled_from([-1, 0, 5, 400]),
            "home": st.sampled_from(["hom_a", "hom_b", "hom_c", "hom_gone", None]),
            "moves": st.lists(st.tuples(MOVES, WAITS, st.sampled_from(PEOPLE), st.booleans()), max_size=4),
            "end": st.none() | st.tuples(st.sampled_from(Outcome), WAITS, st.sampled_from(PEOPLE)),
            "rule": st.sampled_from(["call", "bed"]),
            "told": st.lists(
                st.tuples(st.sampled_from(PEOPLE), WAITS, st.sampled_from(NoticeKind), st.booleans()),
                max_size=4,
            ),
        }
    )
    return draw(st.lists(one, min_size=1, max_size=12))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(drawn=histories(), late=WAITS)
def test_what_is_reckoned_from_the_rows_is_what_brute_force_finds(
    store: Store, drawn: list[dict[str, Any]], late: int
) -> None:
    case = next(CASES)
    since = datetime(2000, 1, 1, tzinfo=UTC) + case * timedelta(days=10)
    span, now = (since, since + 2 * DAY), since + 2 * DAY + timedelta(seconds=late)
    with store.writing() as uow:
        if uow.homes.get("hom_a") is None:
            for home in HOMES:
                uow.homes.add(home)
        stored = [_stored(uow, f"{case}_{n}", since, each) for n, each in enumerate(drawn)]
    with store.reading() as uow:
        found = _reckoned(uow, span, now)
        history = History(
            [(uow.alerts.get(alert.id) or alert, changes) for alert, changes, _ in stored],
            [notice for _, _, notices in stored for notice in notices],
            {home.id: home for home in HOMES},
            {f"fnd_{case}_{n}": each["rule"] for n, each in enumerate(drawn)},
            span,
            now,
            AIMS,
            ZONE,
        )
    assert spelled(found) == said(history)


def _reckoned(uow: UnitOfWork, span: tuple[datetime, datetime], now: datetime) -> ServiceFigures:
    rows, evenings = uow.figure_rows, nights_in(*span, ZONE, AIMS)
    pages = rows.pages(*span, [night(each, ZONE, AIMS) for each in evenings])
    return reckon(
        Rows(rows.urgent(*span), rows.ends(*span), rows.told(*span), pages, evenings), span, now, AIMS, ZONE
    )


def _stored(
    uow: UnitOfWork, name: str, since: datetime, drawn: dict[str, Any]
) -> tuple[Alert, list[AlertChange], list[Notice]]:
    opened = since + timedelta(seconds=drawn["opened_for"])
    alarm = drawn["alarm_after"]
    uow.findings.add([cast.finding(name, rule=drawn["rule"])])
    facts = [cast.fact(f"fnd_{name}", at=opened)]
    if alarm is not None:
        facts[0] = replace(facts[0], is_alarm=True, at=opened + timedelta(seconds=alarm))
    alert = cast.alert(
        name,
        subject=f"resident:{name}",
        severity=drawn["severity"],
        synthetic=drawn["synthetic"],
        test=RunningTest("wrk_a", "emergency", {}) if drawn["is_test"] else None,
        home_id=drawn["home"],
        opened_at=opened,
        facts=tuple(facts),
    )
    changes = [cast.change(alert.id, at=opened)]
    for reason, wait, who, on_behalf in drawn["moves"]:
        by = "house" if reason in BY_HOUSE else "usr_desk" if on_behalf else who
        on_behalf_of = who if on_behalf and reason not in BY_HOUSE else None
        at = changes[-1].at + timedelta(seconds=wait)
        changes.append(cast.change(alert.id, at=at, reason=reason, by=by, on_behalf_of=on_behalf_of))
    if drawn["end"] is not None:
        outcome, wait, who = drawn["end"]
        at = changes[-1].at + timedelta(seconds=wait)
        by_itself = outcome is Outcome.OVER_BY_ITSELF
        reason = ChangeReason.OVER_BY_ITSELF if by_itself else ChangeReason.CLOSED
        changes.append(cast.change(alert.id, at=at, reason=reason, by="house" if by_itself else who))
        alert = replace(alert, state=AlertState.CLOSED, closed_at=at, outcome=outcome)
    stored = uow.alerts.add(alert, changes)
    notices = [
        cast.notice(
            f"{name}_{n}",
            alert_id=alert.id,
            worker_id=who,
            kind=kind,
            created_at=opened,
            state=NoticeState.SENT if sent else NoticeState.FAILED,
            sent_at=opened + timedelta(seconds=wait) if sent else None,
        )
        for n, (who, wait, kind, sent) in enumerate(drawn["told"])
    ]
    uow.notices.add(notices)
    return stored, changes, notices


def _kept(store: Store, *alerts: tuple[Alert, list[AlertChange]]) -> None:
    with store.writing() as uow:
        for alert, changes in alerts:
            uow.alerts.add(alert, [cast.change(alert.id, at=alert.opened_at), *changes])


def test_the_rows_are_those_opened_in_the_span_the_first_instant_in_it_and_the_last_not(store: Store) -> None:
    for n, at in enumerate((NIGHT, NIGHT + MINUTE, NIGHT + 2 * MINUTE)):
        _kept(store, (cast.alert(f"{n}", subject=f"resident:{n}", opened_at=at), []))
    with store.reading() as uow:
        assert [each.id for each in uow.figure_rows.urgent(NIGHT, NIGHT + 2 * MINUTE)] == ["alt_0", "alt_1"]


def test_only_alerts_of_homes_in_the_grids_that_are_asked_for(store: Store) -> None:
    with store.writing() as uow:
        for home in HOMES:
            uow.homes.add(home)
    for name in ("a", "b", "c", "gone"):
        _kept(store, (cast.alert(name, subject=f"resident:{name}", home_id=f"hom_{name}"), []))
    span = (NIGHT, NIGHT + DAY)
    with store.writing() as uow:
        uow.notices.add(
            [cast.notice(n, alert_id=f"alt_{n}", sent_at=NIGHT + MINUTE) for n in ("a", "b", "gone")]
        )
    with store.reading() as uow:
        rows = uow.figure_rows
        assert [each.grid_id for each in rows.urgent(*span)] == ["grd_a", "grd_b", None, None]
        assert [each.id for each in rows.urgent(*span, ["grd_a"])] == ["alt_a"]
        assert [each.alert_id for each in rows.told(*span, ["grd_b", "grd_none"])] == ["alt_b"]
        assert [*rows.urgent(*span, []), *rows.told(*span, []), *rows.ends(*span, [])] == []
        assert rows.told(*span, None, ["wrk_other"]) == []


def test_an_answer_after_the_alert_was_open_again_is_not_the_first(store: Store) -> None:
    moves = [
        cast.change("alt_a", at=NIGHT + MINUTE, by="wrk_a", reason=ChangeReason.ACCEPTED),
        cast.change("alt_a", at=NIGHT + 21 * MINUTE, reason=ChangeReason.NOT_ARRIVED),
        cast.change("alt_a", at=NIGHT + 22 * MINUTE, by="wrk_b", reason=ChangeReason.ACCEPTED),
    ]
    _kept(store, (cast.alert("a"), moves))
    with store.reading() as uow:
        [row] = uow.figure_rows.urgent(NIGHT, NIGHT + DAY)
    assert (row.answered_at - row.asked_at, row.answered_by) == (60_000_000, "wrk_a")  # type: ignore[operator]


def test_pages_are_counted_in_all_and_night_by_night(store: Store) -> None:
    first, second = (NIGHT, NIGHT + 60 * MINUTE), (NIGHT + DAY, NIGHT + DAY + 60 * MINUTE)
    sent = (NIGHT - MINUTE, NIGHT, NIGHT + 59 * MINUTE, NIGHT + 60 * MINUTE, NIGHT + DAY)
    with store.writing() as uow:
        uow.notices.add([cast.notice(f"{n}", sent_at=at) for n, at in enumerate(sent)])
        uow.notices.add([cast.notice("down", kind=NoticeKind.STAND_DOWN, sent_at=NIGHT)])
        uow.notices.add([cast.notice("family", worker_id=None, contact="女儿", sent_at=NIGHT)])
    with store.reading() as uow:
        found = uow.figure_rows.pages(NIGHT, NIGHT + 2 * DAY, [first, second])
        assert set(found) == {
            PagesOf("wrk_dolma", None, 4),
            PagesOf("wrk_dolma", 0, 2),
            PagesOf("wrk_dolma", 1, 1),
        }
        assert uow.figure_rows.pages(NIGHT, NIGHT + 2 * DAY, [first], ["wrk_other"]) == []


def test_what_goes_out_is_what_was_sent_and_what_is_due(store: Store) -> None:
    due = cast.notice("due", next_attempt_at=NIGHT + MINUTE)
    with store.writing() as uow:
        uow.notices.add([due, cast.notice("morning", next_attempt_at=NIGHT + 300 * MINUTE)])
        sent = {"state": NoticeState.SENT, "next_attempt_at": None}
        uow.notices.add(
            [cast.notice("sent", **sent, sent_at=NIGHT), cast.notice("before", **sent, sent_at=NIGHT - DAY)]
        )
    with store.reading() as uow:
        assert uow.figure_rows.going_out(NIGHT, NIGHT) == {"wrk_dolma": 1}
        assert uow.figure_rows.going_out(NIGHT, NIGHT + MINUTE) == {"wrk_dolma": 2}


STATEMENTS = {
    **{f"alerts, {each}": query for each, query in statements.URGENT.items()},
    **{f"moves, {each}": query for each, query in statements.MOVES.items()},
    **{f"told, {each}": query for each, query in statements.TOLD.items()},
    **{f"ends, {each}": query for each, query in statements.ENDS.items()},
    "pages": statements.PAGES_SENT,
    "nights": statements.pages_at_night("sqlite"),
    "sent": statements.SENT_SINCE,
    "due": statements.GOING_OUT,
}


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_every_statement_walks_an_index_of_time_and_no_table_that_grows(name: str, tmp_path: Path) -> None:
    engine = create_engine(sqlite_url(tmp_path))
    asked = STATEMENTS[name].compile(engine)
    wanted = dict.fromkeys(("grids", "nights"), "[]")
    values = asked.construct_params({"since": NIGHT, "until": NIGHT, "due_until": NIGHT, **wanted})
    bound = tuple(
        1 if isinstance(values[each], datetime) else values[each] for each in asked.positiontup or ()
    )
    try:
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", bound).all()
    finally:
        engine.dispose()
    steps = [row.detail for row in plan]
    walks = [each for each in steps if each.startswith("SCAN") and "VIRTUAL TABLE" not in each]
    assert walks in ([], ["SCAN homes"]), "a register of some thousands is no log"
    by_time = ("ix_alerts_opened_at", "ix_notices_sent", "ix_notices_due")
    assert any(index in each for each in steps for index in by_time)
