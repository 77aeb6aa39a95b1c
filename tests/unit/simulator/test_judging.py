"""Expectations against what happened: what meets a wish, what breaks a must-not, and what is said when it
failed.
"""

from datetime import datetime, timedelta

from devices.simulator.happenings import Happening, What
from devices.simulator.judging import Verdict, judge, said
from tests.unit.simulator.stories import scenario

PRESS_AT = scenario().steps[-1].at


def alert(after: int = 0, kind: str = "call-button", about: str = "deji", outcome: str = "") -> Happening:
    fields = {"alert": kind, "about": about, "severity": "high", **({"outcome": outcome} if outcome else {})}
    return Happening(PRESS_AT + timedelta(seconds=after), What.ALERT, about, f"alert {kind}", fields)


def notice(
    who: str, after: int = 0, kind: str = "alert", reached: str = "yes", tried: str = "yes"
) -> Happening:
    fields = {"told": who, "notice": kind, "alert": "call-button", "reached": reached, "tried": tried}
    at = PRESS_AT + timedelta(seconds=after)
    return Happening(at, What.NOTICE, who, "is told" if reached == "yes" else "not told: duplicate", fields)


def command(state: str, at: datetime = PRESS_AT) -> Happening:
    return Happening(at, What.COMMAND, "button", f"hears {state}", {"device": "button", "hears": state})


def verdict(happenings: list[Happening], *, expect: object = None, must_not: object = None) -> Verdict:
    story = scenario(expect=[expect] if expect else [], must_not=[must_not] if must_not else [])
    (only,) = judge(story, happenings)
    return only


CALL = {"alert": "call-button", "about": "deji", "severity": "high", "by": "+1 day 02:13:05"}
TOLD = {"told": "norbu", "notice": "alert", "alert": "call-button", "by": "+1 day 02:13:05"}


def test_a_wish_is_met_up_to_its_last_second() -> None:
    met = verdict([alert(5)], expect=CALL)
    assert (met.wish, met.passed) == ("alert call-button about deji, high, by +1 day 02:13:05", True)
    assert met.evidence == "+1 day 02:13:05"
    late = verdict([alert(6)], expect=CALL)
    assert not late.passed
    assert late.nearest == "+1 day 02:13:06 deji: alert call-button (1 s too late)"


def test_a_wish_with_a_beginning_is_not_met_before_it() -> None:
    early = verdict([notice("norbu", -60)], expect={**TOLD, "from": "+1 day 02:13"})
    assert early.nearest.endswith("(1 min 00 s too early)")


def test_nothing_at_all_is_said_so() -> None:
    assert verdict([notice("norbu")], expect=CALL).nearest == "there was no alert at all"


def test_the_nearest_is_what_differs_least_and_says_in_what() -> None:
    happenings = [notice("pema"), notice("norbu", 120), notice("norbu", reached="no", tried="no")]
    failed = verdict(happenings[:1], expect=TOLD)
    assert failed.nearest == "+1 day 02:13 pema: is told (told was pema, not norbu)"
    assert "2 min" not in verdict(happenings[::2], expect=TOLD).nearest
    assert "not told: duplicate (reached was no, not yes)" in verdict(happenings[::2], expect=TOLD).nearest
    assert verdict(happenings[:2], expect=TOLD).nearest.endswith("(1 min 55 s too late)")


def test_an_outcome_is_part_of_a_wish() -> None:
    wish = {**CALL, "outcome": "helped"}
    assert verdict([alert(outcome="helped")], expect=wish).passed
    assert "outcome was nothing, not helped" in verdict([alert()], expect=wish).nearest


def test_who_was_not_reached_was_not_told() -> None:
    assert not verdict([notice("norbu", reached="no")], expect=TOLD).passed


def test_a_must_not_fails_on_a_try_that_reached_nobody() -> None:
    tried = verdict([notice("lhamo", reached="no")], must_not={"told": "lhamo"})
    assert not tried.passed
    assert tried.wish == "not: lhamo told"
    assert verdict([notice("lhamo", reached="no", tried="no")], must_not={"told": "lhamo"}).passed


def test_anybody_and_any_are_everybody_and_everything() -> None:
    both = [notice("norbu"), notice("pema")]
    nobody = verdict(both, must_not={"told": "anybody"})
    assert nobody.nearest == "+1 day 02:13 norbu: is told, and 1 more"
    assert not verdict([alert()], must_not={"alert": "any"}).passed
    assert verdict(both, must_not={"alert": "any"}).passed


