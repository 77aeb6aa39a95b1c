"""Rulebooks are read strictly and refused whole, with every fault named."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.findings import Severity, Trigger
from services.rules.faults import RulebookFaults
from services.rules.reading import read_rulebook, read_what_is_good
from tests.unit.rules.cast import rulebook

TWELVE_FAULTS = """
format: 1
rulebook: night-watch
timezone: Asia/Shangai
rules:
  - id: exits
    on: bed.exitd
    setle: 60s
    count: 4
    within: 2 hours
    severity: hihg
  - id: restless
    drift: night.exit
    over: 7d
    beyond: 3
  - id: exits
    on: bed.vitals
    where: event.data.hart_rate > 110
    for: 5m
    device_types: [bed_senser]
  - id: visits
    quota: visit.completed
    at_least: 2
    per: fortnight
    beetween: "06:00-22:00"
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(RulebookFaults) as refused:
        read_rulebook(text, "beds.yaml")
    assert all(each.file and each.field and each.found and each.expected for each in refused.value.faults)
    return [f"{fault.rule}.{fault.field}" for fault in refused.value.faults]


def test_a_rulebook_with_twelve_faults_lists_all_twelve_with_the_nearest_right_word() -> None:
    with pytest.raises(RulebookFaults) as refused:
        read_rulebook(TWELVE_FAULTS, "beds.yaml")
    said = [(each.file, each.rule, each.field, each.found, each.nearest) for each in refused.value.faults]
    assert sorted(said, key=str) == sorted(
        [
            ("beds.yaml", None, "timezone", "'Asia/Shangai'", "Asia/Shanghai"),
            ("beds.yaml", "exits", "on", "'bed.exitd'", "bed.exited"),
            ("beds.yaml", "exits", "setle", "a key that nobody knows", "settle"),
            ("beds.yaml", "exits", "within", "'2 hours'", "2h"),
            ("beds.yaml", "exits", "severity", "'hihg'", "high"),
            ("beds.yaml", "restless", "drift", "'night.exit'", "night.exits"),
            ("beds.yaml", "restless", "over", "'7d'", None),
            ("beds.yaml", "exits", "id", "'exits' a second time", None),
            ("beds.yaml", "exits", "where", "'event.data.hart_rate > 110'", "event.data.heart_rate"),
            ("beds.yaml", "exits", "device_types", "'bed_senser'", "bed_sensor"),
            ("beds.yaml", "visits", "per", "'fortnight'", None),
            ("beds.yaml", "visits", "beetween", "a key that nobody knows", "between"),
        ],
        key=str,
    )
    assert "did you mean 'bed.exited'?" in str(refused.value)


