"""Lists: a part of a collection, from a cursor on, with only what the caller may see.

A page may hold fewer things than were asked for where others in between are not the caller's; ``next`` is
null at the end and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import Flag, Id, Instant, Shape, Text, Word
from services.domain.ports import Filters, Page, T

MOST_FETCHES = 50
"""Pages of the store that are looked through for one page of an answer."""

S = TypeVar("S", bound=Shape)

IdFilter = Annotated[Id | SkipJsonSchema[None], Query()]
WordFilter = Annotated[Word | SkipJsonSchema[None], Query()]
FlagFilter = Annotated[Flag | SkipJsonSchema[None], Query()]
Since = Annotated[Instant | SkipJsonSchema[None], Query(description="At or after this instant.")]
Until = Annotated[Instant | SkipJsonSchema[None], Query(description="Before this instant.")]
Synthetic = Annotated[Flag, Query(description="Those of the house's own watch over itself instead.")]
TextFilter = Annotated[Text | SkipJsonSchema[None], Query()]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which part of a collection is asked for."""

    after: Annotated[int, Query(ge=0, le=2**63 - 1, description="The `next` of the page before.")] = 0
    limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 100


Part = Annotated[Stretch, Depends()]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which things of a collection are asked for, field by field; None asks for any.

    A collection names its fields in a class of its own, which FastAPI reads as query parameters.
    """

    @property
    def filters(self) -> Filters:
        """The fields that were asked for, as the store takes them."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in said.items() if value is not None}


class Listed(Shape, Generic[S]):
    """Part of a collection, ascending by number."""

    items: list[S]
    next: int | None


def listed(
    fetch: Callable[[Filters, int, int], Page[T]],
    filters: Filters,
    part: Stretch,
    shape: Callable[[T], S],
    keep: Callable[[T], bool] = lambda _thing: True,
) -> Listed[S]:
    """The next things that ``keep`` lets through, each in its shape."""
    kept: list[T] = []
    cursor: int | None = part.after
    fetches = 0
    while cursor is not None and len(kept) < part.limit and fetches < MOST_FETCHES:
        page = fetch(filters, cursor, part.limit - len(kept))
        kept.extend(thing for thing in page.items if keep(thing))
        cursor = page.next
        fetches += 1
    return Listed(items=[shape(thing) for thing in kept], next=cursor)
