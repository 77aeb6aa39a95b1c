"""Pulse: a loop that fails says so, one that hangs says so from outside, and an idle one says nothing."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.wiring.pulse import STALLED_SECONDS, Pulse


class Watch:
    """A stopwatch that runs as far as it is told."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Room:
    """Takes as long as it is told, and fails where it is told."""

    def __init__(self, watch: Watch) -> None:
        self.takes = 0.0
        self.worked = True
        self.error: Exception | None = None
        self.said_within: list[str] = []
        self.pulse: Pulse | None = None
        self._watch = watch

    def step(self) -> bool:
        self._watch.seconds += self.takes
        if self.pulse is not None:
            self.said_within = self.pulse.reasons()
        if self.error is not None:
            raise self.error
        return self.worked

    def next_due_at(self) -> datetime | None:
        return None


def test_a_step_that_does_not_come_back_shows_while_it_lasts() -> None:
    watch = Watch()
    room, pulse = Room(watch), Pulse("alerts", watch)
    room.pulse, room.takes = pulse, STALLED_SECONDS
    pulse.watched(room).step()
    assert room.said_within == []
    room.takes = STALLED_SECONDS + 1
    pulse.watched(room).step()
    [said] = room.said_within
    assert said.startswith("The alerts loop has finished nothing for 16 s: it hangs in a step.")
    assert pulse.reasons() == []


def test_a_loop_that_nobody_asks_shows_as_well() -> None:
    watch = Watch()
    pulse = Pulse("rules", watch)
    watch.seconds += STALLED_SECONDS
    assert pulse.reasons() == []
    watch.seconds += 0.1
    [said] = pulse.reasons()
    assert "it waits for its turn" in said


def test_a_failing_step_is_counted_named_by_its_kind_and_forgotten_after_a_good_one() -> None:
    watch = Watch()
    room, pulse = Room(watch), Pulse("delivery", watch)
    room.error = ValueError("措姆 lives at 3 River Lane")
    for _ in range(2):
        with pytest.raises(ValueError, match="River"):
            pulse.watched(room).step()
    [said] = pulse.reasons()
    assert said == "The delivery loop fails (ValueError) and is tried again; the log says where."
    assert pulse.failures == 2
    room.error = None
    assert pulse.watched(room).step()
    assert (pulse.reasons(), pulse.failures) == ([], 2)


def test_only_steps_that_did_something_are_measured() -> None:
    watch = Watch()
    room, pulse = Room(watch), Pulse("ingest", watch)
    room.takes = 0.003
    pulse.watched(room).step()
    room.worked = False
    pulse.watched(room).step()
    [family] = pulse.seconds.collect()
    samples = {(each.name, each.labels.get("le")): each.value for each in family.samples}
    assert samples["anxin_loop_step_seconds_count", None] == 1
    assert samples["anxin_loop_step_seconds_bucket", "0.0025"] == 0
    assert samples["anxin_loop_step_seconds_bucket", "0.005"] == 1
