"""The pace of a story that somebody watches."""

from datetime import UTC, datetime, timedelta

from devices.simulator import clock
from devices.simulator.clock import Pace

START = datetime(2025, 7, 22, 14, 0, tzinfo=UTC)


def test_a_story_goes_no_faster_than_it_is_asked_to_and_waits_for_nothing_else() -> None:
    pace, began = Pace(START, 3600.0), clock.stamp()
    pace.wait_for(START)
    pace.wait_for(START + timedelta(minutes=3))
    assert clock.stamp() - began >= 0.05 * clock.SECOND
    pace.wait_for(START - timedelta(hours=1))
