"""Settings, folder, disk, store, key, clock and texts: what is said when one of them is not well."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import text

from services.domain.records import RulebookRevision
from services.storage import migrate
from services.wiring.data_folder import UNFINISHED, DataFolder
from services.wiring.doctor import thresholds
from services.wiring.doctor.judgement import State
from services.wiring.doctor.time import kernel_clock
from services.wiring.shipped import lay_out
from tests.unit.wiring.doctor.patient import NOW, Patient, event

WELL = {
    *("settings", "data folder", "disk space", "inodes", "disk speed", "store", "schema", "store writable"),
    *("store sound", "device credentials", "admins", "time zones", "clock", "residents", "rosters"),
    *(
        "duty desk",
        "channels",
        "accounts",
        "refusals",
        "signing key",
        "rulebooks",
        "shipped rulebooks",
        "policies",
        "last resort",
        "mail server",
        "WeCom",
        "notice broker",
    ),
    *("broker program", "broker", "own presses", "path check", "told outside", "outside monitor"),
}


def test_an_installation_that_is_well_has_nothing_but_what_the_machine_lacks(patient: Patient) -> None:
    found = patient.examined()
    assert {name for name, said in found.items() if said.state is State.OK} - {"time service"} == WELL
    assert found.keys() - WELL == {"time service", "service"}, "the service does not run here"


def test_whatever_is_not_well_comes_with_what_to_do(patient: Patient) -> None:
    patient.settings |= {"last_resort": "", "smtp_host": "127.0.0.1", "smtp_port": 1}
    (patient.data_dir / "secret.key").unlink()
    for said in patient.examined().values():
        assert bool(said.to_do) is (said.state is not State.OK), said


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_changes_nothing_while_nobody_has_the_store_open(patient: Patient) -> None:
    patient.store.close()  # type: ignore[attr-defined]
    before = contents(patient.data_dir)
    assert "anxin.db-wal" not in before
    patient.examined()
    assert contents(patient.data_dir) == before


def test_it_changes_nothing_while_somebody_writes(patient: Patient) -> None:
    patient.change(lambda uow: uow.events.append([event("now", NOW)]))
    before = contents(patient.data_dir)
    assert before.pop("anxin.db-shm")  # the index of the log: what readers mark there is nobody's data
    assert patient.examined(NOW - timedelta(hours=1))["clock"].state is State.FAULT, (
        "it sees what is in the log"
    )
    after = contents(patient.data_dir)
    after.pop("anxin.db-shm")
    assert after == before


def test_it_makes_no_folder_and_no_database(tmp_path: Path, patient: Patient) -> None:
    patient.data_dir = tmp_path / "none"
    found = patient.examined()
    assert found["data folder"].state is State.FAULT
    assert "no database" in found["store"].found
    assert not (tmp_path / "none").exists()


def test_a_setting_of_a_wrong_name_is_named_with_the_nearest(patient: Patient) -> None:
    patient.environment = {"ANXIN_LASTRESORT": "http://x", "HOME": "/"}
    said = patient.examined()["settings"]
    assert said.state is State.TO_SEE_TO
    assert "ANXIN_LASTRESORT" in said.found
    assert "ANXIN_LAST_RESORT" in said.to_do


def test_a_console_that_everybody_reaches_wants_tls(patient: Patient) -> None:
    patient.settings |= {"http_bind": "0.0.0.0:0"}
    assert patient.examined()["console address"].state is State.TO_SEE_TO
    patient.settings |= {"public_url": "https://anxin.example.org"}
    assert "console address" not in patient.examined()


def test_a_folder_that_others_may_look_into_is_said(patient: Patient) -> None:
    patient.data_dir.chmod(0o755)
    assert "chmod 700" in patient.examined()["data folder"].to_do


def test_a_restore_that_was_interrupted_is_a_fault(patient: Patient) -> None:
    (patient.data_dir / UNFINISHED).touch()
    assert patient.examined()["data folder"].state is State.FAULT


@pytest.mark.parametrize(
    ("name", "value", "check", "state"),
    [
        ("FREE_AT_LEAST", 1 << 62, "disk space", State.FAULT),
        ("FREE_WANTED", 1 << 62, "disk space", State.TO_SEE_TO),
        ("INODES_AT_LEAST", 1 << 62, "inodes", State.FAULT),
        ("FSYNC_SLOW", 0.0, "disk speed", State.TO_SEE_TO),
        ("FSYNC_TOO_SLOW", 0.0, "disk speed", State.FAULT),
    ],
)
def test_a_disk_below_a_threshold_is_said(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, name: str, value: Any, check: str, state: State
) -> None:
    monkeypatch.setattr(thresholds, name, value)
    assert patient.examined()[check].state is state


def test_a_schema_of_another_version_is_told_older_from_newer(patient: Patient) -> None:
    for revision, state in (("0001", State.TO_SEE_TO), ("9999", State.FAULT)):
        with migrate.changing(f"sqlite:///{patient.data_dir / 'anxin.db'}") as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        found = patient.examined()
        assert found["schema"].state is state
        assert revision in found["schema"].found
        assert "residents" not in found, "tables of another version are not read"


def test_a_broken_database_is_found(patient: Patient) -> None:
    patient.store.close()  # type: ignore[attr-defined]
    path = patient.data_dir / "anxin.db"
    with closing(sqlite3.connect(path)) as database:
        [[page]] = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_alerts_resident_id_number'"
        )
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    found = patient.examined()
    assert found["store sound"].state is State.FAULT
    assert "restore the newest backup" in found["store sound"].to_do


def test_a_file_that_is_no_database_is_said_in_words(patient: Patient) -> None:
    patient.store.close()  # type: ignore[attr-defined]
    (patient.data_dir / "anxin.db").write_bytes(b"not a database at all" * 500)
    assert "not a database" in patient.examined()["store"].found


def test_the_password_of_a_database_is_not_said(patient: Patient) -> None:
    patient.settings |= {"database_url": "postgresql+psycopg://anxin:hush@127.0.0.1:1/anxin"}
    found = patient.examined()
    assert found["store"].state is State.FAULT
    assert not [each for each in found.values() if "hush" in each.found + each.to_do]


def test_a_key_that_others_can_read_is_a_fault(patient: Patient) -> None:
    (patient.data_dir / "secret.key").chmod(0o644)
    assert patient.examined()["signing key"].state is State.FAULT
    (patient.data_dir / "secret.key").write_text("", "ascii")
    assert "empty" in patient.examined()["signing key"].found


def test_a_clock_behind_the_newest_event_is_a_fault(patient: Patient) -> None:
    newest = NOW - timedelta(hours=24)
    assert patient.examined(newest - thresholds.CLOCK_BEHIND)["clock"].state is State.OK
    late = patient.examined(newest - thresholds.CLOCK_BEHIND - timedelta(microseconds=1))["clock"]
    assert late.state is State.FAULT


def test_the_kernel_tells_how_its_clock_stands() -> None:
    state = kernel_clock()
    assert state is None or 0 <= state < 1 << 16


def test_faults_in_rulebooks_and_policies_are_said(patient: Patient) -> None:
    for name in ("rulebooks/home-beds.yaml", "policies/emergency.yaml"):
        path = patient.data_dir / name
        path.write_text(
            re.sub("^(rules|steps):", "stops:", path.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
        )
    found = patient.examined()
    assert "stops" in found["rulebooks"].found
    assert "steps: found nothing" in found["policies"].found


def test_a_policy_that_came_with_a_newer_version_is_said_until_it_lies_there(patient: Patient) -> None:
    shipped = len(list((patient.data_dir / "policies").iterdir()))
    (patient.data_dir / "policies" / "figures.yaml").unlink()
    said = patient.examined()["policies"]
    assert (said.state, "figures.yaml" in said.found) == (State.TO_SEE_TO, True)
    lay_out(patient.data_dir)
    said = patient.examined()["policies"]
    assert said.state is State.OK
    assert said.found == f"{shipped} without a fault, {shipped} of them as shipped"


def test_a_rulebook_that_came_with_a_newer_version_is_named_and_begins_nothing(patient: Patient) -> None:
    (patient.data_dir / "rulebooks" / "grid-care.yaml").unlink()
    lay_out(patient.data_dir)
    assert not (patient.data_dir / "rulebooks" / "grid-care.yaml").exists()
    said = patient.examined()["shipped rulebooks"]
    assert re.search(r"`anxin rules put \S+/rulebooks/grid-care\.yaml --reason", said.found)
    assert "home-beds" not in said.found


def test_a_shipped_rulebook_that_the_house_took_away_is_not_named_again(patient: Patient) -> None:
    (patient.data_dir / "rulebooks" / "grid-care.yaml").unlink()
    gone = RulebookRevision("grid-care", 2, "", "", NOW)
    patient.change(lambda uow: uow.rulebooks.add(gone))
    assert "grid-care" not in patient.examined()["shipped rulebooks"].found


def test_a_fault_in_how_long_people_may_silence_is_said(patient: Patient) -> None:
    path = patient.data_dir / "policies" / "silences.yaml"
    path.write_text(path.read_text("utf-8").replace("duty_desk: 12h", "duty_desk: long"), "utf-8")
    assert "silence.longest.duty_desk" in patient.examined()["policies"].found


def test_a_rule_that_names_a_policy_that_is_not_there_is_said(patient: Patient) -> None:
    path = patient.data_dir / "rulebooks" / "home-beds.yaml"
    path.write_text(path.read_text("utf-8").replace("policy: night-emergency", "policy: nightly"), "utf-8")
    assert "nightly" in patient.examined()["rules and policies"].found


def test_a_folder_that_is_held_belongs_to_a_service_that_runs(patient: Patient) -> None:
    folder = DataFolder(patient.data_dir)
    assert "does not run" in patient.examined()["service"].found
    folder.hold()
    assert "--http-port" in patient.examined()["service"].to_do
    patient.settings |= {"http_bind": "127.0.0.1:1"}
    assert patient.examined()["service"].state is State.FAULT
    folder.let_go()
    assert patient.examined()["service"].state is State.TO_SEE_TO


def test_a_table_whose_rows_cannot_be_read_does_not_hide_the_other_checks(patient: Patient) -> None:
    database = sqlite3.connect(patient.data_dir / "anxin.db")
    database.execute("DROP TABLE devices")
    database.commit()
    database.close()
    found = patient.examined()
    assert found["devices"].state is State.FAULT
    assert found["last resort"].state is State.OK


def test_a_house_that_runs_on_another_folder_is_not_taken_for_this_one(
    patient: Patient, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/readyz").respond_with_json({"ready": True, "reasons": []})
    patient.settings["http_bind"] = f"{httpserver.host}:{httpserver.port}"
    found = patient.examined()["service"]
    assert found.state is State.TO_SEE_TO
    assert "none runs on this folder" in found.found
