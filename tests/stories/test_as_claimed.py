"""Devices that say hours ahead what they will say: the house finds, opens and tells what it would have, and
at the same instants, had time stopped at each of their messages.
"""

import itertools
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.domain.instants import format_instant, parse_instant
from services.ingest.messages import Inbox, Lane, Message
from services.wiring.arrivals import Arrivals, NotBeyond
from services.wiring.rooms import Manner
from services.wiring.simulated_time import Together
from tests.stories.changing_rules import ZONE
from tests.stories.stage import Stage

Said = tuple[str, str, str]
"""When (local), which device, what kind."""


def local_instant(wall: str) -> datetime:
    return parse_instant(wall.replace(" ", "T"), ZONE)


class Ahead(Stage):
    """A stage on which messages may be there before their time."""

    def says(self, at: datetime, device: str, kind: str) -> None:
        """A message whose device claims ``at``."""
        body = {"id": f"{device}-{at:%d%H%M%S}", "kind": kind, "occurred_at": format_instant(at)}
        is_alarm = kind == "call_button.pressed"
        topic = f"anxin/v1/{device}/{'alarm' if is_alarm else 'event'}"
        message = Message(topic, json.dumps(body).encode(), self._clock.now())
        message.lane = Lane.ALARMS if is_alarm else Lane.REST
        self._letterbox.waiting.append(message)

    def goes_on_to(self, instant: datetime, as_claimed_until: datetime) -> None:
        self._arrivals.open_until(as_claimed_until)
        together = Together(list(self._rooms.by_name().values()))
        together.advance_with(self._clock, instant, self._arrivals, lambda: False)

    def stops_at(self, instant: datetime) -> None:
        """As it would be live: time comes there, then what arrives there arrives."""
        self._move_to(instant)

    def taken_in(self) -> None:
        self._settle()

    def _inbox(self) -> Inbox:
        self._arrivals = Arrivals(self._letterbox, self._clock)
        return self._arrivals

    def _manner(self) -> Manner:
        arrivals = self._arrivals
        return Manner(
            reached=self.passed.add,
            follows=partial(NotBeyond, arrivals, self._clock),
            until=arrivals.before_last,
        )


def told_slowly(folder: Path, said: Sequence[Said], until: str) -> list[object]:
    stage = Ahead(folder, "2025-07-22 21:00", None, rebuilt=False)
    try:
        for wall, device, kind in said:
            stage.stops_at(local_instant(wall))
            stage.says(local_instant(wall), device, kind)
            stage.taken_in()
        stage.stops_at(local_instant(until))
        return log_of(stage)
    finally:
        stage.close()


def told_fast(folder: Path, said: Sequence[Said], until: str, *halts: str) -> list[object]:
    """``halts``: where time stops on its way, and is moved on."""
    stage = Ahead(folder, "2025-07-22 21:00", None, rebuilt=False)
    try:
        for wall, device, kind in said:
            stage.says(local_instant(wall), device, kind)
        for wall in (*halts, until):
            stage.goes_on_to(local_instant(wall), local_instant(until))
        return log_of(stage)
    finally:
        stage.close()


def log_of(stage: Ahead) -> list[object]:
    """Everything that came of it, but for what was said to devices: that has no time."""
    return stage.chronicle()[:-1]


def readings(night: str, hours: Sequence[int]) -> list[Said]:
    return [
        (f"{night} {hour:02}:{minute:02}:{second:02}", "bed", "bed.vitals")
        for hour, minute, second in itertools.product(hours, range(1, 60, 7), (11,))
    ]


NIGHT: list[Said] = sorted(
    [
        ("2025-07-22 22:10:00", "bed", "bed.entered"),
        *readings("2025-07-22", (22, 23)),
        ("2025-07-23 00:40:00", "bed", "bed.exited"),
        ("2025-07-23 00:49:30", "bed", "bed.entered"),
        ("2025-07-23 01:30:00", "bed", "bed.exited"),
        ("2025-07-23 01:41:00", "bed", "bed.entered"),
        ("2025-07-23 02:05:00", "bed", "bed.exited"),
        ("2025-07-23 02:13:05", "button", "call_button.pressed"),
        ("2025-07-23 02:13:20", "button", "call_button.pressed"),
        ("2025-07-23 02:50:00", "bed", "bed.entered"),
        *readings("2025-07-23", (3, 4)),
        ("2025-07-23 05:00:00", "bed", "bed.exited"),
        ("2025-07-23 06:45:00", "bed", "bed.entered"),
    ]
)


def test_a_night_that_is_said_ahead_leaves_what_it_leaves_message_by_message(tmp_path: Path) -> None:
    until = "2025-07-23 12:00:00"
    slowly = told_slowly(tmp_path / "slowly", NIGHT, until)
    alerts: Any = slowly[0]
    assert {alert["kind"] for alert in alerts} >= {"call-button", "out-of-bed-at-night"}
    assert told_fast(tmp_path / "fast", NIGHT, until) == slowly


def test_what_was_begun_before_time_stopped_is_told_when_it_is_due(tmp_path: Path) -> None:
    """Nobody has the press yet where time is moved on, and the next message lies beyond the second step."""
    until = "2025-07-23 12:00:00"
    fast = told_fast(tmp_path / "fast", NIGHT, until, "2025-07-23 02:13:30")
    assert fast == told_slowly(tmp_path / "slowly", NIGHT, until)


@pytest.mark.parametrize("minutes", [14, 15, 16, 61])
def test_a_deadline_beside_the_last_message_of_a_batch_is_met_at_its_instant(
    tmp_path: Path, minutes: int
) -> None:
    back = local_instant("2025-07-23 01:00:00") + timedelta(minutes=minutes, seconds=1)
    walls = ("2025-07-23 01:00:00", f"{back + timedelta(hours=8):%Y-%m-%d %H:%M:%S}")
    said: list[Said] = [
        ("2025-07-22 22:10:00", "bed", "bed.entered"),
        (walls[0], "bed", "bed.exited"),
        (walls[1], "bed", "bed.entered"),
    ]
    until = "2025-07-23 08:00:00"
    assert told_fast(tmp_path / "fast", said, until) == told_slowly(tmp_path / "slowly", said, until)


def test_an_end_that_waits_for_itself_to_settle_is_noted_when_it_has(tmp_path: Path) -> None:
    """Up at last, an hour late: that counts half an hour later, and not when the next message comes by."""
    said: list[Said] = [
        ("2025-07-22 22:10:00", "bed", "bed.entered"),
        ("2025-07-23 12:43:36", "bed", "bed.exited"),
        ("2025-07-23 13:12:09", "bed", "bed.vitals"),
        ("2025-07-23 13:16:09", "bed", "bed.vitals"),
    ]
    until = "2025-07-23 14:30:00"
    slowly = told_slowly(tmp_path / "slowly", said, until)
    assert "2025-07-23T05:13:36" in json.dumps(slowly, default=str)
    assert told_fast(tmp_path / "fast", said, until) == slowly
