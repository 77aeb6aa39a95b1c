"""What devices say is held to messages of real ones (`payloads.jsonl`, each with its source), and the list of
what the service reads to what it reads.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.simulator.acts import Saying
from devices.simulator.ecosystems.known import known, understood
from devices.simulator.ecosystems.speaking import CannotSay, Message, Reassurance, Receipt
from devices.simulator.mqtt import TRIES, DeviceLink, Heard, NotStored, Wire
from services.ingest.decoders import DECODERS

AT = datetime(2025, 7, 22, 18, 13, 5, 250_000, tzinfo=UTC)
PAYLOADS = Path(__file__).with_name("payloads.jsonl")
BESIDE = {"linkquality", "voltage", "battery", "battery_low", "tamper", "illuminance", "presence_delay"}
"""What devices add to any message; it is no part of what happened."""
MEANT = {
    "motion": "motion.detected",
    "smoke": "smoke.detected",
    "leak": "leak.detected",
    "battery": "device.battery",
    "online": "device.online",
}


def saying(kind: str, **data: float | str) -> Saying:
    return Saying(AT, "deji-button", "7f3a", kind, AT, data)


def meant(means: dict[str, Any]) -> Saying | None:
    kind = MEANT.get(means["kind"], means["kind"])
    if kind == "contact":
        kind = "door.opened" if means["open"] else "door.closed"
    if kind == "ignored":
        return None
    data = {"press": means["press"]} if "press" in means else {}
    return saying(kind, **data, **({"percent": means["battery"]} if "battery" in means else {}))


def core(payload: bytes, kind: str) -> object:
    """What a message says of what happened, without what stands beside it."""
    try:
        body = json.loads(payload)
    except ValueError:
        return payload
    if kind == "battery":
        return {"battery": body["battery"]}
    return {key: value for key, value in body.items() if key not in BESIDE}


LINES = [json.loads(line) for line in PAYLOADS.read_text("utf-8").splitlines()]
SAID = [line for line in LINES if meant(line["means"]) is not None]


@pytest.mark.parametrize("line", SAID, ids=lambda line: str(line["id"]))
def test_a_device_says_it_as_real_ones_do(line: dict[str, Any]) -> None:
    means = line["means"]
    told = meant(means)
    assert told is not None
    message = known()[line["ecosystem"]].messages(means["device"], told)[0]
    assert message.topic == line["topic"]
    assert message.retain == line["retain"]
    assert core(message.payload, means["kind"]) == core(line["payload"].encode(), means["kind"])


def test_after_a_press_a_zigbee_button_says_an_empty_action() -> None:
    press, empty = known()["zigbee2mqtt"].messages("pendant", saying("call_button.pressed"))
    assert (press.payload, empty.payload) == (b'{"action":"single"}', b'{"action":""}')


@pytest.mark.parametrize("name", ["zigbee2mqtt", "tasmota"])
def test_what_a_device_has_no_words_for_it_cannot_say(name: str) -> None:
    with pytest.raises(CannotSay, match=r"bed\.vitals"):
        known()[name].messages("mat", saying("bed.vitals", heart_rate=61))


def test_the_native_wire_is_as_the_contract_has_it() -> None:
    native = known()["native"]
    (press,) = native.messages("button-1", saying("call_button.pressed"))
    assert press.topic == "anxin/v1/button-1/alarm"
    assert json.loads(press.payload) == {
        "id": "7f3a",
        "kind": "call_button.pressed",
        "occurred_at": "2025-07-22T18:13:05.250Z",
        "data": {},
    }
    timeless = Saying(AT, "mat", "7f3b", "bed.exited", None, retained=True)
    (message,) = native.messages("mat-1", timeless)
    assert (message.topic, message.retain) == ("anxin/v1/mat-1/event", True)
    assert "occurred_at" not in json.loads(message.payload)
    assert native.messages("mat-1", saying("device.offline")) == [
        Message("anxin/v1/mat-1/status", b"offline", retain=True)
    ]


def test_a_native_device_hears_its_receipts_and_what_to_say() -> None:
    native = known()["native"]
    receipt, command = native.hears_on("button-1")
    assert native.heard(receipt, b'{"id": "7f3a", "result": "stored"}') == Receipt("7f3a", "stored")
    assert native.heard(command, b'{"command": "reassure", "state": "heard"}') == Reassurance("heard")


def test_an_ecosystem_counts_as_understood_if_and_only_if_the_service_reads_it() -> None:
    assert set(understood()) == {decoder.ecosystem.value for decoder in DECODERS} & known().keys()


class Line(Wire):
    """A connection that keeps what is said over it, and on which nobody answers."""

    def __init__(self) -> None:
        self.said: list[Message] = []
        self.listens_to: tuple[str, ...] = ()

    def open(
        self,
        topics: tuple[str, ...] = (),
        heard: Heard | None = None,
        will: Message | None = None,
        stands: Message | None = None,
    ) -> None:
        self.listens_to = topics
        self.said += [each for each in (will, stands) if each is not None]

    def say(self, message: Message) -> None:
        self.said.append(message)


@pytest.mark.parametrize("name", sorted(known()))
def test_a_device_on_its_line_speaks_as_its_ecosystem_does_and_in_no_other_way(name: str) -> None:
    ecosystem, line, press = known()[name], Line(), saying("call_button.pressed")
    link = DeviceLink("pendant", line, print, timedelta(0), ecosystem)
    link.open()
    with pytest.raises(NotStored):
        link.say(press)
    here, gone = (ecosystem.presence("pendant", is_online=each) for each in (True, False))
    assert line.listens_to == ecosystem.hears_on("pendant")
    assert line.said == [gone, here, *TRIES * ecosystem.messages("pendant", press)]
