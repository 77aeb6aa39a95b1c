"""The contract of the event log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.events import Event, Mark, Origin
from services.domain.ports import Store
from tests.contracts.cast import MINUTE, NIGHT, event


def stored(store: Store, *events: Event) -> list[Event]:
    with store.writing() as unit:
        return [answer.event for answer in unit.events.append(events)]


def test_an_event_comes_back_as_it_was_given(store: Store) -> None:
    given = event(
        "vitals",
        kind="bed.vitals",
        occurred_at=NIGHT - timedelta(microseconds=1),
        data={"heart_rate": 61.5, "note": "睡眠 གཉིད།", "nested": {"list": [1, None, True]}},
        device_event_id="17",
        recorded_by="wrk_dolma",
        time_replaced=True,
        marks=(Mark.TIME_REPLACED, Mark.ID_REUSED),
        synthetic=True,
    )
    [kept] = stored(store, given)
    assert kept == replace(given, seq=1)
    with store.reading() as unit:
        assert unit.events.get(given.id) == kept
        assert unit.events.after(0, 10) == [kept]


def test_events_are_numbered_in_the_order_of_storing(store: Store) -> None:
    first = stored(store, event("a"), event("b"))
    second = stored(store, event("c"))
    assert [kept.seq for kept in (*first, *second)] == [1, 2, 3]


def test_the_same_dedupe_key_is_the_same_event(store: Store) -> None:
    [first] = stored(store, event("a", dedupe_key="press 17"))
    with store.writing() as unit:
        answers = unit.events.append(
            [
                event("again", dedupe_key="press 17"),
                event("b"),
                event("b later in one batch", dedupe_key="key of b"),
            ]
        )
    assert [answer.is_new for answer in answers] == [False, True, False]
    assert answers[0].event == first
    assert answers[2].event == answers[1].event
    with store.reading() as unit:
        assert [kept.seq for kept in unit.events.after(0, 10)] == [1, 2]


def test_a_duplicate_takes_no_number(store: Store) -> None:
    stored(store, event("a"))
    stored(store, event("a"))
    assert stored(store, event("b"))[0].seq == 2


def test_an_event_without_a_dedupe_key_is_known_by_its_id(store: Store) -> None:
    [kept] = stored(store, event("visit", dedupe_key=""))
    [again] = stored(store, event("visit", dedupe_key=""))
    assert again.seq == kept.seq


def test_many_events_at_once_are_stored_in_their_order(store: Store) -> None:
    names = [f"{number:04}" for number in range(1200)]
    kept = stored(store, *[event(name) for name in names])
    with store.reading() as unit:
        assert unit.events.after(0, 2000) == kept
        assert [found.id for found in kept] == [f"evt_{name}" for name in names]
        assert unit.events.last_seq() == 1200


def test_an_empty_log_ends_at_nothing(store: Store) -> None:
    with store.writing() as unit:
        assert unit.events.append([]) == []
        assert unit.events.last_seq() == 0
        assert unit.events.get("evt_nobody") is None


def test_reading_on_starts_after_the_cursor_and_stops_at_the_limit(store: Store) -> None:
    stored(store, *[event(str(number)) for number in range(5)])
    with store.reading() as unit:
        assert [kept.seq for kept in unit.events.after(1, 2)] == [2, 3]
        assert unit.events.after(5, 2) == []


def test_alarms_can_be_read_alone(store: Store) -> None:
    stored(
        store, event("a"), event("press", kind="call_button.pressed"), event("smoke", kind="smoke.detected")
    )
    with store.reading() as unit:
        assert [kept.id for kept in unit.events.after(0, 9, only_alarms=True)] == ["evt_press", "evt_smoke"]


def test_many_by_id_leaves_out_the_unknown(store: Store) -> None:
    kept = stored(store, event("a"), event("b"))
    with store.reading() as unit:
        assert unit.events.many(["evt_b", "evt_nobody", "evt_a"]) == {found.id: found for found in kept}
        assert unit.events.many([]) == {}


def test_events_are_found_by_the_id_the_device_gave_them(store: Store) -> None:
    stored(
        store,
        event("a", device_event_id="7"),
        event("other id", device_event_id="8"),
        event("other device", device_event_id="7", device_id="dev_other"),
        event("reused", device_event_id="7"),
    )
    with store.reading() as unit:
        found = unit.events.with_device_event_id("dev_bed", "7")
    assert [kept.id for kept in found] == ["evt_a", "evt_reused"]


def test_the_newest_of_a_kind_is_the_one_stored_last(store: Store) -> None:
    stored(
        store, event("late claim", occurred_at=NIGHT + MINUTE), event("newer"), event("x", kind="bed.entered")
    )
    with store.reading() as unit:
        newest = unit.events.newest_of_kind("dev_bed", "bed.exited")
        assert newest is not None
        assert newest.id == "evt_newer"
        assert unit.events.newest_of_kind("dev_bed", "bed.vitals") is None


def test_events_of_a_key_begin_at_the_instant_of_receiving(store: Store) -> None:
    stored(
        store,
        event("before", received_at=NIGHT - timedelta(microseconds=1)),
        event("at", received_at=NIGHT, occurred_at=NIGHT - 9 * MINUTE),
        event("of another", received_at=NIGHT, resident_id="res_tashi", device_id="dev_other"),
        event("after", received_at=NIGHT + MINUTE),
    )
    with store.reading() as unit:
        of_resident = unit.events.of_key(NIGHT, resident_id="res_lhamo")
        of_device = unit.events.of_key(NIGHT, device_id="dev_other")
        assert unit.events.of_key(NIGHT, resident_id="res_lhamo", kinds={"visit.completed"}) == []
        with pytest.raises(ValueError, match="resident or a device"):
            unit.events.of_key(NIGHT)
    assert [kept.id for kept in of_resident] == ["evt_at", "evt_after"]
    assert [kept.id for kept in of_device] == ["evt_of another"]


def test_events_of_a_resident_are_the_newest_of_each_kind_in_their_order(store: Store) -> None:
    stored(
        store,
        event("late", kind="bed.exited", occurred_at=NIGHT + 3 * MINUTE),
        event("before", kind="bed.exited", occurred_at=NIGHT - timedelta(microseconds=1)),
        event("first", kind="bed.exited", occurred_at=NIGHT),
        event("second", kind="bed.exited", occurred_at=NIGHT + MINUTE),
        event("entry", kind="bed.entered", occurred_at=NIGHT + MINUTE),
        event("at the end", kind="bed.exited", occurred_at=NIGHT + 4 * MINUTE),
        event("vitals", kind="bed.vitals", occurred_at=NIGHT + MINUTE),
        event("of another", kind="bed.exited", resident_id="res_tashi", occurred_at=NIGHT + MINUTE),
    )

    def found(limit: int) -> list[str]:
        kinds = ["bed.exited", "bed.entered", "bed.exited"]
        with store.reading() as unit:
            events = unit.events.of_resident("res_lhamo", kinds, NIGHT, NIGHT + 4 * MINUTE, limit)
        return [each.id.removeprefix("evt_") for each in events]

    assert found(9) == ["first", "second", "entry", "late"]
    assert found(2) == ["second", "entry", "late"]
    assert found(1) == ["entry", "late"]


def test_register_facts_are_left_out_of_lists_unless_asked_for(store: Store) -> None:
    stored(
        store,
        event("enrolled", kind="resident.enrolled", origin=Origin.HOUSE),
        event("exit"),
        event("house press", kind="call_button.pressed", origin=Origin.HOUSE),
    )
    with store.reading() as unit:
        page = unit.events.page
        assert [kept.id for kept in page({}, 0, 9).items] == ["evt_exit", "evt_house press"]
        assert [kept.id for kept in page({"kind": "resident.enrolled"}, 0, 9).items] == ["evt_enrolled"]
        assert [kept.id for kept in page({"origin": "house"}, 0, 9).items] == [
            "evt_enrolled",
            "evt_house press",
        ]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"resident_id": "res_tashi"}, ["b"]),
        ({"device_id": "dev_bed"}, ["a", "c"]),
        ({"kind": "bed.entered"}, ["c"]),
        ({"origin": Origin.PERSON}, ["d"]),
        ({"synthetic": True}, ["d"]),
        ({"since": NIGHT + MINUTE}, ["b", "c", "d"]),
        ({"until": NIGHT + MINUTE}, ["a"]),
        ({"since": NIGHT, "until": NIGHT + 2 * MINUTE, "resident_id": "res_lhamo"}, ["a"]),
        ({"kind": "no.such"}, []),
    ],
)
def test_lists_can_be_narrowed(store: Store, filters: dict[str, object], found: list[str]) -> None:
    stored(
        store,
        event("a"),
        event("b", resident_id="res_tashi", device_id="dev_other", occurred_at=NIGHT + MINUTE),
        event("c", kind="bed.entered", occurred_at=NIGHT + 2 * MINUTE),
        event("d", origin=Origin.PERSON, device_id=None, synthetic=True, occurred_at=NIGHT + 3 * MINUTE),
    )
    with store.reading() as unit:
        assert [kept.id.removeprefix("evt_") for kept in unit.events.page(filters, 0, 9).items] == found


def test_what_people_record_is_found_by_kind_and_time(store: Store) -> None:
    stored(
        store,
        event("a", kind="visit.completed", origin=Origin.PERSON, device_id=None),
        event("b"),
        event("c", kind="visit.completed", origin=Origin.PERSON, occurred_at=NIGHT + MINUTE, device_id=None),
        event("d", kind="resident.away", origin=Origin.PERSON, device_id=None),
    )
    with store.reading() as unit:
        visits = unit.events.page({"kind": "visit.completed"}, 0, 9).items
        later = unit.events.page({"kind": "visit.completed", "since": NIGHT + MINUTE}, 0, 9).items
    assert [kept.id for kept in visits] == ["evt_a", "evt_c"]
    assert [kept.id for kept in later] == ["evt_c"]


def test_an_unknown_filter_is_refused_by_name(store: Store) -> None:
    with store.reading() as unit, pytest.raises(ValueError, match="no filter colour"):
        unit.events.page({"colour": "red"}, 0, 9)


def test_a_page_names_the_cursor_of_the_next(store: Store) -> None:
    stored(store, *[event(str(number)) for number in range(5)])
    with store.reading() as unit:
        first = unit.events.page({}, 0, 2)
        second = unit.events.page({}, first.next or 0, 2)
        last = unit.events.page({}, second.next or 0, 2)
    assert [kept.seq for page in (first, second, last) for kept in page.items] == [1, 2, 3, 4, 5]
    assert (first.next, second.next, last.next) == (2, 4, None)


def test_a_full_last_page_is_the_end(store: Store) -> None:
    stored(store, event("a"), event("b"))
    with store.reading() as unit:
        assert unit.events.page({}, 0, 2).next is None


def test_nul_in_a_text_is_kept_as_the_replacement_character(store: Store) -> None:
    [kept] = stored(store, event("a", device_event_id="4\0 2", data={"note": "a\0b"}))
    with store.reading() as unit:
        found = unit.events.get(kept.id)
    assert found is not None
    assert found.device_event_id == "4\ufffd 2"
    assert found.data == {"note": "a\0b"}


def test_the_log_is_gone_over_by_kinds_in_short_readings(store: Store) -> None:
    kinds = ("bed.vitals", "bed.exited", "visit.completed", "bed.exited", "bed.entered")
    kept = stored(
        store,
        *(
            event(str(n), kind=kind, origin=Origin.PERSON if kind.startswith("visit") else Origin.DEVICE)
            for n, kind in enumerate(kinds)
        ),
    )
    with store.reading() as unit:
        assert unit.events.between(0, 4, {"bed.exited", "visit.completed"}, 2) == [kept[1], kept[2]]
        assert unit.events.between(3, 4, {"bed.exited", "visit.completed"}, 2) == [kept[3]]
        assert unit.events.between(4, 4, {"bed.exited"}, 2) == []
        assert unit.events.between(0, 9, {"visit.completed", "meal.ordered"}, 2) == [kept[2]]


def test_what_devices_said_of_some_residents_is_left_out(store: Store) -> None:
    kept = stored(
        store,
        event("own", resident_id="r1"),
        event("other", resident_id="r2"),
        event("nobodys", resident_id=None),
        event("told", resident_id="r2", kind="visit.completed", origin=Origin.PERSON),
    )
    kinds = {each.kind for each in kept}
    with store.reading() as unit:
        found = unit.events.between(0, 9, kinds, 9, ["r2", "r3"])
    assert found == [kept[0], kept[2], kept[3]]


def test_the_first_that_was_received_from_an_instant_on_is_the_first_stored(
    store: Store,
) -> None:
    kept = stored(
        store,
        event("early", received_at=NIGHT - MINUTE),
        event("late", received_at=NIGHT + MINUTE),
        event("between", received_at=NIGHT),
    )
    with store.reading() as unit:
        assert unit.events.first_received(NIGHT) == kept[1]
        assert unit.events.first_received(NIGHT + 2 * MINUTE) is None
