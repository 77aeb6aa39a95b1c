"""Arrivals: which of the messages that are held a batch takes, and what a cut of it is remembered for."""

import json
from datetime import UTC, datetime, timedelta

from services.domain.instants import format_instant
from services.ingest.messages import Message
from services.wiring.arrivals import Arrivals
from services.wiring.clock import SteppedClock
from tests.unit.ingest.door import Inbox

NIGHT = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)


def minutes(count: int) -> datetime:
    return NIGHT + timedelta(minutes=count)


def holding(clock: SteppedClock, *claimed: int) -> Arrivals:
    letterbox = Inbox()
    arrivals = Arrivals(letterbox, clock)
    arrivals.open_until(NIGHT + timedelta(hours=1))
    for count in claimed:
        body = {"kind": "motion.detected", "occurred_at": format_instant(minutes(count))}
        letterbox.waiting.append(Message("anxin/v1/hall/event", json.dumps(body).encode(), NIGHT))
    return arrivals


def test_a_batch_reaches_to_the_bound() -> None:
    arrivals = holding(SteppedClock(NIGHT), 1, 2, 9)
    assert arrivals.release(minutes(5)) == minutes(2)


def test_no_batch_goes_beyond_where_one_was_cut_until_time_is_there() -> None:
    clock = SteppedClock(NIGHT)
    arrivals = holding(clock, 1, 2, 9)
    arrivals.release(minutes(10))
    arrivals.cut_after(minutes(5))
    arrivals.done(arrivals.take(10))
    assert arrivals.release(minutes(10)) is None
    clock.move_to(minutes(5))
    assert arrivals.release(minutes(10)) == minutes(9)
