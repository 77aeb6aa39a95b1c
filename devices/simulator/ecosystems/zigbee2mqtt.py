"""Zigbee devices behind Zigbee2MQTT: JSON with the state of a device on `zigbee2mqtt/<name>`. No message has
an id or a time, nothing is answered, and after a press an empty action follows.
"""

import json

from devices.simulator.acts import Saying
from devices.simulator.ecosystems.speaking import CannotSay, Message

ROOT = "zigbee2mqtt"
_STATES: dict[str, dict[str, object]] = {
    "bed.entered": {"occupancy": True, "work_state": "presence"},
    "bed.exited": {"occupancy": False, "work_state": "none"},
    "motion.detected": {"occupancy": True},
    "door.opened": {"contact": False},
    "door.closed": {"contact": True},
    "smoke.detected": {"smoke": True},
    "leak.detected": {"water_leak": True},
}
_PRESENCE = {"device.online": True, "device.offline": False}


class Zigbee2Mqtt:
    """As the converters of Zigbee2MQTT write it, with what every device adds left out (linkquality…)."""

    name = "zigbee2mqtt"
    is_understood = False

    def messages(self, device: str, saying: Saying) -> list[Message]:
        topic = f"{ROOT}/{device}"
        is_online = _PRESENCE.get(saying.kind)
        if is_online is not None:
            return [self.presence(device, is_online=is_online)]
        if saying.kind == "call_button.pressed":
            action = saying.data.get("press", "single")
            return [_state(topic, saying, {"action": action}), _state(topic, saying, {"action": ""})]
        if saying.kind == "device.battery":
            return [_state(topic, saying, {"battery": round(float(saying.data["percent"]))})]
        if saying.kind not in _STATES:
            raise CannotSay(f"no Zigbee device says {saying.kind}")
        return [_state(topic, saying, _STATES[saying.kind])]

    def presence(self, device: str, *, is_online: bool) -> Message:
        state = {"state": "online" if is_online else "offline"}
        return Message(f"{ROOT}/{device}/availability", _json(state), retain=True)

    def hears_on(self, device: str) -> tuple[str, ...]:  # noqa: ARG002 - nothing is answered
        return ()

    def heard(self, topic: str, payload: bytes) -> None:  # noqa: ARG002 - nothing is answered
        return None


def _state(topic: str, saying: Saying, state: dict[str, object]) -> Message:
    return Message(topic, _json(state), saying.retained)


def _json(state: dict[str, object] | dict[str, str]) -> bytes:
    return json.dumps(state, separators=(",", ":")).encode()


ECOSYSTEM = Zigbee2Mqtt()
