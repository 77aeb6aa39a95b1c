"""`anxin user` and `anxin token`: who may come in, as the administrator of the machine says."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Annotated

import typer

from services.domain.people import Role, User
from services.domain.ports import UnitOfWork
from services.wiring.cli.options import DataDir, refuse, settings_of, store_of

users = typer.Typer(help="Logins.", no_args_is_help=True)
tokens = typer.Typer(help="Bearer tokens of the API.", no_args_is_help=True)

RoleOption = Annotated[Role, typer.Option("--role", help="What the login or token may do.")]


@users.callback()
def user() -> None:
    """Logins."""


@tokens.callback()
def token() -> None:
    """Bearer tokens of the API."""


@users.command("add")
def add_user(
    username: Annotated[str, typer.Argument(help="Name of the login.")],
    role: RoleOption,
    worker: Annotated[str | None, typer.Option("--worker", help="Id of the worker who signs in so.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a login and print its password, which is not shown again."""
    from services.domain.identity import derived_id
    from services.domain.people import User
    from services.domain.ports import AlreadyThere
    from services.wiring.passwords import hash_password

    password = secrets.token_urlsafe(12)
    login = User(derived_id("usr", username), username, role, hash_password(password), worker)
    with store_of(settings_of(data_dir=data_dir)) as store:
        try:
            with store.writing() as uow:
                if worker is not None and uow.workers.get(worker) is None:
                    refuse(f"no worker has the id {worker!r}")
                uow.users.add(login)
        except AlreadyThere:
            refuse(f"a login named {username!r} exists already", code=1)
    typer.echo(password)


@users.command("password")
def change_password(
    username: Annotated[str, typer.Argument(help="Name of the login.")], data_dir: DataDir = None
) -> None:
    """Give a login a new password and print it, not to be shown again; whoever is signed in so is out."""
    from services.wiring.passwords import hash_password

    password = secrets.token_urlsafe(12)
    password_hash = hash_password(password)
    with store_of(settings_of(data_dir=data_dir)) as store, store.writing() as uow:
        login = _login(uow, username)
        uow.users.save(replace(login, password_hash=password_hash))
        uow.access.end_sessions_of(login.id)
    typer.echo(password)


@users.command("sign-out")
def sign_out(
    username: Annotated[str, typer.Argument(help="Name of the login.")], data_dir: DataDir = None
) -> None:
    """Sign a login out everywhere and print of how many sessions: after a lost phone, for example."""
    with store_of(settings_of(data_dir=data_dir)) as store, store.writing() as uow:
        ended = uow.access.end_sessions_of(_login(uow, username).id)
    typer.echo(ended)


def _login(uow: UnitOfWork, username: str) -> User:
    login = uow.users.by_username(username)
    if login is None:
        refuse(f"no login is named {username!r}", code=1)
    return login


@tokens.command("add")
def add_token(
    role: RoleOption,
    name: Annotated[str, typer.Option("--name", help="What the token is for.")] = "",
    worker: Annotated[
        str | None, typer.Option("--worker", help="Id of the worker whom the token acts for.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a bearer token and print it, and nothing else; it is not shown again."""
    from services.domain.access import AccessToken, hash_of
    from services.domain.identity import derived_id
    from services.wiring.clock import SystemClock

    secret = secrets.token_urlsafe(32)
    hashed = hash_of(secret)
    with store_of(settings_of(data_dir=data_dir)) as store, store.writing() as uow:
        if worker is not None and uow.workers.get(worker) is None:
            refuse(f"no worker has the id {worker!r}")
        uow.access.add_token(
            AccessToken(derived_id("tok", hashed), hashed, role, SystemClock().now(), name, worker)
        )
    typer.echo(secret)
