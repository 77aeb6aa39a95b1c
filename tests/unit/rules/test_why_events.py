"""Why there was nothing: the triggers that wait for events (`on`, `count`, `unless`, `where`)."""

from __future__ import annotations

import pytest

from services.domain.events import Json
from tests.unit.rules.cast import History, in_bed, rulebook
from tests.unit.rules.why_cast import first, names, reasons, why

CALL = rulebook('id: call, on: call_button.pressed, between: "06:00-22:00", severity: high')
HEART = rulebook("id: heart, on: bed.vitals, where: event.data.heart_rate > 110")
RUN = rulebook("id: run, on: bed.vitals, where: event.data.heart_rate > 110, for: 5m")
EXITS = rulebook('id: exits, on: bed.exited, settle: 60s, count: 4, within: 2h, between: "22:00-06:00"')
OUT = rulebook('id: out, on: bed.exited, settle: 60s, unless: bed.entered, for: 20m, between: "22:00-06:00"')
DOORS = rulebook("id: doors, on: door.opened, unless: door.closed, for: 5m, per: device")
MEDICINE = rulebook(
    "id: medicine, on: medication.delivered, unless: medication.delivered, for: {days: event.data.days}"
)


def beats(*rates: tuple[float, Json]) -> History:
    history = in_bed()
    for at, rate in rates:
        history.event("bed.vitals", at, data={} if rate is None else {"heart_rate": rate})
    return history


def nights(*changes: tuple[str, float], until: float = 10_000) -> History:
    history = in_bed()
    for change, at in changes:
        history.event({"out": "bed.exited", "in": "bed.entered"}[change], at)
    return history.end(until)


def out_and_in(*starts: float, stay: float = 300) -> History:
    changes = [each for start in starts for each in (("out", start), ("in", start + stay))]
    return nights(*changes)


# ------------------------------------------------------------------ `on`


def test_a_press_outside_the_hours_says_the_hours_and_which_rule_took_it() -> None:
    history = History().resident().device("b1", "call_button").event("call_button.pressed", 5, device="b1")
    taken, outside = reasons(history.end(60), CALL, "call", 5)[:2]
    assert taken[0] == "taken_by"
    assert taken[3]["rule"] == "floor"
    assert outside[0] == "outside_hours"
    assert (outside[3]["between"], outside[3]["local_time"]) == ("06:00-22:00", "02:00:05")


@pytest.mark.parametrize("name", ["floor", "anxin/floor"])
def test_the_floor_says_what_it_took_and_what_a_rule_took(name: str) -> None:
    history = History().resident().device("b1", "call_button").event("call_button.pressed", 5, device="b1")
    history.event("call_button.pressed", "2025-07-23T07:00:00+08:00", device="b1")
    history.end("2025-07-23T08:00:00+08:00")
    assert why(history, CALL, name, 5).found
    taken, *_ = reasons(history, CALL, name, "2025-07-23T07:00:00+08:00")
    assert (taken[0], taken[3]["rule"]) == ("taken_by", "call")
    assert not why(history, CALL, name, "2025-07-23T07:00:00+08:00").found
    assert first(history, CALL, name, "2025-07-22T12:00:00+08:00")[0] == "no_event"


def test_not_yet_ten_at_night() -> None:
    night = rulebook('id: night, on: door.opened, between: "22:00-06:00"')
    history = History().resident().device("d1", "door_sensor").end(0)
    name, _, _, figures = first(history, night, "night", "2025-07-22T21:50:00+08:00")
    assert name == "outside_hours"
    assert figures == {
        "between": "22:00-06:00",
        "local_time": "21:50:00",
        "opens_at": "2025-07-22T14:00:00Z",
    }


def test_what_does_not_match_says_the_condition_and_the_values() -> None:
    name, since, until, figures = first(beats((10, 90)).end(60), HEART, "heart", 10)
    assert (name, since, until) == ("not_matching", 10, 10)
    assert figures["where"] == "event.data.heart_rate > 110"
    assert figures["values"] == {"event.data.heart_rate": 90}


def test_what_lacks_a_field_says_which() -> None:
    name, *_, figures = first(beats((10, None)).end(60), HEART, "heart", 10)
    assert name == "field_missing"
    assert figures["fields"] == ["event.data.heart_rate"]


