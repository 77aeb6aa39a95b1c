"""The contracts of what is kept of silences and absences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.domain.ports import AlreadyThere, Store
from services.domain.silences import Ending, Silence, SilenceKind
from tests.contracts.cast import MINUTE, NIGHT


def silence(name: str, **said: Any) -> Silence:
    values: dict[str, Any] = {
        "id": f"sil_{name}",
        "subject": "resident:res_lhamo",
        "reason": "女儿陪着",
        "author": "wrk_dolma",
        "since": NIGHT,
        "until": NIGHT + 60 * MINUTE,
        "resident_id": "res_lhamo",
        "home_id": "hom_lhamo",
        "due_at": NIGHT + 30 * MINUTE,
    }
    return Silence(**(values | said))


def kept(store: Store, *silences: Silence) -> None:
    with store.writing() as uow:
        for each in silences:
            uow.silences.add(each)


def test_a_silence_comes_back_as_it_was_given(store: Store) -> None:
    whole = silence(
        "a",
        kind=SilenceKind.AWAY,
        alert_kind="many-night-exits",
        device_id="dev_bed",
        after_seq=7,
        warned_at=NIGHT + MINUTE,
        overdue_at=NIGHT + 2 * MINUTE,
        ended_at=NIGHT + 3 * MINUTE,
        ended_by="house",
        ending=Ending.BED,
        synthetic=True,
    )
    kept(store, whole)
    with store.reading() as uow:
        assert uow.silences.get("sil_a") == whole
        assert uow.silences.get("sil_b") is None


def test_an_id_is_given_once(store: Store) -> None:
    kept(store, silence("a"))
    with pytest.raises(AlreadyThere):
        kept(store, silence("a"))


def test_what_runs_is_what_nothing_has_ended(store: Store) -> None:
    over = silence("over", ended_at=NIGHT, ended_by="wrk_dolma", ending=Ending.LIFTED, due_at=None)
    kept(store, silence("b"), over, silence("a", subject="device:dev_bed"))
    with store.reading() as uow:
        assert [each.id for each in uow.silences.running()] == ["sil_b", "sil_a"]
        on = uow.silences.running_on
        assert [each.id for each in on(["resident:res_lhamo", "device:dev_other"])] == ["sil_b"]
        assert on([]) == []


def test_what_is_due_comes_by_its_deadline_and_then_in_the_order_of_storing(store: Store) -> None:
    later = silence("later", due_at=NIGHT + 31 * MINUTE)
    kept(store, later, silence("b"), silence("a"), silence("never", due_at=None))
    with store.reading() as uow:
        assert uow.silences.next_due_at() == NIGHT + 30 * MINUTE
        assert uow.silences.due(NIGHT + 29 * MINUTE, 5) == []
        assert [each.id for each in uow.silences.due(NIGHT + 31 * MINUTE, 5)] == [
            "sil_b",
            "sil_a",
            "sil_later",
        ]
        assert [each.id for each in uow.silences.due(NIGHT + 31 * MINUTE, 1)] == ["sil_b"]
    with store.writing() as uow:
        uow.silences.save(replace(silence("b"), due_at=None))
        uow.silences.save(replace(silence("a"), due_at=None))
        uow.silences.save(replace(later, due_at=None))
        assert uow.silences.next_due_at() is None


def test_what_ends_soon_comes_by_its_end(store: Store) -> None:
    long = silence("long", until=NIGHT + 600 * MINUTE)
    over = silence("over", ended_at=NIGHT, ending=Ending.TIME)
    kept(store, long, silence("b"), silence("a", until=NIGHT + 20 * MINUTE), over)
    with store.reading() as uow:
        assert [each.id for each in uow.silences.ending(NIGHT + 60 * MINUTE)] == ["sil_a", "sil_b"]
        assert uow.silences.ending(NIGHT) == []


def test_a_list_knows_what_runs_and_whose_it_is(store: Store) -> None:
    over = silence("over", ended_at=NIGHT, ending=Ending.TIME)
    kept(store, silence("b"), over, silence("a", resident_id="res_other"))
    with store.reading() as uow:
        runs = uow.silences.page({"running": True}, 0, 1)
        assert [each.id for each in runs.items] == ["sil_b"]
        assert runs.next is not None
        assert [each.id for each in uow.silences.page({"running": True}, runs.next, 5).items] == ["sil_a"]
        assert [each.id for each in uow.silences.page({"running": False}, 0, 5).items] == ["sil_over"]
        asked = {"resident_id": "res_other", "kind": SilenceKind.SILENCE}
        assert [each.id for each in uow.silences.page(asked, 0, 5).items] == ["sil_a"]
