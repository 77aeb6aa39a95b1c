"""The schema that the revisions make is the schema that the tables say, up and down, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from services.storage import migrate
from services.storage.tables import metadata


def schema_of(url: str) -> dict[str, Any]:
    """Every table with its columns, keys and indexes, down to the condition of a partial index."""
    engine = create_engine(url)
    indexes = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }[engine.dialect.name]
    schema: dict[str, Any] = {}
    try:
        with engine.connect() as connection:
            there = inspect(connection)
            for table in there.get_table_names():
                schema[table] = {
                    "columns": {
                        column["name"]: (repr(column["type"]), column["nullable"], column["default"])
                        for column in there.get_columns(table)
                    },
                    "key": there.get_pk_constraint(table)["constrained_columns"],
                    "unique": sorted(str(key) for key in there.get_unique_constraints(table)),
                }
            schema["indexes"] = sorted(
                (row[0], " ".join(row[1].split())) for row in connection.execute(text(indexes))
            )
    finally:
        engine.dispose()
    return schema


def test_the_revisions_make_what_the_tables_say(empty: str) -> None:
    migrate.upgrade(empty)
    by_revisions = schema_of(empty)
    migrate.downgrade(empty, "base")
    engine = create_engine(empty)
    metadata.create_all(engine)
    engine.dispose()
    assert by_revisions == schema_of(empty)
    assert set(metadata.tables) < set(by_revisions)


def test_down_to_the_base_leaves_nothing_and_up_again_makes_all(empty: str) -> None:
    assert migrate.current(empty) is None
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.head()
    whole = schema_of(empty)
    migrate.downgrade(empty, "base")
    assert migrate.current(empty) is None
    assert set(schema_of(empty)) == {"alembic_version", "indexes"}
    migrate.upgrade(empty)
    assert schema_of(empty) == whole


def test_each_revision_can_be_left_and_taken_again(empty: str) -> None:
    migrate.upgrade(empty)
    whole = schema_of(empty)
    for revision in ("0007", "0006", "0005", "0004", "0003", "0002", "0001", "base"):
        migrate.downgrade(empty, revision)
        assert migrate.current(empty) == (None if revision == "base" else revision)
        migrate.upgrade(empty)
        assert schema_of(empty) == whole


def test_an_upgrade_where_nothing_is_to_be_done_changes_nothing(url: str) -> None:
    before = schema_of(url)
    migrate.upgrade(url)
    assert schema_of(url) == before


def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(empty: str) -> None:
    migrate.upgrade(empty, "0001")
    engine = create_engine(empty)
    with engine.begin() as connection:
        # In the way of revision 0003, after 0002 has made its tables.
        connection.execute(text("CREATE TABLE notices (number INTEGER)"))
    engine.dispose()
    before = schema_of(empty)
    with pytest.raises(Exception, match="notices"):
        migrate.upgrade(empty)
    assert migrate.current(empty) == "0001"
    assert schema_of(empty) == before
