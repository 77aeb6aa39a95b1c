"""Compiled statements: engines of one kind of database share them, another kind has its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExecutionContext, Select, bindparam, event, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import CacheStats

from services.storage.compiled import Compiled
from services.storage.engines import Engines, open_engines

POSTGRESQL: Any = postgresql.dialect
"""Dialects are made without types."""


def opened(path: Path) -> Engines:
    return open_engines(f"sqlite:///{path}", timedelta(seconds=5))


def asked(engine: Engine, number: int) -> tuple[int, CacheStats]:
    """The answer to a question that nobody else asks, and whether it had to be compiled."""
    seen: list[CacheStats] = []

    @event.listens_for(engine, "before_cursor_execute")
    def look(_c: Connection, _k: Any, _s: str, _p: Any, context: ExecutionContext, _m: bool) -> None:
        seen.append(context.cache_hit)  # type: ignore[attr-defined]

    question: Select[Any] = select(literal_column("40 + 1") + bindparam("more", number))
    with engine.begin() as connection:
        answer = connection.execute(question).scalar_one()
    return answer, seen[-1]


def test_what_one_engine_compiled_another_finds_and_asks_with_its_own_values(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "a.db"), opened(tmp_path / "b.db")
    try:
        asked(first.writing, 1)
        for number, engine in enumerate((first.writing, first.reading, second.writing, second.reading)):
            assert asked(engine, number) == (41 + number, CacheStats.CACHE_HIT)
    finally:
        first.dispose()
        second.dispose()


def test_each_kind_of_database_has_its_own() -> None:
    kept = Compiled(10)
    kept[sqlite.dialect(), "question"] = "for SQLite"
    assert kept.get((sqlite.dialect(), "question")) == "for SQLite"
    assert kept.get((POSTGRESQL(), "question")) is None


def test_a_newer_server_is_asked_in_its_own_words() -> None:
    older, newer = POSTGRESQL(), POSTGRESQL()
    older.server_version_info, newer.server_version_info = (15, 4), (17, 2)
    kept = Compiled(10)
    kept[older, "question"] = "for 15"
    assert kept.get((newer, "question")) is None
