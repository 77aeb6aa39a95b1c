"""The contracts of findings and of the revisions of rulebooks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.domain.findings import Evidence, FindingChange, FindingReason, FindingState, Severity
from services.domain.ports import AlreadyThere, Store
from services.domain.records import RulebookRevision
from tests.contracts.cast import MINUTE, NIGHT, alert, fact, finding


def test_a_finding_comes_back_as_it_was_given(store: Store) -> None:
    given = finding(
        "full",
        device_id="dev_bed",
        home_id="hom_lhamo",
        state=FindingState.STALE,
        reason=FindingReason.LATE,
        evidence=Evidence(("evt_a", "evt_b"), (3, 9), {"count": 4, "until": None}, "evt_c"),
        is_alarm=True,
        synthetic=True,
    )
    with store.writing() as unit:
        [kept] = unit.findings.add([given])
    assert kept == replace(given, number=1)
    with store.reading() as unit:
        assert unit.findings.get(given.id) == kept
        assert unit.findings.get("fnd_nobody") is None


def test_what_was_found_before_is_not_stored_again(store: Store) -> None:
    with store.writing() as unit:
        unit.findings.add([finding("a")])
    with store.writing() as unit:
        new = unit.findings.add([finding("a"), finding("b"), finding("b")])
        assert [(kept.id, kept.number) for kept in new] == [("fnd_b", 2)]
        assert unit.findings.add([]) == []


def test_findings_and_changes_are_read_on_from_a_cursor(store: Store) -> None:
    with store.writing() as unit:
        unit.findings.add([finding(name) for name in "abc"])
        unit.findings.change(
            [
                FindingChange("fnd_b", FindingState.ENDED, NIGHT, "evt_in"),
                FindingChange("fnd_a", FindingState.WITHDRAWN, NIGHT + MINUTE),
            ]
        )
        unit.findings.change([])
    with store.reading() as unit:
        assert [kept.id for kept in unit.findings.after(1, 9)] == ["fnd_b", "fnd_c"]
        assert [kept.id for kept in unit.findings.after(0, 1)] == ["fnd_a"]
        assert unit.findings.changes_after(0, 9) == [
            FindingChange("fnd_b", FindingState.ENDED, NIGHT, "evt_in", 1),
            FindingChange("fnd_a", FindingState.WITHDRAWN, NIGHT + MINUTE, None, 2),
        ]
        assert [move.number for move in unit.findings.changes_after(1, 9)] == [2]


def test_a_change_shows_in_the_finding(store: Store) -> None:
    with store.writing() as unit:
        unit.findings.add([finding("a"), finding("b")])
        unit.findings.change([FindingChange("fnd_a", FindingState.ENDED, NIGHT)])
    with store.reading() as unit:
        found = unit.findings.many(["fnd_a", "fnd_b", "fnd_nobody"])
    assert {name: kept.state for name, kept in found.items()} == {
        "fnd_a": FindingState.ENDED,
        "fnd_b": FindingState.HOLDS,
    }


def test_a_finding_knows_the_alert_it_is_a_fact_of(store: Store) -> None:
    with store.writing() as unit:
        unit.findings.add([finding("a"), finding("b")])
        unit.alerts.add(alert("press", facts=(fact("fnd_a"),)), [])
        assert unit.findings.alert_ids(["fnd_a", "fnd_b"]) == {"fnd_a": "alt_press"}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["a", "b", "c"]),
        ({"resident_id": "res_tashi"}, ["b"]),
        ({"device_id": "dev_bed"}, ["c"]),
        ({"rule": "call"}, ["b"]),
        ({"state": "ended"}, ["c"]),
        ({"severity": Severity.LOW}, ["a"]),
        ({"since": NIGHT + MINUTE}, ["b", "c"]),
        ({"until": NIGHT + MINUTE}, ["a"]),
        ({"synthetic": False}, ["a", "b"]),
    ],
)
def test_lists_can_be_narrowed(store: Store, filters: dict[str, object], found: list[str]) -> None:
    with store.writing() as unit:
        unit.findings.add(
            [
                finding("a", severity=Severity.LOW),
                finding("b", resident_id="res_tashi", rule="call", at=NIGHT + MINUTE),
                finding("c", device_id="dev_bed", at=NIGHT + 2 * MINUTE, synthetic=True),
            ]
        )
        unit.findings.change([FindingChange("fnd_c", FindingState.ENDED, NIGHT)])
    with store.reading() as unit:
        page = unit.findings.page(filters, 0, 9)
        assert [kept.id.removeprefix("fnd_") for kept in page.items] == found
        with pytest.raises(ValueError, match="no filter home_id"):
            unit.findings.page({"home_id": "hom_lhamo"}, 0, 9)


def revision(number: int, rulebook: str = "home-beds", text: str = "format: 1\n") -> RulebookRevision:
    return RulebookRevision(rulebook, number, f"hash {number}", text, NIGHT + number * MINUTE)


def test_the_latest_revision_of_each_rulebook_is_known(store: Store) -> None:
    with store.writing() as unit:
        assert unit.rulebooks.latest() == []
        for kept in (revision(1), revision(10), revision(9), revision(1, "visits", "title: 探访\n")):
            unit.rulebooks.add(kept)
    with store.reading() as unit:
        assert unit.rulebooks.latest() == [revision(10), revision(1, "visits", "title: 探访\n")]


def test_a_revision_is_stored_once(store: Store) -> None:
    with store.writing() as unit:
        unit.rulebooks.add(revision(1))
    with pytest.raises(AlreadyThere), store.writing() as unit:
        unit.rulebooks.add(revision(1))
