"""A bad file of stories lists every fault at once, each with where it stands, what was found and expected."""

from __future__ import annotations

import pytest

from notation.faults import StoryFaults
from services.rules.stories.reading import read_stories
from tests.unit.rules.stories.told import BOOK, complaints, tried

TEN_FAULTS = """
format: 2
rulbook: beds
stories:
  - story: one
    timelime: []
    cast: {deji: {tagz: [heart], devices: {mat: bed_sensr}}}
    timeline:
      - {at: "2:30", event: bed.entred}
      - {at: "+1 day 02:10", event: bed.exited, set: 4}
    expect:
      - {rul: not-back, at: "+1 day 25:30"}
    nothing_else: yes
"""


def faults(text: str) -> list[tuple[int, str | None, str, str, str | None]]:
    with pytest.raises(StoryFaults) as refused:
        read_stories(text, "beds.story.yaml", BOOK)
    return [(each.line, each.story, each.field, each.found, each.nearest) for each in refused.value.faults]


def test_every_fault_is_listed_with_line_story_field_and_the_nearest_right_word() -> None:
    assert faults(TEN_FAULTS) == [
        (2, None, "format", "2", None),
        (3, None, "rulbook", "a key that nobody knows", "rulebook"),
        (6, "one", "timelime", "a key that nobody knows", "timeline"),
        (7, "one", "cast.deji.devices.mat.type", "'bed_sensr'", "bed_sensor"),
        (7, "one", "cast.deji.tagz", "a key that nobody knows", "tags"),
        (9, "one", "timeline[1].at", "'2:30'", None),
        (9, "one", "timeline[1].event", "'bed.entred'", "bed.entered"),
        (10, "one", "timeline[2].set", "4", None),
        (12, "one", "expect[1].rule", "nothing", None),
        (12, "one", "expect[1].at", "'+1 day 25:30'", None),
        (12, "one", "expect[1].rul", "a key that nobody knows", "rule"),
        (13, "one", "nothing_else", "'yes'", None),
    ]


def test_a_broken_story_hides_no_fault_of_the_next_one() -> None:
    second = '  - story: two\n    timeline: [{at: "01:00", event: bed.exited}]\n    must_not: [not-bak]\n'
    assert (16, "two", "must_not[1].rule", "'not-bak'", "not-back") in faults(TEN_FAULTS + second)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "file: found nothing, expected stories"),
        ("[]", "file: found list, expected the keys format and stories"),
        ("format: 1", "stories: found nothing, expected a value"),
        ("format: 1\nstories: []", "stories: found list, expected at least one"),
        ("format: true\nstories: 7", "format: found true, expected 1"),
        ("format: 1\nformat: 1", "format: found the key a second time, on line 2, expected each key once"),
        ("format: 1\nrulebook: other\nstories: 7", "rulebook: found 'other', expected 'beds', beside which"),
        ("a: [", "file: found "),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(StoryFaults) as refused:
        read_stories(text, "beds.story.yaml", BOOK)
    assert said in str(refused.value)


