"""Rulebooks are read strictly and refused whole, with every fault named."""

from __future__ import annotations

from importlib.resources import files

import pytest

from services.domain.findings import Severity, Trigger
from services.rules.faults import RulebookFaults
from services.rules.reading import read_rulebook, read_what_is_good
from tests.unit.rules.cast import rulebook

TEN_FAULTS = """
format: 2
rulebok: home-beds
timezone: Asia/Shangai
rules:
  - id: a
    on: bed.exitd
    severty: high
  - id: a
    on: bed.exited
    for: 3m
  - id: floor
    on: bed.exited
    enabled: yes
  - id: b
    drift: night.exit
  - id: c
    on: bed.exited
    unless: bed.entered
    for: .nan
    for: 20m
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(RulebookFaults) as refused:
        read_rulebook(text, "beds.yaml")
    return [f"{fault.rule}.{fault.field}" for fault in refused.value.faults]


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(RulebookFaults) as refused:
        read_rulebook(TEN_FAULTS, "beds.yaml")
    text = str(refused.value)
    assert len(refused.value.faults) >= 10
    for said in (
        "'rulebook'",
        "'severity'",
        "'bed.exited'",
        "'night.exits'",
        "a second time",
        "true or false",
    ):
        assert said in text
    assert all(fault.file == "beds.yaml" for fault in refused.value.faults)


@pytest.mark.parametrize(
    "rule",
    [
        "id: x, on: bed.exited, for: 20m",
        "id: x, on: bed.exited, unless: bed.entered",
        'id: x, on: bed.exited, unless: bed.entered, for: 20m, until: "13:00"',
        "id: x, on: bed.exited, unless: bed.entered, for: 60s, settle: 60s",
        "id: x, on: bed.exited, unless: bed.entered, for: 20 minutes",
        "id: x, on: bed.exited, unless: bed.entered, for: {days: event.data.days}",
        "id: x, on: medication.delivered, unless: medication.delivered, for: {days: event.data.days + 1}",
        "id: x, on: visit.completed, settle: 60s",
        "id: x, quota: visit.completed, per: month",
        "id: x, quota: visit.completed, at_least: 2",
        "id: x, quota: visit.completed, at_least: 0, per: month",
        "id: x, quota: visit.completed, at_least: 2, per: month, warn: 48h",
        'id: x, quota: visit.completed, at_least: 2, per: month, between: "06:00-22:00"',
        "id: x, quota: visit.completed, at_least: 2, per: fortnight",
        "id: x, on: bed.exited, quota: visit.completed",
        "id: x, severity: high",
        "id: x, on: bed.exited, between: 22:00-25:00",
        'id: x, on: bed.exited, between: "06:00-06:00"',
        "id: x, on: bed.vitals, where: event.data.hart_rate > 110",
        "id: x, on: bed.vitals, where: event.data.heart_rate + 1 > 110",
        "id: x, on: bed.vitals, where: event.data.heart_rate == 'fast'",
        "id: x, on: bed.exited, for_residents: resident.age > 80",
        "id: x, on: bed.exited, device_types: [bed_senser]",
        "id: x, on: bed.exited, title: {fr: Sorti}",
        "id: x, on: bed.exited, policy: 3",
        "id: X y, on: bed.exited",
        "id: x, on: resident.enrolled",
    ],
)
def test_a_bad_rule_is_refused(rule: str) -> None:
    assert faults_of(rulebook(rule))


@pytest.mark.parametrize(
    "text", ["", "[]", "a: b: c", "rules: [", "&a [*a]", "--- 1\n--- 2\n", "\x00", "format: 1"]
)
def test_what_is_no_rulebook_is_refused(text: str) -> None:
    assert faults_of(text)


def test_only_true_and_false_are_booleans_and_on_is_a_word() -> None:
    book = read_rulebook(rulebook("id: x, on: bed.exited, enabled: false, severity: low"))
    [rule] = book.rules
    assert (rule.trigger, rule.kind, rule.enabled, rule.severity) == (
        Trigger.ON,
        "bed.exited",
        False,
        Severity.LOW,
    )


def test_a_policy_follows_from_the_severity() -> None:
    rules = [f"id: r{each.value}, on: bed.exited, severity: {each.value}" for each in Severity]
    assert [rule.policy for rule in read_rulebook(rulebook(*rules)).rules] == [
        "emergency",
        "routine",
        "digest",
        "digest",
    ]


def test_the_good_rules_of_a_faulty_book_are_known() -> None:
    book, faults = read_what_is_good(
        rulebook("id: good, on: bed.exited", "id: bad, on: bed.exitd"), "beds.yaml"
    )
    assert book is not None
    assert [rule.id for rule in book.rules] == ["good"]
    assert len(faults) == 1


@pytest.mark.parametrize("name", ["home-beds.yaml", "grid-care.yaml"])
def test_the_shipped_rulebooks_are_good_and_speak_three_languages(name: str) -> None:
    book = read_rulebook((files("rulebooks") / name).read_text(encoding="utf-8"), name)
    for rule in book.rules:
        assert set(rule.titles) == set(rule.why) == {"zh-CN", "bo", "en"}