def test_what_was_found_is_said_with_its_evidence() -> None:
    answer = why(beats((10, 120)).end(60), HEART, "heart", 10)
    assert answer.found
    [reason] = answer.reasons
    assert (reason.because.value, reason.event_ids) == ("found", ("4",))
    assert reason.figures["values"] == {"event.data.heart_rate": 120}
    assert reason.figures["at"] == "2025-07-22T18:00:10Z"


def test_an_instant_to_the_minute_is_the_whole_minute() -> None:
    history = beats((70, 120)).end(200)
    assert why(history, HEART, "heart", 60).found
    assert not why(history, HEART, "heart", 61).found
    assert not why(beats((120, 120)).end(200), HEART, "heart", 60).found


def test_where_nothing_came_it_says_so_and_when_the_last_was() -> None:
    name, *_, figures = first(beats((10, 120)).end(90_000), HEART, "heart", 80_000)
    assert name == "no_event"
    assert (figures["kind"], figures["last_at"]) == ("bed.vitals", "2025-07-22T18:00:10Z")
    assert first(in_bed().end(90_000), HEART, "heart", 80_000)[3]["last_at"] is None


def test_the_nearest_on_either_side_are_named() -> None:
    history = beats((0, 90), (100, None), (200, 120), (300, 80)).end(400)
    assert names(history, HEART, "heart", 150) == ["field_missing", "found"]


def test_a_claimed_time_that_cannot_be_true_is_said() -> None:
    history = in_bed().event("bed.vitals", 5000, received=10, data={"heart_rate": 150}).end(60)
    assert first(history, HEART, "heart", 10)[0] == "time_replaced"


def test_an_event_of_a_device_that_is_no_bed_sensor_is_said() -> None:
    history = in_bed().device("d2", "motion_sensor").event("bed.exited", 10, device="d2").end(60)
    assert first(history, OUT, "out", 10)[0] == "wrong_device"


def test_a_type_that_the_rule_does_not_look_at_is_said() -> None:
    low = rulebook("id: low, on: device.battery, device_types: [bed_sensor]")
    history = History().resident().device("d1", "door_sensor").device("d2")
    history.event("device.battery", 5, data={"percent": 3}).end(60)
    name, *_, figures = first(history, low, "low", 5)
    assert name == "wrong_device"
    assert (figures["device_type"], figures["expected"]) == ("door_sensor", ["bed_sensor"])


def test_a_report_of_a_door_that_says_nothing_new_is_none_and_one_that_is_behind_is_too_old() -> None:
    book = rulebook("id: open, on: door.opened, settle: 60s")
    history = History().resident().device("d1", "door_sensor")
    for at in (0, 100):
        history.event("door.opened", at)
    history.event("door.closed", 200).event("door.opened", 150, received=210).event("door.closed", 300)
    history.end(1000)
    assert [names(history, book, "open", at)[0] for at in (100, 150)] == ["no_change", "too_old"]
    assert names(history, book, "open", 300) == ["too_old"], "of the other kind nobody asks"


# ------------------------------------------------------------------ `count`


@pytest.mark.parametrize(("second", "counted"), [(99, 2), (100, 2), (101, 1)])
def test_what_is_not_enough_counts_both_ends_of_the_span(second: int, counted: int) -> None:
    three = rulebook("id: three, on: door.opened, count: 3, within: 100s")
    history = History().resident().device("d1", "door_sensor")
    history.event("door.opened", 0).event("door.opened", second)
    _, since, _, figures = first(history.end(1000), three, "three", second)
    assert (since, figures["counted"]) == (0 if counted > 1 else second, counted)


def test_three_of_four_exits() -> None:
    history = out_and_in(0, 1200, 2400)
    name, since, until, figures = first(history, EXITS, "exits", 3000)
    assert (name, since, until) == ("not_enough", 0, 7200)
    assert (figures["counted"], figures["needed"]) == (3, 4)
    assert (figures["first_at"], figures["last_at"]) == ("2025-07-22T18:00:00Z", "2025-07-22T18:40:00Z")
    [reason] = [each for each in why(history, EXITS, "exits", 3000).reasons if each.because == "not_enough"]
    assert reason.event_ids == ("4", "6", "8")


