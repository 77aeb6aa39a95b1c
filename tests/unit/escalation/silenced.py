"""A matter in a home with silences, for the tests about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.domain.silences import Silence
from services.escalation.scene import Scene
from services.escalation.silencing import fitted
from tests.unit.escalation.cast import NIGHT, Case

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def silence(since: datetime = NIGHT, **said: Any) -> Silence:
    values: dict[str, Any] = {
        "id": "sil_1",
        "subject": "resident:dolma",
        "reason": "her daughter is there",
        "author": "desk",
        "since": since,
        "until": since + HOUR,
        "resident_id": "dolma",
        "home_id": "home",
    }
    return Silence(**(values | said))


class Silenced(Case):
    """A matter in a home with silences."""

    silences: tuple[Silence, ...] = ()

    def scene(self) -> Scene:
        return replace(super().scene(), silences=self.silences)

    def is_silenced(self, *silences: Silence) -> None:
        """These silences are there from now on, and what runs is fitted to them."""
        self.silences = silences
        if self.alert is not None and self.alert.is_running:
            self.take(fitted(self.alert, self.scene()))
