"""Marks: what lies on a row of the picture. Each has a shape of its own besides its colour, and says in a
title what it is; what is outside the window is left out, what reaches beyond it is cut.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from devices.simulator.happenings import Happening
from devices.simulator.pages.axis import Axis
from devices.simulator.pages.drawing import (
    Labels,
    answer,
    group,
    moved,
    notice,
    number,
    path,
    press,
    rect,
    sign,
    text,
    wide,
)
from devices.simulator.pages.speaking import Speech
from devices.simulator.pages.story import (
    ALARMS,
    BED,
    VITALS,
    Person,
    Resident,
    Spell,
    Story,
    Wish,
    moment,
    reached,
)
from devices.simulator.pages.telling import fault, what
from devices.simulator.pages.telling import notice as notice_words

TICK_ROOM, DAY_ROOM = 62, 34
STRIP_BIN = 6
NARROWEST = 1.0
"""Pixels of a spell in bed or out of it that is drawn."""
VITALS_BIN = 3
LONG = timedelta(days=3)
"""Of a window that is longer only what weighs is drawn mark by mark."""
MOST_MARKS = 400
QUIET = (*ALARMS, *BED, VITALS)
"""Kinds that are no tick: drawn otherwise."""
BY_PEOPLE = ("visit", "resident", "meal", "medication", "checkup", "event")


def ground(axis: Axis, speech: Speech, faults: Iterable[Happening], top: float, bottom: float) -> list[str]:
    """The axis itself, the nights and the faults, behind everything."""
    high = bottom - top
    bits = [rect(axis.x(a), top, axis.x(b) - axis.x(a), high, "night") for a, b in axis.nights()]
    long = axis.until - axis.since > LONG
    labels, days = Labels(axis.right + 30), Labels(axis.right + 30)
    start_day = speech.date(axis.since)
    bits.append(days.place(axis.left, 13, start_day, "day"))
    for at, is_midnight in axis.ticks(DAY_ROOM if long else TICK_ROOM):
        x = axis.x(at)
        kind = "tick midnight" if is_midnight and not long else "tick"
        bits.append(path(f"M{number(x)} {top - 5}V{number(bottom)}", kind))
        seconds = axis.until - axis.since < timedelta(minutes=4)
        words = speech.short_day(at) if long else speech.wall(at, seconds=seconds)
        put = labels.place(x + (3 if long else -wide(words, 12) / 2), 30, words, "hour")
        bits.append(put)
        if is_midnight and x > axis.left + 8 and (not long or at.astimezone(axis.zone).day == 1):
            bits.append(days.place(x, 13, speech.day(at), "day"))
    line = Labels(axis.right)
    for each in faults:
        end = each.until_at or each.at
        if axis.shows(each.at, end):
            x, width = axis.x(each.at), max(axis.x(end) - axis.x(each.at), 3)
            name = fault(speech, each)
            bits.append(rect(x, top, width, high, "fault", title=f"{speech.time(each.at)} {name}"))
            bits.append(line.place(x + 3, top + 14, name, "label fault-name"))
    return bits


def events(story: Story, speech: Speech, axis: Axis, resident: Resident, y: float) -> list[str]:
    """Presses and falls as strong marks with their time, all else as ticks."""
    long = axis.until - axis.since > LONG
    bits: list[str] = []
    strong: list[str] = []
    labels = Labels(axis.right)
    shown = [each for each in resident.events if axis.shows(each.at)]
    for each in shown:
        kind = each.fields.get("kind", "")
        x = axis.x(each.at)
        title = f"{speech.time(each.at)} {what(story, speech, each)}"
        if kind in ALARMS:
            strong.append(press(x, y, title, falls=kind != ALARMS[0]))
            labels.block(x - 10, x + 10)
        elif kind not in QUIET and not _is_sensor(each):
            labels.block(x - 6, x + 6)
    if long:
        bits += heat(axis, (each for each in shown if _is_sensor(each)), y)
    for each in shown:
        kind = each.fields.get("kind", "")
        x = axis.x(each.at)
        if kind in ALARMS and not long:
            words = f"{speech.wall(each.at)} {speech.word('kinds', kind)}"
            left = x - 14 - wide(words)
            put = labels.place(x + 12, y + 4, words, "label strong")
            if not put and left > axis.left:
                put = labels.place(left, y + 4, words, "label strong")
            strong.append(put)
        elif kind not in QUIET and len(bits) < MOST_MARKS and not (long and _is_sensor(each)):
            title = f"{speech.time(each.at)} {what(story, speech, each)}"
            how = "sensor" if _is_sensor(each) else "person"
            steps = "M0-5L5 0L0 5L-5 0z" if how == "person" else "M0-4V4"
            bits.append(path(steps, f"event {how}", title=title, at=(x, y)))
            if how == "person" and not long:
                bits.append(labels.place(x + 9, y + 4, what(story, speech, each), "label"))
    return [*bits, *strong]


def bed(speech: Speech, axis: Axis, spells: Sequence[Spell], y: float) -> list[str]:
    """In bed as a bar, out of it as a line along the floor with its minutes, away hatched. What is too short
    to be seen is left out.
    """
    bits = []
    for each in _seen(axis, spells):
        if not axis.shows(each.since, each.until):
            continue
        x, end = axis.x(each.since), axis.x(each.until)
        word = speech({"in": "in_bed", "out": "out_of_bed", "away": "away"}[each.state])
        lasts = speech.span(each.until - each.since)
        title = f"{speech.time(each.since)}–{speech.time(each.until)} {word}, {lasts}"
        if each.state == "out":
            bits.append(rect(x, y + 12, end - x, 3, "bed out", title=title))
            minutes = f"{round((each.until - each.since) / timedelta(minutes=1))}′"
            if wide(minutes, 11) < end - x - 2 and each.until - each.since < timedelta(hours=3):
                bits.append(text((x + end) / 2, y + 10, minutes, "label small", "middle"))
        else:
            bits.append(rect(x, y, end - x, 15, f"bed {each.state}", title=title, more=' rx="3"'))
            if wide(word, 11) < end - x - 16:
                bits.append(text(x + 8, y + 11.5, word, f"label small in-{each.state}"))
    return bits


def _seen(axis: Axis, spells: Sequence[Spell]) -> list[Spell]:
    """The spells, with those that are too narrow as part of the one before."""
    seen: list[Spell] = []
    for each in spells:
        is_narrow = axis.x(each.until) - axis.x(each.since) < NARROWEST
        if seen and (is_narrow or seen[-1].state == each.state):
            seen[-1] = Spell(seen[-1].state, seen[-1].since, each.until)
        else:
            seen.append(each)
    return seen


def vitals(speech: Speech, axis: Axis, seen: Iterable[Happening], y: float, height: float) -> list[str]:
    """Heart and breath as two lines, each on its own scale, named with their range."""
    bits = []
    shown = [each for each in seen if each.figures and axis.shows(each.at)]
    half = height / 2
    for place, (name, unit) in enumerate((("heart_rate", "heart"), ("respiration_rate", "breath"))):
        bins: dict[int, list[float]] = defaultdict(list)
        for each in shown:
            if name in each.figures:
                bins[int(axis.x(each.at) // VITALS_BIN)].append(each.figures[name])
        if not bins:
            continue
        points = [(bin_ * VITALS_BIN, sum(of) / len(of)) for bin_, of in sorted(bins.items())]
        least, most = min(value for _, value in points), max(value for _, value in points)
        room, top = max(most - least, 1.0), y + place * half

        def place_of(value: float, least: float = least, room: float = room, top: float = top) -> float:
            return top + half - 3 - (value - least) / room * (half - 16)

        typical = sorted(after[0] - before[0] for before, after in pairwise(points)) or [0]
        gap = max(typical[len(typical) // 2] * 4, 12)
        steps, before = "", float("-inf")
        for x, value in points:
            steps += f"{'M' if x - before > gap else 'L'}{number(x)} {number(place_of(value))}"
            before = x
        title = f"{speech(unit)}: {least:.0f}–{most:.0f}"
        bits.append(path(steps, f"vital {unit}", title=title))
        bits.append(text(axis.left + 4, top + 8, title, "label small"))
    return bits


def findings(story: Story, speech: Speech, axis: Axis, found: Iterable[Happening], y: float) -> list[str]:
    labels = Labels(axis.right)
    bits = []
    for each in [each for each in found if axis.shows(each.at)][:MOST_MARKS]:
        x = axis.x(each.at)
        title = f"{speech.time(each.at)} {what(story, speech, each)}"
        bits.append(path("M-4-4L4 0L-4 4z", "finding", title=title, at=(x, y)))
        bits.append(labels.place(x + 8, y + 4, each.fields.get("rule", each.text), "label small", 11))
    return bits


def alert(story: Story, speech: Speech, axis: Axis, each: Happening, y: float) -> list[str]:
    """From opening to closing: full while nobody has it, open with an edge once somebody has, calm once
    somebody is there.
    """
    severity = each.fields.get("severity", "info")
    end = each.until_at or story.until
    accepted, arrived = moment(each, "accepted"), moment(each, "arrived")
    bits = []
    edges = [("open", each.at), ("accepted", accepted), ("arrived", arrived)]
    known = [(kind, at) for kind, at in edges if at is not None]
    for (kind, since), until in zip(known, [*(at for _, at in known[1:]), end], strict=True):
        x, stop = axis.x(since), axis.x(until)
        bits.append(rect(x, y - 6, max(stop - x, 2), 12, f"alert {kind} s-{severity}"))
    if axis.shows(each.at):
        bits.append(sign(axis.x(each.at), y, severity))
    if each.until_at is None:
        bits.append(path(f"M{number(axis.x(end) - 5)} {y - 6}l5 6l-5 6", f"still s-{severity}"))
    return [group(bits, title=f"{speech.time(each.at)} {what(story, speech, each)}")]


def last_part(axis: Axis, each: Happening, until: datetime) -> tuple[float, float]:
    """From where to where a bar is light enough to be written on."""
    since = moment(each, "arrived") or moment(each, "accepted")
    end = axis.x(each.until_at or until)
    return (axis.x(since) if since is not None else end), end


def alert_words(speech: Speech, each: Happening) -> str:
    words = [speech.word("alerts", each.fields.get("alert", each.text))]
    words.append(speech.word("outcomes", each.fields["outcome"]) if "outcome" in each.fields else "")
    return " · ".join(word for word in words if word)


def said(story: Story, speech: Speech, axis: Axis, heard: Iterable[Happening], y: float) -> list[str]:
    """What the light or the voice of a device said to the elder."""
    labels = Labels(axis.right)
    shown = [each for each in heard if axis.shows(each.at)][:MOST_MARKS]
    for each in shown:
        labels.block(axis.x(each.at) - 6, axis.x(each.at) + 5)
    bits = []
    for each in shown:
        x = axis.x(each.at)
        words = what(story, speech, each)
        title = f"{speech.time(each.at)} {story.called(each.who)}: {words}"
        bits.append(
            path("M-5-5H5V3H0L-4 7V3H-5z", f"said h-{each.fields.get('hears', '')}", title=title, at=(x, y))
        )
        bits.append(labels.place(x + 8, y + 4, words, "label small", 11))
    return bits


def person(story: Story, speech: Speech, axis: Axis, who: Person, y: float) -> list[str]:
    """Notices above, answers below; between having it and its end a line: dashed on the way, full there."""
    long = axis.until - axis.since > LONG
    labels, above, bits = Labels(axis.right), Labels(axis.right), []
    notices = [each for each in who.notices if axis.shows(each.at)]
    if long:
        notices = [each for each in notices if each.fields.get("tried") == "yes"]
    for each in notices:
        above.block(axis.x(each.at) - 9, axis.x(each.at) + 9)
    for each in notices[:MOST_MARKS]:
        how = "reached" if reached(each) else "lost" if each.fields.get("tried") == "yes" else "kept"
        if how == "reached" and each.fields.get("notice") == "stand_down":
            how = "reached down"
        words = notice_words(speech, each) if "notice" in each.fields else each.text
        bits.append(notice(axis.x(each.at), y + 10, how, f"{speech.time(each.at)} {words}"))
        if not long:
            bits.append(above.place(axis.x(each.at) + 11, y + 14, words, "label small", 11))
    answers = [each for each in who.answers if axis.shows(each.at)]
    bits += _at_work(axis, who.answers, y + 26)
    for each in answers[:MOST_MARKS]:
        x, words = axis.x(each.at), what(story, speech, each)
        bits.append(answer(x, y + 26, each.fields.get("move", ""), f"{speech.time(each.at)} {words}"))
        if not long:
            bits.append(labels.place(x - 6, y + 43, words, "label small", 11))
    return bits


def _at_work(axis: Axis, answers: Sequence[Happening], y: float) -> list[str]:
    bits = []
    for before, after in pairwise(answers):
        move = before.fields.get("move")
        fits = after.fields.get("move") in ("arrive", "close") and "refused" not in after.fields
        if move in ("accept", "arrive") and fits and axis.shows(before.at, after.at):
            steps = f"M{number(axis.x(before.at))} {number(y)}H{number(axis.x(after.at))}"
            bits.append(path(steps, "way" if move == "accept" else "way there"))
    return bits


def ghost(x: float, y: float, which: Wish, title: str) -> list[str]:
    """A hole where something should have been, or a ring around what should not."""
    ring = which.verdict.forbidden
    steps = "M0-12A12 12 0 1 1-.1-12z" if ring else "M-12-9H12V9H-12z"
    cross = "" if ring else "M-4-4L4 4M4-4L-4 4"
    bits = [path(steps, "hole"), path(cross, "cross") if cross else ""]
    return [moved(group(bits, "ghost", title=title), x, y)]


def strip(axis: Axis, resident: Resident, y: float) -> list[str]:
    """How much happened to one who is folded; alerts as uprights."""
    bits = heat(axis, resident.events, y + 8)
    for each in resident.alerts:
        severity = each.fields.get("severity", "info")
        bits.append(path(f"M{number(axis.x(each.at))} {number(y + 1)}v14", f"upright s-{severity}"))
    return bits


def heat(axis: Axis, seen: Iterable[Happening], y: float) -> list[str]:
    """How much happened when, in four strengths."""
    bins: dict[int, int] = defaultdict(int)
    for each in seen:
        bins[int((axis.x(each.at) - axis.left) // STRIP_BIN)] += 1
    most = max(bins.values(), default=1)
    steps: dict[int, str] = defaultdict(str)
    ends: dict[int, int] = {}
    for bin_, count in sorted(bins.items()):
        level = min(4, 1 + count * 4 // (most + 1))
        if ends.get(level) == bin_:
            steps[level] += f"h{STRIP_BIN}"
        else:
            steps[level] += f"M{number(axis.left + bin_ * STRIP_BIN)} {number(y)}h{STRIP_BIN}"
        ends[level] = bin_ + 1
    return [path(drawn, f"heat h{level}") for level, drawn in sorted(steps.items())]


def _is_sensor(event: Happening) -> bool:
    kind = event.fields.get("kind", "")
    return kind not in QUIET and kind.partition(".")[0] not in BY_PEOPLE
