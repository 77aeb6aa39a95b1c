"""What a failed expectation says: the nearest thing that happened, one test for each way of being near."""

from __future__ import annotations

import pytest

from services.rules.because import Because
from services.rules.stories.in_the_way import WORDS
from services.rules.stories.nearest import Nearness
from tests.unit.rules.stories.told import said, tried

IN_BED = '- {at: "22:30", event: bed.entered}'


def night(*entries: str, expect: str) -> str:
    lines = "\n".join(f"  {entry}" for entry in (IN_BED, *entries))
    return f"timeline:\n{lines}\nexpect:\n  - {expect}\n"


OUT = '- {at: "+1 day 02:10", event: bed.exited}'
NOT_BACK = '{rule: not-back, at: "+1 day 02:30"}'


def nearness(story: str) -> Nearness | None:
    return tried(story).failures[0].nearness


# ---------------------------------------------------------------- the very one, but otherwise


def test_found_but_withdrawn_says_when_and_by_what() -> None:
    back = '- {at: "+1 day 02:20", event: bed.entered, received: "+1 day 02:40"}'
    story = night(OUT, back, expect=NOT_BACK)
    assert nearness(story) is Nearness.OTHERWISE
    assert said(story) == (
        "expected not-back for deji at +1 day 02:30: found, but withdrawn at +1 day 02:40 "
        "by the bed.entered of +1 day 02:20 (received +1 day 02:40)"
    )


def test_found_but_stale_says_that_nobody_was_told() -> None:
    late = '- {at: "+1 day 02:10", event: bed.exited, received: "+1 day 02:45"}'
    back = '- {at: "+1 day 02:44", event: bed.entered, received: "+1 day 02:45"}'
    assert said(night(late, back, expect=NOT_BACK)).endswith(
        "found, but stale (no_longer_holds) when it was raised at +1 day 02:46, so nobody was told"
    )


def test_found_but_ended_where_it_should_still_hold() -> None:
    back = '- {at: "+1 day 02:50", event: bed.entered}'
    expect = '{rule: not-back, at: "+1 day 02:30", state: holds}'
    assert said(night(OUT, back, expect=expect)).endswith(
        "found, but ended at +1 day 02:51 by the bed.entered of +1 day 02:50"
    )


def test_found_but_for_another_reason_later_or_about_another_device() -> None:
    press = 'timeline: [{at: "12:00", event: call_button.pressed}]\nexpect: '
    reason = said(f'{press}[{{rule: call, at: "12:00", reason: late}}]')
    assert reason.endswith("found, but its reason is none")
    device = said(f'{press}[{{rule: call, at: "12:00", device: other}}]')
    assert device.endswith("found, but about device deji-call_button")


def test_found_but_late_says_how_late() -> None:
    batch = '- {at: "+1 day 02:10", event: bed.exited, received: "+1 day 02:40"}'
    assert said(night(batch, expect='{rule: not-back, at: "+1 day 02:30", late: 0s}')).endswith(
        "found, but 11m late: it could be raised at +1 day 02:41"
    )


# ---------------------------------------------------------------- the same rule, another instant


def test_later_because_of_settle() -> None:
    sits = '- {at: "+1 day 02:10:05", event: bed.entered}'
    goes = '- {at: "+1 day 02:10:40", event: bed.exited}'
    story = night(OUT, sits, goes, expect=NOT_BACK)
    assert nearness(story) is Nearness.ANOTHER_INSTANT
    assert said(story) == (
        "expected not-back for deji at +1 day 02:30: 40s later, at +1 day 02:30:40, because of settle: "
        "the bed.exited of +1 day 02:10 stood for 5s only (settle: 1m), "
        "so the bed.exited of +1 day 02:10:40 counts"
    )


def test_later_because_a_press_counts_from_when_it_was_received() -> None:
    story = """
timeline: [{at: "12:00", event: call_button.pressed, received: "12:03"}]
expect: [{rule: call, at: "12:00"}]
"""
    assert said(story).endswith(
        "3m later, at 12:03, because the call_button.pressed of 12:00 (received 12:03) "
        "is judged by when it was received"
    )


def test_later_because_of_an_override() -> None:
    override = '- {at: "23:00", override: not-back, set: {for: 30m}}'
    assert said(night(override, OUT, expect=NOT_BACK)).endswith(
        "10m later, at +1 day 02:40, because of the override for: 30m for deji"
    )


def test_expected_when_it_could_be_raised_in_place_of_its_at() -> None:
    batch = '- {at: "+1 day 02:10", event: bed.exited, received: "+1 day 02:40"}'
    assert said(night(batch, expect='{rule: not-back, at: "+1 day 02:41"}')).endswith(
        "11m earlier, at +1 day 02:30, which is its exact `at`; "
        "what was expected is when it could be raised (`late:`)"
    )


def test_at_another_instant_says_from_which_event_it_was_reckoned() -> None:
    assert said(night(OUT, expect='{rule: not-back, at: "+1 day 02:31"}')).endswith(
        "1m earlier, at +1 day 02:30, reckoned from the bed.exited of +1 day 02:10"
    )


