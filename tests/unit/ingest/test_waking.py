"""Ingest is woken for each press, and for the first of all else that waits."""

from __future__ import annotations

from services.ingest.messages import Message
from services.ingest.mqtt import SOURCES, MqttInbox
from services.ingest.mqtt_session import BrokerAddress
from tests.unit.ingest.door import NIGHT, StandingClock


def test_each_press_wakes_and_of_all_else_the_first_that_waits() -> None:
    woken: list[int] = []
    address = BrokerAddress("127.0.0.1", 1)
    inbox = MqttInbox(address, "anxin", clock=StandingClock(), wake=lambda: woken.append(inbox.waiting))

    def come(*kinds: str) -> None:
        for kind in kinds:
            payload = f'{{"kind": "{kind}"}}'.encode()
            inbox._arrived_on(SOURCES[1].lane)(Message("anxin/v1/mat/event", payload, NIGHT))

    come("bed.vitals", "bed.vitals", "call_button.pressed", "call_button.pressed", "bed.exited")
    assert woken == [1, 3, 4]
    assert len(inbox.take(9)) == 5
    come("bed.exited", "bed.vitals")
    assert woken == [1, 3, 4, 1]
    inbox.give_back(inbox.take(1))
    come("bed.vitals", "call_button.pressed")
    assert woken == [1, 3, 4, 1, 4], "what was given back is looked at each second"
    inbox.start()  # whoever began to connect closes what it holds
    inbox.stop()
