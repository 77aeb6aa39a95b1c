"""A rulebook with a rule of each trigger, and stories about it that are read and judged in one go."""

from __future__ import annotations

from textwrap import indent

import pytest

from notation.faults import StoryFaults
from services.rules.reading import read_rulebook
from services.rules.stories.judging import Verdict, try_story
from services.rules.stories.reading import read_stories

BOOK = read_rulebook("""
format: 1
rulebook: beds
timezone: Asia/Shanghai
rules:
  - {id: call, on: call_button.pressed, between: "06:00-22:00", alert: call-button, severity: high}
  - {id: night-call, on: call_button.pressed, between: "22:00-06:00", alert: call-button, severity: high}
  - {id: exits, on: bed.exited, settle: 60s, count: 4, within: 2h, between: "22:00-06:00", severity: high}
  - id: not-back
    on: bed.exited
    settle: 60s
    unless: bed.entered
    for: 20m
    between: "22:00-06:00"
    severity: high
  - {id: fast, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m}
  - {id: not-up, missing: bed.exited, settle: 30m, from: "04:00", by: "10:00", while: bed.entered}
  - {id: quiet, silent: any, device_types: [bed_sensor], for: 2h, per: device, severity: low}
  - {id: visits, quota: visit.completed, at_least: 2, per: month, warn: 7d}
  - {id: meal, on: meal.ordered, unless: meal.collected, until: "13:00", severity: low}
  - {id: medicine, on: medication.delivered, unless: medication.delivered, for: {days: event.data.days}}
  - {id: heart, on: bed.exited, for_residents: '"heart" in resident.tags', severity: low}
""")


def tried(body: str) -> Verdict:
    """What came of one story; ``body`` are its keys but the title."""
    text = f"format: 1\nstories:\n  - story: one night\n{indent(body.strip(chr(10)), '    ')}\n"
    read = read_stories(text, "beds.story.yaml", BOOK)
    return try_story(read.stories[0], BOOK)


def complaints(body: str) -> str:
    """What is wrong with one story, a fault a line."""
    with pytest.raises(StoryFaults) as refused:
        tried(body)
    return str(refused.value)


def said(body: str) -> str:
    """What a story says that fails once."""
    (failure,) = tried(body).failures
    return failure.message
