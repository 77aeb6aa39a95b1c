"""Users: logins. A password is taken or made once and kept only as a hash; it is never shown again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field, StringConstraints

from services.console import passwords
from services.console.api.fields import (
    NO_NUL,
    Flag,
    Id,
    Instant,
    PathId,
    PersonsRole,
    Shape,
    changes_of,
    unset,
)
from services.console.api.lists import IdFilter, Listed, Part, Wanted, WordFilter, listed
from services.console.api.references import Known
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented, not_found
from services.console.writing import note, write
from services.domain.people import Role, User
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/users", tags=["users"], route_class=GuardedRoute)

Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.@\-]{1,64}$")]
Password = Annotated[
    str,
    StringConstraints(min_length=passwords.SHORTEST, max_length=passwords.LONGEST, pattern=NO_NUL),
]


class NewUser(Shape):
    """A login to be made."""

    username: Username
    role: PersonsRole
    worker_id: Id | None = Field(default=None, description="The worker who signs in so.")
    password: Password | None = Field(default=None, description="Left out: one is made and shown once.")


class UserChanges(Shape):
    """The changed fields of a login; a new role or password ends its sessions."""

    role: PersonsRole = unset()
    worker_id: Id | None = None
    password: Password = unset()
    active: Flag = unset()


class UserShape(Shape):
    """A login."""

    id: str
    username: str
    role: Role
    worker_id: str | None
    active: bool


class NewUserShape(UserShape):
    """A login just made; the password, where one was made for it, is shown this once."""

    password: str | None


class OneSessionShape(Shape):
    """One browser in which somebody is signed in, and until when if nothing more is done there."""

    id: str
    created_at: Instant
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class UsersWanted(Wanted):
    """By what logins are looked for."""

    username: WordFilter = None
    worker_id: IdFilter = None


@router.get("")
def list_users(parts: Parts, part: Part, wanted: Annotated[UsersWanted, Depends()]) -> Listed[UserShape]:
    with parts.store.reading() as uow:
        return listed(uow.users.page, wanted.filters, part, _shape_of)


@router.post("", status_code=201, responses=documented(409))
def create_user(parts: Parts, who: Who, body: NewUser) -> NewUserShape:
    password = body.password or passwords.fresh()
    password_hash = passwords.hashed(password)

    def work(uow: UnitOfWork) -> User:
        Known(uow).worker("worker_id", body.worker_id)
        user = User(parts.new_id("usr"), body.username, body.role, password_hash, body.worker_id)
        user = uow.users.add(user)
        note(uow, parts, who, "user.created", ("user", user.id), user.username)
        return user

    made = None if body.password else password
    return NewUserShape(**_shape_of(write(parts, work)).model_dump(), password=made)


@router.get("/{user_id}")
def read_user(parts: Parts, user_id: PathId) -> UserShape:
    with parts.store.reading() as uow:
        user = uow.users.get(user_id)
        if user is None:
            raise not_found("user")
        return _shape_of(user)


@router.patch("/{user_id}", responses=documented(409))
def change_user(parts: Parts, who: Who, user_id: PathId, body: UserChanges) -> UserShape:
    changes = changes_of(body)
    if "password" in changes:
        changes["password_hash"] = passwords.hashed(changes.pop("password"))

    def work(uow: UnitOfWork) -> User:
        before = uow.users.get(user_id)
        if before is None:
            raise not_found("user")
        Known(uow).worker("worker_id", body.worker_id)
        user = uow.users.save(replace(before, **changes))
        if body.model_fields_set & {"role", "password", "active"}:
            uow.access.end_sessions_of(user.id)
        note(uow, parts, who, "user.changed", ("user", user.id), ", ".join(sorted(body.model_fields_set)))
        return user

    return _shape_of(write(parts, work))


@router.get("/{user_id}/sessions")
def list_sessions(parts: Parts, user_id: PathId) -> Listed[OneSessionShape]:
    """Where somebody is signed in now; all of it, for nobody has many."""
    with parts.store.reading() as uow:
        if uow.users.get(user_id) is None:
            raise not_found("user")
        now = parts.clock.now()
        running = [each for each in uow.access.sessions_of(user_id) if each.expires_at > now]
    items = [
        OneSessionShape(id=each.id, created_at=each.created_at, expires_at=each.expires_at)
        for each in running
    ]
    return Listed[OneSessionShape](items=items, next=None)


@router.delete("/{user_id}/sessions", status_code=204)
def end_sessions(parts: Parts, who: Who, user_id: PathId) -> Response:
    """Sign somebody out everywhere: a lost phone, a desk that was left."""

    def work(uow: UnitOfWork) -> None:
        if uow.users.get(user_id) is None:
            raise not_found("user")
        ended = uow.access.end_sessions_of(user_id)
        note(uow, parts, who, "session.ended_everywhere", ("user", user_id), str(ended))

    write(parts, work)
    return Response(status_code=204)


def _shape_of(user: User) -> UserShape:
    return UserShape(
        id=user.id, username=user.username, role=user.role, worker_id=user.worker_id, active=user.active
    )
