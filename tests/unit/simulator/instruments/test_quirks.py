"""What each misbehaviour makes of what a device says, and what all of them keep: the order, whatever lies
outside their span, whatever they do not say that they lose.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.simulator.acts import Act, Fault, Saying
from devices.simulator.instruments.known import MEANINGS, misbehaviour_of, misbehaviours
from devices.simulator.instruments.noticing import Instrument
from devices.simulator.instruments.performing import performed
from devices.simulator.instruments.perturbing import Misbehaviour, perturb
from devices.simulator.instruments.quirks.chattering import Chattering
from devices.simulator.instruments.quirks.delivery import Duplicates, OutOfOrder
from devices.simulator.instruments.quirks.dying_battery import DyingBattery
from devices.simulator.instruments.quirks.flood import Flood
from devices.simulator.instruments.quirks.late_batch import LateBatch
from devices.simulator.instruments.quirks.reconnect_storm import ReconnectStorm
from devices.simulator.instruments.quirks.repeated_presses import PressedInARow, RepeatedPress, RepeatsLast
from devices.simulator.instruments.quirks.retained import Retained
from devices.simulator.instruments.quirks.wrong_clock import NoClock, ResetClock, WrongClock
from notation.sentences import TROUBLES, Broke, Of, Trouble, read_sentence

START = datetime(2025, 7, 22, 18, 0, tzinfo=UTC)
MAT, BUTTON = frozenset({"mat"}), frozenset({"button"})
PAGE = Path(__file__).parents[4] / "docs" / "devices-simulated.md"
PRESENCE = ("device.online", "device.offline")
LOSES = (DyingBattery,)
REWRITES = (WrongClock,)


def minute(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def saying(minutes: float, kind: str, device: str = "mat") -> Saying:
    at = minute(minutes)
    return Saying(at, device, f"{device}-{minutes}", kind, at)


def heard(stream: Iterable[Saying]) -> list[tuple[float, str]]:
    return [((each.at - START).total_seconds(), each.kind) for each in stream]


NIGHT = [saying(0, "bed.entered"), saying(30, "bed.exited"), saying(40, "bed.entered")]
PRESS = [saying(10, "call_button.pressed", "button")]


def test_a_mat_chatters_while_somebody_lies_on_it_and_then_shows_how_things_are() -> None:
    mat = Chattering(devices=MAT, from_at=minute(10), until_at=minute(20))
    made = [each for each in perturb(NIGHT, mat, 1) if each not in NIGHT]
    assert all(minute(10) < each.at < minute(20) for each in made)
    assert [each.kind for each in made] == ["bed.exited", "bed.entered"] * (len(made) // 2)
    assert 30 <= len(made) <= 300
    assert all(after.at - before.at <= timedelta(seconds=20) for before, after in pairwise(made))


def test_a_chattering_mat_bounces_at_a_real_exit_and_is_quiet_with_nobody_on_it() -> None:
    mat = Chattering(devices=MAT, from_at=minute(29), until_at=minute(39))
    after = [each for each in perturb(NIGHT, mat, 1) if minute(30) <= each.at < minute(40)]
    assert [each.kind for each in after] == ["bed.exited", "bed.entered", "bed.exited"]
    assert after[-1].at - minute(30) <= timedelta(seconds=8)


def test_who_presses_in_a_row_calls_each_time_and_a_button_that_repeats_calls_once() -> None:
    in_a_row = list(perturb(PRESS, PressedInARow(devices=BUTTON, from_at=START), 1))
    assert len({(each.id, each.occurred_at) for each in in_a_row}) == len(in_a_row) == 3
    assert in_a_row[-1].at - in_a_row[0].at <= timedelta(seconds=4)
    repeated = list(perturb(PRESS, RepeatedPress(devices=BUTTON, from_at=START), 1))
    assert len(repeated) == 3
    assert {(each.id, each.occurred_at) for each in repeated} == {(PRESS[0].id, PRESS[0].at)}


def test_what_is_said_behind_a_gateway_that_is_down_comes_when_it_is_back_with_its_own_time() -> None:
    gateway = LateBatch(devices=MAT, from_at=minute(20), until_at=minute(60))
    assert heard(perturb(NIGHT, gateway, 1)) == [
        (0, "bed.entered"),
        (20 * 60 + 45, "device.offline"),
        (3600, "device.online"),
        (3600, "bed.exited"),
        (3600.02, "bed.entered"),
    ]
    claims = [each.occurred_at for each in perturb(NIGHT, gateway, 1) if each.occurred_at]
    assert claims == [minute(0), minute(30), minute(40)]


def test_a_gateway_may_be_down_unnoticed_and_for_good() -> None:
    unnoticed = LateBatch(devices=MAT, from_at=minute(20), until_at=minute(60), silent=True)
    assert [kind for _, kind in heard(perturb(NIGHT, unnoticed, 1)) if kind in PRESENCE] == []
    for_good = LateBatch(devices=MAT, from_at=minute(20), silent=True)
    assert heard(perturb(NIGHT, for_good, 1)) == [(0, "bed.entered")]


def test_a_batch_can_come_out_of_order() -> None:
    many = [saying(each, "bed.vitals") for each in range(30)]
    mixed = LateBatch(devices=MAT, from_at=START, until_at=minute(30), silent=True, mixed=True)
    claims = [each.occurred_at for each in perturb(many, mixed, 1) if each.occurred_at]
    assert claims != sorted(claims)
    assert sorted(claims) == [each.at for each in many]


def test_clocks_are_ahead_drift_begin_anew_or_say_nothing() -> None:
    def claims(misbehaviour: Misbehaviour) -> list[datetime | None]:
        return [each.occurred_at for each in perturb(NIGHT, misbehaviour, 1)]

    ahead = WrongClock(devices=MAT, from_at=minute(30), by=timedelta(hours=2))
    assert claims(ahead) == [minute(0), minute(150), minute(160)]
    drifting = WrongClock(devices=MAT, from_at=START, gains=timedelta(minutes=-144))
    assert claims(drifting) == [minute(0), minute(27), minute(36)]
    anew = ResetClock(devices=MAT, from_at=START, year=1970)
    assert claims(anew)[1] == datetime(1970, 1, 1, 0, 30, tzinfo=UTC)
    assert claims(NoClock(devices=MAT, from_at=minute(35))) == [minute(0), minute(30), None]


def test_a_dying_battery_is_read_lower_and_lower_then_its_device_is_silent_until_it_has_a_new_one() -> None:
    dying = DyingBattery(devices=MAT, from_at=minute(1), until_at=minute(35), lasts=timedelta(minutes=12))
    said = list(perturb(NIGHT, dying, 1))
    percents = [float(each.data["percent"]) for each in said if each.kind == "device.battery"]
    assert percents == [12, 10, 8, 6, 4, 2, 100]
    assert [each.kind for each in said if each.kind != "device.battery"] == [
        "bed.entered",
        "device.offline",
        "device.online",
        "bed.entered",
    ]


def test_a_line_delivers_twice_or_late() -> None:
    twice = list(perturb(NIGHT, Duplicates(devices=MAT, from_at=minute(20)), 1))
    assert Counter(each.id for each in twice) == {"mat-0": 1, "mat-30": 2, "mat-40": 2}
    close = [saying(each / 6, "bed.vitals") for each in range(40)]
    late = list(perturb(close, OutOfOrder(devices=MAT, from_at=START), 1))
    claims = [each.occurred_at for each in late if each.occurred_at]
    assert claims != sorted(claims)
    assert Counter(claims) == Counter(each.at for each in close)


def test_in_a_reconnect_storm_all_go_and_come_back_at_once() -> None:
    storm = ReconnectStorm(devices=MAT | BUTTON, from_at=minute(5), times=3)
    bounded = replace(storm, until_at=minute(6))
    said = list(perturb([*NIGHT[:1], *PRESS], bounded, 1))
    lost = Counter((each.at, each.kind) for each in said if each.kind in PRESENCE)
    assert len(lost) == 6
    assert set(lost.values()) == {2}


def test_a_flood_repeats_the_newest_reading_many_times_a_second() -> None:
    readings = [replace(saying(0, "bed.vitals"), data={"heart_rate": 61.0})]
    flood = Flood(devices=MAT, from_at=minute(1), until_at=minute(2))
    made = list(perturb(readings, flood, 1))[1:]
    assert len(made) == len({each.id for each in made}) == 3000
    assert {each.data["heart_rate"] for each in made} == {61.0}


def test_retained_presses_are_left_at_the_broker() -> None:
    (left,) = perturb(PRESS, Retained(devices=BUTTON, from_at=START), 1)
    assert left == replace(PRESS[0], retained=True)


# ---------------------------------------------------------------------------------- whatever the misbehaviour

KINDS = {
    "mat": ["bed.entered", "bed.exited", "bed.vitals", "device.battery"],
    "button": ["call_button.pressed", "device.battery"],
}
SPAN = (minute(30), minute(31))
MESSAGES = st.lists(
    st.tuples(st.integers(1740, 1920), st.sampled_from(sorted(KINDS)), st.integers(0, 3)), max_size=40
)


def told(messages: list[tuple[int, str, int]]) -> list[Saying]:
    stream = []
    for number, (second, device, kind) in enumerate(sorted(messages)):
        at = START + timedelta(seconds=second)
        kinds = KINDS[device]
        stream.append(Saying(at, device, f"{number}", kinds[kind % len(kinds)], at, {"percent": 70.0}))
    return stream


@pytest.mark.parametrize("what", misbehaviours())
@given(messages=MESSAGES, devices=st.sampled_from([MAT, BUTTON, MAT | BUTTON]), seed=st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_whatever_goes_wrong_the_order_stands_and_nothing_outside_the_span_changes(
    what: type[Misbehaviour], messages: list[tuple[int, str, int]], devices: frozenset[str], seed: int
) -> None:
    stream = told(messages)
    wrong = what(from_at=SPAN[0], until_at=SPAN[1], devices=devices)
    said = list(perturb(stream, wrong, seed))
    assert all(before.at <= after.at for before, after in pairwise(said))
    assert said == list(perturb(stream, wrong, seed)), "the same seed says the same"
    untouched = [key(each) for each in stream if each.device not in devices or not wrong.holds_at(each.at)]
    kept = set(untouched)
    assert [key(each) for each in said if key(each) in kept] == untouched
    given_before = {key(each) for each in stream}
    made = [each for each in said if key(each) not in given_before]
    assert all(each.device in devices and each.at >= SPAN[0] for each in made)
    claims = {(each.device, each.id): (each.kind, each.occurred_at) for each in stream}
    if not issubclass(what, LOSES):
        assert claims.keys() <= {(each.device, each.id) for each in said}, "nothing is lost"
    if not issubclass(what, REWRITES):
        told_of = ((claims.get((each.device, each.id)), each) for each in said)
        assert all(claim in (None, (each.kind, each.occurred_at)) for claim, each in told_of)


def key(saying: Saying) -> tuple[object, ...]:
    """All of a saying, so that it can be looked up."""
    data = tuple(sorted(saying.data.items()))
    return (saying.at, saying.device, saying.id, saying.kind, saying.occurred_at, data, saying.retained)


BEHIND = [
    Instrument(name, kind, (), "box") for name, kind in (("mat", "bed_sensor"), ("button", "call_button"))
]
BOX = Instrument("box", "gateway")


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_a_fault_of_a_timeline_means_a_misbehaviour_of_its_device_in_its_span(name: str) -> None:
    fault = Fault(name, "mat", START, minute(20))
    wrong = misbehaviour_of(fault, [*BEHIND, BOX])
    assert wrong is not None
    assert (wrong.devices, wrong.from_at, wrong.until_at) == (MAT, START, minute(20))


def test_every_misbehaviour_can_be_meant() -> None:
    meant = [misbehaviour_of(Fault(name, None, START), [BOX]) for name in MEANINGS]
    assert {type(each) for each in meant} == set(misbehaviours())


def test_what_is_wrong_with_a_gateway_is_wrong_with_all_behind_it_and_a_fault_of_the_house_with_none() -> (
    None
):
    wrong = misbehaviour_of(Fault("gateway-down", "box", START), [*BEHIND, BOX])
    assert wrong is not None
    assert wrong.devices == {"mat", "button", "box"}
    assert misbehaviour_of(Fault("broker-restart", None, START), BEHIND) is None


def test_a_fault_says_by_how_much_a_clock_is_wrong_and_how_often_devices_reconnect() -> None:
    behind = misbehaviour_of(Fault("clock-behind", "mat", START, by=timedelta(minutes=90)), BEHIND)
    assert behind == WrongClock(devices=MAT, from_at=START, by=timedelta(minutes=-90))
    storm = misbehaviour_of(Fault("reconnects", "box", START, times=7), BEHIND)
    assert storm == ReconnectStorm(devices=MAT | BUTTON, from_at=START, times=7)


def test_a_button_repeats_the_press_it_made_and_says_nothing_if_it_made_none() -> None:
    once_more = RepeatsLast(devices=BUTTON, from_at=minute(12))
    assert list(perturb(PRESS, once_more, 1)) == PRESS, "where the story ends is not known"
    assert len(list(perturb(PRESS, once_more, 1, minute(12)))) == 2
    later = [*PRESS, saying(20, "device.battery", "button")]
    assert list(perturb(later, once_more, 1)) == [PRESS[0], replace(PRESS[0], at=minute(12)), later[1]]
    assert list(perturb(later[1:], once_more, 1)) == later[1:]


def test_a_story_is_performed_with_all_its_faults() -> None:
    mat = Instrument("mat", "bed_sensor", ("deji",), "box")
    told: list[Act | Saying] = [
        Act(minute(0), "deji", "bed.entered", "bed_sensor"),
        Act(minute(5), "deji", "visit.completed", None),
        saying(30, "bed.vitals"),
    ]
    faults = [
        Fault("clock-ahead", "mat", START, by=timedelta(hours=1)),
        Fault("gateway-unnoticed", "box", minute(20), minute(40)),
        Fault("service-restart", None, minute(25)),
    ]
    said = list(performed([mat, BOX], told, faults, 1, minute(50)))
    assert [(each.at, each.occurred_at) for each in said] == [
        (minute(0), minute(60)),
        (minute(40), minute(90)),
    ]


def test_misbehaviours_are_put_around_one_another() -> None:
    ahead = WrongClock(devices=MAT, from_at=START, by=timedelta(hours=2))
    stream: Iterable[Saying] = perturb(NIGHT, LateBatch(devices=MAT, from_at=START, until_at=minute(50)), 1)
    said = list(perturb(perturb(stream, ahead, 1), Duplicates(devices=MAT, from_at=START), 1))
    claims = Counter(each.occurred_at for each in said if each.occurred_at)
    assert claims == {each.at + timedelta(hours=2): 2 for each in NIGHT}


def test_another_seed_makes_another_night_and_another_device_does_not() -> None:
    both = [*NIGHT, *(replace(each, device="other") for each in NIGHT)]
    both.sort(key=lambda each: each.at)
    alone = Chattering(devices=MAT, from_at=START, until_at=minute(30))
    among = replace(alone, devices=MAT | {"other"})
    once = list(perturb(NIGHT, alone, 1))
    assert once == [each for each in perturb(both, among, 1) if each.device == "mat"]
    assert once != list(perturb(NIGHT, alone, 2))


def test_the_notation_has_words_for_every_misbehaviour_and_no_others_of_devices() -> None:
    of_devices = {trouble.name for trouble in TROUBLES if trouble.of is not Of.HOUSE}
    assert of_devices == set(MEANINGS)


def test_the_page_has_a_row_for_every_misbehaviour_in_words_that_can_be_read() -> None:
    rows = re.findall(r"^\| (`.+?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    words = [word for row in rows for word in re.findall(r"`([^`…]+)`", row) if " " in word]
    said = [read_sentence(each if each[0].isdigit() else f"03:00 {each}").what for each in words]
    shown = {each.trouble.name for each in said if isinstance(each, Broke)}
    assert set(MEANINGS) - shown <= {"clock-behind", "clock-loses"}, "those two stand beside their opposites"


@pytest.mark.parametrize("trouble", [each for each in TROUBLES if each.of is not Of.HOUSE])
def test_the_example_of_each_reads_as_what_it_says(trouble: Trouble) -> None:
    said = read_sentence(f"03:00 {trouble.example}").what
    assert isinstance(said, Broke)
    assert said.trouble == trouble
