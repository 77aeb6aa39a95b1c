"""Whatever version an installation comes from, its rows are there after the upgrade; the ports read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from services.domain.instants import from_microseconds
from services.domain.ports import StateKey, UnitOfWork
from services.storage import migrate
from services.storage.store import SqlStore
from tests.contracts.rows_of_instants import AT
from tests.contracts.rows_of_revisions import ROWS, fill
from tests.stores import RecordingSignals

READ: dict[str, Callable[[UnitOfWork], Any]] = {
    "numbers": lambda uow: uow.events.last_seq() == 1,
    "events": lambda uow: uow.events.get("evt_1").data["说"] == "夜",  # type: ignore[union-attr]
    "rule_states": lambda uow: uow.states.load([StateKey("home-beds/call", "res_1")]),
    "cursors": lambda uow: uow.cursors.get("rules") == 1,
    "findings": lambda uow: uow.findings.get("fnd_1").evidence.event_ids == ("evt_1",),  # type: ignore[union-attr]
    "finding_changes": lambda uow: uow.findings.changes_after(0, 5)[0].by_event_id == "evt_1",
    "rulebook_revisions": lambda uow: uow.rulebooks.latest()[0].text == "format: 1\n",
    "homes": lambda uow: uow.homes.get("hom_1").places == ("卧室",),  # type: ignore[union-attr]
    "residents": lambda uow: uow.residents.get("res_1").contacts[0].name == "女儿",  # type: ignore[union-attr]
    "workers": lambda uow: uow.workers.get("wrk_1").channels[0].address.endswith("dawa"),  # type: ignore[union-attr]
    "grids": lambda uow: uow.grids.get("grd_1"),
    "teams": lambda uow: uow.teams.get("tea_1"),
    "shifts": lambda uow: uow.shifts.get("shf_1"),
    "devices": lambda uow: uow.devices.get("dev_1").battery_percent == 71.5,  # type: ignore[union-attr]
    "users": lambda uow: uow.users.by_username("dawa").active,  # type: ignore[union-attr]
    "tokens": lambda uow: uow.access.token("a1"),
    "sessions": lambda uow: uow.access.session("b2"),
    "alerts": lambda uow: uow.alerts.get("alt_1").next_due_at == from_microseconds(AT) + timedelta(minutes=2),  # type: ignore[union-attr]
    "alert_facts": lambda uow: uow.alerts.with_fact("fnd_1"),
    "alert_changes": lambda uow: uow.alerts.changes("alt_1"),
    "notices": lambda uow: uow.notices.get("ntc_1").sent_at == from_microseconds(AT),  # type: ignore[union-attr]
    "attempts": lambda uow: uow.notices.attempts(["ntc_1"])[0].result == "delivered",
    "device_commands": lambda uow: uow.notices.commands_due(5)[0].external_id == "button-1",
    "quarantine": lambda uow: uow.quarantine.get("qua_1").payload == b"\x00\xff{",  # type: ignore[union-attr]
    "audit": lambda uow: uow.audit.page({}, 0, 5).items[0].actor == "dawa",
    "runner_leases": lambda uow: uow.runners.lease("rules").fence == 7,  # type: ignore[union-attr]
    "handovers": lambda uow: uow.handovers.newest(1),
    "shift_notes": lambda uow: uow.handovers.page_of_notes({}, 0, 1).items,
    "rule_faults": lambda uow: uow.rulebooks.faults()[0].nearest == "call_button.pressed",
    "own_presses": lambda uow: uow.self_watch.last_back() == uow.self_watch.newest(),
    "path_checks": lambda uow: uow.self_watch.last_check() == uow.self_watch.newest_check(),
    "rosters": lambda uow: uow.rosters.get("ros_1").shifts[0].ends == time(8),  # type: ignore[union-attr]
    "swaps": lambda uow: uow.swaps.get("swp_1").day == date(2025, 7, 23),  # type: ignore[union-attr]
    "leaves": lambda uow: uow.leaves.get("lea_1").reason == "病假",  # type: ignore[union-attr]
    "roster_looks": lambda uow: uow.roster_looks.next_due_at(),
    "standing_holes": lambda uow: uow.roster_looks.standing()[0].finding_id == "fnd_1",
    "silences": lambda uow: uow.silences.running()[0].alert_kind == "out-of-bed-at-night",
    "remembered_answers": lambda uow: uow.remembered.get("dawa POST /visits 1"),
}
"""How each table's row shows through the ports."""


@pytest.mark.parametrize("revision", migrate.revisions())
def test_an_upgrade_from_any_released_schema_keeps_every_row(empty: str, revision: str) -> None:
    migrate.upgrade(empty, revision)
    with migrate.changing(empty) as connection:
        fill(connection, revision)
    done = migrate.upgrade(empty)
    assert (done.before, done.after) == (revision, migrate.head())
    assert done.changed is (revision != migrate.head())
    store = SqlStore(empty, RecordingSignals())
    with store.reading() as uow:
        for made in (name for name in ROWS if name <= revision):
            for table in ROWS[made]:
                assert READ[table](uow), table
    store.close()


@pytest.mark.parametrize("revision", migrate.revisions())
def test_every_table_of_a_revision_has_a_row_here(empty: str, revision: str) -> None:
    migrate.upgrade(empty, revision)
    engine = create_engine(empty)
    there = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    assert there == {table for made, rows in ROWS.items() if made <= revision for table in rows}


def test_a_schema_of_a_newer_version_is_refused_and_left_as_it_is(empty: str) -> None:
    migrate.upgrade(empty)
    with migrate.changing(empty) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.SchemaIsNewer, match="a newer version wrote it"):
        migrate.upgrade(empty)
    with migrate.changing(empty) as connection:
        assert migrate.standing(connection) == "9999"
