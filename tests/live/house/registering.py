"""What a test registers over the API of a running house: somebody who is told, and a button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.live.house.running import Api, Hook


def by_webhook(hook: Hook) -> dict[str, str]:
    """The channel that ends at a test's own server."""
    return {"kind": "webhook", "address": hook.address}


def worker(api: Api, name: str, role: str, *channels: Mapping[str, str]) -> str:
    """Somebody with these channels, the preferred one first; their id."""
    body = {"name": name, "role": role, "channels": [dict(channel) for channel in channels]}
    return str(api.post("workers", body)["id"])


def button(api: Api, resident_id: str, name: str = "button-0417", **more: str) -> dict[str, Any]:
    """A call button of a resident; what its registration answers, its account at the broker with it."""
    device = {"external_id": name, "ecosystem": "native", "type": "call_button", "resident_id": resident_id}
    return api.post("devices", device | more)
