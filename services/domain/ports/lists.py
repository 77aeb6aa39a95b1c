"""Lists: how collections answer a part of themselves. In the order of ``number``; a page names the cursor for
the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.domain.events import Json

T = TypeVar("T")
Filters = Mapping[str, Json]
"""Field name → value; ``since`` (inclusive) and ``until`` (exclusive) take datetimes. An unknown name:
ValueError.
"""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list; ``next`` is the cursor after its last item, None at the end."""

    items: tuple[T, ...]
    next: int | None
