"""The JSON Schema of a rulebook, made from the tables by which rulebooks are read: which keys a trigger has,
which words a key may hold.

It says what an editor can know; what only shows when keys are held together, or when a condition is compiled,
stays with the reader, which is the judge. It is never stricter than the reader.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.domain.devices import DeviceType
from services.domain.events import Json
from services.domain.findings import Severity, Trigger
from services.domain.instants import SPAN, WALL
from services.domain.people import Language
from services.rules.nights import Figure
from services.rules.periods import Period
from services.rules.reading import FORMAT, NAME, keys_of, keys_of_a_rulebook
from services.rules.rule_fields import DATA_FIELD, DAYS, EVENT_KINDS, MOST_COUNTED, WINDOW
from services.rules.rulebook import ANY_MESSAGE, PAIR_OF, Per
from services.rules.schemas.stories import DIALECT

_HEADS = ("on", "missing", "silent", "quota", "drift")
Schema = dict[str, Json]


def rulebook_schema() -> Schema:
    """The schema, as plain values."""
    return {
        "$schema": DIALECT,
        "title": "Rulebook, format 1",
        "type": "object",
        "required": ["format", "rulebook", "rules"],
        "propertyNames": {"enum": sorted(keys_of_a_rulebook())},
        "properties": {
            "format": {"const": FORMAT},
            "rulebook": {"type": "string", "pattern": f"^{NAME}$", "description": "its name"},
            "timezone": _text("an IANA name; a resident's own zone goes before it"),
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
        },
        "$defs": {"rule": _rule()},
    }


def _rule() -> Schema:
    every_key = sorted(frozenset().union(*(keys_of(trigger) for trigger in Trigger)))
    return {
        "type": "object",
        "required": ["id"],
        "properties": {key: KEYS[key] for key in every_key},
        "additionalProperties": False,
        "oneOf": [{"required": [head]} for head in _HEADS],
        "allOf": [
            *(_with(head, Trigger(head)) for head in _HEADS[1:]),
            _with("on", Trigger.UNLESS, has=["unless"], then={"oneOf": [_has(["for"]), _has(["until"])]}),
            _with("on", Trigger.COUNT, has=["count"], without=["unless"], then=_has(["within"])),
            _with("on", Trigger.COUNT, has=["within"], without=["unless", "count"], then=_has(["count"])),
            _with("on", Trigger.WHERE, has=["for"], without=_NO_OTHER, then=_has(["where"])),
            _with("on", Trigger.ON, without=[*_NO_OTHER, "for"]),
        ],
    }


_NO_OTHER = ["unless", "count", "within"]
_NEEDED = {
    Trigger.MISSING: ["from", "by"],
    Trigger.SILENT: ["for"],
    Trigger.QUOTA: ["per", "at_least"],
    Trigger.DRIFT: ["over", "beyond"],
}


def _with(
    head: str,
    trigger: Trigger,
    *,
    has: Iterable[str] = (),
    without: Iterable[str] = (),
    then: Schema | None = None,
) -> Schema:
    """What a rule may and must have that is known by these keys to have this trigger."""
    known: list[Json] = [_has([head, *has]), *({"not": _has([key])} for key in without)]
    asked: list[Json] = [
        {"propertyNames": {"enum": sorted(keys_of(trigger))}},
        {"properties": {"per": _PER_OF.get(trigger, _PER)}},
        _has(_NEEDED.get(trigger, [])),
        {"properties": {"for": _SPAN_OR_DAYS if trigger is Trigger.UNLESS else _SPAN}},
        *([then] if then else []),
    ]
    return {"if": {"allOf": known}, "then": {"allOf": asked}}


def _has(keys: Iterable[str]) -> Schema:
    return {"required": list(keys)}


def _text(about: str) -> Schema:
    return {"type": "string", "minLength": 1, "description": about}


def _like(pattern: str, about: str) -> Schema:
    return {"type": "string", "pattern": f"^{pattern}$", "description": about}


def _among(words: Iterable[str], about: str) -> Schema:
    return {"enum": list(words), "description": about}


def _whole(about: str) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": MOST_COUNTED, "description": about}


def _titles(about: str) -> Schema:
    texts: Schema = {
        "type": "object",
        "properties": {language.value: {"type": "string", "minLength": 1} for language in Language},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [{"type": "string", "minLength": 1}, texts], "description": about}


_SPAN = _like(SPAN, "a span of elapsed time such as 90s, 20m, 2h or 3d")
_WALL = _like(WALL, 'a wall time in quotes such as "13:00"')
_PER = _among(Per, "whose state is kept apart")
_PERIOD = _among(Period, "the local period that is counted")
_PER_OF = {
    Trigger.QUOTA: _PERIOD,
    Trigger.DRIFT: _among([Per.RESIDENT], "nights are of a bed, not of a device"),
}
_SPAN_OR_DAYS: Schema = {
    "anyOf": [
        _SPAN,
        {
            "type": "object",
            "required": ["days"],
            "properties": {"days": _like(DATA_FIELD, "local days, as the event says")},
            "additionalProperties": False,
        },
    ]
}
KEYS: dict[str, Schema] = {
    "id": _like(NAME, "its name in the rulebook"),
    "title": _titles("what people read first"),
    "why": _titles("what people read next: why it matters, what to do"),
    "alert": _text("the kind of Alert; rules that share it join one running Alert"),
    "severity": _among(Severity, "info makes no Alert"),
    "policy": _text("who is told; by severity, unless it is said"),
    "enabled": {"type": "boolean"},
    "for_residents": _text('a condition such as "heart" in resident.tags'),
    "where": _text("a condition such as event.data.heart_rate > 110"),
    "device_types": {
        "type": "array",
        "minItems": 1,
        "items": {"enum": list(DeviceType)},
        "description": "only what such devices send",
    },
    "between": _like(WINDOW, 'local time, half-open, such as "22:00-06:00"'),
    "settle": {**_SPAN, "description": "a change of a bed or a door counts once it has held so long"},
    "per": {"anyOf": [_PER, _PERIOD]},
    "on": _among(EVENT_KINDS, "each such event, or the beginning of a count, a watch or a run"),
    "unless": _among(EVENT_KINDS, "what must follow in time"),
    "for": _SPAN_OR_DAYS,
    "until": {**_WALL, "description": "the next such local time"},
    "count": _whole("so many events"),
    "within": {**_SPAN, "description": "so long, ends included"},
    "gap": {**_SPAN, "description": "the longest gap in a run"},
    "missing": _among(EVENT_KINDS, "not once between `from` and `by` of a local day"),
    "from": _WALL,
    "by": _WALL,
    "while": _among(sorted(PAIR_OF), "only while the bed or door was last so"),
    "silent": _among([ANY_MESSAGE, *EVENT_KINDS], "nothing of it for so long"),
    "quota": _among(EVENT_KINDS, "so many in each period"),
    "at_least": _whole("how many a period must have"),
    "warn": _like(DAYS, "so many local days before the end of the period"),
    "drift": _among(Figure, "the figure of a night that is compared"),
    "over": _like(DAYS, "with so many local days before"),
    "beyond": {"type": "number", "exclusiveMinimum": 0, "description": "so many times the usual spread"},
}
"""What each key of a rule may hold."""
