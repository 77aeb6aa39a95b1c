"""A home in a county: a resident, a worker with a telephone, a button with its own account at the broker."""

from __future__ import annotations

from typing import Any

from tests.live.house.registering import button, by_webhook, worker
from tests.live.house.running import Api, Hook, stock_client
from tests.stock_client import StockClient


class Home:
    """Made through the API of a console."""

    def __init__(self, api: Api, hook: Hook, name: str = "button-0417") -> None:
        self.api = api
        self.worker = worker(api, "卓玛", "grid_worker", by_webhook(hook))
        self.resident: str = api.post("residents", {"name": "措姆", "assigned_worker_id": self.worker})["id"]
        self.button = button(api, self.resident, name)

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
