"""What a driver's error means: not now, there already, or a fault of ours."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest

from services.domain.ports import AlreadyThere, StoreUnavailable
from services.storage.refusals import refusal


def sqlite_error(code: int, words: str = "said by SQLite") -> sqlite3.Error:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "code",
    [
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_BUSY_SNAPSHOT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    ],
)
def test_sqlite_can_say_not_now(code: int) -> None:
    assert isinstance(refusal(sqlite_error(code)), StoreUnavailable)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.DiskFull(),
        psycopg.errors.LockNotAvailable(),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.CannotConnectNow(),
        psycopg.errors.DeadlockDetected(),
        psycopg.errors.SerializationFailure(),
        psycopg.errors.ReadOnlySqlTransaction(),
        psycopg.errors.IdleInTransactionSessionTimeout(),
        psycopg.OperationalError("the connection is lost"),
    ],
)
def test_postgresql_can_say_not_now(error: psycopg.Error) -> None:
    assert isinstance(refusal(error), StoreUnavailable)


@pytest.mark.parametrize(
    "error",
    [
        sqlite_error(sqlite3.SQLITE_ERROR, "no such table: events"),
        sqlite_error(sqlite3.SQLITE_CONSTRAINT_NOTNULL, "NOT NULL constraint failed: events.kind"),
        psycopg.errors.UndefinedTable(),
        psycopg.errors.NotNullViolation(),
        psycopg.errors.SyntaxError(),
        ValueError("no error of a driver"),
    ],
)
def test_a_fault_of_ours_stays_what_it_is(error: Exception) -> None:
    assert refusal(error) is None


def test_a_clash_names_the_field() -> None:
    error = sqlite_error(sqlite3.SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: users.username")
    meaning = refusal(error)
    assert isinstance(meaning, AlreadyThere)
    assert meaning.field == "username"
