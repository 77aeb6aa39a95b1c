"""`python3 do.py bench`: measures, and prints one table. Exit codes: 0 every goal that was measured is met,
1 not, 2 a wrong usage.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console

from bench import clock, node_red, table
from bench.measuring import Asked, measure
from bench.places import StoreKind
from bench.plan import FULL, QUICK, Part

BOTH = "both"
WIDTH = 140
"""Characters of a table that no terminal asks for."""


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="do.py bench", description="Measure the service as it is shipped.")
    parser.add_argument("--quick", action="store_true", help="within 90 seconds; the figures are rougher")
    parser.add_argument("--store", choices=[*StoreKind, BOTH], help="default: both, with --quick sqlite")
    parser.add_argument("--only", nargs="+", choices=list(Part), metavar="NAME", help=", ".join(Part))
    parser.add_argument("--peer", action="store_true", help="Node-RED on the same work as well (npm)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    asked = _arguments(words)
    signal.signal(signal.SIGTERM, _end)  # what was started is ended as on Ctrl-C
    store = asked.store or (StoreKind.SQLITE if asked.quick else BOTH)
    stores = list(StoreKind) if store == BOTH else [StoreKind(store)]
    parts = [Part(name) for name in asked.only] if asked.only else list(Part)
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    start = clock.stamp()

    def say(what: str) -> None:
        print(f"{clock.seconds_since(start):6.1f} s  {what}", file=sys.stderr, flush=True)

    if asked.peer:
        node_red.install()  # before anything is measured: it takes minutes the first time
    wanted = Asked(QUICK if asked.quick else FULL, parts, asked.peer)
    figures = list(measure(wanted, stores, say))
    table.show(figures, console)
    say("done")
    if asked.json is not None:
        asked.json.write_text(
            json.dumps([figure.as_dict() for figure in figures], ensure_ascii=False, indent=2) + "\n",
            encoding="utf-8",
        )
    return 1 if any(figure.is_met is False for figure in figures) else 0


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
