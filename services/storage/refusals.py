"""What a driver's error means to the rooms: 'not now' (`StoreUnavailable`), 'there already'
(`AlreadyThere`), or a fault of ours, which stays what it is. It must never turn a fault into 'not now':
that would be tried for ever.
"""

from __future__ import annotations

import re
import sqlite3

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.engine import ExceptionContext

from services.domain.ports import AlreadyThere, StoreUnavailable

_SQLITE_NOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_POSTGRESQL_NOT_NOW = (
    "08",  # the connection broke
    "25006",  # this server only reads now (a standby)
    "25P03",  # the transaction stood idle for too long
    "40",  # deadlock, serialization failure
    "53",  # disk full, out of memory, too many connections
    "55P03",  # a lock was not to be had in time
    "57",  # shut down, starting up, cancelled
    "58",  # the server's own disk or files
)
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: \w+\.(\w+)")
_POSTGRESQL_UNIQUE = re.compile(r"Key \(\"?(\w+)\"?")


def translate(context: ExceptionContext) -> BaseException | None:
    """SQLAlchemy's hook for errors of the driver, on every statement, commit and connect."""
    return refusal(context.original_exception)


def refusal(error: BaseException) -> Exception | None:
    """What the error means to the rooms; None if it is a fault of ours."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, psycopg.Error):
        return _of_postgresql(error)
    return None


def make_sure_it_stands(connection: Connection) -> None:
    """Raise unless the transaction can still be committed.

    Both databases answer 'done' to the commit of a transaction that they have taken back: SQLite takes all of
    it back by itself where the disk is full or fails, PostgreSQL where a statement failed and somebody caught
    the error.
    """
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
        raise StoreUnavailable("the database took the transaction back")
    if isinstance(driver, psycopg.Connection) and driver.info.transaction_status is TransactionStatus.INERROR:
        raise RuntimeError("a statement failed in this transaction, and nobody said so")


def _of_sqlite(error: sqlite3.Error) -> Exception | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _SQLITE_NOT_NOW:
        return StoreUnavailable(str(error))
    unique = _SQLITE_UNIQUE.search(str(error))
    return AlreadyThere(unique[1]) if unique else None


def _of_postgresql(error: psycopg.Error) -> Exception | None:
    if isinstance(error, psycopg.errors.UniqueViolation):
        unique = _POSTGRESQL_UNIQUE.search(error.diag.message_detail or "")
        return AlreadyThere(unique[1] if unique else error.diag.constraint_name or "")
    lost = error.sqlstate is None and isinstance(error, psycopg.OperationalError)
    if lost or (error.sqlstate or "").startswith(_POSTGRESQL_NOT_NOW):
        return StoreUnavailable(str(error).strip())
    return None
