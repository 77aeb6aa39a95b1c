"""Chores: whatever one of them has said, a new process says nothing twice, and none leaves the loop awake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.domain.findings import ROSTER_HOLE
from services.domain.people import Shift
from services.domain.records import AuditEntry
from services.notify.chores import Chore, chores
from tests.unit.notify.community import Community

HOUR = timedelta(hours=1)


def seen_to(here: Community) -> list[Chore]:
    """The chores of a new process, which have nothing left to do at this instant."""
    fresh = list(chores(here.store, here.gathering))
    for chore in fresh:
        for _ in range(10):
            if not here.sees_to(chore):
                break
        else:
            raise AssertionError(f"{chore} finds something to do for ever")
    return fresh


@pytest.fixture
def short_handed(here: Community) -> Community:
    """The team's only turn ends in an hour, before the next look at the rosters."""
    turn = Shift("shf_1", "team", "norbu", here.now - HOUR, here.now + HOUR)
    with here.store.writing() as uow:
        uow.shifts.add(turn)
    return here


def found(here: Community) -> list[tuple[str, str]]:
    with here.store.reading() as uow:
        return [(finding.rule, finding.id) for finding in uow.findings.after(0, 100)]


def test_a_new_process_sees_to_everything_and_says_nothing_twice(short_handed: Community) -> None:
    seen_to(short_handed)
    said = found(short_handed)
    assert {rule for rule, _ in said} == {ROSTER_HOLE}
    seen_to(short_handed)
    assert found(short_handed) == said


def test_what_a_chore_waits_for_lies_ahead_once_it_has_nothing_to_do(short_handed: Community) -> None:
    here = short_handed
    for _ in range(3):
        fresh = seen_to(here)
        with here.store.reading() as uow:
            due = [at for chore in fresh if (at := chore.next_due_at(uow)) is not None]
        assert due
        assert all(at > here.now for at in due)
        here.clock.move_to(here.now + 7 * HOUR)


def test_a_chore_writes_nothing_once_it_has_looked_and_looks_again_after_a_failure(
    short_handed: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = seen_to(short_handed)

    def step_without_writing() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(short_handed.store, "writing", None)
            for chore in fresh:
                short_handed.sees_to(chore)

    step_without_writing()
    with short_handed.store.writing() as uow:
        uow.audit.add(AuditEntry("aud_1", short_handed.now, "user:desk", "desk", "leave.added", "leave", "x"))
    for _ in range(2):
        with pytest.raises(TypeError):
            step_without_writing()
    for chore in fresh:
        short_handed.sees_to(chore)
    step_without_writing()
