"""Duty changes: each entry of the audit is read once, and none that matters is lost to a look that failed."""

from __future__ import annotations

from services.domain.records import AuditEntry
from services.notify.duty_changes import PART, DutyChanges
from tests.unit.notify.community import Community


def changed(here: Community, *kinds: str) -> None:
    with here.store.writing() as uow:
        after = uow.audit.last_number()
        for number, kind in enumerate(kinds, after + 1):
            uow.audit.add(
                AuditEntry(f"aud_{number}", here.now, "user:desk", "desk", f"{kind}.changed", kind, "x")
            )


def read(here: Community, changes: DutyChanges, after: int = 0) -> bool:
    with here.store.reading() as uow:
        changes.read(uow, after)
    return changes.are_any


def test_only_what_says_who_is_on_duty_matters(here: Community) -> None:
    changes = DutyChanges()
    changed(here, "device", "home")
    assert not read(here, changes)
    changed(here, "leave")
    assert read(here, changes)


def test_what_matters_is_known_until_somebody_has_looked(here: Community) -> None:
    changes = DutyChanges()
    changed(here, "shift")
    assert read(here, changes)
    assert read(here, changes), "the look failed, and nothing is new since"
    changes.seen()
    assert not read(here, changes)


def test_who_begins_passes_over_what_is_there(here: Community) -> None:
    changes = DutyChanges()
    changed(here, "shift")
    with here.store.reading() as uow:
        changes.begin(uow)
    assert not read(here, changes)


def test_what_another_process_has_looked_at_is_not_read_again(here: Community) -> None:
    changes = DutyChanges()
    changed(here, "shift", "device")
    assert not read(here, changes, after=1)
    assert changes.read_until == 2


def test_of_many_entries_some_are_read_at_a_time(here: Community) -> None:
    changes = DutyChanges()
    changed(here, *["device"] * PART, "leave")
    assert not read(here, changes)
    assert changes.is_more
    assert read(here, changes)
    assert (changes.is_more, changes.read_until) == (False, PART + 1)
