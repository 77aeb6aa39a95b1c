"""Conditions (`where`, `for_residents`): CEL over typed fields of the event and the resident.

An unknown field or a comparison of unlike types is an error at load, never at night. At run time a condition
only answers yes, no, or that a field it names is missing; it never raises.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol, get_args

from cel_expr_python import cel

from services.domain.kinds import KINDS

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|<|>|!|\(|\)|\[|\]|,)
    )""",
    re.VERBOSE,
)
_WORDS = frozenset({"in", "true", "false"})
_MOST_CHARACTERS = 2000
_MOST_ANSWERS = 4096
"""How many answers a condition remembers."""
_NEVER_ASKED = object()
_MOST_REASON = 200


class FieldType(StrEnum):
    """What a field may hold; all numbers are doubles."""

    NUMBER = "number"
    TEXT = "text"
    TEXTS = "texts"


_NUMBER, _TEXT = FieldType.NUMBER, FieldType.TEXT
_NUMBERS = (int, float)
"""Looked up once: a reading is fitted by every rule on its kind."""
_CEL = {
    FieldType.NUMBER: cel.Type.DOUBLE,
    FieldType.TEXT: cel.Type.STRING,
    FieldType.TEXTS: cel.Type.List(cel.Type.STRING),
}

RESIDENT_FIELDS: Mapping[str, FieldType] = {
    "resident.id": FieldType.TEXT,
    "resident.home_id": FieldType.TEXT,
    "resident.timezone": FieldType.TEXT,
    "resident.birth_date": FieldType.TEXT,
    "resident.tags": FieldType.TEXTS,
}
_EVENT_FIELDS: Mapping[str, FieldType] = {"event.kind": FieldType.TEXT, "event.device_id": FieldType.TEXT}


class TokenSort(StrEnum):
    """What a part of a condition is; the values name the groups of its pattern."""

    TEXT = "text"
    NUMBER = "number"
    NAME = "name"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a condition, as it is written."""

    sort: TokenSort
    text: str


class Fields(Protocol):
    """Values by the names of fields."""

    def get(self, name: str, /) -> object:
        """The value; None if there is none."""
        ...


class NotACondition(ValueError):
    """A text that should have been a condition is none; says what is wrong with it."""

    def __init__(self, reason: str, unknown: str | None = None) -> None:
        super().__init__(reason)
        self.unknown = unknown
        """The field that nobody knows, where that is the matter."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition. Two are equal when their texts and fields are."""

    text: str
    fields: Mapping[str, FieldType]
    """The fields that it names."""
    _program: Any = field(compare=False, repr=False)

    _answers: dict[tuple[object, ...], object] = field(default_factory=dict, compare=False, repr=False)
    """What it said of these values before: readings come again and again, and say the same each time."""

    def holds(self, values: Fields) -> bool | None:
        """Whether it holds for these values; None if a field it names is missing or of another type."""
        given: list[object] = []
        for name, type_ in self.fields.items():
            value = _fitting(values.get(name), type_)
            if value is None:
                return None
            given.append(value)
        key = tuple(given)
        try:
            known = self._answers.get(key, _NEVER_ASKED)
        except TypeError:
            return self._evaluated(given)  # a list that holds more than texts
        if known is not _NEVER_ASKED:
            return None if known is None else known is True
        answer = self._evaluated(given)
        if len(self._answers) >= _MOST_ANSWERS:
            self._answers.clear()
        self._answers[key] = answer
        return answer

    def _evaluated(self, given: Sequence[object]) -> bool | None:
        """By the language itself, which has lists where a key has tuples."""
        data = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in zip(self.fields, given, strict=True)
        }
        answer = self._program.eval(data=data).value()
        return answer if isinstance(answer, bool) else None


def event_fields(kind: str | None) -> dict[str, FieldType]:
    """The fields that a condition on events of a kind may name; of any kind where it is not known."""
    kinds = (kind,) if kind is not None else tuple(KINDS)
    data = {f"event.data.{name}": type_ for each in kinds for name, type_ in data_fields(each).items()}
    return {**_EVENT_FIELDS, **data}


