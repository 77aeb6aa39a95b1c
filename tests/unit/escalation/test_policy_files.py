"""Policy files: what is refused, in which words, and what stands in for it."""

import pytest

from services.domain.findings import Severity
from services.escalation.policies import Policies
from services.escalation.policy_files import (
    ASSIGNMENTS,
    read_policies,
    read_policy,
    shipped_policies,
    shipped_texts,
)


def test_the_shipped_policies_are_those_of_the_contract_and_without_fault() -> None:
    policies, faults = read_policies(shipped_texts())
    assert faults == ()
    assert policies.names() == (
        "digest",
        "emergency",
        "night-emergency",
        "pages",
        "rosters",
        "routine",
        "shift-handover",
    )


def test_every_fault_of_a_file_is_named_with_field_found_and_expected() -> None:
    text = shipped_texts()["emergency.yaml"]
    broken = (
        text.replace("after: 2m ", "after: 2 minutes ")
        .replace("tell: [backup, neighbour]", "tell: [backup, nieghbour]")
        .replace("channel_wait", "chanel_wait")
    )
    policy, faults = read_policy(broken, "emergency.yaml")
    assert policy is None
    said = {fault.field: fault for fault in faults}
    assert "2 minutes" in said["steps.1.after"].found
    assert "20m" in said["steps.1.after"].expected
    assert "nieghbour" in said["steps.1.tell.1"].found
    assert said["steps.1.tell.1"].nearest == "neighbour"
    assert said["steps.1.tell.1"].step == 2
    assert said["chanel_wait"].nearest == "channel_wait"
    assert said["channel_wait"].found == "nothing"
    assert all(str(fault).startswith("emergency.yaml: ") for fault in faults)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    every: 5m\n", "", "runs out of people"),
        ("    tell: [duty_desk, manager]\n", "    tell: []\n", "at least 1 item"),
        ("    every: 5m\n", "    every: 5m\n    times: 3\n", "runs out of people"),
        ("    every: 5m\n", "    every: 0s\n", "greater than"),
        ("  - after: 0s  ", "  - after: 9m\n    at: '08:00'  ", "exactly one of"),
        ("  - after: 0s  ", "  - after: 3m  ", "in the order of"),
        ("    tell: [assigned]\n", "    tell: [assigned]\n    every: 1m\n", "endless step hides"),
        ("    tell: [assigned]\n", "    tell: [assigned]\n    times: 2\n", "only together with"),
        ("  remind_after: 10m ", "  remind_after: 30m ", "shorter than"),
        ("    tell: [duty_desk, manager]\n", "    tell: [assigned]\n", "may be nobody tonight"),
        ("    widen:\n      after_rounds: 3 ", "    widening:\n      after_rounds: 3 ", "one of after, at"),
        ("      tell: [neighbouring_on_duty]\n", "      tell: [manager]\n", "does not tell already"),
        ("  - after: 5m  ", "  - after: 2m  ", "in the order of"),
        ("    tell: [assigned]\n", "    tell: [assigned]\n    every: 1m\n    times: 3\n", "is through"),
        ("    tell: [assigned]\n", "    tell: [assigned, assigned]\n", "each of them once"),
        (
            "    tell: [assigned]\n",
            "    tell: [assigned]\n    channels: [voice, voice]\n",
            "each of them once",
        ),
        ("    tell: [assigned]\n", "    tell: [assigned]\n    channels: [voise]\n", "'voice'"),
        ("    tell: [assigned]\n", "    tell: [assigned]\n    channels: [loopback]\n", "that people have"),
        ("    every: 5m\n", "    every: 4s\n", "may still be going on"),
        ("accepted:\n", "looks: {at: ['12:00'], ahead: 24h}\naccepted:\n", "by the policy rosters alone"),
        ("accepted:\n", "quiet: {from: '22:00', until: '07:00'}\naccepted:\n", "waits for no morning"),
        ("accepted:\n", "quiet: {from: '22:00', until: '22:00'}\naccepted:\n", "another time than"),
        ("extend_in_all: 1h ", "extend_in_all: 10m ", "no less than"),
        ("format: 1", "format: 2", "1"),
        ("policy: emergency", "policy: other", "as the file is called"),
    ],
)
def test_a_policy_that_could_leave_somebody_unanswered_is_refused(old: str, new: str, words: str) -> None:
    text = shipped_texts()["emergency.yaml"]
    assert old in text
    policy, faults = read_policy(text.replace(old, new), "emergency.yaml")
    assert policy is None
    assert any(words in fault.expected for fault in faults), faults


