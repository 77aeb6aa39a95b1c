"""Replies: the door by which messengers bring what people sent back, as JSON or as a form.

A messenger has a token of a role of its own, which may do nothing else. Whatever a reply says, the messenger
hears only what became of it; whoever sent it is told by a notice.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from pydantic import Field, StringConstraints, ValidationError

from services.console.answering.misses import Misses
from services.console.answering.replied import Replied
from services.console.answering.replies import Reply, Result, take
from services.console.api.fields import NO_NUL, Instant, Shape
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import Problem, documented, fault_of
from services.console.writing import write
from services.domain.people import Channel, ChannelKind
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/replies", tags=["replies"], route_class=GuardedRoute)

FORM = "application/x-www-form-urlencoded"
MOST_TEXT = 2000
"""Characters of a reply that are taken; far more than an SMS in parts."""

Address = Annotated[
    str, StringConstraints(min_length=1, max_length=2048, pattern=NO_NUL, strip_whitespace=True)
]


class NewReply(Shape):
    """What somebody sent back."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)] = Field(
        description="The messenger's own id of the message: brought again, it counts once."
    )
    channel: ChannelKind = Field(description="The kind of the channel by which it came.")
    sender: Address = Field(alias="from", description="The address as the register has it for that channel.")
    text: Annotated[str, StringConstraints(max_length=MOST_TEXT, pattern=NO_NUL)]
    sent_at: Instant | None = Field(
        default=None, description="When they sent it; it is about nothing that they were told later."
    )


class ReplyShape(Shape):
    """What became of it."""

    result: Result


async def _read(request: Request) -> NewReply:
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == FORM:
            return NewReply.model_validate(_form(body))
        return NewReply.model_validate_json(body)
    except ValidationError as error:
        if any(each["type"] == "json_invalid" for each in error.errors()):
            raise Problem(400, "malformed_json", "The body is not JSON.") from error
        faults = [fault_of(dict(each)) for each in error.errors()]
        raise Problem(422, "unfit", "The request does not fit its schema.", faults=faults) from error


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as error:
        raise Problem(400, "malformed", "The body is no form in UTF-8.") from error
    if len(dict(pairs)) != len(pairs):
        raise Problem(422, "unfit", "A field of the form stands there twice.")
    return {name: value for name, value in pairs if value or name == "text"}


def _schema() -> dict[str, Any]:
    """The body as one schema without references, for the document: it is read before FastAPI sees it."""
    whole = NewReply.model_json_schema()
    named = whole.pop("$defs")
    whole["properties"]["channel"] = named["ChannelKind"]
    return whole


_DESCRIBED = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _schema()}, FORM: {"schema": _schema()}},
    }
}


@router.post("", status_code=201, responses=documented(400, 409, 413), openapi_extra=_DESCRIBED)
def bring_reply(
    request: Request, parts: Parts, who: Who, said: Annotated[NewReply, Depends(_read)]
) -> ReplyShape:
    """Answer the alert that the sender was told of. Unknown senders are counted and told nothing."""
    reply = Reply(who.actor, said.id, Channel(said.channel, said.sender), said.text, said.sent_at)
    misses: Misses = request.app.state.misses

    def work(uow: UnitOfWork) -> Result:
        return take(uow, parts, reply, misses)

    result = write(parts, work)
    replied: Replied = request.app.state.replied
    replied.count(result.value)
    return ReplyShape(result=result)
