"""The contract of the revisions of rulebooks, and of what is wrong with them now."""

from __future__ import annotations

from dataclasses import replace

from services.domain.ports import Store
from services.domain.records import RulebookRevision, StandingFault
from tests.contracts.cast import MINUTE, NIGHT

FIRST = RulebookRevision("beds", 1, "a", "format: 1\n", NIGHT)
SECOND = replace(FIRST, revision=2, content_hash="b", author="wrk_1", reason="夜里太多", restores=1)
FAULT = StandingFault("beds", "beds.yaml", "out", "for", "'20 m'", "a span", NIGHT, nearest="for")


def test_revisions_are_found_by_number_by_content_and_as_a_list(store: Store) -> None:
    with store.writing() as unit:
        assert unit.rulebooks.heads() == {}
        for kept in (FIRST, SECOND, replace(FIRST, revision=10), replace(FIRST, rulebook="visits")):
            unit.rulebooks.add(kept)
    with store.reading() as unit:
        assert unit.rulebooks.heads() == {"beds": 10, "visits": 1}
        assert unit.rulebooks.get("beds", 2) == SECOND
        assert unit.rulebooks.get("beds", 3) is None
        assert unit.rulebooks.bearing("beds", "a") == replace(FIRST, revision=10)
        assert unit.rulebooks.bearing("visits", "b") is None
        page = unit.rulebooks.page("beds", 0, 2)
        assert (page.items, page.next) == ((FIRST, SECOND), 2)
        assert unit.rulebooks.page("beds", 2, 2).next is None


def test_what_is_wrong_now_takes_the_place_of_what_was(store: Store) -> None:
    lame = replace(FAULT, file=None, since=NIGHT + MINUTE, nearest=None, is_unavailable=True)
    with store.writing() as unit:
        unit.rulebooks.set_faults([FAULT, lame])
    with store.writing() as unit:
        assert unit.rulebooks.faults() == [FAULT, lame]
        unit.rulebooks.set_faults([lame])
        assert unit.rulebooks.faults() == [lame]
        unit.rulebooks.set_faults([])
        assert unit.rulebooks.faults() == []
