"""The report: what happened in local time, each wish with its verdict, and the end of the story in one
line.
"""

from datetime import timedelta
from io import StringIO

from rich.console import Console

from devices.simulator.happenings import Happening, What
from devices.simulator.judging import Verdict
from devices.simulator.report import show
from tests.unit.simulator.stories import scenario


def shown(*verdicts: Verdict) -> str:
    story = scenario()
    press_at = story.steps[-1].at
    happenings = [
        Happening(press_at + timedelta(seconds=40), What.ANSWER, "norbu", "accepts"),
        Happening(press_at, What.EVENT, "deji", "presses [bold]"),
    ]
    words = StringIO()
    show(Console(file=words, width=120), story, happenings, verdicts)
    return words.getvalue()


def test_what_happened_stands_in_order_of_local_time() -> None:
    report = shown(Verdict("a", passed=True))
    assert report.index("+1 day 02:13 ") < report.index("+1 day 02:13:40")
    assert "(Asia/Shanghai)" in report


def test_words_of_a_story_are_shown_as_they_are() -> None:
    assert "presses [bold]" in shown(Verdict("a", passed=True))


def test_a_story_that_went_well_says_so_in_one_line() -> None:
    report = shown(Verdict("norbu told", passed=True, evidence="02:13:01 +1d"))
    assert report.rstrip().endswith("passed: 1 of 1 as expected")


def test_a_failed_wish_stands_with_the_nearest_thing_that_happened() -> None:
    report = shown(
        Verdict("a", passed=True), Verdict("norbu told", passed=False, nearest="pema told at 02:13")
    )
    assert "FAIL  norbu told" in report
    assert "pema told at 02:13" in report
    assert report.rstrip().endswith("FAILED: 1 of 2 not as expected")
