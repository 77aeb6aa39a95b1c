"""Why over what a store holds says what it says over the history that was stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.stepping import settle
from services.rules.because import Because
from services.rules.history import read_history
from services.rules.why.answer import Answer
from services.rules.why.stored import why_stored
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import SHANGHAI
from tests.unit.rules.live import Live
from tests.unit.rules.test_live_loop import some_week
from tests.unit.rules.test_why_whole import BOOK, RULES, ask, week

SEED = 5


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def told(answer: Answer) -> list[object]:
    """All of it, but until when something goes on that has not ended: a store is not read to its end."""
    reasons = [
        (
            each.because,
            each.since,
            each.until if each.because is not Because.RESTING else None,
            each.event_ids,
            each.figures,
            each.finding_id,
        )
        for each in answer.reasons
    ]
    return [answer.found, answer.rule.name, answer.revision, reasons]


def test_it_is_the_same_over_a_store_and_over_a_history(store: SqlStore) -> None:
    lines = list(read_history(some_week(SEED).texts()))
    live = Live(store, {"test.yaml": BOOK}, lines[0].received_at)
    for line in lines:
        live.take(line)
    settle([live.loop])
    start, (_, end, findings) = lines[0].received_at, week(SEED)
    instants = {start + n * (end - start) / 6 for n in range(1, 4)}
    instants |= {each.at - timedelta(seconds=1) for each in findings[::40] if each.at > start}
    with store.reading() as uow:
        for at in sorted(instants):
            for rule in RULES:
                for resident in ("r1", "r2"):
                    expected = told(ask(SEED, rule, resident, at))
                    expected[2] = 1
                    assert told(why_stored(uow, SHANGHAI, rule, resident, at, end)) == expected
