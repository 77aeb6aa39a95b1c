"""Looking for work: a loop that has nothing to do asks the store once, for it looks at each wake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from services.domain.ports import UnitOfWork
from tests.unit.notify.community import Community


def readings_of_idle_steps(here: Community, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    counts: dict[str, int] = {}
    reading = here.store.reading
    for name, loop in (("alerts", here.alerts), ("delivery", here.delivery)):

        @contextmanager
        def counted(name: str = name) -> Iterator[UnitOfWork]:
            counts[name] = counts.get(name, 0) + 1
            with reading() as uow:
                yield uow

        monkeypatch.setattr(here.store, "reading", counted)
        assert not loop.step()
    return counts


def test_a_loop_that_has_nothing_to_do_reads_once(here: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    here.press()
    here.settle()
    assert readings_of_idle_steps(here, monkeypatch) == {"alerts": 1, "delivery": 1}


def test_what_follows_from_a_deed_is_seen_by_whoever_looks_next(here: Community) -> None:
    here.finds()
    here.comes_online()
    assert here.alerts.step(), "the finding has the step to itself"
    assert here.alerts.step(), "the device that came back is greeted with the alert that runs by then"
    assert not here.alerts.step()
    here.settle()
    assert [payload for _, payload in here.publisher.published]
