"""What open pages show beside the moves of alerts, as one mark: it is another one when any of that is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Shown(Protocol):
    """Asked a few times a second while somebody looks, so it must stay cheap with a thousand devices."""

    def mark(self, at: datetime) -> str:
        """A digest of what pages show: residents, homes, workers, grids and teams; devices by their state,
        whether their battery is low and where they stand, but not by when they were last heard; who is on
        duty at the instant; the newest of what people recorded, of notices and of attempts, with their
        results.

        Comparable on one store alone, between processes as well. It says that something moved, never what.
        """
        ...
