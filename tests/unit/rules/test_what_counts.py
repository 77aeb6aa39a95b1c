"""What counts: lateness, withdrawal, rest, who is watched, time away, overrides, retractions."""

from __future__ import annotations

import pytest

from tests.unit.rules.cast import TWO, History, in_bed, rulebook
from tests.unit.rules.why_cast import names

DOOR = rulebook("id: door, on: door.opened, unless: door.closed, for: 5m, severity: high")
BED = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high")
MEAL = rulebook('id: meal, on: meal.ordered, unless: meal.collected, until: "13:00", severity: low')
MEDICINE = rulebook(
    "id: due, on: medication.delivered, unless: medication.delivered, for: {days: event.data.days}"
)


def doors() -> History:
    return History().resident().device("d1", "door_sensor")


def test_the_rest_of_a_late_batch_can_speak() -> None:
    history = (
        doors().event("door.opened", 0, received=1000).event("door.closed", 100, received=1059).end(5000)
    )
    assert history.brief(DOOR) == []
    history = doors().event("door.opened", 0, received=1000).end(5000)
    assert history.brief(DOOR) == [("door", 300, 1060, "holds", None)]


def test_an_event_of_the_very_instant_comes_before_the_deadline() -> None:
    history = doors().event("door.opened", 0).event("door.closed", 299, received=300).end(5000)
    assert history.brief(DOOR) == []


def test_what_would_have_prevented_it_withdraws_it() -> None:
    history = doors().event("door.opened", 0).event("door.closed", 300, received=301).end(5000)
    assert history.brief(DOOR) == [("door", 300, 300, "withdrawn", None)]


def test_what_was_ended_may_still_be_withdrawn() -> None:
    history = (
        doors().event("door.opened", 0).event("door.closed", 400).event("door.closed", 200, received=500)
    )
    assert history.end(5000).brief(DOOR) == [("door", 300, 300, "withdrawn", None)]


def test_what_no_longer_holds_when_raised_is_stale() -> None:
    history = doors().event("door.opened", 0, received=290).event("door.closed", 320).end(5000)
    assert history.brief(DOOR) == [("door", 300, 350, "stale", "no_longer_holds")]


def test_further_events_change_nothing_and_the_first_later_one_begins_anew() -> None:
    history = doors().event("door.opened", 0).event("door.opened", 100).event("door.opened", 300)
    history.event("door.opened", 301).end(5000)
    assert history.brief(DOOR) == [("door", 300, 300, "holds", None), ("door", 601, 601, "holds", None)]


def test_an_unless_event_stored_already_and_later_starts_no_watch() -> None:
    history = doors().event("door.closed", 100).event("door.opened", 50, received=120).end(5000)
    assert history.brief(DOOR) == []


def test_until_is_the_next_such_local_time() -> None:
    history = History().resident()
    history.event("meal.ordered", "2025-07-23T12:59:59+08:00", device=None)
    history.event("meal.ordered", "2025-07-23T13:00:00+08:00", device=None).end("2025-07-26T00:00:00Z")
    assert [each["at"] for each in history.found(MEAL)] == ["2025-07-23T05:00:00Z"]
    history = History().resident().event("meal.ordered", "2025-07-23T13:00:00+08:00", device=None)
    found = history.end("2025-07-26T00:00:00Z").found(MEAL)
    assert [each["at"] for each in found] == ["2025-07-24T05:00:00Z"]


@pytest.mark.parametrize("days", [None, -1, 1.5, "3", True, 10**9])
def test_a_number_of_days_that_is_none_starts_nothing(days: object) -> None:
    history = History().resident().event("medication.delivered", 0, device=None, data={"days": days})
    assert history.end(10**7).brief(MEDICINE) == []


def test_no_days_at_all_are_over_at_once() -> None:
    history = History().resident().event("medication.delivered", 0, device=None, data={"days": 0})
    assert [row[1:4] for row in history.end(10**5).brief(MEDICINE)] == [(0, 60, "holds")]


@pytest.mark.parametrize(("days", "reason"), [(100_000, "still_running"), (100_001, "field_missing")])
def test_more_days_than_anybody_lives_are_a_mistake(days: int, reason: str) -> None:
    history = History().resident().event("medication.delivered", 0, device=None, data={"days": days})
    assert names(history.end(100), MEDICINE, "due", 0)[0] == reason


def test_medicine_lasts_local_days_and_each_delivery_begins_anew() -> None:
    history = History(zone="Europe/Berlin").resident()
    history.event("medication.delivered", "2025-03-29T08:00:00+01:00", device=None, data={"days": 2})
    history.event("medication.delivered", "2025-03-31T08:00:00+02:00", device=None, data={"days": 3})
    found = history.end("2025-05-01T00:00:00Z").found(MEDICINE)
    assert [(each["at"], each["state"]) for each in found] == [("2025-04-03T06:00:00Z", "holds")]


def test_nobody_is_watched_without_a_device_that_sends_it() -> None:
    history = History().resident().device("d1", "call_button").event("door.opened", 0).end(5000)
    assert history.brief(DOOR) == []


def test_a_device_that_is_registered_later_watches_from_then_on() -> None:
    history = History().resident().event("door.opened", 0).device("d1", "door_sensor")
    history.event("door.opened", 50).end(5000)
    assert history.brief(DOOR) == [("door", 350, 350, "holds", None)]


