"""Every noun has its columns, and every column its noun."""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import Table, select
from sqlalchemy.dialects import sqlite

from services.domain.access import AccessToken, SignIn
from services.domain.alerts import Alert, AlertChange, AlertFact
from services.domain.devices import Device
from services.domain.events import Event
from services.domain.findings import Finding, FindingChange
from services.domain.homes import Grid, Home
from services.domain.notices import Attempt, DeviceCommand, Notice
from services.domain.people import Resident, Shift, Team, User, Worker
from services.domain.posts import StandingHole
from services.domain.records import AuditEntry, Quarantined, RememberedAnswer, RulebookRevision
from services.domain.rosters import Leave, Roster, Swap
from services.domain.runners import RunnerLease
from services.storage import tables
from services.storage.among import among, keys, pair_among
from services.storage.codec import Words

BESIDE: dict[str, set[str]] = {
    "events": {"is_alarm"},
    "alerts": {"is_running", "next_due_at"},
    "alert_facts": {"alert_id", "position"},
    "quarantine": {"fingerprint"},
}
"""What a table holds that its noun does not, beside the number."""


@pytest.mark.parametrize(
    ("noun", "table"),
    [
        (Event, tables.events),
        (Finding, tables.findings),
        (FindingChange, tables.finding_changes),
        (RulebookRevision, tables.rulebooks),
        (Alert, tables.alerts),
        (AlertFact, tables.alert_facts),
        (AlertChange, tables.alert_changes),
        (Notice, tables.notices),
        (Attempt, tables.attempts),
        (DeviceCommand, tables.commands),
        (Home, tables.homes),
        (Resident, tables.residents),
        (Worker, tables.workers),
        (Grid, tables.grids),
        (Team, tables.teams),
        (Shift, tables.shifts),
        (Roster, tables.rosters),
        (Swap, tables.swaps),
        (Leave, tables.leaves),
        (StandingHole, tables.standing_holes),
        (Device, tables.devices),
        (User, tables.users),
        (AccessToken, tables.tokens),
        (SignIn, tables.sessions),
        (Quarantined, tables.quarantine),
        (AuditEntry, tables.audit),
        (RememberedAnswer, tables.answers),
        (RunnerLease, tables.runner_leases),
    ],
)
def test_a_table_has_a_column_for_each_field_of_its_noun(noun: Any, table: Table) -> None:
    of_another_table = {"facts", "earlier"} if noun is Alert else set()
    names = {field.name for field in fields(noun)} - of_another_table
    assert set(table.c.keys()) - BESIDE.get(table.name, set()) - {"number"} == names - {"number"}


def test_every_text_column_is_compared_byte_by_byte() -> None:
    for table in tables.metadata.tables.values():
        for column in table.columns:
            assert type(column.type).__name__ != "Text", f"{table.name}.{column.name}"


def plan(query: Any) -> str:
    database = sqlite3.connect(":memory:")
    dialect = sqlite.dialect()
    database.execute("CREATE TABLE device_commands (number INTEGER PRIMARY KEY, id TEXT, device_id TEXT)")
    database.execute("CREATE UNIQUE INDEX by_id ON device_commands (id)")
    database.execute("CREATE INDEX by_both ON device_commands (device_id, id)")
    rows = database.execute(f"EXPLAIN QUERY PLAN {query.compile(dialect=dialect)}", ("[]",)).fetchall()
    database.close()
    return str(rows)


def test_many_keys_are_looked_up_by_their_index() -> None:
    commands = tables.commands
    assert "USING COVERING INDEX by_id (id=?)" in plan(select(commands.c.id).where(among(commands.c.id, "k")))
    pairs = pair_among(commands.c.device_id, commands.c.id, "k")
    assert "USING COVERING INDEX by_both" in plan(select(commands.c.id).where(pairs))


def test_keys_travel_as_one_text() -> None:
    assert keys(["夜", 'a"b', "x\0y"]) == '["夜", "a\\"b", "x\ufffdy"]'
    assert keys([("a", "b")]) == '[["a", "b"]]'


def test_words_are_kept_without_nul() -> None:
    assert Words().bind_processor(sqlite.dialect())("a\0b") == "a\ufffdb"
