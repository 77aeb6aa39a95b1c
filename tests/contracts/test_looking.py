"""Looking reads a store of either kind and cannot change it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from services.domain.ports import Store, StoreUnavailable
from services.storage import migrate
from services.storage.looking import Looking, look_at
from tests.contracts.cast import event
from tests.contracts.postgresql import PostgresqlServer


@pytest.fixture
def looking(url: str) -> Iterator[Looking]:
    looking = look_at(url)
    yield looking
    looking.close()


def test_what_is_stored_is_seen(store: Store, looking: Looking) -> None:
    with store.writing() as uow:
        uow.events.append([event("press")])
    with looking.reading() as uow:
        assert uow.events.last_seq() == 1
    assert looking.revision() == migrate.head()
    assert looking.why_not_writable() is None
    assert looking.broken_pages() == []


def test_nothing_can_be_written(store: Store, looking: Looking) -> None:
    with pytest.raises((DBAPIError, StoreUnavailable)), looking.reading() as uow:
        uow.events.append([event("press")])
    with store.reading() as uow:
        assert uow.events.last_seq() == 0


def test_a_database_without_tables_has_no_revision(empty: str) -> None:
    if empty.startswith("sqlite"):
        with migrate.changing(empty):
            pass
    looking = look_at(empty)
    assert looking.revision() is None
    looking.close()


def test_a_server_that_only_reads_is_told(postgresql: PostgresqlServer) -> None:
    with postgresql.database() as url:
        postgresql.say(f"ALTER DATABASE {make_url(url).database} SET default_transaction_read_only = on")
        looking = look_at(url)
        assert "only reads" in (looking.why_not_writable() or "")
        looking.close()


def test_a_login_that_may_only_read_is_told(postgresql: PostgresqlServer) -> None:
    with postgresql.database() as url:
        database = make_url(url).database
        postgresql.say("CREATE ROLE reader LOGIN")
        migrated = make_url(url)
        with migrate.changing(url) as connection:
            connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        looking = look_at(migrated.set(username="reader").render_as_string(hide_password=False))
        assert "may not write" in (looking.why_not_writable() or ""), database
        looking.close()
        with migrate.changing(url) as connection:
            connection.exec_driver_sql("DROP OWNED BY reader")
        postgresql.say("DROP ROLE reader")


@pytest.mark.parametrize("address", ["nonsense", "mysql://db/anxin"])
def test_an_address_of_no_store_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no s"):
        look_at(address)
