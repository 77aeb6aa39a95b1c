"""Rules in plain words: whatever works otherwise reads otherwise, in every language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import time, timedelta

import pytest

from services.domain.devices import DeviceType
from services.domain.findings import Severity
from services.domain.kinds import DEVICE_KINDS, KINDS
from services.domain.people import Language
from services.rules.conditions import RESIDENT_FIELDS, event_fields, read_condition
from services.rules.nights import Figure
from services.rules.periods import Period
from services.rules.reading import read_rulebook
from services.rules.rule_fields import EVENT_KINDS
from services.rules.rulebook import Per, Rule
from services.rules.saying.differences import difference_lines, differences
from services.rules.saying.sentences import book_lines, heading_of, sentences_of
from services.rules.saying.words import words_of
from services.rules.windows import DailyWindow
from tests.unit.rules.cast import rulebook

ON = 'id: r, on: bed.exited, settle: 60s, between: "22:00-06:00"'
COUNT = "id: r, on: bed.exited, count: 4, within: 2h"
UNLESS = 'id: r, on: bed.exited, unless: bed.entered, for: 20m, between: "22:00-06:00"'
UNTIL = 'id: r, on: meal.ordered, unless: meal.collected, until: "13:00"'
DAYS = "id: r, on: medication.delivered, unless: medication.delivered, for: {days: event.data.days}"
WHERE = 'id: r, on: bed.vitals, where: "event.data.heart_rate > 110", for: 5m'
MISSING = 'id: r, missing: bed.exited, from: "04:00", by: "10:00", while: bed.entered, settle: 30m'
SILENT = "id: r, silent: any, for: 2h, per: device, device_types: [bed_sensor]"
QUOTA = "id: r, quota: visit.completed, at_least: 2, per: month, warn: 7d"
DRIFT = "id: r, drift: night.exits, over: 28d, beyond: 3"
EVERY = (ON, COUNT, UNLESS, UNTIL, DAYS, WHERE, MISSING, SILENT, QUOTA, DRIFT)

SAME_HERE = frozenset({"rulebook", "id", "trigger"})
"""What a rule is called; the trigger has other fields of its own."""
OTHERWISE: dict[str, Callable[[Rule], object]] = {
    "kind": lambda rule: "door.opened" if rule.kind in DEVICE_KINDS else "checkup.completed",
    "severity": lambda _: Severity.INFO,
    "policy": lambda _: "another",
    "alert_kind": lambda _: "another",
    "titles": lambda rule: {language: f"{title}!" for language, title in rule.titles.items()},
    "why": lambda _: {language.value: "because" for language in Language},
    "enabled": lambda rule: not rule.enabled,
    "per": lambda rule: Per.RESIDENT if rule.per is Per.DEVICE else Per.DEVICE,
    "device_types": lambda _: frozenset({"other"}),
    "between": lambda _: DailyWindow(time(1), time(2)),
    "settle_for": lambda _: timedelta(seconds=61),
    "unless": lambda _: "door.closed",
    "watch_for": lambda rule: (rule.watch_for or timedelta(0)) + timedelta(seconds=1),
    "until": lambda _: time(13, 1),
    "days_field": lambda _: "percent",
    "count": lambda _: 5,
    "within_for": lambda _: timedelta(hours=2, seconds=1),
    "from_wall": lambda _: time(4, 1),
    "by_wall": lambda _: time(10, 1),
    "while_kind": lambda _: "bed.exited",
    "period": lambda _: Period.WEEK,
    "at_least": lambda _: 3,
    "warn_days": lambda _: 8,
    "where": lambda rule: read_condition("event.data.percent > 111", event_fields("device.battery")),
    "for_residents": lambda _: read_condition('"独居" in resident.tags', RESIDENT_FIELDS),
    "figure": lambda _: Figure.BED_TIME,
    "over_days": lambda _: 29,
    "beyond": lambda _: 3.5,
    "gap_for": lambda _: timedelta(minutes=16),
}


def rule_of(text: str) -> Rule:
    return read_rulebook(rulebook(text)).rules[0]


def said(rule: Rule, language: Language) -> tuple[str, ...]:
    return (heading_of(rule, language), *sentences_of(rule, language))


def is_used(rule: Rule, name: str) -> bool:
    """Whether a rule of this trigger has a use for the field."""
    always = {"kind", "severity", "policy", "alert_kind", "titles", "why", "enabled", "per", "device_types"}
    if name in always | {"for_residents"}:
        return True
    if name == "gap_for":
        return "where" in rule.trigger
    return bool(getattr(rule, name))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("text", EVERY)
def test_a_rule_that_works_otherwise_reads_otherwise(text: str, language: Language) -> None:
    rule = rule_of(text)
    for each in fields(rule):
        if not each.init or each.name in SAME_HERE or not is_used(rule, each.name):
            continue
        other = replace(rule, **{each.name: OTHERWISE[each.name](rule)})  # type: ignore[arg-type]
        assert said(other, language) != said(rule, language), each.name


@pytest.mark.parametrize("language", Language)
def test_every_language_has_a_word_for_everything(language: Language) -> None:
    words = words_of(language)
    assert set(words.kinds) == set(EVENT_KINDS)
    assert set(words.devices) == set(DeviceType)
    assert set(words.severities) == set(Severity)
    assert set(words.periods) == set(Period)
    assert set(words.figures) == set(Figure)
    known = set(RESIDENT_FIELDS).union(*(event_fields(kind) for kind in KINDS))
    assert known == set(words.fields)


@pytest.mark.parametrize("language", [Language.ZH_CN, Language.BO])
def test_no_sentence_is_left_in_english_or_fills_in_something_else(language: Language) -> None:
    english, own = words_of(Language.EN), words_of(language)
    for part in ("sentences", "differences", "kinds", "fields", "operators", "devices"):
        ours, theirs = getattr(own, part), getattr(english, part)
        assert set(ours) == set(theirs)
        for name, text in ours.items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", theirs[name])), name
            letters = r"[\u0f00-\u0fff]" if language is Language.BO else r"[\u4e00-\u9fff]"
            assert re.search(letters, text) or name == "heading", (part, name)


def test_a_rule_is_said_as_a_carer_would_read_it() -> None:
    rule = rule_of(UNLESS + ", severity: high, for_residents: '!(\"失能\" in resident.tags)'")
    assert sentences_of(rule, Language.ZH_CN) == (
        "从“离床”开始，20 分钟内没有“上床”时。",
        "仅限当地时间 22:00 至 06:00，且等待也须在 06:00 之前结束。",
        "看护装有以下任一设备的老人：床垫传感器。",
        "只针对符合条件的老人：并非 (“失能” 属于 老人的标签)。",
        "老人外出期间暂停。",
        "级别：紧急。按“emergency”流程通知。",
    )


def test_a_condition_is_said_with_signs_and_words() -> None:
    text = "(event.data.heart_rate >= 131 || event.data.heart_rate <= 40) && event.device_id != 'a' "
    rule = rule_of(f'id: r, on: bed.vitals, where: "{text}", for: 5m')
    sentence = sentences_of(rule, Language.EN)[0]
    assert sentence.endswith("(heart rate ≥ 131 or heart rate ≤ 40) and device ≠ “a”.")


def test_the_difference_of_two_rulebooks_is_what_they_say_otherwise() -> None:
    before = read_rulebook(rulebook(UNLESS, "id: gone, on: door.opened"))
    after = read_rulebook(rulebook(UNLESS.replace("20m", "25m"), "id: come, on: door.closed"))
    found = differences(before, after, Language.EN)
    assert [(each.rule, each.sort) for each in found] == [
        ("r", "changed"),
        ("come", "added"),
        ("gone", "removed"),
    ]
    assert [*found[0].before, *found[0].after] == [
        f"When it begins with “somebody leaves the bed”, and {for_} min pass without “somebody goes to bed”."
        for for_ in (20, 25)
    ]


def test_another_spelling_is_no_difference() -> None:
    before = read_rulebook(rulebook("id: r, on: bed.exited, count: 4, within: 2h", "id: s, on: door.opened"))
    after = read_rulebook(rulebook("id: s, on: door.opened", "within: 120m, count: 4, on: bed.exited, id: r"))
    assert differences(before, after, Language.BO) == ()
    assert difference_lines(before, after, Language.EN) == ("Both say the same.",)


def test_another_zone_is_a_difference() -> None:
    before, after = (read_rulebook(rulebook(ON, timezone=zone)) for zone in ("Asia/Shanghai", "Asia/Urumqi"))
    assert difference_lines(before, after, Language.EN) == (
        "Local time is that of Asia/Shanghai, from now on of Asia/Urumqi.",
    )


def test_a_book_begins_with_its_name_and_its_zone() -> None:
    book = read_rulebook(rulebook(ON, timezone="Asia/Shanghai"))
    assert book_lines(book, Language.EN)[:2] == (
        book.name,
        "Local time is that of the resident, else of Asia/Shanghai.",
    )