def test_the_other_faults_of_a_rule_without_a_trigger_are_said_too() -> None:
    rule = "id: x, onn: bed.exited, severity: hihg, settle: 1 minute, where: event.data.x > 1, title: {fr: x}"
    faults = faults_of(rulebook(rule))
    assert faults == ["x.trigger", "x.onn", "x.severity", "x.title.fr", "x.settle", "x.where"]


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
        "id: x, on: !!python/name:os.system x",
        "id: x, on: !kind bed.exited",
        "id: x, on: [bed.exited]",
        "id: x, on: {kind: bed.exited}",
        "id: [x], on: bed.exited",
        "id: x, id: y, on: bed.exited",
        "id: x, on: bed.exited, enabled: yes",
        "id: x, on: bed.exited, severity: [high]",
        "id: x, on: bed.exited, title: {en: [a]}",
        "id: x, on: bed.exited, title: 7",
        "id: x, on: bed.exited, device_types: bed_sensor",
        "id: x, on: bed.exited, device_types: []",
        "id: x, on: bed.exited, device_types: [[bed_sensor]]",
        "id: x, on: bed.exited, device_types: [call_button]",
        "id: x, on: visit.completed, device_types: [bed_sensor]",
        "id: x, on: visit.completed, per: device",
        "id: x, on: bed.exited, unless: visit.completed, for: 20m, per: device",
        "id: x, on: bed.exited, unless: motion.detected, for: 20m, per: device",
        "id: x, on: bed.exited, per: month",
        "id: x, on: bed.exited, gap: 5m",
        "id: x, on: bed.exited, count: 0, within: 2h",
        "id: x, on: bed.exited, count: 2.5, within: 2h",
        "id: x, on: bed.exited, count: many, within: 2h",
        "id: x, on: bed.exited, count: 4",
        "id: x, on: bed.exited, within: 2h",
        "id: x, on: bed.exited, count: 4, within: 90000d",
        "id: x, on: bed.exited, unless: bed.entered, for: -5m",
        "id: x, on: bed.exited, unless: bed.entered, for: 20",
        "id: x, on: bed.exited, unless: bed.entered, for: [20m]",
        "id: x, on: bed.exited, unless: bed.entered, for: {day: event.data.days}",
        "id: x, on: bed.exited, unless: bed.entered, for: {days: event.data.days, hours: 1}",
        'id: x, on: bed.exited, unless: bed.entered, for: 10h, between: "22:00-06:00"',
        "id: x, on: bed.exited, unless: bed.entered, until: 1300",
        'id: x, on: bed.exited, unless: bed.entered, until: "24:00"',
        'id: x, on: bed.exited, between: "24:00-06:00"',
        'id: x, on: bed.exited, between: "6:00-22:00"',
        "id: x, on: bed.exited, between: [22:00, 06:00]",
        "id: x, on: bed.vitals, settle: 60s",
        "id: x, on: motion.detected, settle: 60s",
        "id: x, silent: bed.exited, for: 2h, settle: 60s",
        "id: x, quota: bed.exited, at_least: 1, per: week, settle: 60s",
        "id: x, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m, gap: 0s",
        "id: x, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m, settle: 5m",
        "id: x, silent: any",
        "id: x, silent: any, for: 0s",
        "id: x, silent: anything, for: 2h",
        'id: x, silent: any, for: 2h, between: "06:00-22:00"',
        "id: x, silent: any, for: 2h, where: event.kind == 'bed.exited'",
        'id: x, missing: bed.exited, from: "04:00"',
        'id: x, missing: bed.exited, from: "10:00", by: "10:00"',
        'id: x, missing: bed.exited, from: "04:00", by: "10:00", while: bed.vitals',
        'id: x, missing: bed.exited, from: 4, by: "10:00"',
        "id: x, quota: visit.completed, at_least: 2, per: week, warn: 8d",
        "id: x, quota: visit.completed, at_least: 2, per: month, warn: 32d",
        "id: x, drift: night.exits, over: 13d, beyond: 3",
        "id: x, drift: night.exits, over: 28, beyond: 3",
        "id: x, drift: night.exits, over: 28d, beyond: 0",
        "id: x, drift: night.exits, over: 28d, beyond: -1",
        "id: x, drift: bed.time, over: 28d, beyond: 30",
        "id: x, drift: night.exits, over: 28d, beyond: .inf",
        "id: x, drift: night.exits, over: 28d, beyond: .nan",
        "id: x, drift: night.exits, over: 28d",
        "id: x, drift: night.exits, beyond: 3",
        "id: x, drift: bed.exited, over: 28d, beyond: 3",
        "id: x, drift: night.exits, over: 28d, beyond: 3, settle: 60s",
        "id: x, drift: night.exits, over: 28d, beyond: 3, per: device",
        "id: x, drift: night.exits, over: 28d, beyond: 3, device_types: [call_button]",
        'id: x, drift: night.exits, over: 28d, beyond: 3, between: "22:00-06:00"',
    ],
)
def test_a_bad_rule_is_refused(rule: str) -> None:
    assert faults_of(rulebook(rule))


@pytest.mark.parametrize(
    "where",
    [
        "",
        "event.data.heart_rate",
        "event.data.heart_rate > 'x'",
        "resident.tags == 3",
        "resident.tags[0] == 'heart'",
        "'heart' in resident.id",
        "1 in resident.tags",
        "resident.tags < resident.tags",
        "event.data.heart_rate -1 > 110",
        "event.data.heart_rate * 2 > 110",
        "size(resident.tags) > 1",
        "resident.tags.size() > 1",
        "resident.tags.exists(t, t == 'heart')",
        "event.kind.startsWith('bed')",
        "event.data.heart_rate > 110 ? true : false",
        "event.data.heart_rate > 110 & event.data.movement > 0",
        "event.data.heart_rate > 110 and event.data.movement > 0",
        "event.data.heart_rate > 110 ||",
        "event.data.heart_rate 110",
        "(event.data.heart_rate > 110",
        "event.data.heart_rate > 110)",
        "!event.data.heart_rate",
        "event.data.heart_rate in 110",
        "event.data.heart_rate in [110, 'x']",
        "event.data > 1",
        "event.occurred_at > 1",
        "true",
        "1 < 2",
        "null == event.kind",
        "event.data.heart_rate > 1e999",
        r"event.kind == '\q'",
    ],
)
def test_a_condition_that_is_none_is_refused_at_load(where: str) -> None:
    assert faults_of(rulebook(f"id: x, on: bed.vitals, where: {json.dumps(where)}")) == ["x.where"]


