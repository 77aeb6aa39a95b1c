"""The native decoder, by golden payloads: what is on the wire, and what it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.domain.records import QuarantineReason
from services.domain.wire import MAX_EVENT_ID, MAX_PAYLOAD
from services.ingest.decoders import decoder_of, native
from services.ingest.messages import Message
from services.ingest.observations import Decoded, Ignored, Observation, Presence, Refused
from tests.unit.ingest.door import NIGHT

GOLDEN = [
    json.loads(line)
    for line in (Path(__file__).parent / "payloads" / "native.jsonl").read_text(encoding="utf-8").splitlines()
]


def decoded(topic: str, payload: bytes, *, retained: bool = False) -> Decoded:
    decoder = decoder_of(topic)
    assert decoder is not None
    [said] = decoder.decode(Message(topic, payload, NIGHT, retained), None)
    return said


@pytest.mark.parametrize(
    "golden", GOLDEN, ids=lambda golden: f"{golden['topic'][9:]} {golden['payload'][:60]}"
)
def test_a_payload_means_what_the_contract_says(golden: dict[str, Any]) -> None:
    said = decoded(golden["topic"], golden["payload"].encode(), retained=golden.get("retain", False))
    if "refused" in golden:
        assert isinstance(said, Refused)
        assert (said.reason.value, said.own_id) == (golden["refused"], golden.get("own_id"))
        assert said.detail
    elif "ignored" in golden:
        assert said == Ignored(golden["ignored"])
    elif "online" in golden:
        assert said == Presence(golden["online"])
    else:
        assert isinstance(said, Observation)
        expected = {"fault": None} | golden["means"]
        assert {name: getattr(said, name) for name in expected} == expected


@pytest.mark.parametrize(("size", "is_refused"), [(MAX_PAYLOAD, False), (MAX_PAYLOAD + 1, True)])
def test_a_payload_is_read_up_to_64_kib(size: int, is_refused: bool) -> None:
    start = b'{"kind": "bed.exited", "data": {"filler": "'
    payload = start + b"x" * (size - len(start) - 3) + b'"}}'
    said = decoded("anxin/v1/mat.1/event", payload)
    assert isinstance(said, Refused) is is_refused
    if isinstance(said, Refused):
        assert said.reason is QuarantineReason.OVERSIZED


@pytest.mark.parametrize("length", [64, 65])
def test_an_id_of_more_than_64_characters_is_refused(length: int) -> None:
    payload = json.dumps({"kind": "bed.exited", "id": "7" * length}).encode()
    assert isinstance(decoded("anxin/v1/mat.1/event", payload), Refused) is (length > 64)


def test_a_topic_of_no_ecosystem_has_no_decoder() -> None:
    assert decoder_of("garden/gnome") is None


KINDS_SAID = (
    st.sampled_from(["bed.vitals", "bed.exited", "device.battery", "call_button.pressed", "device.online"])
    | st.sampled_from(["visit.completed", "no.such.kind"])
    | st.none()
    | st.integers()
)
IDS = st.none() | st.text(max_size=66) | st.integers() | st.booleans() | st.lists(st.none(), max_size=1)
CLAIMS = st.none() | st.sampled_from(["2025-07-01T02:03:04Z", "yesterday", ""]) | st.integers() | st.floats()
FIGURES = st.none() | st.floats() | st.integers() | st.text(max_size=3) | st.booleans()
CARRIED = (
    st.none()
    | st.text(max_size=3)
    | st.dictionaries(
        st.sampled_from(["heart_rate", "movement", "percent", "press", "more", "x"]),
        FIGURES | st.dictionaries(st.text(max_size=2), FIGURES, max_size=2),
        max_size=4,
    )
)
ENVELOPES = st.fixed_dictionaries(
    {"kind": KINDS_SAID}, optional={"id": IDS, "occurred_at": CLAIMS, "data": CARRIED, "more": FIGURES}
)


@given(ENVELOPES | FIGURES | st.lists(ENVELOPES, max_size=1))
@example({"kind": "call_button.pressed", "id": "a\x00b"})
@example({"kind": "call_button.pressed", "id": "x" * (MAX_EVENT_ID + 1)})
def test_what_is_read_at_a_glance_is_what_the_envelope_says(said: object) -> None:
    payload = json.dumps(said).encode()
    at_a_glance = decoded("anxin/v1/mat.1/event", payload)
    with patch.object(native, "_read_at_a_glance", return_value=None):
        by_the_envelope = decoded("anxin/v1/mat.1/event", payload)
    assert repr(at_a_glance) == repr(by_the_envelope)  # in words, for no NaN is itself
    with patch.object(native, "_MAY_BE_EMPTY", frozenset()):
        assert repr(decoded("anxin/v1/mat.1/event", payload)) == repr(by_the_envelope)


def test_a_payload_is_read_once() -> None:
    message = Message("anxin/v1/mat.1/event", b'{"kind": "bed.exited"}', NIGHT)
    assert message.json() is message.json()
