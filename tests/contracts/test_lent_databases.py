"""That a database of PostgreSQL which one test had before is as good as new for the next."""

from contextlib import ExitStack, closing

import psycopg

from tests.contracts.postgresql import PostgresqlServer

A_TEAM = "INSERT INTO teams (number, id, name) VALUES (1, 't', '一队')"


def connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_what_one_left_in_it_is_not_there_for_the_next(postgresql: PostgresqlServer) -> None:
    with ExitStack() as never_left:
        with postgresql.lent() as first:
            never_left.enter_context(closing(connected(first))).execute(A_TEAM)
        with postgresql.lent() as second, connected(second) as connection:
            assert second == first
            assert connection.execute("SELECT count(*) FROM teams").fetchone() == (0,)
            assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_one_that_was_changed_in_more_than_its_rows_is_not_lent_again(postgresql: PostgresqlServer) -> None:
    for change in (
        "ALTER TABLE teams RENAME COLUMN name TO called",
        "DROP TABLE audit",
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1",
    ):
        with postgresql.lent() as first, connected(first) as connection:
            connection.execute(change)
        with postgresql.lent() as second:
            assert second != first, change