@pytest.mark.parametrize(
    "long", ["(" * 900 + "'' == event.kind" + ")" * 900, "event.kind == ''" + " " * 2000]
)
def test_a_condition_that_nests_without_end_is_refused_at_load(long: str) -> None:
    assert faults_of(rulebook(f"id: x, on: bed.vitals, where: {json.dumps(long)}")) == ["x.where"]


@pytest.mark.parametrize(
    "rule",
    [
        "id: x, on: bed.exited, count: 1, within: 0s",
        "id: x, on: bed.exited, unless: bed.entered, for: 0s",
        "id: x, on: bed.vitals, where: event.data.heart_rate > 110, for: 0s",
        "id: x, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m, settle: 60s",
        "id: x, on: bed.vitals, where: \"event.kind < 'c' && event.data.heart_rate in [110, 120]\"",
        "id: x, on: bed.vitals, where: event.data.heart_rate > -1 && !(event.data.movement >= 0.5)",
        "id: x, on: bed.vitals, where: \"resident.tags == ['heart'] || event.kind in ['a', 'b']\"",
        'id: x, on: bed.exited, unless: bed.entered, for: 8h, between: "22:00-06:00"',
        'id: x, on: bed.exited, between: "00:00-24:00"',
        "id: x, on: call_button.pressed, device_types: [fall_detector]",
        "id: x, on: call_button.pressed, severity: info, enabled: false",
        "id: x, silent: any, for: 1s, per: device",
        "id: x, silent: visit.completed, for: 60d",
        "id: x, missing: bed.vitals, settle: 30m, from: '22:00', by: '10:00', while: bed.entered",
        "id: x, quota: bed.exited, at_least: 1, per: month, warn: 31d",
        "id: x, drift: bed.time, over: 14d, beyond: 0.5, device_types: [bed_sensor]",
        "id: x, on: bed.exited, unless: bed.entered, for: 20m, per: device",
        "id: x, on: bed.exited, for_residents: \"'heart' in resident.tags\"",
        "id: x, on: resident.returned, unless: visit.completed, for: 24h",
    ],
)
def test_what_is_odd_but_allowed_is_read(rule: str) -> None:
    assert len(read_rulebook(rulebook(rule)).rules) == 1


WORDS = ["", "x", "yes", "5m", "06:00", "\ud7ff\x00", "é" * 300, "any", "event.data.heart_rate > ("]
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 2.5, 10**30, *WORDS, [], [[]], ["bed_sensor", 3], {}, {"days": {}}, {"en": []}]
)
BOOK: dict[str, Any] = {
    "format": 1,
    "rulebook": "beds",
    "timezone": "Asia/Shanghai",
    "rules": [
        {"id": "a", "on": "bed.exited", "settle": "9s", "count": 4, "within": "2h", "between": "22:00-06:00"},
        {"id": "b", "on": "meal.ordered", "unless": "meal.collected", "until": "13:00", "title": {"en": "b"}},
        {"id": "c", "on": "bed.vitals", "where": "event.data.heart_rate > 110", "for": "5m", "gap": "20m"},
        {"id": "d", "missing": "bed.exited", "from": "04:00", "by": "10:00", "while": "bed.entered"},
        {"id": "e", "silent": "any", "for": "2h", "per": "device", "device_types": ["bed_sensor"]},
        {"id": "f", "quota": "visit.completed", "at_least": 2, "per": "month", "warn": "7d"},
        {"id": "g", "drift": "night.exits", "over": "28d", "beyond": 3, "for_residents": "resident.id < 'a'"},
    ],
}


KEYS_OF_RULES = sorted({key for rule in BOOK["rules"] for key in rule} | {"enabled", "why"})


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 6), st.sampled_from(KEYS_OF_RULES), JUNK)
def test_whatever_stands_at_a_key_is_read_or_is_a_fault(number: int, key: str, junk: Any) -> None:
    rules = [dict(rule) for rule in BOOK["rules"]]
    rules[number][key] = junk
    text = json.dumps({**BOOK, "rules": rules})
    book, faults = read_what_is_good(text, "beds.yaml")
    assert book is not None
    assert faults or len(book.rules) == 7
    assert all(fault.expected and fault.found and len(str(fault)) < 1000 for fault in faults)


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


@pytest.mark.parametrize("name", ["anxin", "beds.story", "../beds", ".beds", "beds/beds"])
def test_a_name_that_means_something_else_or_no_file_is_refused(name: str) -> None:
    text = rulebook("id: x, on: bed.exited").replace("rulebook: test", f"rulebook: {name}")
    _, faults = read_what_is_good(text, "beds.yaml")
    assert [fault.field for fault in faults] == ["rulebook"]


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
