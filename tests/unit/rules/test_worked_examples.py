"""The worked examples of settling, and the boundary pairs around them."""

from __future__ import annotations

import pytest

from tests.unit.rules.cast import History, in_bed, rulebook

OUT = "bed.exited"
IN = "bed.entered"
SETTLED = rulebook("id: out, on: bed.exited, settle: 60s, unless: bed.entered, for: 20m, severity: high")
PLAIN = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high")
SETTLED_EXITS = rulebook(
    "id: exits, on: bed.exited, settle: 60s", "id: entries, on: bed.entered, settle: 60s"
)


def night(*moves: tuple[str, float], until: float = 7200) -> History:
    history = in_bed()
    for kind, at in moves:
        history.event(kind, at)
    return history.end(until)


@pytest.mark.parametrize(
    ("moves", "settled"),
    [
        ([(OUT, 0)], [("exits", 0, 60)]),
        ([(OUT, 0), (IN, 5), (OUT, 10)], [("exits", 10, 70)]),
        ([(OUT, 0), (IN, 30), (OUT, 50), (IN, 200)], [("exits", 50, 110), ("entries", 200, 260)]),
        ([(OUT, 0), (IN, 600), (OUT, 610)], [("exits", 0, 60)]),
        ([(OUT, 0), (IN, 1190)], [("exits", 0, 60), ("entries", 1190, 1250)]),
        ([(OUT, 0), (IN, 1190), (OUT, 1220)], [("exits", 0, 60)]),
    ],
)
def test_a_change_counts_once_it_has_held(
    moves: list[tuple[str, float]], settled: list[tuple[str, float, float]]
) -> None:
    found = [row[:3] for row in night(*moves).brief(SETTLED_EXITS)]
    assert found == [("entries", -3600, -3540), *settled]


@pytest.mark.parametrize(
    ("book", "moves", "found"),
    [
        (SETTLED, [(OUT, 0)], [("out", 1200, 1200, "holds", None)]),
        (SETTLED, [(OUT, 0), (IN, 5), (OUT, 10)], [("out", 1210, 1210, "holds", None)]),
        (SETTLED, [(OUT, 0), (IN, 30), (OUT, 50), (IN, 200)], []),
        (SETTLED, [(OUT, 0), (IN, 600), (OUT, 610)], [("out", 1200, 1200, "holds", None)]),
        (SETTLED, [(OUT, 0), (IN, 1190)], []),
        (SETTLED, [(OUT, 0), (IN, 1190), (OUT, 1220)], [("out", 1200, 1220, "holds", None)]),
        (PLAIN, [(OUT, 0), (IN, 1199)], []),
        (PLAIN, [(OUT, 0), (IN, 1200)], []),
        (PLAIN, [(OUT, 0), (IN, 1201)], [("out", 1200, 1200, "ended", None)]),
    ],
)
def test_what_should_have_followed_and_did_not(
    book: str, moves: list[tuple[str, float]], found: list[tuple[object, ...]]
) -> None:
    history = night(*moves)
    assert history.brief(book) == found
    assert history.restarted_everywhere().brief(book) == found


def test_two_mats_of_one_bed_are_one_bed() -> None:
    history = in_bed().device("d2").event(IN, -3500, device="d2")
    history.event(OUT, 0).event(OUT, 40, device="d2").end(7200)
    assert history.brief(PLAIN) == [("out", 1240, 1240, "holds", None)]


def test_two_beds_in_two_places_are_two_beds() -> None:
    history = History().resident().device("d1", place="bedroom").device("d2", place="parlour")
    history.event(IN, -3600).event(OUT, 0).event(OUT, 40, device="d2").end(7200)
    assert history.brief(PLAIN) == [("out", 1200, 1200, "holds", None)]


def test_the_end_of_a_window_comes_before_the_due_instant() -> None:
    book = rulebook('id: out, on: bed.exited, unless: bed.entered, for: 20m, between: "22:00-06:00"')
    before_end = 4 * 3600 - 20 * 60
    assert night((OUT, before_end - 1), until=20000).brief(book)
    assert not night((OUT, before_end), until=20000).brief(book)
    assert not night((OUT, before_end + 1), until=20000).brief(book)


def test_an_unheard_sensor_makes_no_exit() -> None:
    history = in_bed().event("device.offline", 0).end(7200)
    assert history.brief(PLAIN) == []


def test_a_running_watch_goes_on_while_the_bed_is_unknown() -> None:
    history = in_bed().event(OUT, 0).event("device.offline", 100).end(7200)
    assert history.brief(PLAIN) == [("out", 1200, 1200, "holds", None)]