def test_the_fullest_set_around_the_instant_is_named() -> None:
    history = out_and_in(0, 1200, 2400)
    for at in (0, 1250, 2399, 2400, 7200):
        assert first(history, EXITS, "exits", at)[3]["counted"] == 3
    assert names(history, EXITS, "exits", 7260)[0] == "not_enough"


def test_four_exits_are_found_and_used_up() -> None:
    history = out_and_in(0, 1200, 2400, 3600)
    assert why(history, EXITS, "exits", 0).found
    assert why(history, EXITS, "exits", 3600).found
    assert first(history, EXITS, "exits", 3661)[0] == "used_up"
    assert names(history, EXITS, "exits", 7201)[0] == "found"
    assert not why(history, EXITS, "exits", 7201).found


def test_five_seconds_in_bed_never_were() -> None:
    history = nights(("out", 0), ("in", 600), ("out", 605))
    name, since, until, figures = first(
        history, rulebook("id: back, on: bed.entered, settle: 60s"), "back", 602
    )
    assert (name, since, until) == ("never_settled", 600, 605)
    assert (figures["held_seconds"], figures["settle_seconds"]) == (5, 60)
    assert first(history, EXITS, "exits", 605)[0] == "not_enough"
    assert "no_change" in names(history, OUT, "out", 605)


def test_a_set_that_touches_time_away_says_since_when() -> None:
    book = rulebook("id: many, on: bed.exited, count: 2, within: 1h")
    history = in_bed().event("bed.exited", 0).away(10).returned(20)
    history.event("bed.entered", 30).event("bed.exited", 40).end(100)
    away = [each for each in reasons(history, book, "many", 30) if each[0] == "away"]
    assert away[0][3] == {"away_since": "2025-07-22T18:00:10Z", "away_until": "2025-07-22T18:00:20Z"}


# ------------------------------------------------------------------ `unless`


def test_back_in_bed_after_twelve_minutes() -> None:
    history = nights(("out", 0), ("in", 720))
    name, since, until, figures = first(history, OUT, "out", 900)
    assert (name, since, until) == ("prevented", 0, 1200)
    assert (figures["by"], figures["after_seconds"]) == ("bed.entered", 720)
    assert figures["due_at"] == "2025-07-22T18:20:00Z"
    assert why(history, OUT, "out", 900).reasons[0].event_ids == ("4", "5")


def test_a_watch_that_runs_says_until_when() -> None:
    history = nights(("out", 0), until=600)
    name, _, _, figures = first(history, OUT, "out", 300)
    assert (name, figures["due_at"]) == ("still_running", "2025-07-22T18:20:00Z")


def test_what_has_not_settled_yet_is_waited_for() -> None:
    name, *_, figures = first(nights(("out", 0), until=59), OUT, "out", 0)
    assert (name, figures["settles_at"]) == ("settling", "2025-07-22T18:01:00Z")


def test_what_is_found_rests_until_the_bed_is_taken_again() -> None:
    history = nights(("out", 0), ("in", 4000))
    assert [why(history, OUT, "out", at).found for at in (0, 1200, 1260)] == [True, True, False]
    name, _, until, figures = first(history, OUT, "out", 2000)
    assert (name, until, figures["ended_at"]) == ("resting", 4060, "2025-07-22T19:07:40Z")
    assert first(history, OUT, "out", 5000)[0] == "found"


def test_what_is_withdrawn_says_by_what() -> None:
    history = in_bed().event("bed.exited", 0).event("bed.entered", 600, received=2000).end(3000)
    answer = why(history, OUT, "out", 700)
    assert answer.found
    assert answer.reasons[0].because == "withdrawn"
    assert answer.reasons[0].figures["changed_by"] == "5"


def test_a_wait_that_would_end_after_the_hours_is_none() -> None:
    history = in_bed().event("bed.exited", "2025-07-23T05:50:00+08:00").end("2025-07-23T07:00:00+08:00")
    name, *_, figures = first(history, OUT, "out", "2025-07-23T05:50:00+08:00")
    assert (name, figures["between"]) == ("ends_outside_hours", "22:00-06:00")


