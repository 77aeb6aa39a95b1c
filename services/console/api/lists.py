"""Lists: a part of a collection, from a cursor on, with only what the caller may see.

A page may hold fewer things than were asked for where others in between are not the caller's; ``next`` is
null at the end and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Flag, Id, Instant, Shape, Text, Word
from services.domain.ports import Filters, Page, T

MOST_FETCHES = 50
"""Pages of the store that are looked through for one page of an answer."""

S = TypeVar("S", bound=Shape)

After = Annotated[int, Query(ge=0, le=2**63 - 1, description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
IdFilter = Annotated[Id | SkipJsonSchema[None], Query()]
WordFilter = Annotated[Word | SkipJsonSchema[None], Query()]
FlagFilter = Annotated[Flag | SkipJsonSchema[None], Query()]
Since = Annotated[Instant | SkipJsonSchema[None], Query(description="At or after this instant.")]
Until = Annotated[Instant | SkipJsonSchema[None], Query(description="Before this instant.")]
Synthetic = Annotated[Flag, Query(description="Those of the house's own watch over itself instead.")]
TextFilter = Annotated[Text | SkipJsonSchema[None], Query()]
FIRST = 100


class Listed(Shape, Generic[S]):
    """Part of a collection, ascending by number."""

    items: list[S]
    next: int | None


def asked(**fields: Any) -> Filters:
    """The filters that were asked for."""
    return {name: value for name, value in fields.items() if value is not None}


def listed(
    fetch: Callable[[int, int], Page[T]],
    shape: Callable[[T], S],
    after: int,
    limit: int,
    keep: Callable[[T], bool] = lambda _thing: True,
) -> Listed[S]:
    """The next things that ``keep`` lets through, each in its shape."""
    kept: list[T] = []
    cursor: int | None = after
    fetches = 0
    while cursor is not None and len(kept) < limit and fetches < MOST_FETCHES:
        page = fetch(cursor, limit - len(kept))
        kept.extend(thing for thing in page.items if keep(thing))
        cursor = page.next
        fetches += 1
    return Listed(items=[shape(thing) for thing in kept], next=cursor)
