"""A home in a county: a resident, a worker with a telephone, a button with its own account at the broker."""

from __future__ import annotations

from typing import Any

from tests.live.house.running import Api, Hook, stock_client
from tests.stock_client import StockClient


class Home:
    """Made through the API of a console."""

    def __init__(self, api: Api, hook: Hook, button: str = "button-0417") -> None:
        self.api = api
        self.worker: str = api.post(
            "workers",
            {
                "name": "卓玛",
                "role": "grid_worker",
                "channels": [{"kind": "webhook", "address": hook.address}],
            },
        )["id"]
        self.resident: str = api.post("residents", {"name": "措姆", "assigned_worker_id": self.worker})["id"]
        self.button: dict[str, Any] = api.post(
            "devices",
            {
                "external_id": button,
                "ecosystem": "native",
                "type": "call_button",
                "resident_id": self.resident,
            },
        )

    @property
    def device(self) -> StockClient:
        """Debian's clients with the button's own account."""
        return stock_client(self.button["mqtt"])

    def topic(self, last: str) -> str:
        return f"anxin/v1/{self.button['external_id']}/{last}"

    def press(self, number: int) -> None:
        said = {"id": f"press-{number}", "kind": "call_button.pressed"}
        published = self.device.publish(self.topic("alarm"), said)
        assert published.returncode == 0, published.stderr

    def alert(self) -> dict[str, Any]:
        """The one alert of the resident."""
        [alert] = self.api.items(f"alerts?resident_id={self.resident}")
        return alert

    def accept(self) -> None:
        self.api.post(f"alerts/{self.alert()['id']}/accept", {"worker_id": self.worker}, status=200)
