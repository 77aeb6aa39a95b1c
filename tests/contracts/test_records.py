"""The contracts of what the house keeps about itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.ports import AlreadyThere, Store
from services.domain.records import AuditEntry, Quarantined, QuarantineReason, RememberedAnswer
from tests.contracts.cast import MINUTE, NIGHT


def quarantined(name: str, **said: object) -> Quarantined:
    values: dict[str, object] = {
        "id": f"qua_{name}",
        "topic": "anxin/v1/button-7/event",
        "payload": b"\x00\xff not JSON",
        "reason": QuarantineReason.UNDECODABLE,
        "detail": "expected '{'",
        "first_at": NIGHT,
        "last_at": NIGHT,
        "size": 11,
        "external_id": "button-7",
    }
    return Quarantined(**(values | said))  # type: ignore[arg-type]  # the fields by name


def test_the_same_message_is_counted_up(store: Store) -> None:
    first = quarantined("a", reads_as_press=True, retained=True)
    with store.writing() as unit:
        unit.quarantine.add([first])
        unit.quarantine.add(
            [
                quarantined("b", first_at=NIGHT + MINUTE, last_at=NIGHT + MINUTE, count=2),
                quarantined("c", payload=b"other"),
                quarantined("d", topic="other"),
                quarantined("e", reason=QuarantineReason.OVERSIZED),
                quarantined("f", payload=b"other"),
            ]
        )
        unit.quarantine.add([])
    with store.reading() as unit:
        kept = unit.quarantine.get("qua_a")
        assert kept == replace(first, count=3, last_at=NIGHT + MINUTE, number=1)
        page = unit.quarantine.page({}, 0, 9)
        assert [(entry.id, entry.count) for entry in page.items] == [
            ("qua_a", 3),
            ("qua_c", 2),
            ("qua_d", 1),
            ("qua_e", 1),
        ]


def test_what_came_lately_is_found_newest_first_however_often_it_came_before(store: Store) -> None:
    with store.writing() as unit:
        unit.quarantine.add([quarantined("old"), quarantined("again", payload=b"again")])
        later = NIGHT + MINUTE
        unit.quarantine.add([quarantined("new", payload=b"new", first_at=later, last_at=later)])
        unit.quarantine.add(
            [quarantined("x", payload=b"again", first_at=later + MINUTE, last_at=later + MINUTE)]
        )
    with store.reading() as unit:
        assert [entry.id for entry in unit.quarantine.lately(later, 9)] == ["qua_again", "qua_new"]
        assert [entry.id for entry in unit.quarantine.lately(later, 1)] == ["qua_again"]
        assert unit.quarantine.lately(later + 2 * MINUTE, 9) == []


def test_a_payload_is_kept_to_the_last_byte(store: Store) -> None:
    payload = bytes(range(256)) * 256
    with store.writing() as unit:
        unit.quarantine.add([quarantined("a", payload=payload)])
        kept = unit.quarantine.get("qua_a")
        assert kept is not None
        assert kept.payload == payload
        assert unit.quarantine.get("qua_nobody") is None


def test_a_quarantined_message_can_be_marked_as_replayed(store: Store) -> None:
    with store.writing() as unit:
        unit.quarantine.add([quarantined("a")])
        kept = unit.quarantine.get("qua_a")
        assert kept is not None
        unit.quarantine.save(replace(kept, replayed_at=NIGHT))
        assert unit.quarantine.get("qua_a") == replace(kept, replayed_at=NIGHT)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"topic": "other"}, ["b"]),
        ({"reason": QuarantineReason.OVERSIZED}, ["c"]),
        ({"external_id": "button-7"}, ["a", "b"]),
    ],
)
def test_quarantine_can_be_narrowed(store: Store, filters: dict[str, object], found: list[str]) -> None:
    with store.writing() as unit:
        unit.quarantine.add(
            [
                quarantined("a"),
                quarantined("b", topic="other"),
                quarantined("c", reason=QuarantineReason.OVERSIZED, external_id=None),
            ]
        )
        page = unit.quarantine.page(filters, 0, 9)
        assert [entry.id.removeprefix("qua_") for entry in page.items] == found
        with pytest.raises(ValueError, match="no filter size"):
            unit.quarantine.page({"size": 1}, 0, 9)


def entry(name: str, **said: object) -> AuditEntry:
    values: dict[str, object] = {
        "id": f"aud_{name}",
        "at": NIGHT,
        "actor": "usr_desk",
        "role": "duty_desk",
        "action": "alert.accept",
        "object_kind": "alert",
        "object_id": "alt_press",
    }
    return AuditEntry(**(values | said))  # type: ignore[arg-type]  # the fields by name


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["a", "b"]),
        ({"actor": "usr_admin"}, ["b"]),
        ({"action": "alert.accept"}, ["a"]),
        ({"object_id": "res_lhamo"}, ["b"]),
        ({"since": NIGHT + MINUTE}, ["b"]),
        ({"until": NIGHT + MINUTE}, ["a"]),
    ],
)
def test_the_audit_can_be_narrowed(store: Store, filters: dict[str, object], found: list[str]) -> None:
    last = entry(
        "b",
        actor="usr_admin",
        action="resident.change",
        object_id="res_lhamo",
        at=NIGHT + MINUTE,
        detail="改名",
    )
    with store.writing() as unit:
        unit.audit.add(entry("a"))
        unit.audit.add(last)
        page = unit.audit.page(filters, 0, 9)
        assert [kept.id.removeprefix("aud_") for kept in page.items] == found
        assert unit.audit.page({}, 1, 9).items == (replace(last, number=2),)
        assert unit.audit.last_number() == 2
        with pytest.raises(ValueError, match="no filter role"):
            unit.audit.page({"role": "admin"}, 0, 9)


def answer(key: str, at: timedelta = timedelta()) -> RememberedAnswer:
    return RememberedAnswer(key, "request", 201, '{"id":"evt_1"}', NIGHT + at)


def test_an_answer_is_remembered_by_its_key(store: Store) -> None:
    with store.writing() as unit:
        assert unit.remembered.get("k") is None
        unit.remembered.add(answer("k"))
        assert unit.remembered.get("k") == answer("k")
        with pytest.raises(AlreadyThere) as refused:
            unit.remembered.add(answer("k", MINUTE))
        assert refused.value.field == "key"
        assert unit.remembered.get("k") == answer("k")


def test_an_answer_is_forgotten_after_a_day(store: Store) -> None:
    day, moment = timedelta(days=1), timedelta(microseconds=1)
    with store.writing() as unit:
        unit.remembered.add(answer("old"))
        unit.remembered.add(answer("just in time", moment))
        unit.remembered.add(answer("new", day + moment))
        assert unit.remembered.get("old") is None
        assert unit.remembered.get("just in time") == answer("just in time", moment)
