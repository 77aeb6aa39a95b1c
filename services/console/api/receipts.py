"""Receipts: the door by which carriers say what became of messages that they took.

A carrier is no user: it is known by the token of its channel, in the address that it was given or as a bearer
token, or by a signature. What it brings is read by notify; a name that nobody knows is said in words. However
much it brings, it is never kept waiting; strangers are, after many tries from one address.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Shape
from services.console.callers import Parts
from services.console.gate import GuardedRoute
from services.console.problems import Problem, documented, not_found
from services.console.throttle import Strangers, address_of
from services.domain.people import ChannelKind
from services.domain.receipts import (
    Brought,
    Fate,
    NoReceipts,
    NotTheCarrier,
    ReceiptDoor,
    Taken,
    Unreadable,
)

router = APIRouter(prefix="/api/v1/receipts", tags=["receipts"], route_class=GuardedRoute)

WORDS = {
    Fate.STORED: "Taken.",
    Fate.DUPLICATE: "Known already; nothing was changed.",
    Fate.UNKNOWN: "No message with this id was sent over this channel.",
}
Token = Annotated[
    str | SkipJsonSchema[None],
    Query(max_length=200, description="The token of the channel; or bring it as a bearer token."),
]


class ReceiptShape(Shape):
    """What became of one receipt."""

    id: str
    result: Fate
    detail: str


class ReceiptsShape(Shape):
    """What became of each."""

    items: list[ReceiptShape]


async def _body(request: Request) -> bytes:
    return await request.body()


_BODY: dict[str, Any] = {
    "type": ["object", "array"],
    "description": "As the carrier of the channel writes it.",
}
_DESCRIBED = {"requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}}}


@router.post(
    "/{channel}",
    response_model=ReceiptsShape,
    responses=documented(401, 404, 429),
    openapi_extra=_DESCRIBED,
)
def bring_receipts(
    request: Request,
    parts: Parts,
    channel: ChannelKind,
    body: Annotated[bytes, Depends(_body)],
    token: Token = None,
) -> ReceiptsShape | Response:
    """Say of messages that they arrived, or did not. Brought twice it counts once."""
    brought = Brought(channel, body, dict(request.headers), token or "")
    try:
        taken = _taken(parts.receipts, brought)
    except (NoReceipts, NotTheCarrier) as error:
        strangers: Strangers = request.app.state.strangers
        strangers.one_more(address_of(request))
        raise _turned_away(error) from error
    if taken.answer is not None:
        return Response(taken.answer, media_type="application/json")
    if taken.fates and all(fate is Fate.UNKNOWN for _, fate in taken.fates):
        raise Problem(404, "not_found", WORDS[Fate.UNKNOWN])
    return ReceiptsShape(
        items=[ReceiptShape(id=name, result=fate, detail=WORDS[fate]) for name, fate in taken.fates]
    )


def _taken(door: ReceiptDoor | None, brought: Brought) -> Taken:
    if door is None:
        raise NoReceipts
    try:
        return door(brought)
    except Unreadable as error:
        raise Problem(422, "unfit", f"This is no receipt of this channel: {error}.") from error


def _turned_away(error: NoReceipts | NotTheCarrier) -> Problem:
    if isinstance(error, NoReceipts):
        return not_found("channel over which receipts come")
    return Problem(
        401,
        "who_are_you",
        "The token or the signature of this channel is needed.",
        headers={"WWW-Authenticate": 'Bearer realm="anxin"'},
    )
