"""Plays the matrix: each story clean once, then once under each fault, two plays at a time, each against a
service of its own. It decides nothing about the outcome.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field

from devices.simulator.api import ApiRefused, ApiUnreachable
from devices.simulator.faults.house import HouseNotWhole
from devices.simulator.instrumented import sayings_of
from devices.simulator.lived import lived
from devices.simulator.matrix.faults import FAULTS, Plan, has_place_in, telling_instants
from devices.simulator.matrix.judging import Cell, judge
from devices.simulator.matrix.outcome import Entry, outcome_of
from devices.simulator.mqtt import BrokerUnreachable, NotStored
from devices.simulator.own_service import ServiceDidNotStart
from devices.simulator.residing import while_they_reside
from devices.simulator.run import Played
from devices.simulator.scenario import Scenario

AT_ONCE = 2
"""Plays at a time: each is a service that works and a story that waits for it."""
BROKE_OFF = (ApiRefused, ApiUnreachable, BrokerUnreachable, HouseNotWhole, NotStored, ServiceDidNotStart)

Play = Callable[[Scenario, Plan], Played]
Told = Callable[[str, str], None]
"""Is told of each play that is done: the story and the fault, empty for the clean one."""


@dataclass(slots=True)
class Row:
    """What came of one story. ``unplayable`` is set where not even the clean play came to its end."""

    scenario: Scenario
    cells: dict[str, Cell] = field(default_factory=dict)
    unplayable: str = ""


def play_matrix(
    scenarios: Sequence[Scenario], faults: Sequence[str], seed: int, play: Play, told: Told
) -> list[Row]:
    """A row for each story, with a cell for each fault that can do anything to it. Who breaks it off waits
    for the plays that run and for no other.
    """
    scenarios = [while_they_reside(lived(each, seed)) for each in scenarios]
    with _plays() as pool:
        clean = {pool.submit(_clean, each, seed, play): each for each in scenarios}
        cells: dict[Future[Cell], tuple[str, str]] = {}
        rows = {each.scenario: Row(each) for each in scenarios}
        for done in as_completed(clean):
            scenario = clean[done]
            told(scenario.scenario, "")
            log = done.result()
            if isinstance(log, str):
                rows[scenario.scenario].unplayable = log
                continue
            sayings = tuple(sayings_of(scenario, seed))
            for fault in (each for each in faults if has_place_in(each, sayings)):
                cell = pool.submit(_cell, scenario, fault, seed, log, play)
                cells[cell] = (scenario.scenario, fault)
        found: dict[tuple[str, str], Cell] = {}
        for finished in as_completed(cells):
            found[cells[finished]] = finished.result()
            told(*cells[finished])
    for name, row in rows.items():
        row.cells = {fault: found[name, fault] for fault in faults if (name, fault) in found}
    return list(rows.values())


@contextmanager
def _plays() -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="matrix")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _clean(scenario: Scenario, seed: int, play: Play) -> tuple[Entry, ...] | str:
    try:
        return outcome_of(play(scenario, Plan(tuple(sayings_of(scenario, seed)))).happenings)
    except BROKE_OFF as error:
        return str(error)


def _cell(scenario: Scenario, fault: str, seed: int, clean: Sequence[Entry], play: Play) -> Cell:
    sayings = tuple(sayings_of(scenario, seed))
    instants = telling_instants(sayings, clean, seed)
    plan = Plan(sayings) if instants is None else FAULTS[fault].plan(sayings, instants, seed)
    try:
        faulty = outcome_of(play(scenario, plan).happenings)
    except BROKE_OFF as error:
        return Cell(broke_off=str(error))
    struck_at = None if instants is None else instants.first
    return judge(fault, clean, faulty, scenario.ends_at, struck_at)


def failures(rows: Sequence[Row]) -> Iterator[tuple[Row, str, Cell]]:
    """The cells that failed, with their row and fault."""
    for row in rows:
        for fault, cell in row.cells.items():
            if cell.faults or cell.broke_off:
                yield row, fault, cell


def all_well(rows: Sequence[Row]) -> bool:
    return not any(row.unplayable for row in rows) and not any(True for _ in failures(rows))


def as_json(rows: Sequence[Row]) -> list[Mapping[str, object]]:
    """The matrix for programs: a cell an object."""
    return [
        {
            "scenario": row.scenario.scenario,
            "fault": fault,
            "mark": cell.mark.value,
            "faults": [
                {"what": each.difference.say(row.scenario.frame), "because": each.because}
                for each in cell.faults
            ],
            "allowed": [
                {"what": difference.say(row.scenario.frame), "because": by.because, "source": by.source}
                for difference, by in cell.allowed
            ],
            "broke_off": cell.broke_off or row.unplayable,
        }
        for row in rows
        for fault, cell in row.cells.items()
    ]
