"""Beats: a wake lets a room work until nothing is left; a room that fails is shown, and tried again."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from services.domain.ports import Topic
from services.wiring.beats import Beat, Beats
from services.wiring.signals import LocalSignals

PATIENCE = 10.0


class Room:
    def __init__(self) -> None:
        self.left = 0
        self.done = 0
        self.fails = 0
        self.idle = threading.Event()
        self.failed = threading.Event()

    def step(self) -> bool:
        if self.fails:
            self.fails -= 1
            self.failed.set()
            raise RuntimeError("a pipe burst")
        if self.left:
            self.left -= 1
            self.done += 1
            return True
        self.idle.set()
        return False

    def next_due_at(self) -> datetime | None:
        return None


def test_a_wake_lets_a_room_work_until_nothing_is_left() -> None:
    room, signals = Room(), LocalSignals()
    beat = Beat({"rules": room})
    signals.on(Topic.EVENTS, beat.wake)
    beat.start()
    assert room.idle.wait(PATIENCE)
    room.idle.clear()
    room.left = 3
    signals.wake(Topic.EVENTS)
    assert room.idle.wait(PATIENCE)
    assert room.done == 3
    assert beat.stop(PATIENCE)


def test_a_room_that_fails_is_shown_and_tried_again_by_the_next_beat() -> None:
    room = Room()
    room.fails, room.left = 1, 1
    beats = Beats([Beat({"notify": room})])
    beats.start()
    assert room.failed.wait(PATIENCE)
    assert room.idle.wait(PATIENCE), "the scheduler wakes it again within a second"
    assert room.done == 1
    assert beats.stop(PATIENCE) == []
    assert beats.faults() == []


def test_rooms_of_one_beat_have_their_turns_and_a_failing_one_keeps_nobody_waiting() -> None:
    first, second, third = Room(), Room(), Room()
    first.left, second.fails, third.left = 3, 1, 3
    beat = Beat({"first": first, "second": second, "third": third})
    beat.start()
    assert first.idle.wait(PATIENCE)
    assert third.idle.wait(PATIENCE)
    assert (first.done, third.done) == (3, 3)
    assert beat.faults == ["The second loop fails (RuntimeError); the log says where."]
    first.left = third.left = 1
    third.idle.clear()
    beat.wake("third")
    assert third.idle.wait(PATIENCE)
    assert first.left == 1, "only who was woken works"
    beat.wake("second")
    assert second.idle.wait(PATIENCE)
    assert beat.stop(PATIENCE)
    assert beat.faults == []


def test_a_fault_that_lasts_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    room = Room()
    beat = Beat({"rules": room})
    beat.start()
    assert room.idle.wait(PATIENCE)
    for fails in (1, 1, 0, 1):
        room.idle.clear()
        room.failed.clear()
        room.fails = fails
        beat.wake()
        assert (room.failed if fails else room.idle).wait(PATIENCE)
    assert beat.stop(PATIENCE)
    assert [record.message for record in caplog.records] == [
        "the rules room failed and is tried again each second"
    ] * 2


def test_who_waits_for_a_topic_is_woken_by_that_topic_only() -> None:
    signals, woken = LocalSignals(), threading.Event()

    def wait() -> None:
        if signals.wait(Topic.ALERTS, PATIENCE):
            woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    while not woken.wait(0.01):
        signals.wake(Topic.EVENTS)
        signals.wake(Topic.ALERTS)
    thread.join(PATIENCE)
    assert not signals.wait(Topic.FINDINGS, 0.0)
