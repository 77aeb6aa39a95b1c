"""Lanes: a window of a story as rows on one axis. It decides which rows there are and where they stand;
`marks` draws what lies on each of them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from devices.simulator.happenings import Happening, What
from devices.simulator.pages import marks
from devices.simulator.pages.axis import Axis
from devices.simulator.pages.drawing import Labels, Levels, badge, beside, group, number, rect, text, wide
from devices.simulator.pages.speaking import Speech
from devices.simulator.pages.story import CROWD, HOUSE, Resident, Story, Wish, reached
from devices.simulator.pages.telling import got, wish

HEAD = 40
BADGE = 26
MOST_LINKS = 80
"""More lines from alerts to people would be a curtain."""


@dataclass(frozen=True, slots=True)
class Name:
    """What stands beside a row, from ``y`` down; ``kind`` is a class of the style sheet."""

    y: float
    height: float
    words: str
    kind: str = ""
    small: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture without its frame: rows with their names, all of it ``height`` pixels high."""

    names: Sequence[Name]
    bits: Sequence[str]
    height: float


class Lanes:
    """Draws one window once."""

    def __init__(
        self, story: Story, speech: Speech, axis: Axis, *, residents: Iterable[Resident], links: bool = True
    ) -> None:
        self.story, self.speech, self.axis = story, speech, axis
        self._residents = [*residents]
        self._links = links
        """Whether a mark of a wish leads to its row in a table."""
        self._y = float(HEAD)
        self._names: list[Name] = []
        self._bits: list[str] = []
        self._at: dict[tuple[str, str], float] = {}
        """Where the row of somebody stands: alerts, what a device said, people."""

    def draw(self, *, overview: bool) -> Drawn:
        """The window. ``overview`` adds what is told once: the wishes and the strips of the folded."""
        if any(self.axis.shows(each.at, each.until_at or each.at) for each in self.story.faults):
            self._row(20, self.speech("faults"), "sub")
        if overview and self.story.wishes:
            self._wishes()
        for each in self._residents:
            self._resident(each)
        if self._concerned(self.story.house):
            self._resident(self.story.house)
        self._people(everybody=overview)
        if overview:
            self._ghosts()
            self._strips()
        ground = marks.ground(self.axis, self.speech, self.story.faults, HEAD, self._y)
        return Drawn(self._names, [*ground, *self._bits], self._y + 6)

    def _row(self, height: float, words: str, kind: str = "", small: str = "") -> float:
        y = self._y
        self._names.append(Name(y, height, words, kind, small))
        self._y += height
        return y

    def _concerned(self, resident: Resident) -> bool:
        things = (*resident.events, *resident.alerts, *resident.findings)
        return any(self.axis.shows(each.at, each.until_at) for each in things)

    def _resident(self, resident: Resident) -> None:
        axis, speech, story = self.axis, self.speech, self.story
        called = resident.called if resident.name != HOUSE else speech("house")
        y = self._row(26, called, "who")
        self._bits.append(rect(axis.left, y, axis.width, 1, "rule"))
        self._bits += marks.events(story, speech, axis, resident, y + 12)
        spells = resident.spells(story.until)
        if spells:
            y = self._row(22, speech("bed"), "sub")
            self._bits += marks.bed(speech, axis, spells, y + 3)
        if any(each.figures.get("heart_rate") and axis.shows(each.at) for each in resident.events):
            y = self._row(64, speech("vitals"), "sub")
            self._bits += marks.vitals(speech, axis, resident.events, y + 2, 60)
        if resident.findings:
            y = self._row(18, speech.word("sorts", "finding"), "sub")
            self._bits += marks.findings(story, speech, axis, resident.findings, y + 9)
        self._alerts(resident)
        if any(axis.shows(each.at) for each in resident.heard):
            y = self._row(22, speech("device_said"), "sub")
            self._at["said", resident.name] = y + 11
            self._bits += marks.said(story, speech, axis, resident.heard, y + 11)
        self._y += 6

    def _alerts(self, resident: Resident) -> None:
        axis, levels = self.axis, Levels()
        shown = [each for each in resident.alerts if axis.shows(each.at, each.until_at or self.story.until)]
        wanted = any(
            each.verdict.asked is not None
            and each.verdict.asked.what is What.ALERT
            and each.verdict.asked.fields.get("about", resident.name) == resident.name
            for each in self.story.wishes
        )
        if not shown and not (wanted and resident.name):
            return
        y = self._row(0, self.speech("alerts"), "sub")
        self._at["alert", resident.name] = y + 13
        labels: dict[int, Labels] = {}
        placed = []
        for each in shown:
            start, end = axis.x(each.at), axis.x(each.until_at or self.story.until)
            level = min(levels.level(start - 10, max(end, start + 8) + 10), 5)
            labels.setdefault(level, Labels(axis.right)).block(start - 10, end + 6)
            placed.append((each, start, end, level))
        for each, start, end, level in placed:
            line, top = labels[level], y + level * 24
            self._bits += marks.alert(self.story, self.speech, axis, each, top + 12)
            self._at["alert", f"{id(each)}"] = top + 12
            words = marks.alert_words(self.speech, each)
            taken = marks.last_part(axis, each, self.story.until)
            if taken[1] - taken[0] > wide(words) + 16:
                self._bits.append(text(taken[1] - 8, top + 16, words, "label small", "end"))
                continue
            left = start - 14 - wide(words)
            put = line.place(max(end, start + 8) + 8, top + 16, words, "label")
            if not put and left > axis.left:
                put = line.place(left, top + 16, words, "label")
            self._bits.append(put)
        height = max(len(labels), 1) * 24 + 2
        self._names[-1] = Name(y, height, self.speech("alerts"), "sub")
        self._y = y + height

    def _people(self, *, everybody: bool) -> None:
        axis, story = self.axis, self.story
        people = [
            each
            for each in story.people
            if (everybody and len(story.people) <= CROWD)
            or any(axis.shows(n.at) for n in (*each.notices, *each.answers))
        ]
        if not people:
            return
        y = self._row(24, self.speech("people"), "head")
        self._bits.append(rect(axis.left, y, axis.width, 1, "rule strong"))
        lines: list[str] = []
        for person in people:
            called = self.speech("last resort") if person.name == "last resort" else person.called
            y = self._row(46, called, "who", self.speech.word("roles", person.role) if person.role else "")
            self._bits.append(rect(axis.left, y, axis.width, 1, "rule"))
            self._at["person", person.name] = y + 10
            self._bits += marks.person(story, self.speech, axis, person, y)
            lines += self._told_lines(person.notices, y + 5)
        if len(lines) <= MOST_LINKS:
            self._bits.insert(0, group(lines, "told"))

    def _told_lines(self, notices: Sequence[Happening], y: float) -> list[str]:
        """From each alert down to who was told of it."""
        lines = []
        for each in notices:
            over = self.story.over_what(each)
            top = self._at.get(("alert", f"{id(over)}")) if over is not None else None
            if over is None or top is None or not reached(each) or not self.axis.shows(each.at):
                continue
            kind = f"s-{over.fields.get('severity', 'info')}"
            x = self.axis.x(each.at)
            lines.append(f'<path d="M{number(x)} {number(top)}V{number(y)}" class="{kind}"/>')
        return lines

    def _wishes(self) -> None:
        """A numbered badge for each wish, beside one another over their moments."""
        axis, bits = self.axis, list[str]()
        y = self._row(0, self.speech("wishes"), "sub")
        wishes = sorted(self.story.wishes, key=self._moment)
        levels = math.ceil(len(wishes) * BADGE / axis.width)
        height = levels * BADGE + 14.0
        for level in range(levels):
            line = wishes[level::levels]
            places = beside([self._moment(each) for each in line], BADGE, axis.left, axis.right)
            for each, x in zip(line, places, strict=True):
                middle = y + 4 + level * BADGE + BADGE / 2
                foot = f"M{number(x)} {number(middle + 10)}L{number(self._moment(each))} {number(y + height)}"
                bits.append(f'<path d="{foot}" class="leader"/>')
                bits.append(self._badge(each, x, middle))
        self._names[-1] = Name(y, height, self.speech("wishes"), "sub")
        self._bits += bits
        self._y = y + height

    def _moment(self, which: Wish) -> float:
        """Where a wish stands: at what met it, else at the end of its span."""
        verdict, axis = which.verdict, self.axis
        if verdict.happening is not None and (verdict.passed or verdict.forbidden):
            return axis.x(verdict.happening.at)
        asked = verdict.asked
        return axis.x((asked and (asked.by_at or asked.since_at)) or self.story.until)

    def _badge(self, which: Wish, x: float, y: float) -> str:
        how = "pass" if which.verdict.passed else "fail"
        said = (
            f"{which.number} {self.speech(how)}: {wish(self.story, self.speech, which)}"
            f" — {got(self.story, self.speech, which)}"
        )
        mark = badge(x, y, which.number, how, said)
        if not self._links:
            return mark
        label = escape(said, quote=True)
        return f'<a id="mark-{which.number}" href="#wish-{which.number}" aria-label="{label}">{mark}</a>'

    def _ghosts(self) -> None:
        """What failed, where it should have been; what must not be, ringed where it was."""
        for each in self.story.wishes:
            verdict = each.verdict
            asked = verdict.asked
            if verdict.passed or asked is None:
                continue
            spot = self._spot(each)
            if spot is not None:
                title = f"{each.number} {self.speech('fail')}: {wish(self.story, self.speech, each)}"
                self._bits += marks.ghost(self._moment(each), spot, each, title)

    def _spot(self, which: Wish) -> float | None:
        """The height of the row on which a wish that failed belongs."""
        asked, happening = which.verdict.asked, which.verdict.happening
        if asked is None:
            return None
        fields = asked.fields if not which.verdict.forbidden or happening is None else happening.fields
        if asked.what is What.NOTICE:
            return self._at.get(("person", fields.get("told", "")))
        if asked.what is What.COMMAND:
            return next((self._at[key] for key in self._at if key[0] == "said"), None)
        if happening is not None and which.verdict.forbidden and ("alert", f"{id(happening)}") in self._at:
            return self._at["alert", f"{id(happening)}"]
        return self._at.get(("alert", fields.get("about", "")))

    def _strips(self) -> None:
        if not self.story.strips:
            return
        self._y += 6
        y = self._row(26, self.speech("others"), "head")
        self._bits.append(rect(self.axis.left, y, self.axis.width, 1, "rule strong"))
        for each in self.story.strips:
            y = self._row(16, each.called, "strip")
            self._bits += marks.strip(self.axis, each, y)
