"""A scenario whose residents live: what their lives let them do stands in it beside what its timeline tells,
act for act, as if somebody had written it down. The same seed writes the same.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from operator import attrgetter

from devices.simulator.acts import Act
from devices.simulator.instruments.batteries import batteries_of, reports
from devices.simulator.lives.living import in_bed, live
from devices.simulator.scenario import Resident, Scenario, Step
from notation.sentences import VERBS

BED, ENTERED = "bed_sensor", "bed.entered"
_WORDS = {(doing.kind, doing.device_type): verb for verb, doing in VERBS.items() if not doing.data}


def lived(scenario: Scenario, seed: int) -> Scenario:
    """The scenario with all that its residents do by themselves from its start to its end."""
    streams = [_acts(scenario, each, seed) for each in scenario.cast.residents if each.life is not None]
    if not streams:
        return scenario
    steps = merge(scenario.steps, _batteries(scenario, seed), *map(_steps, streams), key=attrgetter("at"))
    residents = tuple(replace(each, life=None) for each in scenario.cast.residents)
    return replace(scenario, steps=tuple(steps), cast=replace(scenario.cast, residents=residents))


def _acts(scenario: Scenario, resident: Resident, seed: int) -> Iterator[Act]:
    """What one resident does that a device notices or a person records. Whoever lies in bed when it begins
    goes to bed then: the sensor is switched on.
    """
    life, zone = resident.life, resident.timezone or scenario.timezone
    if life is None:
        return
    senses = {None, *(each.type for each in scenario.devices if each.resident == resident.name)}
    begins_at, first_day = scenario.starts_at, scenario.first_day
    if BED in senses and in_bed(resident.name, life, seed, begins_at, zone, first_day=first_day):
        yield Act(begins_at, resident.name, ENTERED, BED)
    ends_at = scenario.ends_at + timedelta(microseconds=1)
    acts = live(resident.name, life, seed, begins_at, ends_at, zone, first_day=first_day, noticed_by=senses)
    for act in acts:
        yield Act(_as_written(act.at), act.resident, act.kind, act.device_type, act.data)


def _as_written(at: datetime) -> datetime:
    """As devices write an instant: in milliseconds."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _batteries(scenario: Scenario, seed: int) -> Iterator[Step]:
    """Where people live, devices say twice a day how much their batteries have left."""
    batteries = batteries_of([(each.name, each.type) for each in scenario.devices], seed, scenario.starts_at)
    for saying in reports(batteries, scenario.starts_at, scenario.ends_at):
        yield Step(saying.at, saying, saying.device, f"says {saying.kind}")


def _steps(acts: Iterator[Act]) -> Iterator[Step]:
    for act in acts:
        yield Step(act.at, act, act.resident, _WORDS.get((act.kind, act.device_type), act.kind))
