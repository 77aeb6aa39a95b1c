"""What the service says of a story, told in the story's own words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from devices.simulator.chronicle import chronicle
from devices.simulator.enrolling import Enrolled
from devices.simulator.happenings import Happening, What

CAST = Enrolled(
    workers={"norbu": "wrk_1", "pema": "wrk_2"},
    residents={"deji": "res_1"},
    devices={"smoke": "dev_1"},
    channels={"norbu": ("webhook", "email"), "pema": ("email",)},
)
CALL = {
    "id": "alt_1",
    "kind": "call-button",
    "severity": "high",
    "resident_id": "res_1",
    "device_id": "dev_7",
    "state": "closed",
    "outcome": "helped",
    "opened_at": "2025-07-22T18:13:00Z",
}
CAME_AT = datetime(2025, 7, 22, 18, 13, 1, tzinfo=UTC)


def notice(**changes: Any) -> dict[str, Any]:
    said = {"id": "ntc_1", "alert_id": "alt_1", "worker_id": "wrk_1", "kind": "alert", "state": "sent"}
    return {**said, "reason": "step", "created_at": "2025-07-22T18:13:00Z", **changes}


def told(*notices: dict[str, Any], **came_at: datetime) -> list[Happening]:
    happenings = chronicle(CAST, [], [CALL], notices, {"ntc_1": came_at} if came_at else {})
    return [each for each in happenings if each.what is What.NOTICE]


def test_an_alert_is_told_with_how_it_ended() -> None:
    (alert,) = chronicle(CAST, [], [CALL], [], {})
    assert (alert.who, alert.text) == ("deji", "alert call-button (high), closed as helped")
    assert alert.fields == {
        "alert": "call-button",
        "about": "deji",
        "severity": "high",
        "outcome": "helped",
    }
    (running,) = chronicle(CAST, [], [{**CALL, "state": "open", "outcome": None}], [], {})
    assert running.text.endswith("still open")
    assert "outcome" not in running.fields


def test_an_alert_lasts_until_it_was_closed_and_knows_who_came() -> None:
    answered = {
        "accepted_at": "2025-07-22T18:13:40Z",
        "accepted_by": "wrk_1",
        "arrived_at": "2025-07-22T18:21:40Z",
        "closed_at": "2025-07-22T18:46:40Z",
    }
    (alert,) = chronicle(CAST, [], [{**CALL, **answered}], [], {})
    assert alert.until_at == datetime(2025, 7, 22, 18, 46, 40, tzinfo=UTC)
    assert alert.fields["accepted_at"] == "2025-07-22T18:13:40+00:00"
    assert alert.fields["arrived_at"] == "2025-07-22T18:21:40+00:00"
    assert alert.fields["holder"] == "norbu"


def test_an_alert_of_a_device_without_a_resident_is_about_the_device() -> None:
    (alert,) = chronicle(CAST, [], [{**CALL, "resident_id": None, "device_id": "dev_1"}], [], {})
    assert alert.who == "smoke"


def test_a_matter_of_the_house_concerns_the_story_as_well() -> None:
    matter = {**CALL, "resident_id": None, "device_id": None, "subject": "house:rulebook"}
    (alert,) = chronicle(CAST, [], [matter], [], {})
    assert alert.who == "house:rulebook"


def test_alerts_about_others_are_not_of_the_story() -> None:
    others = {**CALL, "resident_id": "res_9"}
    assert chronicle(CAST, [], [others], [notice()], {}) == []


def test_a_notice_reached_somebody_when_their_telephone_rang() -> None:
    (came,) = told(notice(), webhook=CAME_AT)
    assert (came.at, came.who, came.text) == (CAME_AT, "norbu", "told: alert of call-button")
    assert (came.fields["reached"], came.fields["tried"]) == ("yes", "yes")


def test_a_notice_that_came_over_two_channels_is_told_twice() -> None:
    rang, came = told(notice(), webhook=CAME_AT, email=CAME_AT + timedelta(seconds=1))
    assert (rang.fields["over"], came.fields["over"]) == ("webhook", "email")
    assert (came.at, came.text) == (CAME_AT + timedelta(seconds=1), "told: alert of call-button, by e-mail")


def test_who_was_not_reached_was_to_be_reached_over_their_first_channel() -> None:
    first, only = told(notice(), notice(worker_id="wrk_2"))
    assert (first.fields["over"], only.fields["over"]) == ("webhook", "email")
    assert only.text == "not reached (sent): alert of call-button, by e-mail, step"


def test_a_notice_that_is_said_to_be_sent_but_never_rang_reached_nobody() -> None:
    (sent,) = told(notice())
    assert sent.text == "not reached (sent): alert of call-button, step"
    assert (sent.fields["reached"], sent.fields["tried"]) == ("no", "yes")


def test_who_was_not_told_is_told_of_with_the_reason() -> None:
    (kept,) = told(notice(state="not_sent", reason="accepted_already", worker_id="wrk_2"))
    assert (kept.who, kept.text) == ("pema", "not told: alert of call-button, by e-mail, accepted_already")
    assert kept.fields["tried"] == "no"


def test_a_notice_to_nobody_of_the_cast_went_to_a_contact_or_the_last_resort() -> None:
    contact, nobody = told(notice(worker_id=None, contact="niece"), notice(worker_id=None))
    assert (contact.who, nobody.who) == ("niece", "last resort")


def test_a_finding_is_told_with_its_rule_and_how_it_stands() -> None:
    found = {
        "rule": "night-call",
        "resident_id": "res_1",
        "device_id": None,
        "state": "holds",
        "reason": "late",
    }
    others = {**found, "resident_id": "res_9"}
    (told,) = chronicle(CAST, [{**found, "at": "2025-07-22T18:13:00Z"}, others], [], [], {})
    assert (told.what, told.who, told.text) == (
        What.FINDING,
        "deji",
        "night-call found something (holds, late)",
    )
    assert told.fields == {"rule": "night-call", "resident": "deji", "state": "holds", "reason": "late"}
