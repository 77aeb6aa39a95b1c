"""Rules that change while people are watched over: an override with an end, a revision, the way back."""

from __future__ import annotations

from tests.stories.stage import Stage, story
from tests.unit.rules.cast import rulebook

OUT = "id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high, policy: emergency"
QUICK = OUT.replace("20m", "5m")
BOOKS = {"test.yaml": rulebook(OUT)}


@story("2025-07-23 23:00", BOOKS)
def test_an_override_holds_until_its_end_and_not_a_second_longer(stage: Stage) -> None:
    stage.enters_bed()
    stage.overrides("out", "for", "40m", until="2025-07-23 23:30")
    stage.after("1m").leaves_bed()
    stage.at("23:29:59")
    assert stage.told() == []
    stage.at("23:31")  # at half past the rule's own 20 minutes were long over
    assert stage.told() == ["23:30 assigned"]
    [found] = stage.findings()
    assert (found["at"], found["raised_at"]) == ("2025-07-23T15:21:00Z", "2025-07-23T15:30:00Z")


@story("2025-07-23 23:00", BOOKS)
def test_an_override_that_is_taken_back_lets_the_rules_own_number_hold(stage: Stage) -> None:
    stage.enters_bed()
    stage.overrides("out", "enabled", value=False)
    stage.after("1m").leaves_bed()
    stage.after("1h")
    assert stage.told() == []
    stage.takes_override_back("out")
    stage.enters_bed()
    stage.after("1m").leaves_bed()
    stage.after("20m")
    assert stage.told() == ["00:22 assigned"]


@story("2025-07-23 23:00", BOOKS)
def test_no_override_stops_a_press(stage: Stage) -> None:
    stage.puts(rulebook(OUT, "id: call, on: call_button.pressed, severity: high"), made_from=1)
    stage.overrides("call", "enabled", value=False)
    stage.press()
    assert stage.told() == ["23:00 assigned"]
    assert [found["rule"] for found in stage.findings()] == ["floor"]


@story("2025-07-23 23:00", BOOKS)
def test_a_revision_a_refusal_and_the_way_back(stage: Stage) -> None:
    stage.enters_bed()
    stage.puts(rulebook(QUICK), made_from=1)
    stage.after("1m").leaves_bed()
    stage.after("5m")
    assert stage.told() == ["23:06 assigned"]
    faults = stage.is_refused(rulebook(QUICK.replace("bed.exited", "bed.exitd")), made_from=2)
    assert [fault["nearest"] for fault in faults] == ["bed.exited"]
    stage.is_refused(rulebook(OUT.replace("20m", "1m")), made_from=1)  # somebody else was quicker
    stage.does("assigned", "accept")
    stage.does("assigned", "close", outcome="helped")
    stage.enters_bed()
    stage.rolls_back(1)
    stage.after("1m").leaves_bed()
    stage.after("19m")
    stage.told()
    assert len(stage.alerts()) == 1
    stage.after("1m")
    assert stage.told() == ["23:27 assigned"]
    assert [found["revision"] for found in stage.findings()] == [2, 3]
