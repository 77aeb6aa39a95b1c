"""Tasmota devices: a button that sends its actions (SetOption73), and presence. No message has an id
or a time, nothing is answered.
"""

import json

from devices.simulator.acts import Saying
from devices.simulator.ecosystems.speaking import CannotSay, Message

_PRESENCE = {"device.online": True, "device.offline": False}


class Tasmota:
    """One button, as its maker's documentation has it."""

    name = "tasmota"
    is_understood = False

    def messages(self, device: str, saying: Saying) -> list[Message]:
        is_online = _PRESENCE.get(saying.kind)
        if is_online is not None:
            return [self.presence(device, is_online=is_online)]
        if saying.kind != "call_button.pressed":
            raise CannotSay(f"a Tasmota button does not say {saying.kind}")
        action = {"Button1": {"Action": str(saying.data.get("press", "single")).upper()}}
        payload = json.dumps(action, separators=(",", ":")).encode()
        return [Message(f"stat/{device}/RESULT", payload, saying.retained)]

    def presence(self, device: str, *, is_online: bool) -> Message:
        return Message(f"tele/{device}/LWT", b"Online" if is_online else b"Offline", retain=True)

    def hears_on(self, device: str) -> tuple[str, ...]:  # noqa: ARG002 - nothing is answered
        return ()

    def heard(self, topic: str, payload: bytes) -> None:  # noqa: ARG002 - nothing is answered
        return None


ECOSYSTEM = Tasmota()
