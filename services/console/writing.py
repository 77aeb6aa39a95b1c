"""Writing: how the console changes something: one transaction, an audit entry in it, an answer that can
be repeated.

A conflict is decided anew from what is stored by then, a few times at most. An answer to a request with
an Idempotency-Key is remembered in the same transaction as what it did; a refused request did nothing and
is not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import StringConstraints
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Shape
from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, unfit
from services.domain.ports import AlreadyThere, Conflict, UnitOfWork
from services.domain.records import AuditEntry, RememberedAnswer

MOST_TRIES = 4

IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")] | SkipJsonSchema[None],
    Header(description="The same key with the same body is done once and answered alike, for a day."),
]

R = TypeVar("R")


def write(parts: Console, work: Callable[[UnitOfWork], R]) -> R:
    """Do ``work`` in one transaction; again, from what is stored by then, if somebody else was quicker."""
    for _ in range(MOST_TRIES):
        try:
            with parts.store.writing() as uow:
                return work(uow)
        except Conflict:
            continue
    raise Problem(409, "changed_meanwhile", "Others keep changing this just now; try again.")


def write_once(
    parts: Console,
    caller: Caller,
    request: Request,
    key: str | None,
    body: Shape,
    work: Callable[[UnitOfWork], tuple[int, Shape]],
) -> Response:
    """As `write`, answering a repeated key as it was answered before; ``work`` gives status and answer."""
    status, text = answered_once(parts, caller, (request.method, request.url.path), key, body, work)
    return Response(text, status, media_type="application/json")


def answered_once(
    parts: Console,
    caller: Caller,
    place: tuple[str, str],
    key: str | None,
    body: Shape,
    work: Callable[[UnitOfWork], tuple[int, Shape]],
) -> tuple[int, str]:
    """`write_once` without a request: status and answer. ``place`` is the method and the path of the API
    under which the key is remembered, so that a form and the API know each other's.
    """
    asked = hashlib.sha256(
        json.dumps(body.model_dump(mode="json", exclude_unset=True), sort_keys=True).encode()
    ).hexdigest()
    full_key = "\n".join((caller.actor, *place, key or ""))

    def work_once(uow: UnitOfWork) -> tuple[int, str]:
        before = uow.remembered.get(full_key) if key is not None else None
        if before is not None:
            if before.request_hash != asked:
                raise unfit("Idempotency-Key", key, "a new key, for this one came with another body")
            return before.status, before.body
        status, shape = work(uow)
        text = shape.model_dump_json(by_alias=True)
        if key is not None:
            try:
                uow.remembered.add(RememberedAnswer(full_key, asked, status, text, parts.clock.now()))
            except AlreadyThere as error:
                raise Conflict from error
        return status, text

    return write(parts, work_once)


def note(
    uow: UnitOfWork,
    parts: Console,
    caller: Caller,
    action: str,
    what: tuple[str, str],
    detail: str = "",
) -> None:
    """Write into the audit that ``caller`` did ``action`` to ``what`` (its kind and id)."""
    kind, object_id = what
    uow.audit.add(
        AuditEntry(
            id=parts.new_id("aud"),
            at=parts.clock.now(),
            actor=caller.actor,
            role=caller.role.value,
            action=action,
            object_kind=kind,
            object_id=object_id,
            detail="; ".join(filter(None, (detail, caller.way))),
        )
    )
