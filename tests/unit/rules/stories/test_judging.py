"""When a story passes: what is expected is there to the second, and what must not be is not."""

from __future__ import annotations

import pytest

from tests.unit.rules.stories.told import said, tried

NOT_BACK = """
timeline:
  - {at: "22:30", event: bed.entered}
  - {at: "+1 day 02:10", event: bed.exited}
"""


def test_what_is_expected_and_found_passes() -> None:
    verdict = tried(f'{NOT_BACK}expect: [{{rule: not-back, at: "+1 day 02:30"}}]')
    assert verdict.failures == ()


def test_a_second_too_early_is_a_failure_on_its_own_line() -> None:
    (failure,) = tried(f'{NOT_BACK}expect:\n  - {{rule: not-back, at: "+1 day 02:29:59"}}').failures
    assert failure.line == 8
    assert failure.message.startswith("expected not-back for deji at +1 day 02:29:59: 1s later")


def test_what_must_not_be_found_fails_where_it_is_forbidden() -> None:
    assert said(f"{NOT_BACK}must_not: [not-back]") == "must not be found: not-back for deji at +1 day 02:30"


@pytest.mark.parametrize(
    ("bounds", "passes"),
    [
        ('from: "+1 day 02:30"', False),
        ('from: "+1 day 02:30:01"', True),
        ('until: "+1 day 02:30"', False),
        ('until: "+1 day 02:29:59"', True),
        ('from: "+1 day 02:30", until: "+1 day 02:30"', False),
    ],
)
def test_a_prohibition_holds_from_one_second_to_another_ends_included(bounds: str, passes: bool) -> None:
    verdict = tried(f"{NOT_BACK}must_not: [{{rule: not-back, {bounds}}}]")
    assert (not verdict.failures) is passes


def test_a_rule_that_is_expected_once_may_not_speak_twice() -> None:
    twice = f"""{NOT_BACK}
  - {{at: "+1 day 03:00", event: bed.entered}}
  - {{at: "+1 day 04:00", event: bed.exited}}
expect: [{{rule: not-back, at: "+1 day 02:30"}}]
"""
    assert said(twice) == "found as well, and not expected: not-back for deji at +1 day 04:20"


QUIET = f"""{NOT_BACK}
until: "+1 day 05:00"
expect: [{{rule: not-back, at: "+1 day 02:30"}}]
"""


def test_rules_that_are_not_named_may_find_what_they_like_unless_nothing_else_is_to_be_found() -> None:
    assert tried(QUIET).failures == ()
    messages = [each.message for each in tried(f"{QUIET}nothing_else: true").failures]
    assert messages == [
        "nothing else was to be found: quiet for deji at +1 day 00:30, ended",
        "nothing else was to be found: quiet for deji at +1 day 04:10",
    ]


def test_a_story_goes_on_until_its_rules_can_wait_no_longer() -> None:
    assert said('timeline: [{at: "02:00", event: bed.exited}]\nmust_not: [not-back]')
    assert said('timeline: [{at: "02:00", event: bed.entered}]\nmust_not: [not-up]')
    assert said('timeline: [{at: "02:00", event: bed.entered}]\nmust_not: [quiet]')
    assert said('timeline: [{at: "08:00", event: meal.ordered}]\nmust_not: [meal]')
    medicine = '{at: "08:00", event: medication.delivered, data: {days: 30}}'
    assert said(f"timeline: [{medicine}]\nmust_not: [medicine]").endswith(
        "medicine for deji at 2025-08-21 08:00"
    )
    later = '- {at: "20:00", override: not-back, set: {for: 3h}}\n  - {at: "22:10", event: bed.exited}'
    assert said(f"timeline:\n  {later}\nmust_not: [not-back]").endswith("not-back for deji at +1 day 01:10")
    asleep = '{at: "08:00", override: quiet, set: {enabled: false}, until: "16:00"}'
    assert said(f"timeline: [{asleep}, {{at: '09:00', event: bed.vitals}}]\nmust_not: [quiet]")
    last_minute = '{at: "08:00", event: meal.ordered, received: "12:59:40"}'
    assert said(f"timeline: [{last_minute}]\nmust_not: [meal]")
    month = "must not be found: visits for deji at"
    found = [
        each.message
        for each in tried(
            'timeline: [{at: "2025-07-02 09:00", event: visit.completed}]\nmust_not: [visits]'
        ).failures
    ]
    assert found == [f"{month} +3 days 00:00 (warn)", f"{month} 2025-08-01 00:00"]


