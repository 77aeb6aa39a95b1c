"""The installation as the doctor sees it: settings, folder, and the store if it can be read."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.domain.people import Channel, ChannelKind
from services.ingest.mqtt_session import BrokerAddress
from services.storage.looking import Looking
from services.wiring.demo import is_invented
from services.wiring.settings import Settings


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
    broker: BrokerAddress | None = None
    """A broker of one's own; None: the embedded one."""

    @property
    def data_dir(self) -> Path:
        return self.settings.data_dir

    @property
    def is_invented(self) -> bool:
        """Whether everybody here is invented, so that nobody is in danger."""
        return is_invented(self.data_dir)

    def reaches(self, channel: Channel) -> bool:
        """Whether this installation has the way out that a channel needs."""
        return channel.kind is not ChannelKind.EMAIL or bool(self.settings.smtp_host)


def is_held(data_dir: Path) -> bool:
    """Whether a service holds the folder, without holding it any longer than it takes to ask."""
    try:
        with (data_dir / "house.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever holds it, alone or with others
    except BlockingIOError:
        return True
    except OSError:
        return False  # no such folder or no right to look, which is said elsewhere
    return False
