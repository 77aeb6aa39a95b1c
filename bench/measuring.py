"""A whole run: every store, every part that was asked for, each service on a place of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import backtest, compared, lives, many_rules
from bench.backtest import Month, Tried
from bench.cost import Cost, of_few
from bench.everyday import Everyday, Say
from bench.figures import Figure
from bench.lives import Lived
from bench.many_rules import Cell
from bench.places import Place, Postgresql, StoreKind
from bench.plan import Part, Plan
from bench.restart import Restart, Watches
from bench.running import SinkProcess, sink

RESTART_SECONDS = 10.0
COST_RATIO = 1.5
BACKTEST_SECONDS = 20.0
A_MONTH = Month(71, 30)
"""For which the goals of a backtest and of a month that is lived are set: the homes of one county."""
LIVED_SECONDS = 60.0
EVERYDAY = frozenset({Part.THROUGHPUT, Part.LATENCY, Part.FLOOD})


class Places:
    """Hands out places, one for each service that is measured."""

    def __init__(self, folder: Path, store: StoreKind, ending: ExitStack) -> None:
        self._folder = folder
        self.store = store
        self._server = ending.enter_context(Postgresql()) if store is StoreKind.POSTGRESQL else None

    def new(self, name: str) -> Place:
        folder = self._folder / f"{self.store.value}-{name}"
        url = self._server.new_url() if self._server else f"sqlite:///{folder / 'anxin.db'}"
        return Place(folder, self.store, url)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured."""

    plan: Plan
    parts: Collection[Part]
    peer: bool = False


def measure(asked: Asked, stores: Iterable[StoreKind], say: Say) -> Iterator[Figure]:
    """The figures as they come; after the last one everything has ended and every file is gone."""
    for store in stores:
        with ExitStack() as ending:
            folder = Path(tempfile.mkdtemp(prefix="anxin-bench-"))
            ending.callback(shutil.rmtree, folder, ignore_errors=True)
            places = Places(folder, store, ending)
            if set(asked.parts) - {Part.RULES, Part.BACKTEST, Part.LIVES}:
                taken = ending.enter_context(sink(folder))
                yield from _of_store(asked, places, taken, folder, say)
            if Part.RULES in asked.parts and store is StoreKind.SQLITE:
                say("the rules alone: many of them, and many homes")
                yield from _rules(list(many_rules.measure(folder, asked.plan.rules)))
            if Part.BACKTEST in asked.parts and store is StoreKind.SQLITE:
                say(f"a backtest of {asked.plan.month.days} days at {asked.plan.month.homes} homes")
                yield _backtest(asked.plan.month, backtest.measure(folder, asked.plan.month))
            if Part.LIVES in asked.parts and store is StoreKind.SQLITE:
                say(f"{asked.plan.lived.days} days of {asked.plan.lived.homes} homes, lived twice")
                yield from _lived(asked.plan.lived, *lives.measure(folder, asked.plan.lived))


def _lived(month: Month, first: Lived, second: Lived) -> Iterator[Figure]:
    name = f"{month.days} days of {month.homes} homes, lived and played"
    slower = max(first, second, key=lambda each: each.seconds)
    each = slower.cpu / max(slower.events, 1) * 1e6
    note = (
        f"{slower.events:,} events; {first.seconds:.1f} and {second.seconds:.1f} s, the slower counts; CPU "
        f"{slower.cpu:.1f} s, {each:.0f} µs an event, devices, broker, service and start together"
    )
    goal = LIVED_SECONDS if month == A_MONTH else None
    yield Figure(name, StoreKind.SQLITE.value, slower.seconds, "s", goal, note=note)
    differs = float(first.log != second.log)
    lines = first.log.count(b"\n")
    yield Figure(
        "alert logs of one seed that differ", "sqlite", differs, "logs", 0, note=f"{lines} lines each"
    )


def _backtest(month: Month, found: Tried) -> Figure:
    name = f"backtest of {month.days} days at {month.homes} homes"
    each = found.cpu / max(found.events, 1) * 1e6
    note = f"{found.events:,} events; CPU {found.cpu:.1f} s, {each:.0f} µs an event, the start included"
    goal = BACKTEST_SECONDS if month == A_MONTH else None
    return Figure(name, StoreKind.SQLITE.value, found.seconds, "s", goal, note=note)


def _of_store(asked: Asked, places: Places, taken: SinkProcess, folder: Path, say: Say) -> Iterator[Figure]:
    """The watches are begun first and the restart comes late: between them time passes for the deadlines."""
    plan, parts = asked.plan, asked.parts
    watches = Watches(plan, places.new("watches"), taken, folder)
    cost = None
    if {Part.RESTART, Part.COST} & set(parts):
        say(f"{plan.deadlines:,} homes move in and get up")
        cost = watches.prepare(with_cost=Part.COST in parts)
    if cost is not None:
        say(f"the cost of an event at {plan.few_homes} homes")
        few = places.new("few")
        beside = of_few(few, taken, folder, plan.few_homes, plan.cost_events, plan.repeats)
        yield from _cost(places.store, beside, cost)
    handled = None
    if EVERYDAY & set(parts):
        everyday = Everyday(plan, places.new("everyday"), taken, folder, say)
        yield from everyday.figures(parts)
        handled = everyday.handled
    if Part.RESTART in parts:
        say(f"restart with {plan.deadlines:,} deadlines")
        yield from _restart(places.store, watches.measure())
    if asked.peer and places.store is StoreKind.SQLITE:
        say("the peer")
        yield from compared.figures(plan, folder, handled)


def _cost(store: StoreKind, few: Cost, many: Cost) -> Iterator[Figure]:
    name = f"CPU of an event, {many.homes:,} homes to {few.homes}"
    note = f"{few.seconds * 1e6:.0f} µs and {many.seconds * 1e6:.0f} µs, service and broker"
    yield Figure(name, store.value, many.seconds / few.seconds, "×", COST_RATIO, note=note)


def _rules(cells: list[Cell]) -> Iterator[Figure]:
    """A row a number of rules, with every number of homes beside it; held against the first cell of all.
    What a home costs that is heard for the first time since the start stands beside it.
    """
    first = cells[0]
    for rules in dict.fromkeys(cell.rules for cell in cells):
        row = [cell for cell in cells if cell.rules == rules]
        ratio = max(cell.seconds for cell in row) / first.seconds
        name = f"rules: CPU of an event by {rules} rule{'s' if rules > 1 else ''}, dearest to first"
        note = "; ".join(
            f"{cell.homes:,} homes {cell.seconds * 1e6:.0f} µs ({cell.seconds / first.seconds:.2f} ×), "
            f"first heard {cell.cold * 1e6:.0f}"
            for cell in row
        )
        yield Figure(name, StoreKind.SQLITE.value, ratio, "×", COST_RATIO, note=note)


def _restart(store: StoreKind, found: Restart) -> Iterator[Figure]:
    name = f"restart with {found.before:,} deadlines until ready"
    yield Figure(
        name, store.value, found.ready_in, "s", RESTART_SECONDS, note="after SIGKILL of service and broker"
    )
    lost = found.before - found.after + abs(found.wanted_met - found.met)
    note = f"{found.after:,} there when ready; {found.met} of {found.wanted_met} met that were due"
    yield Figure("deadlines lost", store.value, lost, "deadlines", 0, note=note)
