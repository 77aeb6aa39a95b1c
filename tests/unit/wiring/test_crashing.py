"""Crashing on purpose: at the named point and time and nowhere else, and never where people may be real."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from services.domain.crash_points import CrashPoint, goes_on
from services.wiring.crashing import CrashRefused, crash_at
from services.wiring.demo import mark_as_invented
from services.wiring.settings import BadSettings, read_settings


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What would have been killed, and how."""
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
    return killed


def test_without_the_setting_every_point_goes_on(tmp_path: Path) -> None:
    assert crash_at("", tmp_path) is goes_on


def test_the_process_is_killed_at_the_named_point_for_the_nth_time(
    tmp_path: Path, kills: list[tuple[int, int]]
) -> None:
    mark_as_invented(tmp_path, "soak")
    reached = crash_at("after_alert:2", tmp_path)
    for point in (CrashPoint.AFTER_ALERT, CrashPoint.AFTER_SEND, CrashPoint.AFTER_SEND):
        reached(point)
    assert kills == []
    reached(CrashPoint.AFTER_ALERT)
    reached(CrashPoint.AFTER_ALERT)
    assert kills == [(os.getpid(), signal.SIGKILL)]


def test_it_is_refused_where_the_people_are_not_invented(tmp_path: Path) -> None:
    with pytest.raises(CrashRefused, match="not invented"):
        crash_at("after_alert:1", tmp_path)


@pytest.mark.parametrize("bad", ["after_alert", "after_alert:0", "after_alert:x", "after_lunch:1"])
def test_a_setting_that_names_no_point_and_time_is_a_fault(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANXIN_CRASH_AT", bad)
    with pytest.raises(BadSettings, match="ANXIN_CRASH_AT: expected POINT:N"):
        read_settings()