def test_a_wall_time_is_that_of_the_resident_it_is_about() -> None:
    far = """
cast: {deji: , pema: {timezone: Europe/Berlin}}
timeline:
  - {at: "08:00", resident: deji, event: bed.entered}
  - {at: "03:00", resident: pema, event: bed.entered}
  - {at: "03:10", resident: pema, event: bed.exited}
expect: [{rule: not-back, at: "03:30", resident: pema}]
"""
    assert tried(far).failures == ()


def test_the_press_floor_works_in_stories() -> None:
    fall = 'timeline: [{at: "02:00", event: fall.detected}]\nexpect: [{rule: floor, at: "02:00"}]'
    assert tried(fall).failures == ()


def test_a_device_of_nobody_may_call_too() -> None:
    smoke = """
devices: {stairs: smoke_detector}
timeline: [{at: "02:00", event: smoke.detected, device: stairs}]
expect: [{rule: floor, at: "02:00", device: stairs}]
"""
    assert tried(smoke).failures == ()


def test_overrides_retractions_absence_and_lateness_are_told_like_anything_else() -> None:
    later = """
timeline:
  - {at: "20:00", override: not-up, set: {by: "11:30"}}
  - {at: "22:30", event: bed.entered}
expect: [{rule: not-up, at: "+1 day 11:30"}]
"""
    assert tried(later).failures == ()
    away = """
timeline:
  - {at: "22:30", event: bed.entered}
  - {at: "23:00", event: resident.away}
must_not: [not-up]
"""
    assert tried(away).failures == ()
    taken_back = """
timeline:
  - {at: "2025-07-02 09:00", event: visit.completed, id: wrong}
  - {at: "2025-07-03 09:00", event: visit.completed}
  - {at: "2025-08-02 09:00", retract: wrong}
until: "2025-08-03 00:00"
expect: [{rule: visits, at: "2025-08-01 00:00", reason: corrected, late: 33h}]
"""
    assert tried(taken_back).failures == ()
    withdrawn = """
timeline:
  - {at: "22:30", event: bed.entered}
  - {at: "+1 day 02:10", event: bed.exited}
  - {at: "+1 day 02:20", event: bed.entered, received: "+1 day 02:40"}
expect: [{rule: not-back, at: "+1 day 02:30", state: withdrawn, late: 0s}]
"""
    assert tried(withdrawn).failures == ()


def test_a_reading_every_few_minutes_is_one_line() -> None:
    every = """
timeline:
  - {at: "01:00", every: 1m, until: "01:05", event: bed.vitals, data: {heart_rate: 121}}
expect: [{rule: fast, at: "01:05"}]
"""
    assert tried(every).failures == ()
    assert tried(every.replace('"01:05", event', '"01:04:59", event')).failures


def test_readings_every_few_minutes_mingle_with_what_else_happens() -> None:
    mingled = """
timeline:
  - {at: "01:00", every: 1m, until: "01:10", event: bed.vitals, data: {heart_rate: 121}}
  - {at: "01:05", event: bed.exited}
  - {at: "01:07", event: bed.entered}
expect: [{rule: fast, at: "01:05"}]
"""
    assert tried(mingled).failures == ()
    assert [each.received_at.minute for each in tried(mingled).story.happenings][5:8] == [5, 5, 6]


def test_readings_that_came_in_one_batch_were_all_received_with_it() -> None:
    batch = """
timeline:
  - {at: "01:00", every: 1m, until: "01:10", received: "01:08", event: bed.vitals, data: {heart_rate: 121}}
expect: [{rule: fast, at: "01:05", late: 3m}]
"""
    verdict = tried(batch)
    assert verdict.failures == ()
    assert [each.received_at.minute for each in verdict.story.happenings] == [8] * 9 + [9, 10]


def test_every_up_to_its_own_beginning_is_once() -> None:
    once = '{at: "01:00", every: 1m, until: "01:00", event: bed.vitals, data: {heart_rate: 121}}'
    assert len(tried(f"timeline: [{once}]\nmust_not: [fast]").story.happenings) == 1
