"""`drift`: a night is compared with the known nights before it, at noon, the first of several is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.instants import parse_instant
from services.domain.stepping import advance
from services.rules.history import read_history
from services.rules.overrides import NotAnOverride, check_override
from services.rules.reading import read_rulebook
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import History, rulebook
from tests.unit.rules.live import Live
from tests.unit.rules.why_cast import names

HOUR, DAY = 3600, 24 * 3600
EVENING = parse_instant("2025-06-01T18:00:00+08:00")
EXITS = rulebook("id: exits, drift: night.exits, over: 14d, beyond: 3")
TIME = rulebook("id: time, drift: bed.time, over: 14d, beyond: 3")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


def weeks(nights: int = 14, enrolled_at: str = "2020-01-01T00:00:00Z") -> History:
    """So many nights with nine hours in bed, from 21:00 to 06:00, and no exit in them."""
    history = History(origin=EVENING).resident(enrolled_at=enrolled_at).device()
    for night in range(-1, nights):
        in_bed(history, night)
    return history


def in_bed(history: History, night: int, hours: float = 9) -> History:
    start = night * DAY + 3 * HOUR
    history.event("bed.entered", start)
    return history.event("bed.exited", start + hours * HOUR)


def out_of_bed(history: History, night: int, times: int, held: int = 300) -> History:
    """A night of nine hours in bed with so many exits in it."""
    start = night * DAY + 3 * HOUR
    history.event("bed.entered", start)
    for number in range(times):
        at = start + (2 + number) * HOUR
        history.event("bed.exited", at).event("bed.entered", at + held)
    return history.event("bed.exited", start + 9 * HOUR)


def noons(history: History, book: str) -> list[float]:
    """After how many nights something was found; each at noon of the day on which its night ended."""
    return [(at - 18 * HOUR) / DAY for _, at, raised_at, _, _ in history.brief(book) if at == raised_at]


def test_more_exits_than_thrice_the_floor_are_found_at_noon() -> None:
    assert noons(out_of_bed(weeks(), 14, 4).end(15 * DAY), EXITS) == [14]


def test_exactly_thrice_the_floor_is_inside() -> None:
    assert noons(out_of_bed(weeks(), 14, 3).end(15 * DAY), EXITS) == []


@pytest.mark.parametrize(("held", "found"), [(60, [14]), (59, [])])
def test_only_exits_that_hold_for_a_minute_count(held: int, found: list[int]) -> None:
    assert noons(out_of_bed(weeks(), 14, 4, held).end(15 * DAY), EXITS) == found


@pytest.mark.parametrize(("hours", "found"), [(9 + 2.25, []), (9 + 2.25 + 1 / HOUR, [14]), (6, [14])])
def test_time_in_bed_has_a_floor_of_three_quarters_of_an_hour(hours: float, found: list[int]) -> None:
    assert noons(in_bed(weeks(), 14, hours).end(15 * DAY), TIME) == found


@pytest.mark.parametrize(("lost", "found"), [(0, [14]), (1, [])])
def test_fourteen_known_nights_are_needed(lost: int, found: list[int]) -> None:
    history = weeks()
    del history.lines[10 : 10 + 2 * lost]  # all that was heard in so many nights
    assert noons(out_of_bed(history, 14, 4).end(15 * DAY), EXITS) == found


def test_noon_itself_is_met_and_a_second_before_it_is_not() -> None:
    history = out_of_bed(weeks(), 14, 4)
    assert noons(History(EVENING, lines=[*history.lines]).end(14 * DAY + 18 * HOUR), EXITS) == [14]
    assert noons(History(EVENING, lines=[*history.lines]).end(14 * DAY + 18 * HOUR - 1), EXITS) == []


@pytest.mark.parametrize(("spoke", "judged"), [(0, "bed_unknown"), (1, "no_event")])
def test_the_first_night_that_is_judged_ends_as_the_bed_first_speaks_or_later(
    spoke: int, judged: str
) -> None:
    history = History(origin=EVENING).resident().device().event("bed.entered", 18 * HOUR + spoke)
    assert names(history.end(2 * DAY), EXITS, "exits", 17 * HOUR)[0] == judged


def test_the_first_night_outside_is_found_and_again_after_one_inside() -> None:
    history = weeks()
    for night, times in enumerate((4, 5, 0, 6), start=14):
        out_of_bed(history, night, times)
    assert noons(history.end(18 * DAY), EXITS) == [14, 17]


def test_a_night_away_is_neither_outside_nor_inside() -> None:
    history = out_of_bed(weeks(), 14, 4)
    history.away(15 * DAY).returned(15 * DAY + 17 * HOUR)
    assert noons(out_of_bed(history, 16, 4).end(17 * DAY), EXITS) == [14]


@pytest.mark.parametrize(
    ("gone", "back", "found"),
    [(18 * HOUR, 30 * HOUR, [14]), (18 * HOUR - 1, 30 * HOUR, []), (-HOUR, 0, [14])],
)
def test_a_night_is_spent_at_home_from_evening_up_to_noon(gone: int, back: int, found: list[int]) -> None:
    history = weeks() if gone > 0 else weeks().away(14 * DAY + gone).returned(14 * DAY + back)
    out_of_bed(history, 14, 4)
    if gone > 0:
        history.away(14 * DAY + gone).returned(14 * DAY + back)
    assert noons(history.end(16 * DAY), EXITS) == found


@pytest.mark.parametrize(
    ("at", "found"), [(4 * HOUR, [14]), (4 * HOUR - 1, []), (12 * HOUR - 1, [14]), (12 * HOUR, [])]
)
def test_an_exit_is_of_the_night_from_ten_up_to_six(at: int, found: list[int]) -> None:
    start, times = 14 * DAY, sorted([at, 6 * HOUR, 7 * HOUR, 8 * HOUR])
    history = weeks().event("bed.entered", start + 3 * HOUR)
    for time in times:
        history.event("bed.exited", start + time).event("bed.entered", start + time + 300)
    assert noons(history.end(15 * DAY), EXITS) == found


@pytest.mark.parametrize(("unheard", "found"), [(None, [14]), (HOUR, [14]), (HOUR + 1, [])])
def test_of_two_beds_the_time_is_summed_and_neither_may_be_unknown(
    unheard: int | None, found: list[int]
) -> None:
    history = History(origin=EVENING).resident().device("d1").device("d2", place="parlour")
    for night in range(-1, 14):
        in_bed(history, night, 6)
        nap = night * DAY + 10 * HOUR
        history.event("bed.entered", nap, device="d2").event("bed.exited", nap + 3 * HOUR, device="d2")
    in_bed(history, 14, 6)
    if unheard is not None:
        history.event("device.offline", 14 * DAY + 10 * HOUR, device="d2")
        history.event("bed.exited", 14 * DAY + 10 * HOUR + unheard, device="d2")
    assert noons(history.end(15 * DAY), TIME) == found


@pytest.mark.parametrize(("unheard", "found"), [(HOUR, [14]), (HOUR + 1, [])])
def test_a_night_is_known_with_the_bed_unknown_for_an_hour(unheard: int, found: list[int]) -> None:
    history = out_of_bed(weeks(), 14, 4)
    history.event("device.offline", 14 * DAY + 13 * HOUR)
    history.event("bed.exited", 14 * DAY + 13 * HOUR + unheard)
    assert noons(history.end(15 * DAY), EXITS) == found


@pytest.mark.parametrize(
    ("kind", "at", "found"),
    [
        ("bed.vitals", 0, [15]),
        ("bed.vitals", -1, []),
        ("bed.vitals", 18 * HOUR - 1, [15]),
        ("bed.vitals", 18 * HOUR, []),
        ("device.online", 5 * HOUR, []),
    ],
)
def test_a_night_without_a_word_of_the_bed_is_not_known(kind: str, at: int, found: list[int]) -> None:
    history = weeks(15).event(kind, 15 * DAY + at)
    assert noons(history.end(16 * DAY), TIME) == found


def test_what_is_stored_after_noon_changes_the_nights_to_come_alone() -> None:
    history = weeks()
    history.event("bed.entered", 14 * DAY + 3 * HOUR)
    history.event("bed.exited", 14 * DAY + 12 * HOUR, received=14 * DAY + 19 * HOUR)
    assert noons(in_bed(history, 15).end(16 * DAY), TIME) == [14]


@pytest.mark.parametrize(("times", "found"), [(4, []), (5, [14])])
def test_a_retracted_exit_counts_no_more_and_the_others_still_do(times: int, found: list[float]) -> None:
    history = out_of_bed(weeks(), 14, times)
    mistaken = len(history.lines) - 2  # the line of the last exit of the night
    assert history.lines[mistaken - 1]["kind"] == "bed.exited"
    history.retract(str(mistaken), 14 * DAY + 17 * HOUR)
    assert noons(history.end(15 * DAY), EXITS) == found


@pytest.mark.parametrize(("takes_back", "found"), [(False, [14]), (True, [])])
def test_a_night_that_was_heard_by_what_is_taken_back_is_not_known(
    takes_back: bool, found: list[float]
) -> None:
    history = weeks().event("bed.vitals", 14 * DAY + 9 * HOUR, data={"heart_rate": 60})
    if takes_back:
        history.retract(str(len(history.lines)), 14 * DAY + 10 * HOUR)
    assert noons(history.end(15 * DAY), TIME) == found


def in_bed_for_weeks(last: str) -> History:
    """Nights in which a bed that was left and entered long ago only says how the heart beats. The last change
    lies just where the nights begin that the sixteenth no longer reaches.
    """
    history = History(origin=EVENING).resident().device().event("bed.entered", -12 * HOUR)
    if last == "bed.entered":
        history.event("bed.exited", -10 * HOUR)
    history.event(last, 0)
    for night in range(17):
        history.event("bed.vitals", night * DAY + 9 * HOUR, data={"heart_rate": 60})
    return history


def test_the_last_change_of_a_bed_is_known_however_long_ago_it_was() -> None:
    history = in_bed_for_weeks("bed.entered").event("bed.exited", 17 * DAY)
    assert noons(history.end(18 * DAY), TIME) == [17]


def test_the_change_before_one_that_is_taken_back_is_known_however_long_ago_it_was() -> None:
    history = in_bed_for_weeks("bed.exited")
    history.retract("4", 17 * DAY - 2 * HOUR).event("bed.entered", 17 * DAY - HOUR)
    assert history.lines[3]["kind"] == "bed.exited"
    assert noons(history.event("bed.exited", 17 * DAY).end(18 * DAY), TIME) == [17]


def test_a_finding_rests_on_the_exits_of_its_night() -> None:
    history = out_of_bed(weeks(), 14, 4).end(15 * DAY)
    [found] = history.found(EXITS)
    kinds = [history.lines[number - 1]["kind"] for number in found["events"]]
    assert (kinds, found["device"], found["state"]) == (["bed.exited"] * 4, None, "holds")


def test_a_rule_that_is_switched_off_finds_nothing_and_knows_its_nights() -> None:
    history = weeks()
    history.override("exits", "enabled", value=False, at=14 * DAY)
    out_of_bed(history, 14, 4)
    history.override("exits", "enabled", value=None, at=15 * DAY)
    assert noons(out_of_bed(history, 15, 4).end(16 * DAY), EXITS) == [15]


@pytest.mark.parametrize(
    "key", ["over", "beyond", "by", "from", "for", "count", "within", "at_least", "warn"]
)
def test_no_key_of_it_can_be_overridden_but_enabled(key: str) -> None:
    [rule] = read_rulebook(EXITS).rules
    with pytest.raises(NotAnOverride):
        check_override(rule, key, 3)
    check_override(rule, "enabled", value=False)


OTHER = rulebook("id: other, on: visit.completed")


@pytest.mark.parametrize(("already", "found"), [(False, [15]), (True, [])])
def test_a_new_rule_is_warmed_and_finds_no_night_that_is_over(
    store: SqlStore, already: bool, found: list[int]
) -> None:
    """What it would have found yesterday is not raised, and a second night outside is not the first."""
    history = out_of_bed(weeks(), 14, 4 if already else 0)
    out_of_bed(history, 15, 4)
    live = Live(store, {"test.yaml": OTHER}, EVENING - timedelta(days=2))
    loaded_at = 15 * DAY
    for line in read_history(history.texts()):
        if (
            line.received_at >= EVENING + timedelta(seconds=loaded_at)
            and "exits" not in live.texts["test.yaml"]
        ):
            advance(live.clock, [live.loop], EVENING + timedelta(seconds=loaded_at))
            live.texts["test.yaml"] = EXITS
        live.take(line)
    advance(live.clock, [live.loop], EVENING + timedelta(seconds=16 * DAY))
    raised = [(each.at - EVENING).total_seconds() - 18 * HOUR for each in live.findings()]
    assert [second / DAY for second in raised] == found


def test_what_it_was_compared_with_stands_in_the_evidence(store: SqlStore) -> None:
    live = Live(store, {"test.yaml": EXITS}, EVENING - timedelta(days=2))
    for line in read_history(out_of_bed(weeks(), 14, 4).texts()):
        live.take(line)
    live.loop = live.rebuilt()
    advance(live.clock, [live.loop], EVENING + timedelta(days=15))
    [found] = live.findings()
    assert found.evidence.figures == {"figure": 4, "median": 0, "mad": 0, "days": 14, "beyond": 3}
    assert found.trigger.value == "drift"


def test_a_median_between_two_nights_is_shown_as_it_is(store: SqlStore) -> None:
    history = weeks(7)
    for night in range(7, 14):
        out_of_bed(history, night, 1)
    live = Live(store, {"test.yaml": EXITS}, EVENING - timedelta(days=2))
    for line in read_history(out_of_bed(history, 14, 6).texts()):
        live.take(line)
    advance(live.clock, [live.loop], EVENING + timedelta(days=15))
    [found] = live.findings()
    assert found.evidence.figures == {"figure": 6, "median": 0.5, "mad": 0.5, "days": 14, "beyond": 3}


def test_minutes_in_bed_are_those_in_which_it_was_occupied(store: SqlStore) -> None:
    live = Live(store, {"test.yaml": TIME}, EVENING - timedelta(days=2))
    for line in read_history(in_bed(weeks(), 14, 12).texts()):
        live.take(line)
    advance(live.clock, [live.loop], EVENING + timedelta(days=15))
    [found] = live.findings()
    assert found.evidence.figures == {"figure": 720, "median": 540, "mad": 0, "days": 14, "beyond": 3}
