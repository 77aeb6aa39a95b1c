"""The page: one file with its styles and its pictures in it, that asks for nothing from elsewhere and is read
without scripts. It only shows: what was judged was judged before.
"""

from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from devices.simulator.happenings import Happening, What
from devices.simulator.pages import picture, telling
from devices.simulator.pages.closeups import closeups
from devices.simulator.pages.drawing import SHAPES, STROKES
from devices.simulator.pages.lanes import Drawn
from devices.simulator.pages.speaking import Speech, language_of
from devices.simulator.pages.story import ALARMS, STRIPS, Story, first_times, reached

WIDTH, EDGE = 1180, 20
"""Pixels of a picture, and on either side of its axis; a narrower screen scrolls it within its box."""
MOST_ROWS = 400
"""Of the table; beyond them what weighs least is left out first."""
OPEN_UP_TO = 80
_TEMPLATES = Environment(
    loader=PackageLoader("devices.simulator.pages", "looks"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture with its heading; ``name`` is unique on the page."""

    name: str
    title: str
    svg: Markup
    drawn: Drawn


class View:
    """What the template asks for."""

    def __init__(self, story: Story, speech: Speech) -> None:
        self.story, self.speech = story, speech
        self.passed = sum(each.verdict.passed for each in story.wishes)
        self.well = self.passed == len(story.wishes)
        self.language_of = language_of

    def whole(self) -> Chart:
        drawn = picture.whole(self.story, self.speech, EDGE, WIDTH - 2 * EDGE, links=True)
        return self._chart("whole", self.speech("at_a_glance"), drawn)

    def closeups(self) -> list[Chart]:
        charts = []
        for number, each in enumerate(closeups(self.story)[0], 1):
            kind = self.speech.word("alerts", each.alert.fields.get("alert", ""))
            words = f"{self.speech.time(each.alert.at)} {each.resident.called} · {kind}"
            drawn = picture.close(self.story, self.speech, each, EDGE, WIDTH - 2 * EDGE)
            charts.append(self._chart(f"close-{number}", words, drawn))
        return charts

    def more_closeups(self) -> int:
        return closeups(self.story)[1]

    def _chart(self, name: str, title: str, drawn: Drawn) -> Chart:
        description = picture.described(self.story, self.speech)
        return Chart(
            name,
            title,
            Markup(picture.framed(drawn, WIDTH, name, title, description)),  # noqa: S704 - escaped in drawing
            drawn,
        )

    def tallies(self) -> list[tuple[str, str]]:
        """The figures at a glance, with their words."""
        story, speech = self.story, self.speech
        count = Counter(each.what for each in story.happenings)
        rang = sum(reached(each) for person in story.people for each in person.notices)
        found = [
            (speech("residents"), f"{len(story.residents):,}"),
            (speech("events"), f"{count[What.EVENT]:,}"),
            (speech("alerts"), f"{count[What.ALERT]:,}"),
            (speech("reached"), f"{rang:,}"),
        ]
        spans = first_times(story)
        found += [(speech(name), speech.span(spans[name])) for name in spans]
        return found

    def wish(self, number: int) -> str:
        return telling.wish(self.story, self.speech, self.story.wishes[number - 1])

    def got(self, number: int) -> str:
        return telling.got(self.story, self.speech, self.story.wishes[number - 1])

    def rows(self) -> tuple[list[Happening], int]:
        """The happenings of the table, and how many are left out."""
        seen = self.story.happenings
        if len(seen) <= MOST_ROWS:
            return seen, 0
        weighty = [each for each in seen if each.what is not What.EVENT or each.fields.get("kind") in ALARMS][
            :MOST_ROWS
        ]
        return weighty, len(seen) - len(weighty)

    def is_open(self) -> bool:
        return len(self.rows()[0]) <= OPEN_UP_TO

    def who(self, happening: Happening) -> str:
        return telling.who(self.story, self.speech, happening)

    def what(self, happening: Happening) -> str:
        return telling.what(self.story, self.speech, happening)

    def sort(self, happening: Happening) -> str:
        return self.speech.word("sorts", happening.what.value)

    def shown(self) -> str:
        """Who is drawn in full and who is not, where that is not everybody."""
        story = self.story
        if not story.strips:
            return ""
        said = self.speech(
            "shown", full=len(story.full), all=len(story.residents), folded=min(len(story.strips), STRIPS)
        )
        return said + (" " + self.speech("more_folded", count=story.undrawn) if story.undrawn else "")


def page(story: Story, speech: Speech) -> str:
    """The whole file."""
    looks = Markup(picture.style("tokens", "chart", "page"))  # noqa: S704 - our own files
    script = Markup(files("devices.simulator.pages").joinpath("looks", "page.js").read_text("utf-8"))  # noqa: S704
    mark = Markup(files("devices.simulator.pages").joinpath("looks", "mark.svg").read_text("utf-8"))  # noqa: S704
    return _TEMPLATES.get_template("page.html").render(
        s=story,
        t=speech,
        view=View(story, speech),
        looks=looks,
        script=script,
        mark=mark,
        shapes=SHAPES,
        strokes=STROKES,
    )
