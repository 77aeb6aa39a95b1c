"""The native wire (docs/wire): JSON events and alarms, and the words online and offline.

An alarm is never refused for what stands beside its kind: a bad id, time or figure is left out and said. What
names no kind that a device may send is refused.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from services.domain.devices import Device, Ecosystem
from services.domain.kinds import ALARM_KINDS, DEVICE_KINDS, KINDS
from services.domain.records import QuarantineReason
from services.domain.wire import MAX_EVENT_ID, MAX_PAYLOAD, ROOT
from services.ingest.messages import Message
from services.ingest.observations import Decoded, Ignored, IgnoredReason, Observation, Presence, Refused

MOST_DETAIL = 200
"""Characters of a fault that are kept."""

_PREFIX = f"{ROOT}/"
_TEXT_OR_NONE, _MAP_OR_NONE = {str, type(None)}, {dict, type(None)}
_PRESENCE = {b"online": True, b"offline": False}
_PRESENCE_KINDS = {"device.online": True, "device.offline": False}
_OBSERVED = {
    name: TypeAdapter(kind.data)
    for name, kind in KINDS.items()
    if name in DEVICE_KINDS - _PRESENCE_KINDS.keys()
}
"""What each kind of event carries, read past the model's own methods, which cost as much again."""
_MAY_BE_EMPTY = {
    name
    for name in _OBSERVED
    if not any(each.is_required() for each in KINDS[name].data.model_fields.values())
}
"""The kinds that need carry nothing, as most messages do: there is nothing to judge then."""


class _Envelope(BaseModel):
    """What lies around an event; what else stands there is not ours to judge. It has the word on what
    `_read_at_a_glance` does not take.
    """

    model_config = ConfigDict(strict=True, extra="ignore")

    kind: str
    id: str | None = Field(default=None, min_length=1, max_length=MAX_EVENT_ID, pattern=r"^[^\x00]*$")
    occurred_at: str | None = None
    data: dict[str, Any] | None = None


class _Said(NamedTuple):
    """What lay in a good envelope."""

    kind: str
    id: str | None
    occurred_at: str | None
    data: dict[str, Any]


class NativeDecoder:
    """Reads ``anxin/v1/<device>/event``, ``…/alarm`` and ``…/status``."""

    ecosystem = Ecosystem.NATIVE

    def reads(self, topic: str) -> bool:
        return topic.startswith(_PREFIX)

    def device_name(self, message: Message) -> str | None:
        levels = message.topic.removeprefix(_PREFIX).split("/")
        return levels[0] if len(levels) > 1 and not levels[0].startswith("~") else None

    def is_alarm_lane(self, topic: str) -> bool:
        return topic.endswith("/alarm")

    def decode(self, message: Message, device: Device | None) -> list[Decoded]:  # noqa: ARG002 - the port's
        return [self._decoded(message)]

    def _decoded(self, message: Message) -> Decoded:
        if message.topic.startswith(f"{_PREFIX}~"):
            return Ignored(IgnoredReason.OWN_ECHO)
        if message.size > MAX_PAYLOAD:
            return Refused(QuarantineReason.OVERSIZED, f"{message.size} bytes, expected up to {MAX_PAYLOAD}")
        if message.retained and not message.payload:
            return Ignored(IgnoredReason.CLEARED)
        last = message.topic.rpartition("/")[2]
        if last == "status":
            return _presence(message.payload)
        if last in {"event", "alarm"}:
            return _event(message)
        return Refused(
            QuarantineReason.UNKNOWN_TOPIC, f"expected event, alarm or status, found {last[:64]!r}"
        )


def _presence(payload: bytes) -> Decoded:
    is_online = _PRESENCE.get(payload.strip().lower())
    if is_online is None:
        return Refused(QuarantineReason.UNDECODABLE, "expected the word online or offline")
    return Presence(is_online)


