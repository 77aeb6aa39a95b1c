"""From acts to sayings: who notices what, under which id, and what devices say of themselves."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from devices.simulator.acts import Act, Saying
from devices.simulator.instruments.batteries import MISSED_AFTER
from devices.simulator.instruments.noticing import Instrument, sayings

START = datetime(2025, 7, 22, 14, 0, tzinfo=UTC)
BUTTON = Instrument("button", "call_button", ("deji",))
LEFT, RIGHT = (Instrument(name, "bed_sensor", ("deji",)) for name in ("left", "right"))
HALL = Instrument("hall", "motion_sensor", ("deji", "pema"))


def act(seconds: float, kind: str, device_type: str | None, resident: str = "deji") -> Act:
    return Act(START + timedelta(seconds=seconds), resident, kind, device_type)


def said(stream: Iterator[Saying]) -> list[tuple[str, str]]:
    return [(saying.device, saying.kind) for saying in stream]


def test_an_act_is_noticed_by_each_device_of_its_type_that_notices_this_resident() -> None:
    acts = [
        act(0, "bed.exited", "bed_sensor"),
        act(5, "motion.detected", "motion_sensor", "pema"),
        act(9, "bed.exited", "bed_sensor", "pema"),
    ]
    assert said(sayings([BUTTON, LEFT, RIGHT, HALL], acts, 1)) == [
        ("left", "bed.exited"),
        ("right", "bed.exited"),
        ("hall", "motion.detected"),
    ]


def test_what_a_person_records_is_noticed_by_no_device() -> None:
    assert said(sayings([BUTTON, LEFT], [act(0, "visit.completed", None)], 1)) == []


def test_a_saying_is_told_when_it_happened_and_carries_what_was_measured() -> None:
    vitals = Act(START, "deji", "bed.vitals", "bed_sensor", {"heart_rate": 61.0})
    (saying,) = sayings([LEFT], [vitals], 1)
    assert (saying.at, saying.occurred_at, saying.data) == (START, START, {"heart_rate": 61.0})


def test_ids_are_a_device_s_own_and_do_not_change_with_what_else_is_said() -> None:
    acts = [act(second / 2, "bed.exited", "bed_sensor") for second in range(8)]
    alone = list(sayings([LEFT], acts, 1))
    among = [saying for saying in sayings([BUTTON, RIGHT, LEFT], acts, 2) if saying.device == "left"]
    assert alone == among
    assert max(Counter(saying.id for saying in alone).values()) == 1
    later = list(sayings([LEFT], acts[4:], 1))
    assert [saying.id for saying in later] == [saying.id for saying in alone[4:]]


def test_acts_are_taken_one_by_one() -> None:
    def endless() -> Iterator[Act]:
        second = 0
        while True:
            yield act(second, "call_button.pressed", "call_button")
            second += 1

    stream = sayings([BUTTON], endless(), 1, (START, START + timedelta(days=2)))
    assert [next(stream).device for _ in range(3)] == ["button"] * 3


def test_batteries_fall_over_months_and_an_empty_one_silences_its_device() -> None:
    days = 700
    acts = [act(hour * 3600, "bed.exited", "bed_sensor") for hour in range(24 * days)]
    stream = list(sayings([LEFT], acts, 1, (START, START + timedelta(days=days))))
    percents = [float(saying.data["percent"]) for saying in stream if saying.kind == "device.battery"]
    assert 45 <= percents[0] <= 100
    assert percents[-1] == 1
    assert all(before >= after for before, after in pairwise(percents))
    last_words, will = stream[-2:]
    assert will.kind == "device.offline"
    assert timedelta() <= will.at - last_words.at - MISSED_AFTER <= timedelta(hours=1)


def test_what_devices_say_of_themselves_comes_in_order_and_inside_the_story() -> None:
    acts = [act(hour * 3600, "bed.exited", "bed_sensor") for hour in range(240)]
    ends_at = START + timedelta(days=10)
    stream = list(sayings([BUTTON, LEFT, RIGHT, HALL], acts, 7, (START, ends_at)))
    assert all(before.at <= after.at for before, after in pairwise(stream))
    assert all(START <= saying.at < ends_at for saying in stream)
    read = Counter(saying.device for saying in stream if saying.kind == "device.battery")
    assert read == dict.fromkeys(("button", "left", "right", "hall"), 20)


def test_the_same_seed_says_the_same_and_another_seed_has_other_batteries() -> None:
    span = (START, START + timedelta(days=3))
    once, again, other = (list(sayings([BUTTON], [], seed, span)) for seed in (1, 1, 2))
    assert once == again != other
