"""How long and how often everything is measured: thoroughly, quickly, or just so that it was run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bench.backtest import Month
from bench.latency import Load
from bench.many_rules import Size


class Part(StrEnum):
    """What can be measured by itself."""

    THROUGHPUT = "throughput"
    LATENCY = "latency"
    FLOOD = "flood"
    RESTART = "restart"
    COST = "cost"
    RULES = "rules"
    BACKTEST = "backtest"
    LIVES = "lives"


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes of one run."""

    homes: int
    """Of the community in which throughput and latency are measured."""
    echoes: int
    repeats: int
    warm_up: int
    """Events that are published first, to learn how many a measurement needs."""
    throughput_for: float
    """Seconds that one measurement of throughput shall take."""
    loads: tuple[Load, ...]
    flood: Load
    """Its rate is set to twice what was handled in this run."""
    deadlines: int
    met: int
    """Of the deadlines, those whose time comes within the run."""
    few_homes: int
    cost_events: int
    month: Month
    """The history of the backtest."""
    lived: Month
    """How much is lived and played."""
    rules: Size = field(default_factory=Size)

    @property
    def presses(self) -> int:
        """How many presses are timed in all."""
        return self.repeats * sum(load.presses for load in self.loads) + self.flood.presses


FULL = Plan(
    homes=6000,
    echoes=2000,
    repeats=3,
    warm_up=4000,
    throughput_for=6.0,
    loads=(Load(5, 60, 1), Load(100, 20, 5), Load(1000, 20, 10), Load(5000, 20, 10)),
    flood=Load(0, 10, 10),
    deadlines=200_000,
    met=5000,
    few_homes=100,
    cost_events=20_000,
    month=Month(71, 30),
    lived=Month(71, 30),
)
QUICK = Plan(
    homes=800,
    echoes=300,
    repeats=2,
    warm_up=2000,
    throughput_for=1.5,
    loads=(Load(5, 8, 2.5), Load(1000, 4, 15)),
    flood=Load(0, 4, 15),
    deadlines=10_000,
    met=200,
    few_homes=100,
    cost_events=2500,
    month=Month(71, 5),
    lived=Month(20, 3),
    rules=Size(homes=(100, 1_000, 10_000), batches=10, repeats=3),
)
TINY = Plan(
    homes=60,
    echoes=20,
    repeats=1,
    warm_up=200,
    throughput_for=0.2,
    loads=(Load(50, 1, 4),),
    flood=Load(0, 1, 4),
    deadlines=60,
    met=0,
    few_homes=20,
    cost_events=200,
    month=Month(3, 2),
    lived=Month(2, 1),
    rules=Size(rules=(1, 3), homes=(100, 200), batches=1, repeats=1),
)