def test_away_since_monday() -> None:
    history = in_bed().event("bed.exited", 0).away(300).end(90_000)
    name, *_, figures = first(history, OUT, "out", 600)
    assert (name, figures["away_since"], figures["away_until"]) == ("away", "2025-07-22T18:05:00Z", None)
    assert first(history, OUT, "out", 80_000)[0] == "away"


def test_what_ended_it_was_known_before_it_came() -> None:
    history = History().resident().device("d1", "door_sensor")
    history.event("door.closed", 60).event("door.opened", 0, received=90).end(1000)
    name, *_, figures = first(history, DOORS, "doors", 30)
    assert (name, figures["after_seconds"]) == ("already_followed", 60)


def test_a_further_event_changes_nothing_while_the_rule_waits() -> None:
    history = History().resident().device("d1", "door_sensor")
    history.event("door.opened", 0).event("door.opened", 100).event("door.closed", 200).end(1000)
    assert names(history, DOORS, "doors", 100) == ["prevented", "already_watched"]


def test_a_number_of_days_that_is_none_is_a_missing_field() -> None:
    history = History().resident().event("medication.delivered", 0, device=None, data={}).end(60)
    name, *_, figures = first(history, MEDICINE, "medicine", 0)
    assert (name, figures["fields"]) == ("field_missing", ["event.data.days"])


def test_an_event_that_was_taken_back_is_said() -> None:
    history = History().resident().device("d1", "door_sensor").event("door.opened", 0).retract("3", 100)
    assert first(history.end(1000), DOORS, "doors", 0)[0] == "retracted"


def test_a_second_mat_that_says_occupied_leaves_the_bed_as_it_is() -> None:
    history = in_bed().device("d2").event("bed.entered", -3500, device="d2").event("bed.exited", 0)
    name, *_, figures = first(history.end(5000), OUT, "out", 0)
    assert (name, figures["state"]) == ("no_change", "bed.entered")


def test_a_report_behind_the_newest_is_too_old() -> None:
    history = in_bed().event("bed.entered", 100).event("bed.exited", 50, received=110).end(5000)
    assert first(history, OUT, "out", 50)[0] == "too_old"


def test_a_bed_that_nobody_hears_from_is_unknown() -> None:
    history = in_bed().event("device.offline", 0).end(5000)
    assert first(history, OUT, "out", 100)[0] == "bed_unknown"


# ------------------------------------------------------------------ `where`


def test_a_run_that_was_too_short_says_how_long_it_was() -> None:
    history = beats((0, 120), (150, 130), (299, 120)).end(400)
    name, since, _, figures = first(history, RUN, "run", 200)
    assert (name, since) == ("run_too_short", 0)
    assert (figures["run_seconds"], figures["needed_seconds"], figures["readings"]) == (299, 300, 3)


def test_a_run_that_was_broken_says_by_what() -> None:
    name, since, until, figures = first(beats((0, 120), (150, 90), (300, 120)).end(400), RUN, "run", 100)
    assert (name, since, until) == ("run_broken", 0, 150)
    assert (figures["by"], figures["values"]) == ("bed.vitals", {"event.data.heart_rate": 90})
    name, _, until, figures = first(beats((0, 120)).event("bed.exited", 60).end(400), RUN, "run", 30)
    assert (name, until, figures["by"]) == ("run_broken", 60, "bed.exited")
    name, *_, figures = first(beats((0, 120), (901, 120)).end(1000), RUN, "run", 300)
    assert (name, figures["gap_seconds"]) == ("run_broken", 901)


def test_a_run_that_was_found_rests_until_it_is_broken() -> None:
    history = beats((0, 120), (150, 120), (300, 120), (400, 120)).end(500)
    assert why(history, RUN, "run", 300).found
    assert first(history, RUN, "run", 399)[0] == "resting"


def test_a_reading_behind_the_newest_is_too_old() -> None:
    history = beats((0, 90), (100, 90)).event("bed.vitals", 50, received=110, data={"heart_rate": 150})
    assert first(history.end(400), RUN, "run", 50)[0] == "too_old"


@pytest.mark.parametrize(("at", "found"), [(299, True), (301, False)])
def test_the_stretch_of_a_run_ends_with_the_reading_that_found_it(at: float, found: bool) -> None:
    assert why(beats((0, 120), (300, 120)).end(400), RUN, "run", at).found is found