def test_a_must_not_has_its_own_span_of_time() -> None:
    assert verdict([notice("norbu")], must_not={"told": "anybody", "until": "+1 day 02:12:59"}).passed
    assert not verdict(
        [notice("norbu", -30)], must_not={"told": "anybody", "until": "+1 day 02:12:59"}
    ).passed


def test_a_device_hears_its_states_in_order_and_repeats_count_once() -> None:
    wish = {"device": "button", "hears": ["heard", "coming"]}
    assert verdict([command("heard"), command("heard"), command("coming")], expect=wish).passed
    wrong = verdict([command("coming"), command("heard")], expect=wish)
    assert wrong.nearest == "it heard coming, heard"
    assert verdict([], expect=wish).nearest == "it heard nothing"
    assert said("mat", [command("heard")]) == ()


def test_there_is_one_verdict_for_each_wish_in_the_order_of_the_file() -> None:
    story = scenario(expect=[TOLD, CALL], must_not=[{"told": "pema"}])
    assert [each.wish.split()[0] for each in judge(story, [])] == ["norbu", "alert", "not:"]
    assert [each.passed for each in judge(story, [])] == [False, False, True]


FOUND = {"rule": "exits", "at": "+1 day 02:13:00"}


def finding(after: int = 0, state: str = "holds", rule: str = "exits", **more: str) -> Happening:
    fields = {"rule": rule, "resident": "deji", "state": state, **more}
    at = PRESS_AT + timedelta(seconds=after)
    return Happening(at, What.FINDING, "deji", f"{rule} found something ({state})", fields)


def findings(happenings: list[Happening], *wishes: object, why: str | None = None) -> list[Verdict]:
    return judge(scenario(expect=list(wishes)), happenings, lambda _: why)


def test_a_finding_is_wished_for_to_the_second_and_may_have_ended() -> None:
    assert [each.passed for each in findings([finding(state="ended")], FOUND)] == [True]
    (late,) = [each for each in findings([finding(1)], FOUND) if not each.wish.startswith("not")]
    assert late.nearest == "+1 day 02:13:01 deji: exits found something (holds) (1 s too late)"


def test_a_finding_that_was_withdrawn_must_be_said() -> None:
    assert findings([finding(state="withdrawn")], FOUND)[0].nearest.endswith(
        "(it is withdrawn, not holds or ended)"
    )
    assert findings([finding(state="withdrawn")], {**FOUND, "state": "withdrawn"})[0].passed


def test_a_finding_that_never_came_says_why() -> None:
    (never,) = findings([finding(rule="call")], FOUND, why="Only 3 of 4 within 2h.")
    assert never.nearest == "never; not then: Only 3 of 4 within 2h."


def test_a_rule_of_which_something_is_expected_may_find_nothing_else() -> None:
    wanted, more = findings([finding(), finding(600)], FOUND)
    assert (wanted.passed, more.passed) == (True, False)
    assert more.wish == "not: exits finds anything else"
    assert all(each.passed for each in findings([finding(), finding(600, rule="call")], FOUND))


def test_two_wishes_need_two_findings() -> None:
    assert [each.passed for each in findings([finding()], FOUND, FOUND)] == [True, False]


def test_a_rule_that_must_find_nothing_is_told_once() -> None:
    story = scenario(must_not=["exits"], expect=[])
    (told,) = judge(story, [finding(state="withdrawn")])
    assert (told.passed, told.line) == (False, story.wishes[0].line)


def test_times_are_counted() -> None:
    twice = {**TOLD, "times": 2}
    assert verdict([notice("norbu"), notice("norbu", 2)], expect=twice).passed
    once = verdict([notice("norbu")], expect=twice)
    assert once.nearest == "it came 1 times, +1 day 02:13"


def test_a_verdict_knows_what_it_asked_for_and_what_it_rests_on() -> None:
    met, late = verdict([alert(5)], expect=CALL), verdict([alert(6)], expect=CALL)
    assert (met.happening, late.happening) == (alert(5), alert(6))
    assert late.asked is not None
    assert late.asked.off_by(alert(6)).total_seconds() == 1
    assert verdict([], must_not={"told": "lhamo"}).forbidden