def test_later_because_the_one_that_was_meant_had_ended() -> None:
    back = '- {at: "+1 day 02:11:00", event: bed.entered}'
    goes = '- {at: "+1 day 02:12:30", event: bed.exited}'
    assert said(night(OUT, back, goes, expect=NOT_BACK)).endswith(
        "150s later, at +1 day 02:32:30, reckoned from the bed.exited of +1 day 02:12:30, "
        "not from the bed.exited of +1 day 02:10"
    )


def test_an_hour_away_is_still_the_one_that_was_meant() -> None:
    assert "not then" not in said(night(OUT, expect='{rule: not-back, at: "+1 day 03:30"}'))
    assert "not then" in said(night(OUT, expect='{rule: not-back, at: "+1 day 03:30:01"}'))


def test_later_because_another_sensor_of_the_bed_still_felt_somebody() -> None:
    story = """
cast: {deji: {devices: {mat-1: bed_sensor, mat-2: bed_sensor}}}
timeline:
  - {at: "01:00", device: mat-1, event: bed.entered}
  - {at: "01:01", device: mat-2, event: bed.entered}
  - {at: "02:10:00", device: mat-1, event: bed.exited}
  - {at: "02:10:40", device: mat-2, event: bed.exited}
expect: [{rule: not-back, at: "02:30"}]
"""
    assert said(story).endswith(
        "40s later, at 02:30:40, reckoned from the bed.exited of 02:10:40, not from the bed.exited of 02:10: "
        "another sensor of the bed still felt somebody"
    )


def test_far_from_what_was_expected_it_says_what_was_in_the_way_then() -> None:
    up = '- {at: "+1 day 07:00", event: bed.exited}'
    again = '- {at: "+1 day 21:00", event: bed.entered}'
    story = night(up, again, expect='{rule: not-up, at: "+1 day 10:00"}')
    assert nearness(story) is Nearness.ANOTHER_INSTANT
    assert said(story).endswith(
        "1d later, at +2 days 10:00, reckoned from the bed.entered of +1 day 21:00; not then: "
        "the bed.exited of +1 day 07:00 lies between +1 day 04:00 and +1 day 10:00"
    )


# ---------------------------------------------------------------- somebody else, another rule


def test_the_same_rule_for_another_resident() -> None:
    story = """
cast: {deji: , pema: }
timeline:
  - {at: "01:00", resident: pema, event: bed.entered}
  - {at: "02:10", resident: pema, event: bed.exited}
expect: [{rule: not-back, resident: deji, at: "02:30"}]
"""
    assert nearness(story) is Nearness.ANOTHER_RESIDENT
    assert said(story).endswith("the same rule found it for pema, at 02:30")


def test_another_rule_of_the_same_alert_kind() -> None:
    story = """
timeline: [{at: "22:00", event: call_button.pressed}]
expect: [{rule: call, at: "22:00"}]
"""
    assert nearness(story) is Nearness.ANOTHER_RULE
    assert said(story).endswith(
        "raised by rule night-call of the same alert kind call-button instead, at 22:00; call never: "
        "the last event that could have started it was the call_button.pressed of 22:00, "
        "passed over by between 06:00-22:00"
    )


def test_the_floor_that_a_rule_took_over_names_the_rule() -> None:
    story = 'timeline: [{at: "12:00", event: call_button.pressed}]\nexpect: [{rule: floor, at: "12:00"}]'
    assert said(story).startswith(
        "expected floor for deji at 12:00: raised by rule call of the same alert kind call-button instead"
    )


# ---------------------------------------------------------------- never