def test_faults_of_the_form_do_not_hide_those_of_the_order() -> None:
    text = shipped_texts()["emergency.yaml"]
    broken = text.replace("[backup, neighbour]", "[backup, nieghbour]").replace("    every: 5m\n", "")
    _, faults = read_policy(broken.replace("  - after: 0s  ", "  - after: 3m  "), "emergency.yaml")
    fields = [fault.field for fault in faults]
    assert {"steps.1.tell.1", "steps.3", "steps.1.after", "steps.0.after"} <= set(fields)


def test_the_policy_of_the_rosters_says_when_they_are_looked_at_with_all_else_that_is_wrong() -> None:
    text = shipped_texts()["rosters.yaml"]
    broken = text[: text.index("looks:")] + text[text.index("steps:") :].replace(
        "channel_wait", "chanel_wait"
    )
    _, faults = read_policy(broken, "rosters.yaml")
    assert {"looks", "chanel_wait", "channel_wait"} <= {fault.field for fault in faults}


def test_a_policy_that_may_be_high_has_to_widen_and_one_that_says_it_is_not_need_not() -> None:
    text = shipped_texts()["emergency.yaml"].replace("policy: emergency", "policy: own")
    bare = text[: text.index("    widen:")] + text[text.index("accepted:") :]
    for severity, refused in (("high", True), (None, True), ("medium", False)):
        said = bare.replace("severity: high\n", f"severity: {severity}\n" if severity else "")
        policy, faults = read_policy(said, "own.yaml")
        assert (policy is None) is refused, faults
        assert all("widen" in fault.field for fault in faults)


def test_what_was_in_force_goes_on_when_a_file_is_spoilt() -> None:
    own = shipped_texts()["emergency.yaml"].replace("after: 2m ", "after: 1m ")
    before, _ = read_policies({"emergency.yaml": own, ASSIGNMENTS: "format: 1\nseverity: {low: routine}"})
    after, faults = read_policies({"emergency.yaml": "steps: none", ASSIGNMENTS: "format: 2"}, before)
    assert {fault.file for fault in faults} == {"emergency.yaml", ASSIGNMENTS}
    assert after.named("emergency", Severity.HIGH) == before.named("emergency", Severity.HIGH)
    assert after.assignments == before.assignments


@pytest.mark.parametrize("typo", ["07-00", "07+00", "0700Z", "T0700", "24:00", "7:00", "07:60"])
def test_what_is_no_wall_time_is_refused_for_the_quiet_hours(typo: str) -> None:
    text = shipped_texts()["routine.yaml"]
    assert '"07:00"' in text
    policy, faults = read_policy(text.replace('"07:00"', f'"{typo}"'), "routine.yaml")
    assert policy is None
    assert "a local time in quotes" in faults[0].expected


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "format: [", "\x00", "steps: &a [*a]"])
def test_what_is_no_policy_at_all_is_refused_in_words(text: str) -> None:
    policy, faults = read_policy(text, "x.yaml")
    assert policy is None
    assert faults


def test_a_broken_file_is_stood_in_for_by_the_shipped_policy_of_that_name() -> None:
    policies, faults = read_policies({"night-emergency.yaml": "steps: none"})
    assert faults
    assert policies.named("night-emergency", Severity.HIGH) == shipped_policies()["night-emergency"]


def test_an_own_policy_goes_before_the_shipped_one_of_that_name() -> None:
    text = shipped_texts()["emergency.yaml"].replace("after: 2m ", "after: 1m ")
    policies, faults = read_policies({"emergency.yaml": text})
    assert faults == ()
    assert policies.named("emergency", Severity.HIGH) != shipped_policies()["emergency"]


@pytest.mark.parametrize(
    ("severity", "name"),
    [(Severity.HIGH, "emergency"), (Severity.MEDIUM, "routine"), (Severity.LOW, "digest")],
)
def test_an_unknown_policy_is_stood_in_for_by_that_of_the_severity(severity: Severity, name: str) -> None:
    policies, _ = read_policies({})
    assert policies.named("no-such", severity).policy == name


def test_with_no_policy_file_at_all_an_alert_still_has_one() -> None:
    last_stand = Policies({}).named("emergency", Severity.HIGH)
    assert last_stand.steps[0].tell
    assert last_stand.steps[-1].is_endless
