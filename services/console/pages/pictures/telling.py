"""Telling: what a picture shows, in words, for whoever does not see it and for whoever wants the minute.

It says how much is not known before anybody takes a short night for a bad one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.pages.pictures.bed import BedState, Spell, exits, total
from services.console.pages.pictures.gathering import Moment, Strip
from services.console.pages.texts import Texts
from services.console.pages.words import said
from services.domain.instants import local

MOST_TIMES = 5
"""Times of getting up that a short description names."""
A_WHILE = timedelta(minutes=10)
"""From so much on it is said that nothing is known."""
ALARMS = {
    "call_button.pressed": said("call button"),
    "fall.detected": said("fall"),
    "smoke.detected": said("smoke"),
    "gas.detected": said("gas"),
}


def wall(instant: datetime, zone: ZoneInfo) -> str:
    """The time of day there."""
    return f"{local(instant, zone):%H:%M}"


def day_of(strip: Strip) -> str:
    """The day on which it begins, as month and day."""
    return f"{strip.evening:%m-%d}"


def title(t: Texts, strip: Strip) -> str:
    """What is shown."""
    return t(
        "From {start} to {end}",
        start=f"{day_of(strip)} {wall(strip.since, strip.zone)}",
        end=f"{local(strip.until, strip.zone):%m-%d %H:%M}",
    )


def summary(t: Texts, strip: Strip) -> str:
    """How long in bed and how often up; what of it nobody knows."""
    return t(" · ").join(parts(t, strip))


def parts(t: Texts, strip: Strip) -> Iterator[str]:
    """The parts of the summary."""
    inside, outside = total(strip.pieces, BedState.IN), total(strip.pieces, BedState.OUT)
    unknown, away = total(strip.pieces, BedState.UNKNOWN), total(strip.pieces, BedState.AWAY)
    if inside or outside:
        yield t("In bed {span}", span=t.span(inside))
        yield t("Got up: {count}", count=len(exits(strip.pieces)))
    if away:
        yield t("Away {span}", span=t.span(away))
    if unknown >= A_WHILE or not (inside or outside or away):
        yield t("Nothing known for {span}", span=t.span(unknown)) if unknown else t("Nothing known yet")
    if strip.alarms:
        yield t("Alarms: {count}", count=len(strip.alarms))


def description(t: Texts, strip: Strip) -> str:
    """The summary, and when somebody got up."""
    told = summary(t, strip)
    return t(" · ").join([told, times(t, strip)]) if exits(strip.pieces) else told


def times(t: Texts, strip: Strip) -> str:
    """When somebody got up; the summary where nobody did."""
    known = [wall(each.start, strip.zone) for each in exits(strip.pieces)]
    if not known:
        return summary(t, strip)
    return t("Got up at {times}", times=t(", ").join(known[:MOST_TIMES])) + " …" * (len(known) > MOST_TIMES)


def details(t: Texts, strip: Strip) -> tuple[str, ...]:
    """Everything that the picture shows, in its order."""
    told = [(each.start, _spell(t, each, strip.zone)) for each in strip.pieces]
    told += [(each.at, alarm(t, each, strip.zone)) for each in strip.alarms]
    return tuple(words for _, words in sorted(told, key=lambda each: each[0]) if words)


def alarm(t: Texts, moment: Moment, zone: ZoneInfo) -> str:
    """An alarm with its time."""
    return f"{wall(moment.at, zone)} {t(ALARMS.get(moment.kind, moment.kind))}"


def _spell(t: Texts, spell: Spell, zone: ZoneInfo) -> str:
    if spell.state is BedState.AHEAD:
        return ""
    span = f"{wall(spell.start, zone)}–{wall(spell.end, zone)} {state(t, spell.state)}"
    return f"{span} ({t.span(spell.lasts_for)})" if spell.state is BedState.OUT else span


def state(t: Texts, where: BedState) -> str:
    """What a state is called."""
    return {
        BedState.IN: t("in bed"),
        BedState.OUT: t("out of bed"),
        BedState.UNKNOWN: t("nothing known"),
        BedState.AWAY: t("away"),
        BedState.AHEAD: "",
    }[where]
