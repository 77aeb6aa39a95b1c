"""A backup is one instant of the store, the same on both databases, and goes back whole or not at all."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, select, text

from services.domain.ports import StoreUnavailable
from services.storage import migrate
from services.storage.backup.form import MANIFEST, BackupFile, BackupUnusable
from services.storage.backup.restoring import NotEmpty, is_empty, restore_backup
from services.storage.backup.taking import Wanted, take_backup
from services.storage.store import SqlStore
from services.wiring.clock import SteppedClock
from tests.contracts.cast import event
from tests.contracts.postgresql import PostgresqlServer
from tests.contracts.rows_of_revisions import ROWS, fill
from tests.stores import RecordingSignals

NOW = datetime(2025, 7, 23, 3, tzinfo=UTC)
WANTED = Wanted("0.1.0", SteppedClock(NOW), lambda: {"secret.key": b"hush"})


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either kind, whatever kind the source is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'target.db'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    with server.database(migrated=False) as url:
        yield url


def stored(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = create_engine(url)
    there = MetaData()
    try:
        there.reflect(engine)
        with engine.connect() as connection:
            return {
                name: sorted(
                    [tuple(row) for row in connection.execute(select(*sorted(table.c, key=lambda c: c.name)))]
                )
                for name, table in there.tables.items()
            }
    finally:
        engine.dispose()


def filled(url: str, revision: str = "head") -> str:
    migrate.upgrade(url, revision)
    with migrate.changing(url) as connection:
        fill(connection, migrate.standing(connection) or "")
    return url


def test_a_backup_of_either_database_goes_into_either(empty: str, target: str, tmp_path: Path) -> None:
    source = filled(empty)
    manifest = take_backup(source, tmp_path / "night.zip", WANTED)
    with BackupFile(tmp_path / "night.zip") as backup:
        backup.check()
        assert backup.manifest == manifest
        assert backup.file("secret.key") == b"hush"
        restore_backup(target, backup)
    before, after = stored(source), stored(target)
    assert before.pop("sessions"), "somebody was signed in"
    assert after.pop("sessions") == [], "and signs in again"
    assert after == before
    assert all(after.values())


@pytest.mark.parametrize(("number", "revision"), list(enumerate(migrate.revisions())))
def test_a_backup_of_an_older_schema_is_upgraded_as_it_comes_back(
    target: str, tmp_path: Path, postgresql: PostgresqlServer, number: int, revision: str
) -> None:
    """Each revision into both kinds; out of the same kind and out of the other in turn."""
    is_of_postgresql = target.startswith("postgresql") is (number % 2 == 0)
    of_sqlite = nullcontext(f"sqlite:///{tmp_path / 'old.db'}")
    with postgresql.database(migrated=False) if is_of_postgresql else of_sqlite as source:
        take_backup(filled(source, revision), tmp_path / "old.zip", WANTED)
    with BackupFile(tmp_path / "old.zip") as backup:
        assert backup.manifest.schema_revision == revision
        restore_backup(target, backup)
    assert migrate.current(target) == migrate.head()
    after = stored(target)
    old = {table for made, rows in ROWS.items() if made <= revision for table in rows} - {"sessions"}
    assert {table for table, rows in after.items() if rows} == old | {"alembic_version"}


def test_what_is_written_during_a_backup_is_written_and_is_not_in_it(url: str, tmp_path: Path) -> None:
    store = SqlStore(url, RecordingSignals())
    with store.writing() as uow:
        uow.events.append([event(f"before-{number}") for number in range(5000)])

    written: list[int] = []

    def press(_rows: int) -> None:
        with store.writing() as uow:
            uow.events.append([event(f"press-{len(written)}")])
        written.append(1)

    manifest = take_backup(url, tmp_path / "b.zip", WANTED, progress=press)
    assert len(written) > 3
    assert manifest.tables["events"].rows == 5000
    with store.reading() as uow:
        assert uow.events.last_seq() == 5000 + len(written)
    store.close()
    with BackupFile(tmp_path / "b.zip") as backup:
        [numbers] = [json.loads(line) for line in backup.lines("numbers")]
        assert numbers == ["events", 5000]


def test_an_instant_says_what_it_holds(empty: str, tmp_path: Path) -> None:
    manifest = take_backup(filled(empty), tmp_path / "b.zip", WANTED)
    assert manifest.taken_at == NOW
    assert manifest.version == "0.1.0"
    assert manifest.schema_revision == migrate.head()
    assert manifest.rows == sum(len(rows) for rows in ROWS.values()) - 1
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600


def test_a_backup_that_cannot_be_finished_leaves_no_file(url: str, tmp_path: Path) -> None:
    def interrupted() -> dict[str, bytes]:
        raise KeyboardInterrupt

    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(KeyboardInterrupt):
        take_backup(url, folder / "b.zip", Wanted("0.1.0", SteppedClock(NOW), interrupted))
    assert list(folder.iterdir()) == []


def test_a_backup_takes_the_place_of_no_other_file(url: str, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("mine", "utf-8")
    with pytest.raises(FileExistsError):
        take_backup(url, tmp_path / "b.zip", WANTED)
    assert (tmp_path / "b.zip").read_text("utf-8") == "mine"


def test_a_store_that_is_not_there_has_no_backup_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no database"):
        take_backup(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "b.zip", WANTED)
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------------- what is no backup


def rewritten(path: Path, member: str, change: Any) -> Path:
    """The same file with one member changed and everything around it sound."""
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == member else content)
    return changed


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    url = filled(f"sqlite:///{tmp_path / 'sound.db'}")
    take_backup(url, tmp_path / "sound.zip", WANTED)
    return tmp_path / "sound.zip"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.999])
def test_a_part_of_a_backup_is_none(sound: Path, part: float) -> None:
    content = sound.read_bytes()
    sound.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(BackupUnusable, match="not the whole of one"):
        BackupFile(sound)


@pytest.mark.parametrize("member", ["tables/residents.jsonl", "files/secret.key"])
def test_a_changed_byte_is_found_before_anything_is_written(sound: Path, member: str) -> None:
    changed = rewritten(sound, member, lambda content: content.replace(b"h", b"k"))
    with BackupFile(changed) as backup, pytest.raises(BackupUnusable, match="not as it was written"):
        backup.check()


def test_a_backup_of_another_format_says_which(sound: Path) -> None:
    changed = rewritten(sound, MANIFEST, lambda content: content.replace(b'"format": 1', b'"format": 7'))
    with pytest.raises(BackupUnusable, match="format 7 and this version reads 1"):
        BackupFile(changed)


def test_any_other_archive_is_no_backup(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("photo.txt", "a photo")
    with pytest.raises(BackupUnusable, match="no backup of Anxin"):
        BackupFile(tmp_path / "photos.zip")


def test_a_table_that_is_missing_is_found_at_once(sound: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(tmp_path / "less.zip", "w") as target:
        for name in source.namelist():
            if name != "tables/alerts.jsonl":
                target.writestr(name, source.read(name))
    with pytest.raises(BackupUnusable, match=r"tables/alerts\.jsonl"):
        BackupFile(tmp_path / "less.zip")


# ---------------------------------------------------------------------------- where it may go


def test_nothing_is_restored_over_something(sound: Path, target: str) -> None:
    migrate.upgrade(target)
    with BackupFile(sound) as backup, pytest.raises(NotEmpty):
        restore_backup(target, backup)
    assert not any(rows for name, rows in stored(target).items() if name != "alembic_version")


def test_a_newer_schema_is_refused_before_anything_is_made(sound: Path, target: str) -> None:
    head = f'"schema_revision": "{migrate.head()}"'.encode()
    changed = rewritten(sound, MANIFEST, lambda content: content.replace(head, b'"schema_revision": "9999"'))
    with BackupFile(changed) as backup, pytest.raises(migrate.SchemaIsNewer):
        restore_backup(target, backup)
    assert is_empty(target)


def test_a_restore_that_is_interrupted_leaves_the_database_empty(sound: Path, target: str) -> None:
    rows = 0

    def interrupt(more: int) -> None:
        nonlocal rows
        rows += more
        if rows > 10:
            raise KeyboardInterrupt

    with BackupFile(sound) as backup, pytest.raises(KeyboardInterrupt):
        restore_backup(target, backup, interrupt)
    assert is_empty(target)
    with BackupFile(sound) as backup:
        restore_backup(target, backup)
    assert not is_empty(target)


def test_a_table_that_its_schema_does_not_know_is_refused(tmp_path: Path, target: str) -> None:
    url = filled(f"sqlite:///{tmp_path / 'odd.db'}")
    with migrate.changing(url) as connection:
        connection.execute(text("ALTER TABLE teams ADD COLUMN motto TEXT"))
    take_backup(url, tmp_path / "odd.zip", WANTED)
    with BackupFile(tmp_path / "odd.zip") as backup, pytest.raises(BackupUnusable, match="the table teams"):
        restore_backup(target, backup)
    assert is_empty(target)
