"""The report of a played scenario to look at: one HTML page, or one picture, each a file by itself that asks
for nothing from elsewhere. It is handed what happened and the verdicts, and judges nothing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from devices.simulator.happenings import Happening
from devices.simulator.judging import Verdict
from devices.simulator.pages.page import page
from devices.simulator.pages.picture import alone
from devices.simulator.pages.speaking import LANGUAGES, Language, Speech
from devices.simulator.pages.story import Story
from devices.simulator.scenario import Scenario

__all__ = ["LANGUAGES", "Language", "html", "svg", "write"]


class Played(Protocol):
    """A story with its end, as `run` hands it over."""

    @property
    def happenings(self) -> Sequence[Happening]: ...

    @property
    def verdicts(self) -> Sequence[Verdict]: ...


def html(played: Played, scenario: Scenario, language: Language) -> str:
    """The page."""
    story = Story(scenario, played.happenings, played.verdicts, language)
    return page(story, Speech(language, story.frame))


def svg(played: Played, scenario: Scenario, language: Language) -> str:
    """The picture alone, for a page of docs."""
    story = Story(scenario, played.happenings, played.verdicts, language)
    return alone(story, Speech(language, story.frame))


def write(path: Path, played: Played, scenario: Scenario, language: Language) -> None:
    """Write the page, or the picture where the file is called .svg. `OSError` if it cannot be written."""
    make = svg if path.suffix == ".svg" else html
    path.write_text(make(played, scenario, language), encoding="utf-8")
