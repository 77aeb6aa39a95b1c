"""Assignments: which policy is for whom, what goes before what, and every fault in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.domain.findings import Severity
from services.domain.homes import Grid
from services.escalation.assignment_checks import Known, known_of
from services.escalation.assignments import For
from services.escalation.policies import Policies
from services.escalation.policy_files import (
    ASSIGNMENTS,
    read_assignments,
    shipped_assignments,
    shipped_policies,
    shipped_texts,
)
from tests.unit.escalation.cast import CIRCLE, DOLMA

SHIPPED = Policies({}, shipped_policies())
VALLEY = Grid("grd_1", "上游")
HERE = replace(CIRCLE, grid=VALLEY)
KNOWN = known_of([VALLEY, Grid("grd_2", "下游"), Grid("grd_3", "下游")], [DOLMA])


def policies(text: str) -> Policies:
    assignments, faults = read_assignments(f"format: 1\n{text}", ASSIGNMENTS, SHIPPED)
    assert faults == ()
    assert assignments is not None
    return Policies({}, shipped_policies(), assignments)


def faults_of(text: str, known: Known | None = KNOWN) -> dict[str, str]:
    _, faults = read_assignments(f"format: 1\n{text}", ASSIGNMENTS, SHIPPED, known)
    return {fault.field: f"{fault.expected} / {fault.nearest}" for fault in faults}


def test_the_shipped_assignments_are_without_fault_and_change_nothing() -> None:
    assert read_assignments(shipped_texts()[ASSIGNMENTS], ASSIGNMENTS, SHIPPED, KNOWN)[1] == ()
    assert shipped_assignments().shift_handover is not None
    for name, severity in (("emergency", Severity.HIGH), ("night-emergency", Severity.HIGH)):
        chosen = Policies({}, shipped_policies(), shipped_assignments()).chosen(name, severity, HERE)
        assert chosen.policy == name


@pytest.mark.parametrize(
    ("text", "policy", "for_"),
    [
        ("severity: {high: night-emergency}", "night-emergency", For.SEVERITY),
        ("grids: {上游: {high: night-emergency}}", "night-emergency", For.GRID),
        ("grids: {grd_1: {emergency: night-emergency}}", "night-emergency", For.GRID),
        ("grids: {下游: {high: night-emergency}}", "emergency", For.RULE),
        ("residents: {卓玛: {high: night-emergency}}", "night-emergency", For.RESIDENT),
        (
            "grids: {上游: {high: emergency}}\nresidents: {dolma: {high: night-emergency}}",
            "night-emergency",
            For.RESIDENT,
        ),
    ],
)
def test_what_stands_nearest_counts(text: str, policy: str, for_: For) -> None:
    chosen = policies(text).chosen("emergency", Severity.HIGH, HERE)
    assert (chosen.policy, chosen.for_) == (policy, for_)


def test_what_a_rule_names_is_not_replaced_by_the_usual_policy_of_a_severity() -> None:
    chosen = policies("severity: {high: emergency}").chosen("night-emergency", Severity.HIGH, HERE)
    assert (chosen.policy, chosen.for_) == ("night-emergency", For.RULE)


def test_a_choice_for_medium_matters_does_not_touch_a_high_one() -> None:
    chosen = policies("grids: {上游: {medium: digest}}")
    assert chosen.chosen("emergency", Severity.HIGH, HERE).policy == "emergency"
    assert chosen.chosen("routine", Severity.MEDIUM, HERE).policy == "digest"


def test_every_fault_is_said_with_the_nearest_right_word() -> None:
    said = faults_of(
        """
severity: {high: digest, medium: routin}
grids:
  上遊: {high: emergency}
  下游: {hihg: emergency}
residents:
  dolma: {emergency: night-emergency, night-emergency: emergency}
shift_handover: {taken_over_within: 15m, may_begin_before: 30m, looks_ahead: 12h, policy: shift}
"""
    )
    assert "never waits" in said["severity.high"]
    assert said["severity.medium"].endswith("/ routine")
    assert said["grids.上遊"].endswith("/ 上游")
    assert "not one's alone" in said["grids.下游"]
    assert said["grids.下游.hihg"].endswith("/ high")
    assert "circle" in said["residents.dolma.emergency"]
    assert said["shift_handover.policy"].endswith("/ shift-handover")


def test_faults_of_the_form_are_said_in_the_same_words() -> None:
    said = faults_of("severty: {high: emergency}\nshift_handover: {taken_over_within: 0s}")
    assert said["severty"].endswith("/ severity")
    assert "greater than 0s" in said["shift_handover.taken_over_within"]
    assert said["shift_handover.policy"].startswith("a value")


def test_without_the_registers_names_are_taken_as_they_stand() -> None:
    assert faults_of("grids: {nowhere: {high: emergency}}", known=None) == {}
