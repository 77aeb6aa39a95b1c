"""The installation as the doctor sees it: settings, folder, and the store if it can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.domain.people import Channel
from services.ingest.mqtt_session import BrokerAddress
from services.storage.looking import Looking
from services.wiring.demo import is_invented
from services.wiring.settings import Settings
from services.wiring.ways_out import lacking


@dataclass(frozen=True, slots=True)
class Installation:
    """All that a check may look at. ``stopwatch`` answers seconds that only ever grow."""

    settings: Settings
    now: datetime
    stopwatch: Callable[[], float]
    looking: Looking | None
    """The store; None where it cannot be read by this version, which is a finding of its own."""
    why_not: str = ""
    """Why the store cannot be read."""
    is_running: bool = False
    """Whether a service holds the data folder."""

    @property
    def broker(self) -> BrokerAddress | None:
        """A broker of one's own; None: the embedded one."""
        url = self.settings.mqtt_url
        return BrokerAddress.parse(url) if url else None

    @property
    def data_dir(self) -> Path:
        return self.settings.data_dir

    @property
    def is_invented(self) -> bool:
        """Whether everybody here is invented, so that nobody is in danger."""
        return is_invented(self.data_dir)

    def reaches(self, channel: Channel) -> bool:
        """Whether this installation has the way out that a channel needs."""
        return not lacking(self.settings, channel.kind)


def reachable(host: str) -> str:
    """Where to ask for what listens on a host of the settings: whatever listens everywhere answers here."""
    bare = host.strip("[]")
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bare, bare)  # noqa: S104 - asked, not bound
