"""Out of bed at night and the visits that are owed twice a month: what is found, told, and let be."""

from __future__ import annotations

from tests.stories.stage import Stage, story


@story("2025-07-22 21:00")
def test_out_of_bed_and_back_tells_nobody(stage: Stage) -> None:
    stage.at("21:30").enters_bed()
    stage.at("03:00").leaves_bed()
    stage.at("03:12").enters_bed()
    stage.at("09:00")
    assert stage.told() == []
    assert stage.findings() == []


@story("2025-07-22 21:00")
def test_out_of_bed_and_not_back_is_told_after_twenty_minutes(stage: Stage) -> None:
    stage.at("21:30").enters_bed()
    stage.at("03:00").leaves_bed()
    stage.at("03:19:59")
    assert stage.told() == []
    stage.at("03:20")
    assert stage.told() == ["03:20 assigned"]
    assert stage.alert()["kind"] == "out-of-bed-at-night"
    finding = stage.findings()[0]
    assert (finding["rule"], finding["trigger"], finding["state"]) == (
        "out-of-bed-at-night",
        "unless",
        "holds",
    )


@story("2025-07-22 21:00")
def test_back_in_bed_before_anybody_has_it_is_over_by_itself_and_who_was_told_hears_so(stage: Stage) -> None:
    stage.at("21:30").enters_bed()
    stage.at("03:00").leaves_bed()
    stage.at("03:20:30").enters_bed()
    assert stage.told() == ["03:20 assigned"]
    stage.at("03:21:29")
    assert stage.told() == []
    stage.at("03:21:30")
    assert stage.told() == ["03:21 assigned: stand_down"], "known once the return has settled"
    assert (stage.state(), stage.alert()["outcome"]) == ("closed", "over_by_itself")


@story("2025-07-22 21:00")
def test_a_restless_turn_of_half_a_minute_is_no_exit(stage: Stage) -> None:
    stage.at("21:30").enters_bed()
    stage.at("03:00").leaves_bed()
    stage.at("03:00:30").enters_bed()
    stage.at("06:30")
    assert stage.findings() == []


@story("2025-07-01 08:00")
def test_a_month_with_one_visit_warns_a_week_before_its_end_and_is_found_at_its_end(stage: Stage) -> None:
    stage.day("2025-07-10 10:00").visit()
    stage.day("2025-07-24 23:59")
    assert stage.findings() == []
    stage.day("2025-07-25 00:00")
    warning = stage.findings()[0]
    assert (warning["rule"], warning["reason"]) == ("twice-monthly-visit", "warn")
    stage.day("2025-07-25 06:59")
    assert stage.told() == [], "a medium matter waits for the morning"
    stage.day("2025-07-25 07:00")
    assert stage.told() == ["07:00 assigned"]
    stage.day("2025-08-01 00:00")
    assert [finding["reason"] for finding in stage.findings()] == ["warn", None]


@story("2025-07-01 08:00")
def test_a_month_with_two_visits_is_as_it_should_be(stage: Stage) -> None:
    stage.day("2025-07-10 10:00").visit()
    stage.day("2025-07-20 10:00").visit()
    stage.day("2025-08-01 12:00")
    assert stage.findings() == []
    assert stage.told() == []


@story("2025-07-20 08:00")
def test_who_was_enrolled_on_the_twentieth_is_not_held_to_that_month(stage: Stage) -> None:
    stage.day("2025-08-01 12:00")
    assert stage.findings() == []
    stage.day("2025-09-01 00:00")
    assert [finding["at"] for finding in stage.findings()] == ["2025-08-24T16:00:00Z", "2025-08-31T16:00:00Z"]
