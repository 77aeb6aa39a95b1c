"""Ground: what the parts of a stage find ready, whoever of a story acts on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from fastapi.testclient import TestClient

from services.wiring.clock import SteppedClock


class Ground(ABC):
    """One home, its team and those who answer for it, as the service of the story knows them."""

    _api: TestClient
    _clock: SteppedClock
    _resident: str
    _team: str
    _worker: dict[str, str]

    @abstractmethod
    def _begin(self) -> None: ...

    @abstractmethod
    def _settle(self) -> None: ...

    @abstractmethod
    def _post(self, path: str, body: Mapping[str, object], status: int = 201) -> dict[str, Any]: ...

    @abstractmethod
    def _get(self, path: str) -> dict[str, Any]: ...

    @abstractmethod
    def _all(self, path: str) -> list[dict[str, Any]]: ...
