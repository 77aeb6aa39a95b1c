"""`python3 do.py mutate`: flip comparisons and boundaries in the thinking rooms, one at a time, and see
whether the tests notice. Exit code 0 only if enough of those that mean something died.
"""

from __future__ import annotations

import queue
import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.mutation.mutants import Mutant, spread
from tests.mutation.rooms import all_mutants, noticing
from tests.mutation.survivors import EQUIVALENT
from tests.mutation.workplace import Fate, Tried, Workplace

LEAST_SHARE = 0.95
"""So many of the mutants that mean something must die."""


def mutate(
    number: Annotated[int, typer.Option(min=1, help="How many mutants, spread over all.")] = 60,
    seed: Annotated[int, typer.Option(help="Where among all mutants to begin.")] = 1,
    only: Annotated[str, typer.Option(help="Only modules whose path contains this.")] = "",
    at_once: Annotated[int, typer.Option(min=1, help="How many are tried beside one another.")] = 2,
) -> None:
    """Try mutants, print what became of each, and end with 1 if too many survive."""
    meant = [
        each
        for each in all_mutants()
        if only in str(each.path) and (str(each.path), each.expression, each.after) not in EQUIVALENT
    ]
    console = Console()
    tried = _try_all(spread(meant, number, seed), at_once, console)
    survivors = [each for each in tried if each.fate is Fate.SURVIVED]
    share = 1 - len(survivors) / max(len(tried), 1)
    for each in survivors:
        console.print(f"survived  {each.mutant}", markup=False, highlight=False, soft_wrap=True)
    for (path, expression, after), reason in sorted(EQUIVALENT.items()):
        console.print(
            f"the same  {path} `{expression}` with {after}: {reason}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    console.print(f"{len(tried)} mutants of {len(meant)}, {len(tried) - len(survivors)} died: {share:.1%}")
    sys.exit(0 if tried and share >= LEAST_SHARE else 1)


def _try_all(mutants: list[Mutant], at_once: int, console: Console) -> list[Tried]:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with tempfile.TemporaryDirectory(prefix="anxin-mutants-") as folder, bar:
        places = [Workplace(Path(folder) / str(number)) for number in range(at_once)]

        def give_up(*_: object) -> None:
            for place in places:
                place.stop()
            sys.exit(130)

        signal.signal(signal.SIGTERM, give_up)
        signal.signal(signal.SIGINT, give_up)
        _must_be_well(places[0], mutants, console)
        free: queue.SimpleQueue[Workplace] = queue.SimpleQueue()
        for place in places:
            free.put(place)
        task = bar.add_task("mutants", total=len(mutants))

        def try_one(mutant: Mutant) -> Tried:
            place = free.get()
            try:
                tried = place.try_out(mutant, noticing(mutant.path))
            finally:
                free.put(place)
            bar.advance(task)
            console.print(
                f"{tried.fate:<9} {mutant}  {tried.noticed}", markup=False, highlight=False, soft_wrap=True
            )
            return tried

        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(try_one, mutants))


def _must_be_well(place: Workplace, mutants: list[Mutant], console: Console) -> None:
    """Without any mutant the tests pass; else nothing that follows would mean anything."""
    tests = dict.fromkeys(test for mutant in mutants for test in noticing(mutant.path))
    code, printed = place.run([test for test in tests if not test.endswith(".py")])
    if code != 0:
        console.print(printed[-4000:], markup=False, highlight=False, soft_wrap=True)
        console.print("The tests fail without any mutant.")
        sys.exit(2)


if __name__ == "__main__":
    typer.run(mutate)
