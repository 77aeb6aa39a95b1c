"""Stories of what can wait: one message in the morning, and at once what cannot wait any longer."""

from __future__ import annotations

from tests.stories.stage import Stage, story

CAN_WAIT = {
    "can-wait.yaml": """
format: 1
rulebook: can-wait
rules:
  - id: rose
    on: bed.exited
    severity: low
  - id: lay
    on: bed.entered
    severity: low
"""
}


def does(stage: Stage, action: str, kinds: set[str], **more: str) -> None:
    """Whoever is assigned does something about the running alerts of these kinds."""
    stage._begin()
    body = {"worker_id": stage._worker["assigned"], **more}
    for alert in stage.alerts():
        if alert["kind"] in kinds and alert["state"] != "closed":
            stage._post(f"alerts/{alert['id']}/{action}", body, status=200)
    stage._settle()


@story("2025-07-23 14:00", CAN_WAIT)
def test_what_can_wait_is_told_in_one_message_in_the_morning(stage: Stage) -> None:
    stage.leaves_bed()
    stage.enters_bed()
    assert stage.told() == []
    assert stage.not_told("digest") == ["assigned", "assigned"]
    stage.at("07:59")
    assert stage.told() == []
    stage.at("08:00")
    assert stage.told() == ["08:00 assigned"]
    assert stage.not_told("bundled") == ["assigned"]
    does(stage, "accept", {"rose", "lay"})
    stage.at("08:05")
    assert stage.told() == []


@story("2025-07-23 14:00", CAN_WAIT)
def test_a_press_in_between_is_told_at_once_and_the_rest_waits_on(stage: Stage) -> None:
    stage.leaves_bed()
    stage.press()
    assert stage.told() == ["14:00 assigned"]
    does(stage, "close", {"call-button"}, outcome="helped")
    does(stage, "accept", {"rose"})
    stage.enters_bed()
    stage.at("08:00")
    assert stage.told() == ["08:00 assigned"]
    assert stage.not_told("bundled") == []
