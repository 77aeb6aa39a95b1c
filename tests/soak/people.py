"""The people of the soak: while the house is up they accept, arrive and close by the dice, so that presses
open new alerts as well as join running ones. A house that dies under their finger is no fault of theirs.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import httpx2

LOOK_EVERY = timedelta(seconds=0.2)
ANSWER_WITHIN = timedelta(seconds=5)
SHARES = {"open": 0.3, "accepted": 0.5, "arrived": 0.7}
"""How likely somebody does the next thing about an alert at each look, by its state."""
MOST = 100
FINE = 200


class People:
    """Everybody who answers, in one thread. ``answers`` counts what the API said, by status."""

    def __init__(self, dice: Random, token: str) -> None:
        self.answers: Counter[int] = Counter()
        self._dice = dice
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http: str | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="people", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        self._thread.join()

    def house_is_at(self, http: str | None) -> None:
        """Where the house is now; None while it is down."""
        self._http = http

    def close_all(self, http: str) -> int:
        """Close every running alert; how many there were."""
        with self._client(http) as client:
            running = [alert for state in SHARES for alert in self._alerts(client, state)]
            for alert in running:
                self._close(client, alert)
        return len(running)

    def _work(self) -> None:
        while not self._ending.wait(LOOK_EVERY.total_seconds()):
            http = self._http
            if http is None:
                continue
            try:
                with self._client(http) as client:
                    self._look_around(client)
            except httpx2.HTTPError:
                continue  # the house is down again

    def _client(self, http: str) -> httpx2.Client:
        return httpx2.Client(
            base_url=f"{http}/api/v1/", headers=self._headers, timeout=ANSWER_WITHIN.total_seconds()
        )

    def _look_around(self, client: httpx2.Client) -> None:
        for state, share in SHARES.items():
            for alert in self._alerts(client, state):
                if self._dice.random() < share:
                    self._go_on_with(client, alert)

    def _alerts(self, client: httpx2.Client, state: str) -> list[dict[str, Any]]:
        answer = client.get(f"alerts?state={state}&limit={MOST}")
        self.answers[answer.status_code] += 1
        return list(answer.json()["items"]) if answer.status_code == FINE else []

    def _go_on_with(self, client: httpx2.Client, alert: dict[str, Any]) -> None:
        if alert["state"] == "open":
            self._do(client, alert, "accept", worker_id=alert["owner_ids"][0])
        elif alert["state"] == "accepted" and self._dice.random() < 0.5:
            self._do(client, alert, "arrive", worker_id=alert["accepted_by"])
        else:
            self._close(client, alert)

    def _close(self, client: httpx2.Client, alert: dict[str, Any]) -> None:
        who = alert["accepted_by"] or alert["owner_ids"][0]
        self._do(client, alert, "close", worker_id=who, outcome="helped")

    def _do(self, client: httpx2.Client, alert: dict[str, Any], action: str, **said: str) -> None:
        answer = client.post(f"alerts/{alert['id']}/{action}", json=said)
        self.answers[answer.status_code] += 1