def data_fields(kind: str) -> dict[str, FieldType]:
    """The fields of the data that events of a kind carry."""
    found = {}
    for name, info in KINDS[kind].data.model_fields.items():
        types = get_args(info.annotation) or (info.annotation,)
        if str in types:
            found[name] = FieldType.TEXT
        elif float in types or int in types:
            found[name] = FieldType.NUMBER
    return found


def read_condition(text: str, known: Mapping[str, FieldType]) -> Condition:
    """Check and compile a condition over the known fields; `NotACondition` otherwise."""
    if len(text) > _MOST_CHARACTERS:
        raise NotACondition(f"longer than {_MOST_CHARACTERS} characters")
    named: dict[str, FieldType] = {}
    rewritten: list[str] = []
    tokens = list(tokens_of(text))
    _check_shape(tokens)
    for token in tokens:
        if token.sort is TokenSort.NAME and token.text not in _WORDS:
            if token.text not in known:
                raise NotACondition(f"no field is named {token.text!r}", unknown=token.text)
            named[token.text] = known[token.text]
        is_whole = token.sort is TokenSort.NUMBER and token.text.lstrip("-").isdigit()
        rewritten.append(f"{token.text}.0" if is_whole else token.text)
    if not named:
        raise NotACondition("names no field, so it always says the same")
    return Condition(text, named, _compiled(" ".join(rewritten), tuple(sorted(named.items()))))


def _check_shape(tokens: Iterable[Token]) -> None:
    """Refuse what is neither a comparison nor `in`, `&&`, `||` or `!`: arithmetic, functions, indexing; and
    lists in which nothing could be found as they are.
    """
    is_complete = False
    """Whether a value stands right before, so that only a sign between two values may follow."""
    listed: set[TokenSort] = set()
    for token in tokens:
        is_value = token.sort is not TokenSort.SIGN and token.text != "in"
        if is_complete and (is_value or token.text in {"(", "[", "!"}):
            raise NotACondition(f"no arithmetic, functions or indexing, as at {token.text!r}")
        if token.sort is TokenSort.NUMBER and not math.isfinite(float(token.text)):
            raise NotACondition(f"{token.text} is too large a number")
        listed = set() if token.text == "[" else listed | ({token.sort} if is_value else set())
        if token.text == "]" and len(listed) > 1:
            raise NotACondition("a list of numbers or of texts, and of nothing else")
        is_complete = is_value or token.text in {")", "]"}


def tokens_of(text: str) -> Iterator[Token]:
    """The parts of a condition in order; `NotACondition` where something is none."""
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise NotACondition(f"cannot be read from {text[place : place + 20]!r} on")
        place = match.end()
        yield Token(TokenSort(match.lastgroup), match[match.lastgroup])


@lru_cache(maxsize=512)
def _compiled(text: str, named: tuple[tuple[str, FieldType], ...]) -> Any:
    environment = cel.NewEnv(variables={name: _CEL[type_] for name, type_ in named})
    try:
        program = environment.compile(text)
    except (RuntimeError, ValueError) as error:
        reason = (str(error).removeprefix("INVALID_ARGUMENT: ERROR: ").splitlines() or ["no condition"])[0]
        raise NotACondition(reason[:_MOST_REASON]) from error
    if program.return_type() != cel.Type.BOOL:
        raise NotACondition("says neither yes nor no")
    return program


def _fitting(value: object, type_: FieldType) -> object | None:
    if type_ is _NUMBER:
        is_number = isinstance(value, _NUMBERS) and not isinstance(value, bool)
        return float(value) if is_number else None  # type: ignore[arg-type]
    if type_ is _TEXT:
        return value if isinstance(value, str) else None
    return tuple(value) if isinstance(value, list | tuple) else None