def test_what_happened_before_enrolment_does_not_count() -> None:
    at = "2025-07-22T18:00:10Z"
    for moment, found in ((9, 0), (10, 1)):
        history = History().resident(enrolled_at=at).device("d1", "door_sensor").event("door.opened", moment)
        assert len(history.end(5000).brief(DOOR)) == found


def test_going_away_ends_a_running_watch() -> None:
    history = in_bed().event("bed.exited", 0).away(600).end(5000)
    assert history.brief(BED) == []


@pytest.mark.parametrize(("returned", "found"), [(0, 1), (1, 0)])
def test_a_window_that_touches_time_away_is_not_judged(returned: int, found: int) -> None:
    history = in_bed().away(-100).returned(returned).event("bed.exited", 0, received=2).end(5000)
    assert len(history.brief(BED)) == found


def test_time_away_touches_no_plain_rule() -> None:
    history = in_bed().away(-100).event("bed.exited", 0).end(5000)
    assert history.brief(rulebook("id: exit, on: bed.exited")) == [("exit", 0, 0, "holds", None)]


def test_another_number_is_reckoned_from_the_same_facts() -> None:
    history = in_bed().event("bed.exited", 0).override("out", "for", "5m", 600).end(5000)
    assert history.brief(BED) == [("out", 300, 600, "holds", None)]
    history = in_bed().event("bed.exited", 0).override("out", "for", "40m", 600).end(5000)
    assert history.brief(BED) == [("out", 2400, 2400, "holds", None)]
    assert history.restarted_everywhere().brief(BED) == [("out", 2400, 2400, "holds", None)]


def test_switching_off_ends_a_running_watch() -> None:
    history = in_bed().event("bed.exited", 0).override("out", "enabled", False, 600)
    history.override("out", "enabled", True, 700).end(5000)
    assert history.brief(BED) == []


def test_a_retracted_start_is_no_start() -> None:
    history = doors().event("door.opened", 0, id="e7").retract("e7", 100).end(5000)
    assert history.brief(DOOR) == []
    history = doors().event("door.opened", 0).retract("3", 100).end(5000)
    assert history.brief(DOOR) == []


def test_what_a_retracted_event_ended_stays_ended() -> None:
    history = doors().event("door.opened", 0).event("door.closed", 10, id="c").retract("c", 20).end(5000)
    assert history.brief(DOOR) == []


def test_deadlines_of_one_device_are_its_own() -> None:
    book = rulebook("id: door, on: door.opened, unless: door.closed, for: 5m, per: device")
    history = (
        doors().device("d2", "door_sensor").event("door.opened", 0).event("door.opened", 10, device="d2")
    )
    history.event("door.closed", 100, device="d2").end(5000)
    assert [(each["device"], each["events"]) for each in history.found(book)] == [("d1", [4])]


def test_what_a_person_records_may_lie_far_back_and_never_ahead() -> None:
    book = rulebook("id: visit, on: visit.completed")
    day = 86400
    assert len(History().resident().visit(0, received=400 * day).end(401 * day).found(book)) == 1
    assert len(History().resident().visit(0, received=400 * day + 1).end(401 * day).found(book)) == 0
    assert len(History().resident().visit(1, received=0).end(day).found(book)) == 0
    assert TWO.tzinfo is not None


def test_coming_home_may_start_a_watch_of_its_own() -> None:
    home = rulebook("id: home, on: resident.returned, unless: visit.completed, for: 24h")
    history = History().resident().away(0).returned(1000)
    assert history.end(200_000).brief(home) == [("home", 1000 + 86_400, 1000 + 86_400, "holds", None)]
    visited = History().resident().away(0).returned(1000).visit(87_400)
    assert visited.end(200_000).brief(home) == []


@pytest.mark.parametrize(("book", "kind"), [(DOOR, "door.opened"), (BED, "bed.exited")])
def test_a_device_that_is_given_another_place_ends_no_watch(book: str, kind: str) -> None:
    type_, waits = ("door_sensor", 300) if kind == "door.opened" else ("bed_sensor", 1200)
    history = History().resident().device("d1", type_, place="hall").event(kind, 0)
    history.device("d1", type_, place="bedroom", received_at=history.text(60)).end(5000)
    assert [each[1:] for each in history.brief(book)] == [(waits, waits, "holds", None)]


def test_a_device_that_is_given_to_somebody_else_ends_the_watches_that_need_it() -> None:
    history = History().resident().resident("r2").device("d1", "door_sensor").event("door.opened", 0)
    history.device("d1", "door_sensor", resident="r2", received_at=history.text(60)).end(5000)
    assert history.brief(DOOR) == []


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("event.kind == 'door.opened'", 1),
        ("event.kind == 'd1'", 0),
        ("event.device_id == 'd1'", 1),
        ("event.device_id == 'd2'", 0),
    ],
)
def test_a_condition_may_name_the_kind_of_an_event_and_its_device(where: str, found: int) -> None:
    history = doors().event("door.opened", 0).end(5000)
    assert len(history.brief(rulebook(f'id: each, on: door.opened, where: "{where}"'))) == found
