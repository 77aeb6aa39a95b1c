"""Policy files: what is refused, in which words, and what stands in for it."""

import pytest

from services.domain.findings import Severity
from services.escalation.policies import Policies
from services.escalation.policy_files import (
    read_policies,
    read_policy,
    shipped_policies,
    shipped_texts,
)


def test_the_shipped_policies_are_those_of_the_contract_and_without_fault() -> None:
    policies, faults = read_policies(shipped_texts())
    assert faults == ()
    assert policies.names() == ("digest", "emergency", "night-emergency", "rosters", "routine")


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
    assert said["chanel_wait"].expected == "perhaps channel_wait"
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
