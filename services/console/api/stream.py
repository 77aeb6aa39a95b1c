"""The live stream: each move of an alert as it is stored, for screens that stay open.

The number of a change is its id and the cursor: whoever comes back with it misses nothing. A stream ends
when its session does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from anyio import CapacityLimiter, current_time, to_thread
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from services.console.api.alert_shapes import streamed
from services.console.callers import Caller, Parts, Who, identify
from services.console.gate import GuardedRoute
from services.console.lookout import WAIT_SECONDS, Lookout
from services.console.parts import Console
from services.console.problems import Problem, documented
from services.console.sight import Sight
from services.domain.alerts import AlertChange
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/stream", tags=["stream"], route_class=GuardedRoute)

MOST_STREAMS = 200
"""They read the store in threads of their own, beside those that answer requests."""
MOST_OF_ONE = 50
"""Of one login or token, a quarter: nobody, by a fault or on purpose, keeps all others from theirs."""
BATCH = 500
RETRY_MILLISECONDS = 2000
BEAT_SECONDS = 10.0
"""A page cannot see the comments that keep a connection open; a beat it sees, and takes its absence for a
dead line.
"""

Cursor = Annotated[
    Annotated[int, Field(ge=0, le=2**63 - 1)] | SkipJsonSchema[None],
    Query(description="Changes after this one; left out: from now on."),
]
Looks = Annotated[
    bool,
    Query(
        description="Also events `beat` (at the start and every 10 s, with the time here) and `look` "
        "(something else that pages show has moved: ask again); they have no id."
    ),
]
LastEventId = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")] | SkipJsonSchema[None],
    Header(description="As browsers send it when they come back; goes before `after`."),
]


class Streams:
    """Counts the open streams of one console."""

    def __init__(self, parts: Console) -> None:
        self.threads = CapacityLimiter(MOST_STREAMS)
        self.lookout = Lookout(parts, self.threads)
        self.open = 0
        self.of_one: Counter[str] = Counter()
        """By who asks, as the audit calls them."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One open stream, and what had moved when it was opened."""

    streams: Streams
    moved: int


async def _counted(
    request: Request,
    who: Who,
    looks: Looks = False,  # noqa: FBT002 - a query
) -> AsyncIterator[Listener]:
    streams: Streams = request.app.state.streams
    if streams.open >= MOST_STREAMS or streams.of_one[who.actor] >= MOST_OF_ONE:
        raise Problem(
            503, "too_many_streams", "Too many live streams are open.", headers={"Retry-After": "10"}
        )
    streams.open += 1
    streams.of_one[who.actor] += 1
    try:
        async with streams.lookout.listening(looks=looks) as moved:
            yield Listener(streams, moved)
    finally:
        streams.open -= 1
        streams.of_one[who.actor] -= 1
        if not streams.of_one[who.actor]:
            del streams.of_one[who.actor]


Open = Annotated[Listener, Depends(_counted)]


@router.get("", response_class=EventSourceResponse, responses=documented(503))
async def stream(
    request: Request,
    parts: Parts,
    who: Who,
    listener: Open,
    after: Cursor = None,
    last_event_id: LastEventId = None,
    looks: Looks = False,  # noqa: FBT002 - as above
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events `change`; the data are the change with its `alert_id`."""
    streams, moved = listener.streams, listener.moved
    lookout = streams.lookout
    cursor = int(last_event_id) if last_event_id is not None else after
    yield ServerSentEvent(retry=RETRY_MILLISECONDS, comment="the live stream of alerts")
    beat_due_at = current_time()
    while True:
        move = lookout.next_move
        turn = await to_thread.run_sync(_read, parts, request, who, cursor, limiter=streams.threads)
        if turn is None:
            return
        changes, cursor = turn
        for change in changes:
            yield ServerSentEvent(event="change", id=str(change.number), data=streamed(change))
        if looks and current_time() >= beat_due_at:
            beat_due_at = current_time() + BEAT_SECONDS
            yield ServerSentEvent(event="beat", data=_now(parts))
        if looks and lookout.moved != moved:
            moved = lookout.moved
            yield ServerSentEvent(event="look", data=_now(parts))
        if not changes:
            await lookout.wait(move, WAIT_SECONDS)


def _is_own(uow: UnitOfWork, alert_id: str) -> bool:
    """Whether it is about a press of the house's own."""
    alert = uow.alerts.standing(alert_id)
    return alert is not None and alert.synthetic


def _now(parts: Console) -> dict[str, str]:
    return {"at": parts.clock.now().isoformat()}


def _read(
    parts: Console, request: Request, who: Caller, cursor: int | None
) -> tuple[list[AlertChange], int] | None:
    """What the caller may see of the changes after the cursor, and the next cursor; None if nobody asks
    any more.
    """
    with parts.store.reading() as uow:
        now_asking = identify(uow, request, parts.clock.now())
        if now_asking is None or now_asking.role is not who.role:
            return None
        if cursor is None:
            return [], uow.alerts.last_change()
        found = uow.alerts.changes_after(cursor, BATCH)
        sight = Sight(uow, now_asking.seeing(who.sees))
        seen = {change.alert_id for change in found}
        visible = {alert_id for alert_id in seen if sight.alert_id(alert_id)}
        visible -= {each for each in visible if _is_own(uow, each)}
        kept = [change for change in found if change.alert_id in visible]
        return kept, found[-1].number if found else cursor
