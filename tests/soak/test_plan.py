"""The plan kills at everything as often as it was asked to; a report says where it did not come to that."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from services.domain.crash_points import CrashPoint
from tests.soak.plan import BROKER, DATABASE, RANDOM, lives
from tests.soak.report import Row, too_few


@pytest.mark.parametrize("kills", [1, 5, 7, 20])
def test_every_cause_kills_as_often_as_it_was_asked_to(kills: int) -> None:
    planned = lives(kills, Random("a"), with_database=True, points=tuple(CrashPoint))
    counted: Counter[str] = Counter()
    for life in planned:
        counted[life.cause] += life.times if life.cause in (BROKER, DATABASE) else 1
    assert counted == dict.fromkeys([*CrashPoint, RANDOM, BROKER, DATABASE], kills)


def test_a_database_without_a_process_is_not_killed() -> None:
    planned = lives(2, Random("a"), with_database=False, points=tuple(CrashPoint))
    assert DATABASE not in {life.cause for life in planned}


def test_a_seed_draws_the_same_lives_again_and_another_draws_others() -> None:
    def drawn(seed: str) -> object:
        return lives(3, Random(seed), with_database=True, points=tuple(CrashPoint))

    assert drawn("a") == drawn("a") != drawn("b")


def test_a_point_with_too_few_kills_is_named() -> None:
    found = [Row("after_send", 2, 9, 0, 0), Row("broker", 1, 3, 0, 0)]
    assert too_few(found, ["after_send", "broker", "after_alert"], 2) == ["broker", "after_alert"]