def _event(message: Message) -> Decoded:
    said = _read_at_a_glance(message)
    if said is None:
        try:
            read = _Envelope.model_validate_json(message.payload)
        except ValidationError as error:
            return _alarm_beside_faults(message.payload, _words(error))
        said = _Said(read.kind, read.id, read.occurred_at, read.data or {})
    carried = _OBSERVED.get(said.kind)
    if carried is None:
        return _no_observation(said)
    if not said.data and said.kind in _MAY_BE_EMPTY:
        return Observation(said.kind, {}, said.id, said.occurred_at)
    fault = None
    data: dict[str, Any] = {}
    try:
        data = carried.serializer.to_python(carried.validator.validate_python(said.data), exclude_unset=True)
    except ValidationError as error:
        fault = _words(error)
        if said.kind not in ALARM_KINDS:
            return Refused(QuarantineReason.IMPOSSIBLE_VALUE, fault, said.id)
    return Observation(said.kind, data, said.id, said.occurred_at, fault)


def _read_at_a_glance(message: Message) -> _Said | None:
    """What stands in an envelope as nearly all are; None where there may be anything to object to."""
    try:
        said = message.json()
    except ValueError:
        return None
    if type(said) is not dict:
        return None
    kind, claim, data = said.get("kind"), said.get("occurred_at"), said.get("data")
    own_id = said.get("id")
    is_good_id = own_id is None or (
        type(own_id) is str and 0 < len(own_id) <= MAX_EVENT_ID and "\x00" not in own_id
    )
    if is_good_id and type(kind) is str and type(claim) in _TEXT_OR_NONE and type(data) in _MAP_OR_NONE:
        return _Said(kind, own_id, claim, data or {})
    return None


def _no_observation(said: _Said) -> Decoded:
    """A state in the words of an event, or a kind that is not a device's."""
    if said.kind not in KINDS:
        return Refused(QuarantineReason.UNKNOWN_KIND, f"no kind is named {said.kind[:64]!r}", said.id)
    if said.kind in _PRESENCE_KINDS:
        return Presence(_PRESENCE_KINDS[said.kind], said.id)
    return Refused(
        QuarantineReason.KIND_NOT_FROM_DEVICES, f"{said.kind} is not for devices to report", said.id
    )


def _alarm_beside_faults(payload: bytes, faults: str) -> Decoded:
    """What can be saved of a message whose envelope is wrong: an alarm that says which."""
    try:
        said = _read_leniently(payload)
    except (ValueError, RecursionError):
        return Refused(QuarantineReason.UNDECODABLE, faults)
    if not isinstance(said, dict):
        return Refused(QuarantineReason.UNDECODABLE, faults)
    own_id = said.get("id")
    if not isinstance(own_id, str) or not 0 < len(own_id) <= MAX_EVENT_ID or not _can_be_stored(own_id):
        own_id = None
    kind = said.get("kind")
    if not isinstance(kind, str) or kind not in ALARM_KINDS:
        return Refused(QuarantineReason.UNDECODABLE, faults, own_id)
    claim = said.get("occurred_at")
    return Observation(kind, {}, own_id, None if claim is None else _fit(str(claim)[:64]), fault=faults)


def _read_leniently(payload: bytes) -> Any:
    """What the bytes mean to a reader who overlooks all that may stand beside an alarm's kind: half
    characters, a byte order mark, numbers without end, a hundred levels.
    """
    try:
        return from_json(payload)
    except ValueError:
        return json.loads(payload.decode("utf-8-sig", "replace"), parse_int=float)


def _can_be_stored(text: str) -> bool:
    return "\x00" not in text and _fit(text) == text


def _fit(text: str) -> str:
    """The text without half characters, which no store takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _words(error: ValidationError) -> str:
    """The faults in words: field, what was expected."""
    faults = [
        f"{'.'.join(str(step) for step in fault['loc']) or 'message'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return "; ".join(faults)[:MOST_DETAIL]
