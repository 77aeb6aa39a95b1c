"""How long people may silence: the file as shipped, and what becomes of a faulty one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.domain.people import Role
from services.escalation.policy_files import SILENCES, shipped_texts
from services.escalation.silence_policy import (
    read_silence_policy,
    shipped_silence_policy,
    silence_policy_in,
)

SHIPPED = shipped_texts()[SILENCES]


def test_the_shipped_file_is_without_fault_and_says_who_may() -> None:
    policy, faults = read_silence_policy(SHIPPED)
    assert faults == ()
    assert policy == shipped_silence_policy()
    assert policy.longest_for(Role.DUTY_DESK) == timedelta(hours=12)
    assert policy.longest_for(Role.NEIGHBOUR) is None


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("grid_worker: 4h", "grid_worker: four", "silence.longest.grid_worker"),
        ("grid_worker: 4h", "grid_worker: 0s", "silence.longest.grid_worker"),
        ("grid_worker: 4h", "gird_worker: 4h", "silence.longest.gird_worker"),
        ("after_bed: 2m", "after_bath: 2m", "silence.after_bath"),
        ("format: 1", "format: 2", "format"),
        ("format: 1", "format: [", ""),
        (SHIPPED, "silent", ""),
    ],
)
def test_a_fault_is_named_and_the_shipped_file_counts(old: str, new: str, field: str) -> None:
    policy, faults = silence_policy_in({SILENCES: SHIPPED.replace(old, new)})
    assert policy == shipped_silence_policy()
    assert field in {fault.field for fault in faults}


def test_where_nobody_wrote_one_the_shipped_file_counts_without_a_fault() -> None:
    assert silence_policy_in({}) == (shipped_silence_policy(), ())


def test_another_length_counts() -> None:
    policy, faults = silence_policy_in({SILENCES: SHIPPED.replace("grid_worker: 4h", "grid_worker: 1h")})
    assert faults == ()
    assert policy.longest_for(Role.GRID_WORKER) == timedelta(hours=1)
