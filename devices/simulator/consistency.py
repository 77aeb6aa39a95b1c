"""What the parts of a scenario say of one another: who is named must be there, who does something must have
the device for it, and a story must be able to fail. Every fault is a sentence with the place where it
stands; a scenario that expects nothing is one of them.
"""

from collections import Counter
from collections.abc import Iterator

from devices.simulator.scenario import (
    ANY_ALERT,
    ANYBODY,
    AlertExpected,
    HeardExpected,
    Scenario,
    ToldExpected,
)
from devices.simulator.sentences import Line

Fault = tuple[str, str]
"""Where, and what."""


def faults_of(scenario: Scenario) -> list[Fault]:
    return [
        *_names(scenario),
        *_cast(scenario),
        *_devices(scenario),
        *_timeline(scenario),
        *_expectations(scenario),
    ]


def _names(scenario: Scenario) -> Iterator[Fault]:
    cast = scenario.cast
    names = [home.name for home in cast.homes] + [worker.name for worker in cast.workers]
    names += [resident.name for resident in cast.residents] + [device.name for device in scenario.devices]
    for name, count in Counter(names).items():
        if count > 1:
            yield "cast", f"{name} names {count} of the cast and the devices; each needs a name of its own"
        if name == ANYBODY:
            yield "cast", f"{ANYBODY} means everybody and cannot be somebody's name"


def _missing(where: str, name: str | None, known: set[str], what: str) -> Iterator[Fault]:
    if name is not None and name not in known:
        yield where, f"no {what} is named {name}; known: {', '.join(sorted(known)) or 'none'}"


def _cast(scenario: Scenario) -> Iterator[Fault]:
    workers = {worker.name for worker in scenario.cast.workers}
    homes = {home.name for home in scenario.cast.homes}
    for home in scenario.cast.homes:
        yield from _missing(f"cast.homes.{home.name}.neighbour", home.neighbour, workers, "worker")
    for resident in scenario.cast.residents:
        where = f"cast.residents.{resident.name}"
        yield from _missing(f"{where}.home", resident.home, homes, "home")
        yield from _missing(f"{where}.worker", resident.worker, workers, "worker")
        yield from _missing(f"{where}.backup", resident.backup, workers, "worker")


def _devices(scenario: Scenario) -> Iterator[Fault]:
    homes = {home.name for home in scenario.cast.homes}
    residents = {resident.name for resident in scenario.cast.residents}
    for device in scenario.devices:
        yield from _missing(f"devices.{device.name}.home", device.home, homes, "home")
        yield from _missing(f"devices.{device.name}.resident", device.resident, residents, "resident")


def _timeline(scenario: Scenario) -> Iterator[Fault]:
    before = scenario.frame.starts_at
    for number, (at, line) in enumerate(scenario.lines):
        where = f"timeline.{number}"
        if at < before:
            yield where, f"'{line.reading}' lies before what comes before it; write the timeline in order"
        before = max(before, at)
        yield from _doer(where, line, scenario)
    if scenario.ends_at < before:
        yield "ends", "lies before the last line of the timeline"


def _doer(where: str, line: Line, scenario: Scenario) -> Iterator[Fault]:
    doing = line.doing
    if doing is None:
        yield from _missing(where, line.who, {device.name for device in scenario.devices}, "device")
        return
    residents = {resident.name for resident in scenario.cast.residents}
    if line.who not in residents:
        yield from _missing(where, line.who, residents, "resident")
        return
    kinds = {device.type for device in scenario.devices if device.resident == line.who}
    if doing.device_type is not None and doing.device_type not in kinds:
        yield where, f"{line.who} {line.words}, but has no {doing.device_type} that could say so"


def _expectations(scenario: Scenario) -> Iterator[Fault]:
    if not scenario.expect and not scenario.must_not:
        yield "expect", "the scenario expects nothing and so proves nothing; write expect, must_not or both"
    for part, wishes in (("expect", scenario.expect), ("must_not", scenario.must_not)):
        for number, wish in enumerate(wishes):
            yield from _expectation(f"{part}.{number}", wish, scenario, may_be_any=part == "must_not")


def _expectation(
    where: str, wish: AlertExpected | ToldExpected | HeardExpected, scenario: Scenario, *, may_be_any: bool
) -> Iterator[Fault]:
    devices = {device.name for device in scenario.devices}
    if isinstance(wish, HeardExpected):
        yield from _missing(f"{where}.device", wish.device, devices, "device")
        return
    if isinstance(wish, ToldExpected):
        workers = {worker.name for worker in scenario.cast.workers}
        yield from _missing(
            f"{where}.told", wish.told, workers | ({ANYBODY} if may_be_any else set()), "worker"
        )
    else:
        residents = {resident.name for resident in scenario.cast.residents}
        yield from _missing(f"{where}.about", wish.about, residents | devices, "resident or device")
        if wish.alert == ANY_ALERT and not may_be_any:
            yield f"{where}.alert", "an expected alert has a kind; any is for must_not"
    if not may_be_any and wish.by is None:
        yield f"{where}.by", "missing; expected the local time by which it must have happened"
