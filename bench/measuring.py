"""A whole run: every store, every part that was asked for, each service on a place of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.everyday import Everyday, Say
from bench.figures import Figure
from bench.places import Place, Postgresql, StoreKind
from bench.plan import Part, Plan
from bench.running import sink

EVERYDAY = frozenset({Part.THROUGHPUT, Part.LATENCY, Part.FLOOD})


class Places:
    """Hands out places, one for each service that is measured."""

    def __init__(self, folder: Path, store: StoreKind, ending: ExitStack) -> None:
        self._folder = folder
        self._store = store
        self._server = ending.enter_context(Postgresql()) if store is StoreKind.POSTGRESQL else None

    def new(self, name: str) -> Place:
        folder = self._folder / f"{self._store.value}-{name}"
        url = self._server.new_url() if self._server else f"sqlite:///{folder / 'anxin.db'}"
        return Place(folder, self._store, url)


def measure(plan: Plan, stores: Iterable[StoreKind], parts: Collection[Part], say: Say) -> Iterator[Figure]:
    """The figures as they come; everything that was started has ended and every file is gone after the last."""
    for store in stores:
        with ExitStack() as ending:
            folder = Path(tempfile.mkdtemp(prefix="anxin-bench-"))
            ending.callback(shutil.rmtree, folder, ignore_errors=True)
            places = Places(folder, store, ending)
            taken = ending.enter_context(sink(folder))
            if EVERYDAY & set(parts):
                yield from Everyday(plan, places.new("everyday"), taken, folder, say).figures(parts)
