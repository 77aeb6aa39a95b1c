"""`anxin rules backtest`: what it prints, with which code it ends, and that it changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from services.domain.instants import format_instant
from services.storage import migrate
from services.storage.tables import metadata
from services.wiring.cli import app
from tests.stores import sqlite_url
from tests.unit.backtest.house import LivedThrough
from tests.unit.rules.cast import in_bed, rulebook

BOOK = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high")


def anxin(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


@pytest.fixture
def until(tmp_path: Path) -> str:
    """A house in the folder; when it had lived through its history."""
    history = in_bed().event("bed.exited", 0).event("bed.entered", 1800)
    house = LivedThrough(tmp_path, history.end(3600), BOOK)
    house.store.close()
    return format_instant(house.ends_at)


def everything(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    engine = create_engine(f"sqlite:///{folder / 'anxin.db'}")
    with engine.connect() as connection:
        found = {
            table: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{table}"'))]  # noqa: S608
            for table in metadata.tables
        }
    engine.dispose()
    return found


def test_it_says_what_it_would_have_called_and_what_was_called(
    tmp_path: Path, book: Path, until: str
) -> None:
    result = anxin("rules", "backtest", book, "--data-dir", tmp_path, "--until", until)
    assert result.exit_code == 0, result.output
    assert "it would have called once, 1 of them at night; today's rules called once, 1 at night." in (
        result.stdout
    )
    assert "卓玛: 1 page, " in result.stdout


def test_no_table_is_changed(tmp_path: Path, book: Path, until: str) -> None:
    before = everything(tmp_path)
    assert sum(map(len, before.values())) > 10
    assert anxin("rules", "backtest", book, "--data-dir", tmp_path, "--until", until).exit_code == 0
    assert everything(tmp_path) == before


def test_json_is_one_object(tmp_path: Path, book: Path, until: str) -> None:
    result = anxin(
        "rules", "backtest", book, "--data-dir", tmp_path, "--until", until, "--json", "--days", "2"
    )
    said = json.loads(result.stdout)
    assert said["days"] == 2
    assert said["calls"] == {"now": 1, "would": 1, "only_now": 0, "only_would": 0}


def test_every_fault_of_a_rulebook_is_said_and_it_ends_with_one(tmp_path: Path, until: str) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(BOOK.replace("bed.exited", "bed.exitd").replace("severity", "severty"), encoding="utf-8")
    result = anxin("rules", "backtest", bad, "--data-dir", tmp_path)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2


def test_a_folder_without_a_store_is_refused_and_stays_empty(tmp_path: Path, book: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = anxin("rules", "backtest", book, "--data-dir", empty)
    assert result.exit_code == 1
    assert "there is no database" in result.stderr
    assert list(empty.iterdir()) == []


def test_a_store_of_an_older_schema_is_left_as_it_is(tmp_path: Path, book: Path) -> None:
    url = sqlite_url(tmp_path)
    migrate.downgrade(url, "0008")
    result = anxin("rules", "backtest", book, "--data-dir", tmp_path)
    assert result.exit_code == 1
    assert "are of revision 0008" in result.stderr
    assert migrate.current(url) == "0008"


@pytest.mark.parametrize("words", [("--days", "0"), ("--days", "401"), ("--until", "yesterday")])
def test_what_makes_no_sense_is_a_wrong_usage(tmp_path: Path, book: Path, words: tuple[str, str]) -> None:
    assert anxin("rules", "backtest", book, "--data-dir", tmp_path, *words).exit_code == 2


def test_what_is_no_rulebook_file_is_a_wrong_usage(tmp_path: Path) -> None:
    assert anxin("rules", "backtest", tmp_path / "none.yaml", "--data-dir", tmp_path).exit_code == 2
