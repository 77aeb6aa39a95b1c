"""Lives as a stream of acts. Each day, from rising to the next rising, is made by itself from the seed, the
name and the date; so a life can be begun anywhere and always shows the same person.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from heapq import merge
from operator import attrgetter
from zoneinfo import ZoneInfo

from devices.simulator.acts import Act
from devices.simulator.lives.calls import day_calls, ill_calls, night_calls
from devices.simulator.lives.care import care_on
from devices.simulator.lives.dice import dice_of
from devices.simulator.lives.doors import DOOR, MOTION, door_acts, motion_acts, night_acts, outings_on
from devices.simulator.lives.form import Life
from devices.simulator.lives.going_away import BED, ENTERED, EXITED, at_home_only
from devices.simulator.lives.naps import nap_on
from devices.simulator.lives.nights import Rest, hours_of, night_of
from devices.simulator.lives.person import Person, person_of
from devices.simulator.lives.rhythm import rises_at
from devices.simulator.lives.spells import Spells
from devices.simulator.lives.vitals import vitals_of

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_AT = attrgetter("at")

Senses = Collection[str | None]
"""Types of devices, and None for what people record."""


def live(
    resident: str,
    life: Life,
    seed: int | str,
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    *,
    first_day: date | None = None,
    noticed_by: Senses | None = None,
) -> Iterator[Act]:
    """The acts of one life from ``starts_at`` up to but not including ``ends_at``, in order of time.

    ``first_day`` is the day from which `+1 day` in the life counts: the local date of the start unless said;
    say it to go on where another stream ended. ``noticed_by`` leaves out acts that nobody would notice,
    without moving the others. Raises `AbsencesOverlap` for a life that is away twice at once.
    """
    first = starts_at.astimezone(zone).date()
    person = person_of(resident, life, seed, zone, first_day or first)
    spells = Spells(person)
    day = first if rises_at(person, spells, first) <= starts_at else first - _DAY
    return _from_day(person, spells, day, starts_at, ends_at, noticed_by)


def live_together(
    lives: Mapping[str, Life],
    seed: int | str,
    starts_at: datetime,
    ends_at: datetime,
    zones: Mapping[str, ZoneInfo],
    *,
    first_day: date | None = None,
    noticed_by: Senses | None = None,
) -> Iterator[Act]:
    """All lives as one stream in order of time; at one instant in the order in which they are named."""
    streams = (
        live(name, life, seed, starts_at, ends_at, zones[name], first_day=first_day, noticed_by=noticed_by)
        for name, life in lives.items()
    )
    return merge(*streams, key=_AT)


def in_bed(
    resident: str, life: Life, seed: int | str, at: datetime, zone: ZoneInfo, *, first_day: date | None = None
) -> bool:
    """Whether somebody lies in bed at an instant: what a bed sensor would say that is switched on then."""
    if not life.away and first_day is None:
        first_day = at.astimezone(zone).date()
    before = live(
        resident, life, seed, at - 2 * _DAY, at + _SECOND, zone, first_day=first_day, noticed_by=(BED, None)
    )
    state = False
    for act in before:
        if act.kind in (ENTERED, EXITED):
            state = act.kind == ENTERED
        elif act.kind == "resident.away":
            state = False
    return state


def _from_day(
    person: Person,
    spells: Spells,
    day: date,
    starts_at: datetime,
    ends_at: datetime,
    noticed_by: Senses | None,
) -> Iterator[Act]:
    while True:
        for act in _day(person, spells, day, noticed_by):
            if act.at >= ends_at:
                return
            if act.at >= starts_at and (noticed_by is None or act.device_type in noticed_by):
                yield act
        day += _DAY
        if person.at(day, 0) - _DAY > ends_at:
            return


def _day(person: Person, spells: Spells, day: date, noticed_by: Senses | None) -> list[Act]:
    """From rising on a day to the next rising: the acts in order."""
    up_at, hours = rises_at(person, spells, day), hours_of(person, spells, day)
    absences = spells.absences(up_at, hours.rises_at)
    if any(away.since_at < up_at and hours.rises_at < away.until_at for away in absences):
        return []
    nap, night = nap_on(person, spells, day, up_at, hours.bed_at), night_of(person, spells, hours)
    acts = [Act(up_at, person.name, EXITED, BED)]
    for rest in (nap, night):
        if rest is not None:
            acts.extend(_in_bed(person, spells, rest, noticed_by))
    if nap is not None:
        acts.append(Act(nap.at + timedelta(seconds=nap.length), person.name, EXITED, BED))
    acts.extend(_about(person, day, up_at, night, nap, noticed_by))
    acts.extend(day_calls(person, spells, day, up_at, hours.bed_at))
    acts.extend(night_calls(person, day, night.at, night.outs))
    acts.extend(ill_calls(person, spells.ills(up_at, hours.rises_at), up_at, hours.rises_at))
    if noticed_by is None or None in noticed_by:
        acts.extend(_within(care_on(person, spells, day), up_at, hours.rises_at))
    acts.sort(key=_AT)
    acts = acts[bisect_left(acts, up_at, key=_AT) : bisect_left(acts, hours.rises_at, key=_AT)]
    if absences:
        return list(at_home_only(person.name, acts, absences, up_at, hours.rises_at))
    return acts


def _in_bed(person: Person, spells: Spells, rest: Rest, noticed_by: Senses | None) -> Iterator[Act]:
    """The acts in and around one bed time, but for its last getting up."""
    yield Act(rest.at, person.name, ENTERED, BED)
    for out in rest.outs:
        yield Act(rest.at + timedelta(seconds=out.since), person.name, EXITED, BED)
        yield Act(rest.at + timedelta(seconds=out.until), person.name, ENTERED, BED)
    if noticed_by is None or BED in noticed_by:
        ills = spells.ills(rest.at, rest.at + timedelta(seconds=rest.length))
        dice = dice_of(person.seed, "vitals", person.name, int(rest.at.timestamp()))
        yield from vitals_of(person, rest, ills, dice)


def _about(
    person: Person, day: date, up_at: datetime, night: Rest, nap: Rest | None, noticed_by: Senses | None
) -> Iterator[Act]:
    """What doors and motion sensors see."""
    if noticed_by is not None and DOOR not in noticed_by and MOTION not in noticed_by:
        return
    outings = outings_on(person, day, up_at, night.at, nap)
    yield from door_acts(person, day, up_at, outings)
    yield from night_acts(person, night.at, night.outs)
    asleep = [(nap.at, nap.at + timedelta(seconds=nap.length))] if nap else []
    if noticed_by is not None and MOTION not in noticed_by:
        return
    dice = dice_of(person.seed, "motion", person.name, day)
    yield from motion_acts(person, dice, up_at, night.at, outings + asleep)


def _within(acts: Iterator[Act], since_at: datetime, until_at: datetime) -> Iterator[Act]:
    """Nobody records anything before the day begins or after it ends; late risers are visited in bed."""
    for act in acts:
        if since_at <= act.at < until_at:
            yield act
        else:
            at = max(since_at + timedelta(minutes=20), min(act.at, until_at - _SECOND))
            yield Act(at, act.resident, act.kind, act.device_type, act.data)