NEVER = [
    ("no event", [], NOT_BACK, "never: there is no bed.exited of deji near then"),
    (
        "too late",
        ['- {at: "+1 day 05:50", event: bed.exited}'],
        NOT_BACK,
        "the bed.exited of +1 day 05:50, whose wait would end outside between 22:00-06:00",
    ),
    (
        "between",
        ['- {at: "+1 day 06:10", event: bed.exited}'],
        '{rule: not-back, at: "+1 day 06:30"}',
        "the bed.exited of +1 day 06:10, passed over by between 22:00-06:00",
    ),
    (
        "end outside",
        ['- {at: "+1 day 05:50", event: bed.exited}'],
        '{rule: not-back, at: "+1 day 06:10"}',
        "the bed.exited of +1 day 05:50, whose wait would end outside between 22:00-06:00",
    ),
    (
        "ended",
        [OUT, '- {at: "+1 day 02:22", event: bed.entered}'],
        NOT_BACK,
        "the bed.exited of +1 day 02:10, ended by the bed.entered of +1 day 02:22, after 12m",
    ),
    (
        "end at the end",
        ['- {at: "+1 day 05:40", event: bed.exited}'],
        '{rule: not-back, at: "+1 day 06:00"}',
        "the bed.exited of +1 day 05:40, whose wait would end outside between 22:00-06:00",
    ),
    (
        "ended at the end",
        [OUT, '- {at: "+1 day 02:30", event: bed.entered}'],
        NOT_BACK,
        "ended by the bed.entered of +1 day 02:30, after 20m",
    ),
    (
        "settled just so",
        [OUT, '- {at: "+1 day 02:11", event: bed.entered}'],
        NOT_BACK,
        "ended by the bed.entered of +1 day 02:11, after 1m",
    ),
    (
        "settle",
        [OUT, '- {at: "+1 day 02:10:30", event: bed.entered}'],
        NOT_BACK,
        "the bed.exited of +1 day 02:10, which did not settle: it held for 30s (settle: 1m)",
    ),
    (
        "away",
        [OUT, '- {at: "+1 day 02:20", event: resident.away}'],
        NOT_BACK,
        "never: deji was away from +1 day 02:20",
    ),
    (
        "too few",
        [OUT, '- {at: "+1 day 02:12", event: bed.entered}', '- {at: "+1 day 02:20", event: bed.exited}'],
        '{rule: exits, at: "+1 day 02:20"}',
        "never: only 2 of 4 within 2h, from +1 day 02:10 to +1 day 02:20",
    ),
    (
        "not missing",
        ['- {at: "+1 day 07:00", event: bed.exited}'],
        '{rule: not-up, at: "+1 day 10:00"}',
        "never: the bed.exited of +1 day 07:00 lies between +1 day 04:00 and +1 day 10:00",
    ),
    (
        "not while",
        ['- {at: "23:30", event: bed.exited}'],
        '{rule: not-up, at: "+1 day 10:00"}',
        "never: the last before then was the bed.exited of 23:30 (while: bed.entered)",
    ),
    (
        "heard",
        ['- {at: "+1 day 00:00", event: bed.vitals}', '- {at: "+1 day 02:00", event: bed.vitals}'],
        '{rule: quiet, at: "+1 day 02:00"}\nuntil: "+1 day 02:00"',
        "never: something was heard at +1 day 00:00 and again after 2h (for: 2h)",
    ),
    (
        "where",
        ['- {at: "23:00", event: bed.vitals, data: {heart_rate: 90}}'],
        '{rule: fast, at: "23:05"}',
        "for which where event.data.heart_rate > 110 does not hold (event.data.heart_rate is 90)",
    ),
    (
        "field missing",
        ['- {at: "23:00", event: bed.vitals, data: {movement: 0}}'],
        '{rule: fast, at: "23:05"}',
        "the bed.vitals of 23:00, passed over: it carries no event.data.heart_rate (field_missing)",
    ),
    (
        "run broken",
        [
            '- {at: "23:00", every: 1m, until: "23:03", event: bed.vitals, data: {heart_rate: 120}}',
            '- {at: "23:04", event: bed.vitals, data: {heart_rate: 100}}',
        ],
        '{rule: fast, at: "23:05"}',
        "23:04, for which where event.data.heart_rate > 110 does not hold (event.data.heart_rate is 100)",
    ),
    (
        "enough",
        ['- {at: "23:00", event: visit.completed}', '- {at: "23:10", event: visit.completed}'],
        '{rule: visits, at: "2025-08-01 00:00"}',
        "never: 2 of 2 lie in the period that is judged at 2025-08-01 00:00",
    ),
    (
        "no such instant",
        ['- {at: "23:00", event: visit.completed}', '- {at: "23:10", event: visit.completed}'],
        '{rule: visits, at: "2025-07-31 00:00"}',
        "never: 2 of 2 lie in the period that is judged at 2025-08-01 00:00",
    ),
    (
        "for_residents",
        [OUT],
        '{rule: heart, at: "+1 day 02:10"}',
        'never: deji is none of those it is for: for_residents "heart" in resident.tags',
    ),
    (
        "switched off",
        ['- {at: "23:00", override: not-back, set: {enabled: false}}', OUT],
        NOT_BACK,
        "never: the rule is switched off for deji",
    ),
]


@pytest.mark.parametrize(
    ("entries", "expect", "words"), [each[1:] for each in NEVER], ids=[n[0] for n in NEVER]
)
def test_never_says_what_was_in_the_way(entries: list[str], expect: str, words: str) -> None:
    story = night(*entries, expect=expect)
    assert nearness(story) is Nearness.NEVER
    assert said(story).endswith(words)


def test_never_for_who_has_no_such_device_or_is_not_enrolled() -> None:
    visit = 'timeline: [{at: "08:00", event: visit.completed}]\n'
    assert said(f'{visit}expect: [{{rule: not-back, at: "09:00"}}]').endswith(
        "never: deji has no device that sends bed.exited: no bed_sensor"
    )
    later = 'cast: {deji: {enrolled: "+3 days 00:00"}}\n'
    assert said(f'{later}{visit}expect: [{{rule: meal, at: "13:00"}}]').endswith(
        "never: deji is not enrolled then"
    )


def test_there_are_words_for_every_reason_of_the_engine() -> None:
    assert set(WORDS) == set(Because)