CAST = "cast: {deji: {devices: {mat-1: bed_sensor, mat-2: bed_sensor, button: call_button}}, pema: }\n"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('{at: "01:00"}', "timeline[1]: found none, expected one of event, override and retract"),
        ('{at: "01:00", event: bed.exited, retract: x}', "found event and retract, expected one of"),
        (
            '{at: "01:00", event: visit.completed}',
            "timeline[1].resident: found nobody, expected who of the cast",
        ),
        ('{at: "01:00", resident: dej, event: visit.completed}', "did you mean 'deji'?"),
        ('{at: "01:00", resident: deji, event: bed.exited}', "found no device, expected which of them sends"),
        (
            '{at: "01:00", event: bed.exited, device: mat-3}',
            "expected a device of the cast; did you mean 'mat-",
        ),
        (
            '{at: "01:00", event: bed.exited, device: button}',
            "found a call_button, expected a device that sends",
        ),
        ('{at: "01:00", resident: pema, event: bed.exited, device: mat-1}', "expected a device of pema"),
        (
            '{at: "01:00", resident: deji, event: visit.completed, device: mat-1}',
            "expected no device: people",
        ),
        (
            '{at: "01:00", event: bed.vitals, device: mat-1, data: {heart_rat: 1}}',
            "did you mean 'heart_rate'?",
        ),
        (
            '{at: "01:00", event: bed.vitals, device: mat-1, data: {heart_rate: 400}}',
            "data.heart_rate: found 400",
        ),
        (
            '{at: "01:00", event: bed.vitals, device: mat-1, data: {heart_rate: "118"}}',
            "data.heart_rate: found '118'",
        ),
        (
            '{at: "01:00", resident: deji, override: not-back, set: {for: 1h}, until: "01:00"}',
            "until: found '01:00', expected a time after `at`",
        ),
        ('{at: "9999-12-31 23:59", event: bed.exited, device: mat-1}', "expected a year from 1971 to 2199"),
        (
            '{at: "01:00", event: bed.exited, device: mat-1, every: 5m}',
            "expected `every` and `until` together",
        ),
        (
            '{at: "01:00", event: bed.exited, device: mat-1, every: 5m, until: "00:30"}',
            "expected a time after `at`",
        ),
        ('{at: "01:00", event: bed.exited, device: mat-1, every: 0s, until: "02:00"}', "every: found '0s'"),
        ('{at: "01:00", resident: deji, retract: up}', "found 'up', expected the id of an entry above"),
        ('{at: "01:00", event: event.retracted}', "expected `retract` and the id of the entry taken back"),
        ('{at: "01:00", resident: deji, override: not-bak, set: {for: 1h}}', "did you mean 'not-back'?"),
        ('{at: "01:00", resident: deji, override: not-back}', "expected `override` and `set` together"),
        ('{at: "01:00", resident: deji, override: not-back, set: {fro: 1h}}', "did you mean 'from'?"),
        ('{at: "01:00", override: not-back, set: {for: 1h}}', "resident: found nobody"),
        (
            '{at: "01:00", resident: deji, override: not-back, set: {for: 1h}, id: x}',
            "no such key beside override",
        ),
        (
            '{at: "2025-02-30 01:00", event: bed.exited, device: mat-1}',
            "timeline[1].at: found '2025-02-30 01:00'",
        ),
    ],
)
def test_an_entry_that_leaves_a_doubt_is_a_fault(entry: str, said: str) -> None:
    assert said in complaints(f"{CAST}timeline:\n  - {entry}\nmust_not: [not-back]")


TIMELINE = 'timeline: [{at: "22:00", event: bed.entered}]\n'


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("", "expect: found nothing, expected something that must or must not be found"),
        (
            'expect: [{rule: cal, at: "23:00"}]',
            "expect[1].rule: found 'cal', expected a rule of beds; did you mean 'call'?",
        ),
        ('expect: [{rule: call, at: "23:00", state: ende}]', "did you mean 'ended'?"),
        ('expect: [{rule: call, at: "23:00", reason: lat}]', "did you mean 'late'?"),
        ('expect: [{rule: call, at: "23:00", late: 5}]', "late: found 5, expected a text"),
        ('expect: [{rule: call, at: "23:00", resident: dej}]', "did you mean 'deji'?"),
        (
            'until: "21:00"\nmust_not: [call]',
            "until: found '21:00', expected a time after everything that is named",
        ),
        (
            'must_not: [{rule: call, from: "23:00", until: "22:00"}]',
            "until: found '22:00', expected a time after `from`",
        ),
        ("must_not: [7]", "must_not[1]: found 7, expected keys with values"),
    ],
)
def test_what_is_expected_must_be_possible(rest: str, said: str) -> None:
    assert said in complaints(TIMELINE + rest)


def test_a_forgotten_day_is_a_fault_and_not_a_night_before() -> None:
    story = """
timeline:
  - {at: "22:30", event: bed.entered}
  - {at: "02:10", event: bed.exited}
must_not: [not-back]
"""
    assert (
        "timeline[2].at: found '02:10', expected a time not before that of the entry above; "
        "the day after the first is written +1 day"
    ) in complaints(story)


def test_the_same_sentence_twice_is_a_fault() -> None:
    story = f"  - story: one\n    {TIMELINE}    must_not: [call]\n"
    said = faults(f"format: 1\nstories:\n{story}{story}")
    assert said == [(6, "one", "story", "the same sentence a second time", None)]


def test_a_simple_story_needs_no_cast() -> None:
    verdict = tried(f"{TIMELINE}must_not: [call]")
    assert list(verdict.story.zones) == ["deji"]
    assert [each["type"] for each in verdict.story.register] == ["resident", "device"]


def test_the_cast_of_the_file_is_that_of_every_story_without_one() -> None:
    head = "format: 1\nday: 2025-10-01\ncast: {pema: }\n"
    text = f"{head}stories:\n  - story: one\n    {TIMELINE}    must_not: [call]\n"
    (story,) = read_stories(text, "beds.story.yaml", BOOK).stories
    assert list(story.zones) == ["pema"]
    assert story.happenings[0].told["occurred_at"] == "2025-10-01T14:00:00Z"
