"""`python -m devices.simulator.lives --nights 1000`: the table of docs/lives.md, as lives come out now. Exit
codes: 0 all figures within their range, 1 not, 2 usage.
"""

import argparse
import sys
from collections.abc import Sequence

from devices.simulator.lives.figures import as_table, held


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m devices.simulator.lives", description="Simulated nights beside what is published."
    )
    parser.add_argument("--nights", type=int, default=1000, help="how many nights are lived")
    parser.add_argument("--seed", default="1", help="dice with the same seed fall the same way")
    given = parser.parse_args(arguments)
    if given.nights < 1:
        parser.error("--nights: expected one or more")
    rows = held(given.nights, given.seed)
    sys.stdout.write(as_table(rows) + "\n")
    outside = [row for row in rows if not row.lies_within]
    for row in outside:
        sys.stderr.write(f"{row.figure.words}: {row.shown} lies outside what is published\n")
    return 1 if outside else 0


if __name__ == "__main__":
    raise SystemExit(main())
