"""`anxin user` on the command line: logins, new passwords, and signing somebody out everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.console import passwords
from services.domain.access import SignIn
from services.domain.people import User
from services.wiring.cli import app
from services.wiring.cli.options import settings_of, store_of

NIGHT = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)


def anxin(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def dawa(tmp_path: Path) -> Path:
    """A data folder with a login that is signed in on two machines."""
    made = anxin("user", "add", "--role", "admin", "dawa", "--data-dir", tmp_path)
    assert made.exit_code == 0, made.output
    with store_of(settings_of(data_dir=tmp_path)) as store, store.writing() as uow:
        user = uow.users.by_username("dawa")
        assert user is not None
        for name in "ab":
            uow.access.add_session(SignIn(f"ses_{name}", name, user.id, NIGHT, NIGHT + timedelta(hours=12)))
    return tmp_path


def left(folder: Path) -> tuple[User, int]:
    """The login and how many sessions it has."""
    with store_of(settings_of(data_dir=folder)) as store, store.reading() as uow:
        user = uow.users.by_username("dawa")
        assert user is not None
        return user, len(uow.access.sessions_of(user.id))


def test_a_new_password_is_printed_once_and_ends_the_sessions(dawa: Path) -> None:
    printed = anxin("user", "password", "dawa", "--data-dir", dawa)
    assert printed.exit_code == 0, printed.output
    user, sessions = left(dawa)
    assert passwords.check(printed.stdout.strip(), user.password_hash).fits
    assert sessions == 0


def test_signing_out_everywhere_leaves_the_password(dawa: Path) -> None:
    before, _ = left(dawa)
    said = anxin("user", "sign-out", "dawa", "--data-dir", dawa)
    assert (said.exit_code, said.stdout.strip()) == (0, "2")
    assert left(dawa) == (before, 0)


@pytest.mark.parametrize("verb", ["password", "sign-out"])
def test_a_login_that_is_not_there_is_named(dawa: Path, verb: str) -> None:
    said = anxin("user", verb, "nobody", "--data-dir", dawa)
    assert said.exit_code == 1
    assert "nobody" in said.stderr
    assert left(dawa)[1] == 2
