"""Fields: the values that requests carry, each with its bounds in one place, and read strictly.

A value is taken as it is or refused: no number is read out of a word, no instant without an offset.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from typing_extensions import TypeAliasType

from services.domain.events import Json
from services.domain.instants import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    NotADay,
    format_instant,
    is_sensible,
    parse_day,
    parse_instant,
)
from services.domain.people import PERSONS_ROLES, Role

ID_PATTERN = r"^[A-Za-z0-9_.:\-]{1,64}$"
NO_NUL = r"^[^\x00]*$"
SAYS_SOMETHING = (
    r"^[^\x00]*[^\x00-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff][^\x00]*$"
)
"""No NUL (PostgreSQL keeps none), and at least one character that can be seen."""
LARGEST_DATA = 16 * 1024
"""Bytes of an event's or mapping's JSON; a device's whole message may have 64 KiB."""
DEEPEST_DATA = 16
_ZONES = frozenset(available_timezones())


class Shape(BaseModel):
    """What goes over the wire; a field that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


def unset() -> Any:
    """The default of a changeable field that a PATCH leaves as it is; unlike null it clears nothing."""
    return Field(default_factory=lambda: None)


def changes_of(patch: Shape) -> dict[str, Any]:
    """The fields that a PATCH names, lists as tuples and null lists as empty ones."""
    changes: dict[str, Any] = {}
    for name in patch.model_fields_set:
        value = getattr(patch, name)
        changes[name] = tuple(value) if isinstance(value, list) else value
    return changes


NO_INSTANT = "expected an RFC 3339 instant with its offset, e.g. 2025-07-23T02:13:05+08:00"


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        instant = parse_instant(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError(NO_INSTANT) from error
    if not is_sensible(instant):
        raise ValueError(f"expected an instant from {EARLIEST_YEAR} up to {LATEST_YEAR}")
    return instant


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return parse_day(value if isinstance(value, str) else "")
    except NotADay as error:
        raise ValueError(f"expected a day before {LATEST_YEAR}, e.g. 1947-03-09") from error


def _flag(value: object) -> bool:
    if value in (True, False) and isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("expected true or false")


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError("expected a whole number")


def _zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("expected an IANA name such as Asia/Shanghai")
    return name


def _plain_json(value: Mapping[str, Json]) -> Mapping[str, Json]:
    """Refuse what JSON texts can hold and stores cannot: NaN, NUL, half characters, bottomless nesting."""
    _look_through(value, 0)
    if len(json.dumps(value, ensure_ascii=False).encode()) > LARGEST_DATA:
        raise ValueError(f"expected at most {LARGEST_DATA} bytes of JSON")
    return value


def _look_through(value: Json, depth: int) -> None:
    if depth > DEEPEST_DATA:
        raise ValueError(f"expected at most {DEEPEST_DATA} levels")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("expected text without NUL and without half characters")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("expected finite numbers")
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("expected whole numbers of at most 64 bits")
    elif isinstance(value, Mapping):
        for key, each in value.items():
            _look_through(key, depth)
            _look_through(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _look_through(each, depth + 1)


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    PlainSerializer(format_instant, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}),
]
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
PathId = Annotated[str, Path(pattern=ID_PATTERN)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=SAYS_SOMETHING)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=SAYS_SOMETHING)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=NO_NUL)]
Line = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]
Note = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]
Phone = Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]
Zone = TypeAliasType(
    "Zone",
    Annotated[
        str,
        AfterValidator(_zone),
        WithJsonSchema({"type": "string", "enum": sorted(_ZONES), "title": "IANA time zone"}),
    ],
)
Data = Annotated[dict[str, Any], AfterValidator(_plain_json)]


def _a_persons(role: Role) -> Role:
    if role not in PERSONS_ROLES:
        raise ValueError("expected the role of a person")
    return role


PersonsRole = Annotated[Role, AfterValidator(_a_persons)]
"""What somebody can be who works here or signs in."""
