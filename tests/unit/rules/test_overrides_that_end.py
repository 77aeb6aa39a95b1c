"""Overrides with an end: from that instant on the rule's own number holds, as if it was taken back then."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.domain.stepping import advance, settle
from services.rules.history import read_history
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import TWO, History, in_bed, rulebook
from tests.unit.rules.live import Live

OUT = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high")
MANY = rulebook("id: many, on: door.opened, count: 4, within: 1h")
SILENT = rulebook("id: quiet, silent: any, for: 1h, per: device")
CALL = rulebook("id: call, on: call_button.pressed, severity: high")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("value", "until", "found"),
    [
        ("40m", 600, ("out", 1200, 1200)),  # it ends while the watch runs: the rule's own 20 min
        ("40m", 1199, ("out", 1200, 1200)),
        ("40m", 1200, ("out", 1200, 1200)),
        ("40m", 1201, ("out", 1200, 1201)),  # then 20 min lie in the past: met at once
        ("40m", 2400, ("out", 1200, 2400)),  # the end comes before the deadline of its instant
        ("40m", 2401, ("out", 2400, 2400)),
        ("5m", 299, ("out", 1200, 1200)),
        ("5m", 300, ("out", 1200, 1200)),
        ("5m", 301, ("out", 300, 300)),
    ],
)
def test_an_override_ends_at_its_instant(value: str, until: int, found: tuple[Any, ...]) -> None:
    history = in_bed().override("out", "for", value, -60, until=until).event("bed.exited", 0).end(5000)
    expected = [(*found, "holds", None)]
    assert history.brief(OUT) == expected
    assert history.restarted_everywhere().brief(OUT) == expected


def test_a_watch_that_was_switched_off_does_not_come_back() -> None:
    history = in_bed().event("bed.exited", 0).override("out", "enabled", False, 60, until=120).end(5000)
    assert history.brief(OUT) == []
    history = in_bed().override("out", "enabled", False, -60, until=120)
    history.event("bed.exited", 100).event("bed.entered", 119).event("bed.exited", 120).end(5000)
    assert history.brief(OUT) == [("out", 1320, 1320, "holds", None)]


def test_an_event_of_that_very_instant_is_judged_by_the_rules_own_number() -> None:
    def doors(until: int) -> History:
        history = History().resident().device("d1", "door_sensor")
        history.override("many", "count", 2, 0, until=until)
        return history.event("door.opened", 10).event("door.opened", 20).end(5000)

    assert len(doors(21).found(MANY)) == 1
    assert doors(20).found(MANY) == []


def test_a_silence_that_was_not_watched_is_watched_again() -> None:
    history = in_bed().override("quiet", "enabled", False, 0, until=3600).end(9000)
    assert history.brief(SILENT) == [("quiet", 0, 3600, "holds", None)]


def test_what_was_found_stays() -> None:
    history = in_bed().override("out", "for", "5m", -60, until=600).event("bed.exited", 0).end(5000)
    assert history.brief(OUT) == [("out", 300, 300, "holds", None)]


def test_another_value_of_the_same_key_takes_the_place_of_the_first_with_its_end() -> None:
    history = in_bed().override("out", "for", "5m", -60, until=100).override("out", "for", "40m", -30)
    assert history.event("bed.exited", 0).end(5000).brief(OUT) == [("out", 2400, 2400, "holds", None)]


def test_one_key_that_is_overridden_leaves_the_others_as_they_are() -> None:
    history = in_bed().override("many", "within", "2h", -60).override("many", "count", 2, -30)
    history.device("d2", "door_sensor").event("door.opened", 0, device="d2")
    history.event("door.opened", 7200, device="d2").end(10_000)
    assert history.brief(MANY) == [("many", 7200, 7200, "holds", None)]


def test_an_end_that_lies_behind_leaves_nothing_but_takes_the_place_of_what_was_there() -> None:
    history = in_bed().override("out", "for", "5m", -60).override("out", "for", "40m", -30, until=-30)
    assert history.event("bed.exited", 0).end(5000).brief(OUT) == [("out", 1200, 1200, "holds", None)]


def test_a_press_at_the_end_is_judged_by_what_holds_then() -> None:
    def found(at: int) -> list[Any]:
        history = History().resident().override("call", "enabled", False, 0, until=100)
        return [each["rule"] for each in history.event("call_button.pressed", at, device="b1").found(CALL)]

    assert (found(99), found(100)) == (["floor"], ["call"])


@pytest.mark.parametrize("seed", range(12))
def test_an_end_is_as_good_as_somebody_who_takes_it_back_then(seed: int) -> None:
    """Before everything else of its instant: so the line that takes it back stands before the others."""
    dice = random.Random(seed)
    book = rulebook(
        "id: out, on: bed.exited, unless: bed.entered, for: 20m, settle: 30s",
        "id: many, on: bed.exited, count: 3, within: 40m",
        "id: quiet, silent: any, for: 15m, per: device",
        "id: not-up, missing: bed.exited, from: '01:00', by: '02:30', while: bed.entered",
    )
    rule, key, value = dice.choice(
        [
            ("out", "for", "5m"),
            ("out", "for", "45m"),
            ("many", "count", 2),
            ("many", "within", "10m"),
            ("quiet", "for", "50m"),
            ("quiet", "enabled", False),
            ("not-up", "by", "02:10"),
        ]
    )
    until = dice.randrange(0, 4000, 60)
    ended, taken_back = in_bed(), in_bed()
    ended.override(rule, key, value, -100, until=until)
    taken_back.override(rule, key, value, -100)
    moments = sorted(dice.sample(range(0, 6000, 60), 14))
    for moment in moments:
        kind = dice.choice(["bed.exited", "bed.entered", "bed.vitals"])
        if moment >= until and not any(line.get("value", 0) is None for line in taken_back.lines):
            taken_back.override(rule, key, None, until)
        ended.event(kind, moment)
        taken_back.event(kind, moment)
    if not any(line.get("value", 0) is None for line in taken_back.lines):
        taken_back.override(rule, key, None, until)
    assert ended.end(9000).found_without_numbers(book) == taken_back.end(9000).found_without_numbers(book)


def test_the_loop_meets_the_end_by_itself(store: SqlStore) -> None:
    live = Live(store, {"test.yaml": OUT}, TWO - timedelta(hours=2))
    history = in_bed().override("out", "for", "40m", -60, until=600).event("bed.exited", 0)
    for line in read_history(history.texts()):
        live.take(line)
    settle([live.loop])
    live.loop = live.rebuilt()
    advance(live.clock, [live.loop], TWO + timedelta(seconds=599))
    live.loop = live.rebuilt()
    advance(live.clock, [live.loop], TWO + timedelta(seconds=1300))
    [found] = live.findings()
    assert (found.at, found.raised_at) == (TWO + timedelta(seconds=1200), TWO + timedelta(seconds=1200))
