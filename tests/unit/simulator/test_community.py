"""A community that lives: seeded, by the hour of its own wall clock, with a press within seconds."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from devices.simulator.community import BACK_IN_BED_AFTER, REST_AFTER_PRESS, Community, Device, Message

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2025, 7, 22, 16, 30, tzinfo=UTC)
NOON = datetime(2025, 7, 22, 4, 0, tzinfo=UTC)
DEVICES = [
    Device(f"{kind}-{number}", type_, f"res_{number}")
    for number in range(40)
    for kind, type_ in (("button", "call_button"), ("bed", "bed_sensor"))
]


def lived(
    starts_at: datetime, span: timedelta, seed: int = 1, devices: list[Device] = DEVICES
) -> list[Message]:
    return list(_lived(Community(devices, Random(seed), starts_at, ZONE), starts_at + span))


def _lived(community: Community, ends_at: datetime) -> Iterator[Message]:
    while (due_at := community.next_due_at) is not None and due_at <= ends_at:
        yield from community.due(due_at)


def test_somebody_presses_within_five_seconds() -> None:
    first = lived(NOON, timedelta(seconds=5))
    assert "call_button.pressed" in {message.kind for message in first}


def test_presses_come_every_one_to_three_minutes_and_nobody_presses_twice_in_a_row() -> None:
    presses = [each for each in lived(NOON, timedelta(hours=2)) if each.kind == "call_button.pressed"]
    gaps = [later.at - earlier.at for earlier, later in pairwise(presses)]
    assert all(timedelta(minutes=1) <= gap <= timedelta(minutes=3) for gap in gaps)
    by_button: dict[str, datetime] = {}
    for press in presses:
        assert press.at - by_button.get(press.external_id, press.at - REST_AFTER_PRESS) >= REST_AFTER_PRESS
        by_button[press.external_id] = press.at


def test_the_same_seed_lives_the_same_life_and_another_another() -> None:
    assert lived(NIGHT, timedelta(hours=1)) == lived(NIGHT, timedelta(hours=1))
    assert lived(NIGHT, timedelta(hours=1)) != lived(NIGHT, timedelta(hours=1), seed=2)


def test_a_bed_is_entered_and_left_in_turn() -> None:
    in_bed: dict[str, str] = {}
    for message in lived(NIGHT, timedelta(hours=4)):
        if message.kind in ("bed.entered", "bed.exited"):
            assert in_bed.get(message.external_id, "bed.exited") != message.kind
            in_bed[message.external_id] = message.kind


def test_at_night_most_are_in_bed_and_most_who_rise_come_back_soon() -> None:
    assert _entered_at_once(NIGHT) > 30
    assert _entered_at_once(NOON) < 15
    moves = [each for each in lived(NIGHT, timedelta(hours=3)) if each.kind.startswith("bed.e")]
    exits = [each for each in moves if each.kind == "bed.exited"][:200]
    back = sum(_comes_back(exit_, moves) for exit_ in exits)
    assert 0.8 * len(exits) <= back < len(exits)


def _entered_at_once(starts_at: datetime) -> int:
    return sum(each.kind == "bed.entered" for each in lived(starts_at, timedelta(0)))


def _comes_back(exit_: Message, moves: list[Message]) -> bool:
    until = exit_.at + timedelta(seconds=BACK_IN_BED_AFTER[1])
    return any(
        each.kind == "bed.entered" and each.external_id == exit_.external_id and exit_.at < each.at <= until
        for each in moves
    )


def test_every_device_says_its_battery_and_only_beds_with_somebody_in_them_vitals() -> None:
    messages = lived(NIGHT, timedelta(minutes=30))
    batteries = Counter(each.external_id for each in messages if each.kind == "device.battery")
    assert batteries == Counter(device.external_id for device in DEVICES)
    in_bed: set[str] = set()
    for message in messages:
        if message.kind == "bed.entered":
            in_bed.add(message.external_id)
        elif message.kind == "bed.exited":
            in_bed.discard(message.external_id)
        elif message.kind == "bed.vitals":
            assert message.external_id in in_bed
            assert 30 < message.data["heart_rate"] < 110
            assert 0 <= message.data["movement"] <= 1


def test_what_was_missed_while_nobody_asked_is_said_at_once_and_bears_the_time_of_saying() -> None:
    community = Community(DEVICES, Random(1), NOON, ZONE)
    late = NOON + timedelta(minutes=20)
    assert {message.at for message in community.due(late)} == {late}


def test_a_community_without_beds_only_presses() -> None:
    buttons = [device for device in DEVICES if device.type == "call_button"]
    kinds = {message.kind for message in lived(NIGHT, timedelta(minutes=10), devices=buttons)}
    assert kinds == {"call_button.pressed", "device.battery"}
