"""Crash points: every one lies on the way of a press, so that none is named and never tried."""

from __future__ import annotations

from pathlib import Path

from services.domain.crash_points import CrashPoint
from tests.stories.stage import Stage


def test_one_press_that_nobody_answers_passes_every_crash_point(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "story", "2025-07-23 02:13", None, rebuilt=False)
    try:
        stage.passed.clear()
        stage.press()
        at_once = set(stage.passed)
        stage.after("2m")
        assert at_once == set(CrashPoint) - {CrashPoint.AFTER_DEADLINE}
        assert stage.passed == set(CrashPoint)
    finally:
        stage.close()
