"""What every form of a file is made of: no key but those that are named, and texts that are checked by
reading them.

The reader and the JSON Schema for editors are both made from the forms. A fault that pydantic finds is said
here with the field, what was found, what was expected and the nearest right word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    Tag,
    ValidationError,
    WithJsonSchema,
)

from notation import spans, times
from notation.faults import nearest_of, one_of, shown_value
from notation.kinds import DEVICE_TYPES, EVENT_KINDS
from notation.values import Json

NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""How somebody or something is named in a file."""


class Unfit(ValueError):
    """A text that is not what may stand there; knows what may, and the nearest right word, which is looked
    for when somebody asks.
    """

    def __init__(self, expected: str, nearest: str | Callable[[], str | None] | None = None) -> None:
        super().__init__(expected)
        self._nearest = nearest

    @property
    def expected(self) -> str:
        return str(self)

    @property
    def nearest(self) -> str | None:
        return self._nearest() if callable(self._nearest) else self._nearest


def by_reading(read: Callable[[str], object], expected: str) -> AfterValidator:
    """Checks a text by reading it; what it says is read again where it is needed."""

    def check(text: str) -> str:
        try:
            is_read = read(text) is not None
        except Unfit:
            raise
        except ValueError as error:
            raise Unfit(expected) from error
        if not is_read:
            raise Unfit(expected)
        return text

    return AfterValidator(check)


def among(words: Iterable[object], expected: str | None = None) -> AfterValidator:
    """Checks a word by a list of those that are known."""
    known = [str(word) for word in words]

    def check(word: str) -> str:
        if word not in known:
            raise Unfit(expected or one_of(known), lambda: nearest_of(word, known))
        return word

    return AfterValidator(check)


def patterned(pattern: str, about: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": about})


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if len(text) == len("2025-07-22") else None


def _spanned(read: Callable[[str], object]) -> Callable[[str], object]:
    def check(text: str) -> object:
        try:
            return read(text)
        except spans.NotASpan as error:
            raise Unfit(spans.EXPECTED, spans.nearest_span(text)) from error

    return check


_SPAN = patterned(f"^{spans.SPAN}$", "40s, 5m, 2h")
_TYPES: list[JsonValue] = list(DEVICE_TYPES)

Time = Annotated[
    str, by_reading(times.read_moment, times.EXPECTED), patterned(times.NOTATION, times.EXPECTED)
]
Day = Annotated[
    str,
    by_reading(_day, "a date such as 2025-07-22"),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}),
]
Span = Annotated[str, by_reading(_spanned(spans.read_span), spans.EXPECTED), _SPAN]
Step = Annotated[str, by_reading(_spanned(spans.read_step), spans.EXPECTED), _SPAN]
Name = Annotated[str, Field(pattern=f"^{NAME}$")]
Zone = Annotated[
    str,
    by_reading(times.zone_named, "an IANA name such as Asia/Shanghai"),
    WithJsonSchema({"type": "string", "description": "an IANA name such as Asia/Shanghai"}),
]
EventKind = Annotated[
    str, among(EVENT_KINDS, "a kind of event"), WithJsonSchema({"enum": sorted(EVENT_KINDS)})
]
TypeOfDevice = Annotated[str, among(DEVICE_TYPES), WithJsonSchema({"enum": _TYPES})]


class Form(BaseModel):
    """No key but those that are named; nothing is guessed into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def or_short(short: dict[str, JsonValue]) -> Callable[[dict[str, JsonValue]], None]:
    """Lets the schema of a form take what its reader takes as well: the short way to say the same."""

    def widen(schema: dict[str, JsonValue]) -> None:
        at_length = dict(schema)
        schema.clear()
        schema["anyOf"] = [at_length, dict(short)]

    return widen


# ---------------------------------------------------------------------------- what is said of a fault

UNSAID = "~"
"""How the tags of a choice begin: they stand in no field."""
Location = tuple[int | str, ...]
MOST_HINTS = 500
"""Faults of a file for which the nearest right word is looked for; who made more mends these first."""


class Amiss(NamedTuple):
    """One thing wrong: its field, what was found there, what was expected, the nearest right word."""

    field: str
    found: str
    expected: str
    nearest: str | None = None


def amiss(form: type[BaseModel], given: Json, error: ValidationError) -> Iterator[tuple[Location, Amiss]]:
    """What pydantic found, each with where it lies in the file; the first with the nearest right word."""
    for number, each in enumerate(error.errors()):
        said = tuple(part for part in each["loc"] if not str(part).startswith(UNSAID))
        yield said, _amiss(form, given, each["loc"], said, {**each, "is_hinted": number < MOST_HINTS})


def _amiss(
    form: type[BaseModel], given: Json, loc: Location, said: Location, error: Mapping[str, Any]
) -> Amiss:
    field = ""
    for part in said:
        field += f"[{part + 1}]" if isinstance(part, int) else f".{_WRAPPED.sub('', part)}"
    field = field.lstrip(".")
    unfit = (error.get("ctx") or {}).get("error")
    match error["type"]:
        case "extra_forbidden":
            known = _keys_at(form, loc[:-1])
            return Amiss(
                field, "a key that nobody knows", "a key of a story", nearest_of(str(loc[-1]), known)
            )
        case "missing":
            return Amiss(field, "nothing", "a value")
        case "value_error" if isinstance(unfit, Unfit):
            found = shown_value(_at(given, said))
            if not error["is_hinted"]:
                return Amiss(field, found, str(unfit))
            return Amiss(field, found, unfit.expected, unfit.nearest)
        case _:
            return Amiss(field, shown_value(_at(given, said)), _EXPECTED.get(error["type"], error["msg"]))


_WRAPPED = re.compile(r"^\[|\]$")
_EXPECTED = {
    "string_type": "a text",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "list_type": "a list",
    "bool_type": "true or false",
    "too_short": "at least one",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a shorter text",
    "string_pattern_mismatch": "a name of letters, digits and dashes",
    "int_type": "1",
    "less_than_equal": "1",
    "greater_than_equal": "1",
}


def _at(given: Json, loc: Location) -> Json:
    value = given
    for part in loc:
        if isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, str):
            return value  # the short form of what may be said at length
        elif part != "[key]":
            return None
    return value


def _keys_at(model: type[BaseModel], loc: Location) -> list[str]:
    """The keys that may stand where a location leads to."""
    here: Any = model
    for part in loc:
        here = _step(here, part)
    plain = _plain(here)
    if not (isinstance(plain, type) and issubclass(plain, BaseModel)):
        return []
    return [info.alias or name for name, info in plain.model_fields.items()]


def _plain(annotation: Any) -> Any:
    """An annotation without what is said about it, and without `None`."""
    while get_origin(annotation) in {Annotated, Union, UnionType}:
        meant = [each for each in get_args(annotation) if each is not type(None)]
        annotation = meant[0]
    return annotation


def _step(annotation: Any, part: int | str) -> Any:
    if str(part).startswith(UNSAID):
        return next((each for each in _choices(annotation) if Tag(str(part)) in get_args(each)), None)
    plain = _plain(annotation)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        by_key = {info.alias or name: info.annotation for name, info in plain.model_fields.items()}
        return by_key.get(str(part))
    arguments = get_args(plain)
    return arguments[-1] if arguments else None


def _choices(annotation: Any) -> Iterator[Any]:
    """The members of a choice, each with its tag."""
    if get_origin(annotation) is Annotated and not any(
        isinstance(each, Tag) for each in get_args(annotation)
    ):
        yield from _choices(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, UnionType}:
        yield from get_args(annotation)
