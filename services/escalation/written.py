"""Written: how what lies in the folder of policies is put down in YAML: spans, wall times, names, parts.

Each file there is read by these, so that a length of time means the same in all. Decides nothing.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from services.domain.instants import NotASpan, NotAWallTime, parse_span, parse_wall

POLICY_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _span(value: object) -> object:
    try:
        return parse_span(value if isinstance(value, str) else "")
    except NotASpan as error:
        raise ValueError("a span such as 90s, 20m, 2h or 3d") from error


def _wait(value: object) -> object:
    span = _span(value)
    if not isinstance(span, timedelta) or span <= timedelta():
        raise ValueError("a wait greater than 0s")
    return span


def _wall(value: object) -> object:
    try:
        return parse_wall(value if isinstance(value, str) else "")
    except NotAWallTime as error:
        raise ValueError('a local time in quotes such as "07:00"') from error


Span = Annotated[timedelta, BeforeValidator(_span)]
Wait = Annotated[timedelta, BeforeValidator(_wait)]
Wall = Annotated[time, BeforeValidator(_wall)]


class Part(BaseModel):
    """A mapping of which every key is known; an unknown one is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)