def test_the_next_report_of_the_other_sensor_makes_the_exit() -> None:
    history = in_bed().device("d2").event(IN, -3500, device="d2").event(OUT, -3400, device="d2")
    history.event("device.offline", 0).event(OUT, 300, device="d2").end(7200)
    assert history.brief(PLAIN) == [("out", 1500, 1500, "holds", None)]


def test_an_exit_older_than_the_newest_of_its_sensor_is_passed_over() -> None:
    history = in_bed().event(IN, 100).event(OUT, 50, received=200).end(7200)
    assert history.brief(PLAIN) == []


def test_a_change_is_never_earlier_than_the_newest_report_of_its_bed() -> None:
    history = in_bed().device("d2").event(IN, 100, device="d2").event(OUT, 110, device="d2")
    history.event(OUT, 50, received=200).end(7200)
    assert history.brief(PLAIN) == [("out", 1310, 1310, "holds", None)]


def test_a_change_is_not_known_before_it_has_settled() -> None:
    book = rulebook("id: out, on: bed.exited, settle: 30s, severity: low")
    history = in_bed().event("bed.exited", 0).event("bed.entered", 125, received=5).end(5000)
    assert [each[:3] for each in history.brief(book)] == [("out", 0, 30)]


def test_the_settlings_of_a_batch_are_met_by_their_own_instants() -> None:
    book = rulebook("id: out, on: bed.exited, settle: 30s, unless: bed.entered, for: 20m, severity: low")
    history = History().resident().device("d1", place="a").device("d2", place="b")
    history.event("bed.exited", 0, device="d1", received=7000)
    history.event("bed.exited", 2000, device="d2", received=7000)
    history.event("bed.entered", 3000, device="d2", received=7000)
    assert history.end(9000).brief(book) == [("out", 1200, 7060, "stale", "no_longer_holds")]


def test_a_door_says_nothing_anew_by_what_is_older_than_its_newest_report() -> None:
    book = rulebook("id: door, on: door.opened, settle: 60s, unless: door.closed, for: 10m, severity: low")
    history = History().resident().device("d1", "door_sensor")
    history.event("door.opened", 0).event("door.opened", 4321).event("door.closed", 4200, received=4800)
    assert history.end(9000).brief(book) == [("door", 600, 600, "holds", None)]


def test_a_door_says_nothing_before_the_enrolment() -> None:
    book = rulebook("id: door, on: door.opened, settle: 60s, severity: low")
    history = History().resident(enrolled_at="2025-07-22T18:10:00Z").device("d1", "door_sensor")
    history.event("door.opened", 0).event("door.opened", 901)
    assert [each[:2] for each in history.end(9000).brief(book)] == [("door", 901)]


@pytest.mark.parametrize(("last_report", "found"), [(60, [("exits", 0, 60)]), (59, [])])
def test_a_bed_is_not_unknown_before_the_newest_report_of_it(
    last_report: float, found: list[tuple[object, ...]]
) -> None:
    history = History().resident().device().event(OUT, 0).event(OUT, last_report)
    history.event("device.offline", 30, received=60).end(7200)
    assert [row[:3] for row in history.brief(SETTLED_EXITS)] == found


def test_a_bed_that_says_again_what_it_said_before_it_was_unknown_has_held() -> None:
    history = History().resident().device().event(OUT, 0).event("device.offline", 60)
    history.event(OUT, 59, received=60).end(7200)
    assert [row[:3] for row in history.brief(SETTLED_EXITS)] == [("exits", 0, 60)]


def test_by_device_a_bed_is_one_bed_all_the_same() -> None:
    history = in_bed().device("d2").event(OUT, 0).event(IN, 30, device="d2").end(7200)
    settled = rulebook("id: out, on: bed.exited, settle: 60s, per: device")
    plain = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, per: device")
    assert history.brief(settled) == []
    assert history.brief(plain) == []
    assert history.restarted_everywhere().brief(plain) == []


def test_by_device_an_exit_is_that_of_the_sensor_which_reports_it() -> None:
    history = in_bed().device("d2").event(IN, -60, device="d2").event(OUT, 0).event(OUT, 5, device="d2")
    book = rulebook(
        "id: out, on: bed.exited, per: device", "id: held, on: bed.exited, settle: 60s, per: device"
    )
    found = [(each["rule"], each["device"], each["events"]) for each in history.end(7200).found(book)]
    assert found == [("out", "d2", [7]), ("held", "d2", [7])]
