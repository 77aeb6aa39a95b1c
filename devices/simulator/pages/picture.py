"""Pictures: the lanes of a story in a frame. Within a page the names stand beside the picture as text of the
page; a picture that stands alone carries its names, its colours and its verdict itself.
"""

from html import escape
from importlib.resources import files

from devices.simulator.pages.axis import Axis
from devices.simulator.pages.closeups import Closeup, closeups
from devices.simulator.pages.drawing import group, moved, number, path, rect, text, wide
from devices.simulator.pages.lanes import Drawn, Lanes
from devices.simulator.pages.speaking import Speech, language_of
from devices.simulator.pages.story import Story, reached

ALONE_WIDTH, ALONE_NAMES = 960, 132
MARGIN = 18


def style(*names: str) -> str:
    """Our own style sheets, one after the other, without their comments."""
    folder = files("devices.simulator.pages").joinpath("looks")
    return "\n".join(folder.joinpath(f"{name}.css").read_text("utf-8") for name in names)


def whole(story: Story, speech: Speech, left: float, width: float, *, links: bool) -> Drawn:
    """The whole story on one axis."""
    axis = Axis(story.since, story.until, story.frame.zone, left, width)
    return Lanes(story, speech, axis, residents=story.full, links=links).draw(overview=True)


def close(story: Story, speech: Speech, which: Closeup, left: float, width: float) -> Drawn:
    """One matter on an axis of its own."""
    axis = Axis(which.since, which.until, story.frame.zone, left, width)
    residents = [which.resident] if which.resident.name else []
    return Lanes(story, speech, axis, residents=residents, links=False).draw(overview=False)


def described(story: Story, speech: Speech) -> str:
    """The picture in a sentence."""
    notices = sum(reached(each) for person in story.people for each in person.notices)
    return speech(
        "described",
        residents=len(story.residents),
        alerts=len(story.alerts),
        notices=notices,
        start=speech.time(story.since, seconds=False),
        end=speech.time(story.until, seconds=False),
    )


def framed(drawn: Drawn, width: float, name: str, title: str, description: str) -> str:
    """A picture for within a page; ``name`` is unique on it."""
    return (
        f'<svg class="chart" role="group" aria-labelledby="{name}-t" aria-describedby="{name}-d" '
        f'width="{number(width)}" height="{number(drawn.height)}" '
        f'viewBox="0 0 {number(width)} {number(drawn.height)}">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{PATTERNS}{''.join(drawn.bits)}</svg>"
    )


def alone(story: Story, speech: Speech) -> str:
    """A picture that is a file by itself: the whole story, and the gravest matter close up."""
    left = MARGIN + ALONE_NAMES
    room = ALONE_WIDTH - MARGIN - left - 16
    passed = sum(each.verdict.passed for each in story.wishes)
    well = passed == len(story.wishes)
    verdict = f"{speech('well' if well else 'ill')} · {speech('of', passed=passed, all=len(story.wishes))}"
    size = 13
    lines = _broken(story.title, ALONE_WIDTH - 2 * MARGIN, 17)
    bits = [rect(0.5, 0.5, ALONE_WIDTH - 1, 0, "ground", more=' rx="12"')]
    y = MARGIN + 16.0
    for line in lines:
        bits.append(text(MARGIN, y, line, "title"))
        y += 24
    chip = wide(verdict, size) + 34
    bits.append(rect(MARGIN, y - 10, chip, 26, "chip " + ("pass" if well else "fail"), more=' rx="13"'))
    tick = "M0 0L4 4.500L11-4.500" if well else "M0-4L9 5M9-4L0 5"
    bits.append(path(tick, "chip-mark", at=(MARGIN + 11, y + 3)))
    bits.append(text(MARGIN + 28, y + 7.5, verdict, "chip-text"))
    when = f"{speech.date(story.since)} · {story.frame.zone.key}"
    bits.append(text(ALONE_WIDTH - MARGIN, y + 7.5, when, "soft", "end"))
    y += 30
    drawn = whole(story, speech, left, room, links=False)
    bits.append(_placed(drawn, y))
    y += drawn.height
    shown, _ = closeups(story)
    if shown:
        y += 20
        name = speech.word("alerts", shown[0].alert.fields.get("alert", ""))
        bits.append(text(MARGIN, y, speech("closeup", what=name), "head"))
        close_up = close(story, speech, shown[0], left, room)
        bits.append(_placed(close_up, y + 8))
        y += 8 + close_up.height
    height = y + MARGIN
    bits[0] = rect(0.5, 0.5, ALONE_WIDTH - 1, height - 1, "ground", more=' rx="12"')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{ALONE_WIDTH}" height="{number(height)}" '
        f'viewBox="0 0 {ALONE_WIDTH} {number(height)}" role="img" class="chart alone" '
        f'lang="{language_of(story.title) if speech.language == "en" else speech.language}" '
        'aria-labelledby="t d">'
        f'<title id="t">{escape(story.title)}</title><desc id="d">{escape(described(story, speech))} '
        f"{escape(verdict)}</desc><style>{style('tokens', 'chart')}</style>{PATTERNS}{''.join(bits)}</svg>\n"
    )


def _placed(drawn: Drawn, y: float) -> str:
    names = []
    for each in drawn.names:
        middle = each.y + (min(each.height, 26) / 2 if not each.small else 13) + 4
        names.append(text(MARGIN, middle, each.words, f"name {each.kind}"))
        if each.small:
            names.append(text(MARGIN, middle + 15, each.small, "name sub"))
    return moved(group([*names, *drawn.bits]), 0, y)


def _broken(words: str, room: float, size: float) -> list[str]:
    """A sentence in lines that fit."""
    lines, line = [], ""
    for word in words.split(" "):
        longer = f"{line} {word}".strip()
        if line and wide(longer, size) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


PATTERNS = (
    '<defs><pattern id="away" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)">'
    '<path d="M0 0V7" class="hatch"/></pattern>'
    '<pattern id="broken" width="9" height="9" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(-45)">'
    '<path d="M0 0V9" class="hatch fault-hatch"/></pattern></defs>'
)
